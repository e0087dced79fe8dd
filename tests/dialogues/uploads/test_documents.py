"""PDFs: what is seen stays, everything else goes."""

from __future__ import annotations

import hashlib
import zlib
from io import BytesIO

import pikepdf
import pytest
import samples
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String
from samples import BLUE, PLACE, RED, document, drawn, encode, exif, is_close, picture, plain, words

from dunkelwerk.dialogues.uploads.cleaning import clean
from dunkelwerk.dialogues.uploads.outcomes import MEBI, Clean, Limits, Refused

LIMITS = Limits()


def cleaned(data: bytes, limits: Limits = LIMITS) -> Clean:
    done = clean(data, limits=limits)
    assert isinstance(done, Clean), done
    return done


def refused(data: bytes, limits: Limits = LIMITS) -> str:
    done = clean(data, limits=limits)
    assert isinstance(done, Refused), done
    return done.code


def test_words_and_pages_stay() -> None:
    done = cleaned(document(3))
    assert (done.pages, done.original_kind) == (3, "pdf")
    assert done.sha256 == hashlib.sha256(done.data).hexdigest()
    assert "Rezept vom Montag" in words(done.data, 2)
    assert cleaned(document(3)).data == done.data, "the same file gives the same bytes"


def test_nothing_active_and_nothing_hidden_survives() -> None:
    armed = samples.armed_document()
    assert plain(armed).count(b"EVIL") > 10
    done = cleaned(armed)
    text = plain(done.data)
    assert b"EVIL" not in text
    keys = "JavaScript OpenAction AcroForm Annots URI Launch EmbeddedFile XFA RichMedia Metadata PieceInfo Info OPI Ref"
    assert [key for key in [*keys.split(), "Names", "Action"] if f"/{key}".encode() in text] == []
    assert "Rezept vom Montag" in words(done.data)


def test_names_that_a_document_chose_are_not_taken_for_keys() -> None:
    pdf = Pdf.new()
    samples.page(pdf, b"BT /AA 24 Tf 20 100 Td (Auch diese Schrift) Tj ET")
    assert b"/AA" in plain(cleaned(samples.save(pdf)).data)


def test_what_was_typed_into_a_form_is_still_seen() -> None:
    pdf = Pdf.new()
    first = samples.page(pdf, b"")
    look = pdf.make_stream(
        b"0.1 0.1 0.9 rg 0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 100]
    )
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("f"), Rect=[100, 50, 200, 150])
    field.AP, field.F = Dictionary(N=look), 4
    widget = pdf.make_indirect(field)
    first.obj.Annots = Array([widget])
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))
    assert is_close(drawn(cleaned(samples.save(pdf)).data).getpixel((150, 100)), (25, 25, 230))


def test_what_pages_inherit_is_theirs() -> None:
    pdf = Pdf.new()
    first = samples.page(pdf)
    for key in ("/MediaBox", "/Resources"):
        pdf.Root.Pages[key] = first.obj[key]
        del first.obj[key]
    pdf.Root.Pages.Rotate = 90
    pdf.Root.Pages.Resources["/EVIL"] = String("EVIL")
    done = cleaned(samples.save(pdf))
    assert drawn(done.data).size == (200, 300)
    assert "Rezept vom Montag" in words(done.data)
    assert b"EVIL" not in plain(done.data)


def test_a_hidden_layer_stays_hidden() -> None:
    pdf = Pdf.new()
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Entwurf")))
    first = samples.page(pdf, b"/OC /L BDC 1 0 0 rg 0 0 300 200 re f EMC")
    first.Resources.Properties = Dictionary(L=layer)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    data = samples.save(pdf)
    assert is_close(drawn(data).getpixel((150, 100)), (255, 255, 255))
    assert is_close(drawn(cleaned(data).data).getpixel((150, 100)), (255, 255, 255))


@pytest.mark.parametrize("packed", [False, True])
def test_a_photo_in_a_pdf_loses_its_place_and_keeps_its_pixels(packed: bool) -> None:
    photo = encode(picture(), "JPEG", quality=95, exif=exif(1), comment=b"EVIL") + b"<?php EVIL ?>"
    filters = Array([Name.FlateDecode, Name.DCTDecode]) if packed else Name.DCTDecode
    data = samples.document_with_picture(zlib.compress(photo) if packed else photo, filters=filters)
    done = cleaned(data)
    assert PLACE not in plain(done.data)
    assert b"EVIL" not in plain(done.data)
    image = drawn(done.data)
    assert is_close(image.getpixel((50, 100)), RED)
    assert is_close(image.getpixel((250, 100)), BLUE)
    before = samples.inside(samples.document_with_picture(photo))
    assert samples.inside(done.data).tobytes() == before.tobytes()


def test_a_progressive_photo_in_a_pdf_keeps_its_pixels() -> None:
    photo = encode(picture((300, 200)), "JPEG", progressive=True, exif=exif(1))
    done = cleaned(samples.document_with_picture(photo, width=300, height=200))
    assert samples.inside(done.data).tobytes() == samples.inside(samples.document_with_picture(photo)).tobytes()


