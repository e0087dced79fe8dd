"""Photos and scans become upright pages without anything but their pixels."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
import samples
from PIL import Image, PngImagePlugin
from samples import BLUE, PLACE, RED, encode, exif, inside, is_close, picture

from dunkelwerk.dialogues.uploads.cleaning import clean
from dunkelwerk.dialogues.uploads.outcomes import Clean, Limits, Refused

LIMITS = Limits()


def cleaned(data: bytes, limits: Limits = LIMITS) -> Clean:
    done = clean(data, limits=limits)
    assert isinstance(done, Clean), done
    return done


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_a_picture_becomes_one_page(kind: str) -> None:
    done = cleaned(encode(picture(), kind))
    assert (done.kind, done.pages) == ("pdf", 1)
    assert done.original_kind == {"HEIF": "heic"}.get(kind, kind.lower())
    image = inside(done.data)
    assert is_close(image.getpixel((5, 20)), RED)
    assert is_close(image.getpixel((55, 20)), BLUE)


def test_the_same_picture_gives_the_same_bytes_whenever_it_comes() -> None:
    """The file's identifier comes from what it holds: half of it would else be that of its making, by the clock."""
    with pikepdf.open(BytesIO(cleaned(encode(picture(), "PNG")).data)) as pdf:
        first, second = (bytes(each) for each in pdf.trailer.ID)  # type: ignore[attr-defined]
    assert first == second


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "HEIF", "PNG"])
@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (60, 40), (5, 20)),
        (2, (60, 40), (55, 20)),
        (3, (60, 40), (55, 20)),
        (5, (40, 60), (20, 5)),
        (6, (40, 60), (20, 5)),
        (8, (40, 60), (20, 55)),
    ],
)
def test_a_photo_stands_upright_and_does_not_say_where_it_was_taken(
    kind: str, orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    data = encode(picture(), kind, exif=exif(orientation))
    assert PLACE in data
    done = cleaned(data)
    image = inside(done.data)
    assert image.size == size
    assert is_close(image.getpixel(red), RED)
    assert PLACE not in samples.plain(done.data)
    assert b"Telefonwerk" not in samples.plain(done.data)


def test_a_phone_says_twice_how_a_heic_is_turned_and_it_is_turned_once() -> None:
    """By its own box, which counts, and by EXIF, as phones write it."""
    data = encode(picture(), "HEIF", exif=exif(6))
    assert b"irot" in data
    assert b"\x01\x12\0\x03\0\0\0\x01\0\x06" in data
    image = inside(cleaned(data).data)
    assert image.size == (40, 60)
    assert is_close(image.getpixel((20, 5)), RED)


def test_a_turned_page_is_upright_paper() -> None:
    done = cleaned(encode(picture(), "JPEG", exif=exif(6)))
    with pikepdf.Pdf.open(BytesIO(done.data)) as pdf:
        box = [float(each) for each in pdf.pages[0].MediaBox]
    assert box[3] > box[2]


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {"comment": b"<?php system('EVIL') ?>"}), ("JPEG", {"icc_profile": b"EVIL" * 100}), ("PNG", {})],
)
def test_comments_profiles_and_what_hangs_behind_do_not_survive(kind: str, options: dict[str, bytes]) -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "EVIL")
    options = options or {"pnginfo": told}  # type: ignore[dict-item]
    data = encode(picture(), kind, **options) + b"PK\x03\x04<script>EVIL</script>"
    assert b"EVIL" in data
    assert b"EVIL" not in samples.plain(cleaned(data).data)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "TIFF"), ("L", "JPEG"), ("LA", "PNG"),
     ("LAB", "TIFF"), ("YCbCr", "TIFF"), ("1", "PNG"), ("1", "TIFF"), ("I;16", "PNG"), ("I;16", "TIFF"), ("F", "TIFF")],
)  # fmt: skip
def test_every_kind_of_colour_is_taken(mode: str, kind: str) -> None:
    """The left side stays darker than the right, or red: neither black nor white throughout."""
    grey = Image.new("L", (60, 40), 200)
    grey.paste(30, (0, 0, 30, 40))
    if mode == "I;16":
        image = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        image = (grey if mode in ("1", "F") else picture()).convert(mode)
    found = inside(cleaned(encode(image, kind)).data)
    left, right = found.getpixel((5, 20)), found.getpixel((55, 20))
    if mode in ("CMYK", "P", "RGBA", "YCbCr", "LAB"):
        assert is_close(left, RED, 60)
        assert is_close(right, BLUE, 60)
    elif mode in ("1", "F"):
        assert sum(left) < sum(right)
    else:
        wanted = ((30,) * 3, (200,) * 3) if mode == "I;16" else ((80,) * 3, (41,) * 3)
        assert is_close(left, wanted[0], 12)
        assert is_close(right, wanted[1], 12)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_what_is_transparent_is_white(kind: str) -> None:
    image = picture().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))
    found = inside(cleaned(encode(image, kind)).data)
    assert is_close(found.getpixel((5, 20)), (255, 255, 255))


def test_each_page_of_a_tiff_is_a_page() -> None:
    pages = [picture(), picture((40, 60)), picture(mode="1"), picture(mode="L")]
    done = cleaned(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert done.pages == 4
    assert inside(done.data, 1).size == (40, 60)


@pytest.mark.parametrize(("most", "taken"), [(4, True), (3, False)])
def test_a_tiff_has_at_most_so_many_pages(most: int, taken: bool) -> None:
    data = encode(picture(), "TIFF", save_all=True, append_images=[picture()] * 3)
    done = clean(data, limits=Limits(max_pages=most))
    assert isinstance(done, Clean) if taken else done == Refused("bomb", "pages", 3)


@pytest.mark.parametrize(("side", "kept"), [(3508, 3508), (3510, 3508)])
def test_a_large_photo_is_made_smaller(side: int, kept: int) -> None:
    assert inside(cleaned(encode(picture((side, 400)), "JPEG")).data).width == kept


def test_a_fax_stays_black_and_white() -> None:
    done = cleaned(encode(picture((2480, 3508), "L").point(lambda value: value * 6).convert("1"), "TIFF"))
    assert b"/CCITTFaxDecode" in samples.plain(done.data)
    assert len(done.data) < 50_000


def test_400_megapixels_are_refused_by_their_header() -> None:
    assert clean(samples.png_of_header(20_000, 20_000), limits=LIMITS) == Refused("bomb", "pixels", 120)


@pytest.mark.parametrize(("most", "taken"), [(2400, True), (2399, False)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_the_limit_of_pixels(kind: str, most: int, taken: bool) -> None:
    data = encode(picture((80, 30)), kind)
    assert isinstance(clean(data, limits=Limits(max_pixels=most)), Clean) is taken


def test_a_second_page_is_measured_too() -> None:
    data = encode(picture((10, 10)), "TIFF", save_all=True, append_images=[picture((50, 50))])
    assert clean(data, limits=Limits(max_pixels=2000)) == Refused("bomb", "pixels", 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_a_picture_that_was_cut_off_is_unreadable(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    data = encode(noise, kind)
    done = clean(data[: len(data) // 2], limits=LIMITS)
    assert isinstance(done, Refused)
    assert done.code == "unreadable"


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0", b"\0\0\0\x18ftypheic"])
def test_a_start_alone_is_no_picture(start: bytes) -> None:
    done = clean(start + b"<html><script>alert(1)</script>" * 50, limits=LIMITS)
    assert isinstance(done, Refused)
    assert done.code == "unreadable"
