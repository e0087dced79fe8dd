"""Helpers of the journeys: a photographed sick note, as a telephone makes it and a browser sends it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from browser_support import Answers, Visitor
from PIL import Image, ImageDraw
from route_support import day
from site_support import PROVEN, UNTIL

PLACE = "Hinterhof links"
CAMERA_MAKER, DESCRIPTION = 0x010F, 0x010E
ISSUED = PROVEN
DATES: Answers = {
    **day("issued_on", ISSUED),
    "incapacity_from.confirm": True,
    **day("incapacity_until", UNTIL),
    "final-no": True,
}


def photo() -> bytes:
    """What a telephone's camera makes: a JPEG that knows more than one sees."""
    image = Image.new("RGB", (1200, 1600), "white")
    ImageDraw.Draw(image).multiline_text((80, 80), "Arbeitsunfähigkeitsbescheinigung", fill="black", font_size=48)
    data = Image.Exif()
    data[CAMERA_MAKER], data[DESCRIPTION] = "Telefonwerk", PLACE
    stream = BytesIO()
    image.save(stream, "JPEG", exif=data.tobytes())
    return stream.getvalue()


def hand_in(visitor: Visitor, content: bytes, *, name: str = "IMG_0815.jpg", kind: str = "image/jpeg") -> None:
    """Choose a file; with script it is sent at once, else by its button."""
    field = visitor.field("sick_note")
    file: Any = {"name": name, "mimeType": kind, "buffer": content}
    if visitor.script:
        with visitor.page.expect_navigation():
            field.set_input_files(file)
        visitor.look()
    else:
        field.set_input_files(file)
        visitor.press("Hochladen")


def hand_in_after_all(visitor: Visitor) -> None:
    """First a file that is none, then the photo."""
    hand_in(visitor, b"MZ this is a program", name="bescheinigung.jpg")
    assert list(visitor.errors()) == ["sick_note"]
    assert "bescheinigung.jpg" in visitor.errors()["sick_note"]
    hand_in(visitor, photo())
    assert "IMG_0815.jpg" in visitor.text