def test_a_photo_in_a_pdf_that_says_it_is_small_is_measured() -> None:
    photo = encode(picture((300, 200)), "JPEG")
    data = samples.document_with_picture(photo, width=3, height=2)
    assert refused(data, Limits(max_pixels=59_999)) == "bomb"
    assert cleaned(data, Limits(max_pixels=60_000)).pages == 1


def test_jpeg_2000_loses_its_metadata() -> None:
    photo = encode(picture(), "JPEG2000")
    box = b"\0\0\0\x18xml <place>EVIL</pl>"
    done = cleaned(samples.document_with_picture(photo + box, filters=Name.JPXDecode))
    assert b"EVIL" not in plain(done.data)
    assert is_close(drawn(done.data).getpixel((50, 100)), RED)


@pytest.mark.parametrize(
    ("encryption", "code"),
    [
        (Encryption(owner="o", user="geheim", R=6), "encrypted"),
        (Encryption(owner="o", user="geheim", R=4), "encrypted"),
        (Encryption(owner="o", user="", R=6, allow=pikepdf.Permissions(extract=False)), None),
    ],
)
def test_passwords(encryption: Encryption, code: str | None) -> None:
    """One that is needed for opening is refused; one that only forbids copying is not, and is gone afterwards."""
    done = clean(document(encryption=encryption), limits=LIMITS)
    assert (done.code if isinstance(done, Refused) else None) == code
    if isinstance(done, Clean):
        assert not Pdf.open(BytesIO(done.data)).is_encrypted


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("linearize", [False, True])
def test_a_pdf_that_was_cut_off_is_unreadable(part: float, linearize: bool) -> None:
    data = document(5, linearize=linearize)
    assert refused(data[: int(len(data) * part)]) == "unreadable"


def test_a_wrong_cross_reference_is_mended() -> None:
    """Every reader opens such a file, so that a person would not understand why not."""
    data = document(2, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    at = data.rindex(b"startxref")
    broken = data[:at] + b"startxref\n7\n%%EOF\n"
    assert cleaned(broken).pages == 2


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n<html><script>EVIL</script>%%EOF",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj trailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_a_start_alone_is_no_pdf(data: bytes) -> None:
    assert refused(data) == "unreadable"


def test_what_hangs_behind_or_before_the_end_is_gone() -> None:
    data = document() + b"PK\x03\x04EVIL.exe\n<script>EVIL</script>\n"
    assert b"EVIL" not in cleaned(data).data
    assert b"<script" not in plain(cleaned(data).data)


def test_a_dynamic_form_that_no_reader_shows_is_refused() -> None:
    pdf = Pdf.new()
    samples.page(pdf)
    pdf.Root.NeedsRendering = True
    assert refused(samples.save(pdf)) == "unreadable"


def test_a_stream_that_unpacks_without_end_is_a_bomb() -> None:
    data = samples.document_of_bombs(30)
    assert len(data) < 100_000
    assert refused(data, Limits(max_unpacked=20 * MEBI)) == "bomb"
    assert cleaned(data, Limits(max_unpacked=40 * MEBI)).pages == 1


def test_objects_that_unpack_without_end_are_not_read() -> None:
    """They are unpacked while the file is opened; qpdf stops at the limit, and says no more than that it is broken."""
    pdf = Pdf.new()
    samples.page(pdf)
    pdf.Root.Large = pdf.make_indirect(String("A" * 3 * MEBI))
    data = samples.save(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert len(data) < 10_000
    assert refused(data, Limits(max_unpacked=2 * MEBI)) == "unreadable"
    assert cleaned(data, Limits(max_unpacked=4 * MEBI)).pages == 1


def test_many_streams_together_are_a_bomb() -> None:
    assert refused(samples.document_of_bombs(30), Limits(max_unpacked_total=20 * MEBI)) == "bomb"


@pytest.mark.parametrize("data", [samples.document_of_branches(), samples.document_of_one_leaf(20_000)])
def test_a_tree_of_pages_without_end_is_a_bomb(data: bytes) -> None:
    assert clean(data, limits=LIMITS) == Refused("bomb", "pages", 100)


@pytest.mark.parametrize(("most", "taken"), [(12, True), (11, False)])
def test_the_limit_of_pages(most: int, taken: bool) -> None:
    assert isinstance(clean(document(12), limits=Limits(max_pages=most)), Clean) is taken


def test_the_limit_of_objects() -> None:
    assert refused(document(12), Limits(max_objects=12)) == "bomb"


def test_the_limit_of_what_is_made() -> None:
    done = clean(document(), limits=Limits(max_output=100))
    assert isinstance(done, Refused)
    assert done.code == "too_large"


def test_an_impossible_page_is_unreadable() -> None:
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(14_400, 100))
    assert cleaned(samples.save(pdf)).pages == 1
    pdf.pages[0].MediaBox = Array([0, 0, 20_000, 100])
    assert refused(samples.save(pdf)) == "unreadable"
