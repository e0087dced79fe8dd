"""Files as people and attackers upload them, made here: none is kept in the repository."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pikepdf
import pillow_heif
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

pillow_heif.register_heif_opener()

#: where the photo was taken, as it would stand in a file
PLACE = b"Hinterhof"
GPS, GPS_AREA, ORIENTATION, MAKER = 0x8825, 0x001C, 0x0112, 0x010F
RED, BLUE = (220, 20, 20), (20, 20, 220)


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right: what is turned shows it."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image if mode == "RGB" else image.convert(mode)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation: int) -> bytes:
    """Orientation, the maker of the camera, and a place."""
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[MAKER] = "Telefonwerk"
    data.get_ifd(GPS)[1] = "N"
    data.get_ifd(GPS)[2] = (48.0, 8.0, 15.0)
    data.get_ifd(GPS)[GPS_AREA] = PLACE
    return data.tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of_header(width: int, height: int) -> bytes:
    """A PNG that says its size, and packs rows of nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def page(pdf: Pdf, content: bytes = b"BT /F1 24 Tf 20 100 Td (Rezept vom Montag) Tj ET") -> pikepdf.Page:
    """A page with words; the font's name is that of a key that is removed elsewhere."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.add_blank_page(page_size=(300, 200))
    added = pdf.pages[-1]
    added.Resources = Dictionary({"/Font": Dictionary({"/F1": font, "/AA": font})})
    added.Contents = pdf.make_stream(content)
    return added


def save(pdf: Pdf, **options: object) -> bytes:
    stream = BytesIO()
    pdf.save(stream, **options)
    return stream.getvalue()


def document(pages: int = 1, **options: object) -> bytes:
    pdf = Pdf.new()
    for _number in range(pages):
        page(pdf)
    return save(pdf, **options)


def armed_document() -> bytes:
    """Everything at once that a PDF can do or hide."""
    pdf = Pdf.new()
    first = page(pdf)
    script = pdf.make_indirect(Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert('EVIL')")))
    link = Dictionary(S=Name.URI, URI=String("http://EVIL.example"), Next=Array([script]))
    launch = Dictionary(S=Name.Launch, F=String("EVIL.exe"))
    media = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9], RichMediaContent=Dictionary())
    pdf.Root.OpenAction, pdf.Root.AA = script, Dictionary(WC=launch)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("EVIL"), script])))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("f"), Rect=[1, 1, 9, 9], A=script)
    field.AA = Dictionary(K=script)
    widget = pdf.make_indirect(field)
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]), XFA=pdf.make_stream(b"<EVIL/>"))
    first.obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=link), widget, media])
    first.obj.AA = Dictionary(O=launch)
    first.obj.Metadata = pdf.make_stream(b"<x:xmpmeta>EVIL</x:xmpmeta>", Type=Name.Metadata, Subtype=Name.XML)
    first.obj.PieceInfo = Dictionary(EVIL=Dictionary(Private=String("EVIL")))
    form = pdf.make_stream(b"q Q", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    form.OPI, form.Ref = Dictionary(EVIL=1), Dictionary(F=String("EVIL.pdf"))
    form.Metadata = pdf.make_stream(b"<x:xmpmeta>EVIL</x:xmpmeta>", Type=Name.Metadata, Subtype=Name.XML)
    postscript = pdf.make_stream(b"(EVIL) run", Type=Name.XObject, Subtype=Name.PS)
    first.Resources.XObject = Dictionary({"/JS": form, "/P": postscript})
    first.Resources.Properties = Dictionary({"/M": Dictionary(Secret=String("EVIL"))})
    pdf.attachments["EVIL.exe"] = b"MZ EVIL"
    with pdf.open_metadata() as data:
        data["dc:title"] = "EVIL"
    pdf.docinfo["/Author"] = "EVIL"
    return save(pdf)


def document_with_picture(data: bytes, *, width: int = 60, height: int = 40, filters: object = Name.DCTDecode) -> bytes:
    pdf = Pdf.new()
    first = page(pdf, b"q 300 0 0 200 0 0 cm /I Do Q")
    stream = pdf.make_stream(b"")
    stream.write(data, filter=filters)
    stream.Type, stream.Subtype, stream.Width, stream.Height = Name.XObject, Name.Image, width, height
    stream.ColorSpace, stream.BitsPerComponent = Name.DeviceRGB, 8
    first.Resources.XObject = Dictionary(I=stream)
    return save(pdf)


def document_of_bombs(megabytes: int) -> bytes:
    """A page's content that packs so many megabytes of blanks into a few kilobytes."""
    pdf = Pdf.new()
    first = page(pdf)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**20) for _number in range(megabytes)) + packer.flush()
    stream = pdf.make_stream(b"")
    stream.write(packed, filter=Name.FlateDecode)
    first.Contents = stream
    return save(pdf)


def document_of_branches(levels: int = 8) -> bytes:
    """A page tree whose branches all are the same: ten to the power of the levels pages in a kilobyte."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(levels):
        kids = f"{level + 3} 0 R " * 10
        objects.append(f"<</Type/Pages/Kids[{kids}]/Count {10 ** (levels - level)}>>")
    objects.append("<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>>>")
    return by_hand(objects)


def document_of_one_leaf(times: int) -> bytes:
    """A page tree that names its only page so many times."""
    kids = "3 0 R " * times
    tree = f"<</Type/Pages/Kids[{kids}]/Count {times}>>"
    return by_hand(["<</Type/Catalog/Pages 2 0 R>>", tree, "<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>>>"])


def by_hand(objects: list[str]) -> bytes:
    """A whole PDF of these objects, the first of which is its catalog; no library looks at what is written."""
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Root 1 0 R/Size {size}>>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def plain(data: bytes) -> bytes:
    """A PDF with all its dictionaries and texts to be read: what is not in here, is not in it."""
    with Pdf.open(BytesIO(data)) as pdf:
        options = {"object_stream_mode": pikepdf.ObjectStreamMode.disable, "compress_streams": False}
        return save(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, **options)


def drawn(data: bytes, number: int = 0, scale: float = 1.0) -> Image.Image:
    """How a page looks."""
    opened = pypdfium2.PdfDocument(data)
    image = opened[number].render(scale=scale).to_pil().convert("RGB")
    opened.close()
    return image


def words(data: bytes, number: int = 0) -> str:
    opened = pypdfium2.PdfDocument(data)
    text = opened[number].get_textpage().get_text_bounded()
    opened.close()
    return str(text)


def inside(data: bytes, number: int = 0) -> Image.Image:
    """The picture of a page as it is kept."""
    with Pdf.open(BytesIO(data)) as pdf:
        return pikepdf.PdfImage(next(iter(pdf.pages[number].get_images().values()))).as_pil_image().convert("RGB")


def is_close(found: object, wanted: tuple[int, int, int], far: int = 40) -> bool:
    return isinstance(found, tuple) and all(abs(one - other) <= far for one, other in zip(found, wanted, strict=True))
