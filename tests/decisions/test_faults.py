"""What is wrong with a field, as a German phrase and without its value."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from dunkelwerk.decisions.faults import fault_in_german
from dunkelwerk.lines.credit_protection.casefile import Contract
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.notice import FollowUpSickNote


class Form(Struct, forbid_unknown_fields=True):
    """A form of this test's own."""

    day: Annotated[int, Meta(ge=1, le=28)] = 1
    kind: Literal["a", "b"] = "a"
    names: tuple[str, ...] = ()
    text: str | None = None


def fault(text: bytes, kind: type = Form) -> str:
    with pytest.raises(ValueError) as caught:
        msgspec.json.decode(text, type=kind)
    return fault_in_german(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"geheim": 1}', "das Feld geheim ist unbekannt"),
        (b'{"day": 29}', "day: erwartet"),
        (b'{"day": "geheim"}', "day: erwartet ganze Zahl, gefunden Text"),
        (b'{"day": null}', "day: der Wert fehlt (erwartet: ganze Zahl)"),
        (b'{"kind": "geheim"}', "kind: kein erlaubter Wert"),
        (b'{"names": ["x", 5]}', "names[1]: erwartet Text, gefunden ganze Zahl"),
        (b'{"names": "geheim"}', "names: erwartet Liste, gefunden Text"),
        (b'{"text": 1}', "text: erwartet Text oder nichts, gefunden ganze Zahl"),
        (b"[]", "erwartet Objekt, gefunden Liste"),
        (b"{", "kein lesbares JSON (bricht vorzeitig ab)"),
        (b"{geheim}", "kein lesbares JSON"),
        (b'{"text": "\xff"}', "kein UTF-8"),
    ],
)
def test_faults(text: bytes, said: str) -> None:
    found = fault(text)
    assert found.startswith(said)
    assert "geheim" not in found.removeprefix("das Feld geheim")
    assert "`" not in found


def test_a_missing_field_is_named() -> None:
    assert fault(b"{}", FollowUpSickNote) == "das Pflichtfeld contract fehlt"


def test_a_day_that_does_not_exist() -> None:
    note = b'{"contract": "RS-1", "last_name": "x", "first_name": "x", "birth_date": "1981-02-29"}'
    assert fault(note, FollowUpSickNote) == "birth_date: kein gültiges Datum (JJJJ-MM-TT)"


def test_our_own_sentences_stay() -> None:
    contract = b'{"number": "RS-1", "tariff": "T", "start": "2024-03-01", "end": "2031-02-28", "status": "active", '
    contract += b'"insured": [], "due_day": 1, "instalment": "0.001"}'
    assert fault(contract, Contract) == "instalment: ein Betrag hat höchstens zwei Nachkommastellen"
