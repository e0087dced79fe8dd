"""What is left of a PDF once its pages stand in a new one: every object is walked, and loses what nobody looks at.

The new document has only pages, so that actions, forms, outlines and names are gone with the old one. What can still
hide below a page's resources goes here. A stream is measured before it is kept.
Source: ISO 32000-2, 7.3.8 (external streams), 7.11 (files), 8.8.2 (PostScript), 8.10.4 (references), 14.3
(metadata), 14.5 (private data).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from dunkelwerk.dialogues.uploads.embedded_pictures import (
    BrokenPicture,
    jpeg2000_pixels,
    jpeg_pixels,
    strip_jpeg,
    strip_jpeg2000,
)
from dunkelwerk.dialogues.uploads.outcomes import Limits, Refusal
from dunkelwerk.dialogues.uploads.pictures import MILLION

#: keys below a page that say nothing about its looks, or that lead out of it
UNWANTED = frozenset(
    {
        "/AA", "/AF", "/Alternates", "/Annots", "/EF", "/FFilter", "/FDecodeParms", "/JS", "/LastModified", "/Metadata",
        "/OPI", "/OpenAction", "/PieceInfo", "/PS", "/Ref", "/StructParent", "/StructParents", "/Thumb", "/XFA",
    }
)  # fmt: skip
#: dictionaries whose keys are names that the document chose itself: a font may be called AA
MAPS = frozenset(
    {
        "/CharProcs", "/ColorSpace", "/Colorants", "/ExtGState", "/Font", "/Pattern", "/Properties", "/Shading",
        "/XObject",
    }
)  # fmt: skip
ACTIONS = frozenset(
    {
        "/GoTo3DView", "/GoToDp", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie",
        "/Named", "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm", "/Thread",
        "/Trans", "/URI",
    }
)  # fmt: skip
UNWANTED_TYPES = frozenset({"/EmbeddedFile", "/Filespec", "/Metadata", "/Action", "/Annot", "/F"})
LAYERS = frozenset({"/OCG", "/OCMD"})
PICTURES = {
    "/DCTDecode": (strip_jpeg, jpeg_pixels),
    "/DCT": (strip_jpeg, jpeg_pixels),
    "/JPXDecode": (strip_jpeg2000, jpeg2000_pixels),
}
#: how qpdf says that a stream unpacks to more than it may
LIMIT_EXCEEDED = "limit exceeded"
#: filters of pictures that qpdf does not decode, and need not: their size stands beside them
OF_PICTURES = frozenset({"/CCITTFaxDecode", "/CCF", "/JBIG2Decode", *PICTURES})


def scrub(pdf: Pdf, limits: Limits) -> None:
    """Clean and measure every object, in place.

    Raises:
        Refusal: ``bomb`` where streams unpack to more than the limits, or a picture has too many pixels.
    """
    unpacked = 0
    for each in pdf.objects:
        for holder, is_map in _containers(each):
            _clean(holder, is_map=is_map)
        if isinstance(each, Stream):
            unpacked += _measure(each, limits)
        if unpacked > limits.max_unpacked_total:
            raise Refusal("bomb", "content")


def _containers(top: Object) -> Iterator[tuple[Object, bool]]:
    """Each dictionary and array directly inside one indirect object, and whether its keys are chosen names."""
    stack = [(top, False)]
    while stack:
        holder, is_map = stack.pop()
        if isinstance(holder, Array):
            stack += [(each, False) for each in holder if _is_container(each)]
        elif isinstance(holder, Dictionary | Stream):
            yield holder, is_map
            for key, value in _items(holder):
                if _is_container(value):
                    stack.append((value, key in MAPS and isinstance(value, Dictionary)))


def _is_container(value: object) -> TypeGuard[Object]:
    return isinstance(value, Array | Dictionary) and not value.is_indirect


def _items(holder: Object) -> list[tuple[str, Object | None]]:
    return [(key, holder.get(key)) for key in holder.keys()]  # noqa: SIM118 - an Object has no other way


def _clean(holder: Object, *, is_map: bool) -> None:
    for key, value in _items(holder):
        is_external = key == "/F" and isinstance(holder, Stream)
        if (key in UNWANTED and not is_map) or is_external or _is_unwanted(value):
            del holder[key]
        elif key == "/Properties" and isinstance(value, Dictionary):
            _keep_layers(value)
        elif isinstance(value, Array) and any(_is_unwanted(each) for each in value):
            holder[key] = Array([each for each in value if not _is_unwanted(each)])


def _is_unwanted(value: object) -> bool:
    """Whether it is an action, a file, metadata, or PostScript, wherever it stands."""
    if not isinstance(value, Dictionary | Stream):
        return False
    if _name(value, "/Subtype") == "/PS" or _name(value, "/Subtype2") == "/PS":
        return True
    return "/EF" in value or _name(value, "/S") in ACTIONS or _name(value, "/Type") in UNWANTED_TYPES


def _name(holder: Object, key: str) -> str:
    value = holder.get(key)
    return str(value) if isinstance(value, Name) else ""


def _keep_layers(properties: Object) -> None:
    """Marked content may carry anything; only layers change what is seen."""
    for key, value in _items(properties):
        if not isinstance(value, Dictionary) or _name(value, "/Type") not in LAYERS:
            del properties[key]


def _measure(stream: Stream, limits: Limits) -> int:
    """Bytes that it unpacks to."""
    filters = _filters(stream)
    if _name(stream, "/Subtype") == "/Image" or (filters and filters[-1] in OF_PICTURES):
        _guard_pixels(_number(stream, "/Width") * _number(stream, "/Height"), limits)
    if filters and filters[-1] in PICTURES:
        return _strip_picture(stream, filters, limits)
    if filters and filters[-1] in OF_PICTURES:
        return len(stream.read_raw_bytes()) if len(filters) == 1 else len(_unpack_all_but_last(stream, filters))
    return len(_unpack(stream))


def _filters(stream: Stream) -> list[str]:
    value = stream.get("/Filter")
    return [str(each) for each in value] if isinstance(value, Array) else [str(value)] if value is not None else []


def _number(stream: Stream, key: str) -> int:
    value = stream.get(key)
    return int(value) if isinstance(value, int) else 0


def _guard_pixels(pixels: int, limits: Limits) -> None:
    if pixels > limits.max_pixels:
        raise Refusal("bomb", "pixels", limits.max_pixels // MILLION)


def _unpack(stream: Stream) -> bytes:
    """Decoded; a broken stream counts as it is. qpdf's own limits (``documents.open_guarded``) hold it small."""
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())
    except RuntimeError as error:
        if LIMIT_EXCEEDED in str(error):
            raise Refusal("bomb", "content") from None
        raise


