"""Pictures: decoded, turned upright, scaled, encoded anew from the bare pixels, each on a page of A4.

What is written holds nothing of the file but its pixels: no EXIF, no place, no comment, no colour profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import img2pdf
import pillow_heif

# Imported by name: Pillow would look for its plugins on the disk, where a confined worker cannot look.
from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from dunkelwerk.dialogues.uploads.outcomes import Kind, Limits, Refusal

pillow_heif.register_heif_opener()
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = pillow_heif.options.AUX_IMAGES = pillow_heif.options.DEPTH_IMAGES = False

PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)
FORMATS: dict[Kind, tuple[str, ...]] = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "tiff": ("TIFF",),
    "heic": ("HEIF",),
}
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
QUALITY = 85
MILLION = 1_000_000
A4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
LAYOUT = img2pdf.get_layout_fun(pagesize=A4, auto_orient=True, fit=img2pdf.FitMode.into)


def rewrite_picture(data: bytes, kind: Kind, limits: Limits) -> bytes:
    """A PDF with one page for each page of the picture.

    Raises:
        Refusal: ``bomb`` for too many pixels or pages, found in the headers before anything is decoded.
        Exception: whatever the decoder raises; the file is broken.
    """
    # Pillow's own limit is a process-wide setting with a warning between; `_guard` stands in for it.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(BytesIO(data), formats=FORMATS[kind]) as image:
        pages = [_encode(_prepare(image, limits), kind) for _number in _frames(image, kind, limits)]
    return bytes(img2pdf.convert(pages, layout_fun=LAYOUT, nodate=True))


def _frames(image: Image.Image, kind: Kind, limits: Limits) -> Iterator[int]:
    """Turn to each page of a TIFF; of any other kind, the main picture is the one that was opened."""
    number = 0
    while True:
        _guard(image, limits)
        yield number
        number += 1
        if kind != "tiff":
            return
        try:
            image.seek(number)
        except EOFError:
            return
        if number >= limits.max_pages:
            raise Refusal("bomb", "pages", limits.max_pages)


def _guard(image: Image.Image, limits: Limits) -> None:
    if image.width * image.height > limits.max_pixels:
        raise Refusal("bomb", "pixels", limits.max_pixels // MILLION)


def _prepare(image: Image.Image, limits: Limits) -> Image.Image:
    """Decoded, scaled, on white, upright; grey, black and white, or colour."""
    longest = limits.longest_side
    image.draft(None, (longest, longest))  # a JPEG is decoded at a half or a quarter, where that is enough
    image.load()
    turn = _turn_of(image)
    frame = _to_eight_bits(image)
    if frame.mode == "1" and max(frame.size) > 2 * longest:
        frame = frame.convert("L")
    if frame.mode != "1":
        frame = _put_on_white(_scale(frame, longest))
    frame = frame.transpose(turn) if turn is not None else frame.copy()
    frame.info = {}  # Pillow would write comments of the old file into the new one
    return frame


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    """How to turn it upright. Only after decoding: Pillow turns a TIFF by itself, libheif a HEIC."""
    with suppress(Exception):  # broken EXIF is no reason to refuse a picture
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    return None


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Modes that cannot be scaled as they are, in one that can."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("I", "F"):
        low, high = image.getextrema()
        span = (high - low) or 1  # type: ignore[operator]
        return image.convert("F").point(lambda value: value * (255 / span) + (-low * 255 / span)).convert("L")  # type: ignore[operator]
    if "transparency" in image.info or image.mode in WITH_ALPHA:
        return image.convert("RGBA")
    return image if image.mode in ("1", "L", "RGB", "CMYK") else image.convert("RGB")


def _scale(image: Image.Image, longest: int) -> Image.Image:
    factor = longest / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _put_on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image if image.mode == "L" else image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


def _encode(image: Image.Image, kind: Kind) -> bytes:
    """JPEG; letters on a screenshot keep their colour. Black and white as a fax, or as PNG where that is smaller."""
    if image.mode == "1":
        return min(_saved(image, "TIFF", compression="group4"), _saved(image, "PNG"), key=len)
    return _saved(image, "JPEG", quality=QUALITY, subsampling=0 if kind == "png" else 2)


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()