def _strip_picture(stream: Stream, filters: list[str], limits: Limits) -> int:
    strip, pixels = PICTURES[filters[-1]]
    data = bytes(stream.read_raw_bytes()) if len(filters) == 1 else _unpack_all_but_last(stream, filters)
    try:
        data = strip(data)
        _guard_pixels(pixels(data), limits)
    except BrokenPicture:
        raise Refusal("unreadable", "picture") from None
    parameters = stream.get("/DecodeParms")
    last = parameters[len(filters) - 1] if isinstance(parameters, Array) else parameters
    stream.write(data, filter=Name(filters[-1]), decode_parms=last if isinstance(last, Dictionary) else None)
    return len(data)


def _unpack_all_but_last(stream: Stream, filters: list[str]) -> bytes:
    """What the picture's own filter gets to see; the stream keeps it so."""
    parameters = stream.get("/DecodeParms")
    given = list(parameters) if isinstance(parameters, Array) else [None] * len(filters)
    stream.Filter = Array([Name(each) for each in filters[:-1]])
    stream.DecodeParms = Array([each if each is not None else Dictionary() for each in given[:-1]])
    data = _unpack(stream)
    last = given[-1] if isinstance(given[-1], Dictionary) else None
    stream.write(data, filter=Name(filters[-1]), decode_parms=last)
    return data
