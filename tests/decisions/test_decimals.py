"""Amounts that come as texts: plain decimal notation alone, at the place that is named; JSON's numbers as they are."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from dunkelwerk.cli.processes import number
from dunkelwerk.cli.register import read_amount
from dunkelwerk.decisions.decimals import PlainDecoder, ensure_plain, is_plain
from dunkelwerk.decisions.faults import fault_in_german
from dunkelwerk.dialogues.forms.kinds_number import parse_amount
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines.credit_protection.processes.first_unemployment_proof.decide import PROCESS

PLAIN = ["0", "3", "300", "300.5", "312.50", "0.00", "9999999999.99", "03.00", "-1.00"]
ODD = [
    "3e2",
    "3E2",
    "30000e-2",
    "1_000.00",
    " 3.00",
    "3.00 ",
    "3.00\n",
    "+3.00",
    "٣.00",
    "３.00",
    "3.",
    ".5",
    "1,50",
    "",
]
PLACE = {"list": "$.parts[1].amount", "union": "$.chosen.limit", "plain": "$.total"}


class Part(Struct):
    amount: Decimal | None = None
    name: str = ""


class One(Struct, tag=True):
    limit: Decimal


class Other(Struct, tag=True):
    parts: list[Part] = []


class Whole(Struct, rename={"sum": "total"}):
    sum: Decimal = Decimal(0)
    parts: tuple[Part, ...] = ()
    chosen: One | Other | None = None
    words: dict[str, str] = {}


def written(place: str, text: Any) -> bytes:
    """A whole in which one decimal is this."""
    whole: dict[str, Any] = {"parts": [{"name": "3e2"}, {}], "words": {"total": "3e2"}, "more": {"total": "3e2"}}
    if place == "list":
        whole["parts"][1]["amount"] = text
    elif place == "union":
        whole["chosen"] = {"type": "One", "limit": text}
    else:
        whole["total"] = text
    return json.dumps(whole).encode()


@pytest.mark.parametrize("place", PLACE)
@pytest.mark.parametrize("text", ODD)
def test_what_is_not_written_plainly_is_refused_with_its_place(place: str, text: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        PlainDecoder(Whole).decode(written(place, text))
    assert fault_in_german(raised.value) == f"{PLACE[place].removeprefix('$.')}: kein gültiger Betrag"
    assert not is_plain(text)


@pytest.mark.parametrize("place", PLACE)
@pytest.mark.parametrize("value", [*PLAIN, 3, 3.5, -1, 300])
def test_what_is_plain_is_read_as_ever(place: str, value: Any) -> None:
    text = written(place, value)
    assert PlainDecoder(Whole).decode(text) == msgspec.json.decode(text, type=Whole)
    assert not isinstance(value, str) or is_plain(value)


def test_other_faults_stay_what_they_are_and_null_is_none() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"Expected `str`, got `int` - at `\$\.parts\[0\]\.name`"):
        PlainDecoder(Whole).decode(b'{"parts": [{"name": 1}], "total": "3e2"}')
    with pytest.raises(msgspec.DecodeError, match="truncated"):
        PlainDecoder(Whole).decode(b'{"total": 3')
    assert PlainDecoder(Whole).decode(b'{"parts": [{"amount": null}]}').parts == (Part(),)


def test_data_that_were_read_otherwise_are_held_to_the_same() -> None:
    ensure_plain(Whole, {"total": "312.50", "parts": [{"amount": 3}], "words": {"total": "3e2"}})
    with pytest.raises(msgspec.ValidationError, match=r"\$\.parts\[0\]\.amount"):
        ensure_plain(Whole, {"parts": [{"amount": "3e2"}]})
    ensure_plain(str, "3e2")


def test_hours_of_a_notice_are_plain_too() -> None:
    decoder = PlainDecoder(PROCESS.notice)
    with pytest.raises(msgspec.ValidationError, match=r"Invalid decimal string - at `\$\.weekly_hours`"):
        decoder.decode(hours('"4e1"'))
    assert decoder.decode(hours('"38.5"')).weekly_hours == Decimal("38.5")
    assert decoder.decode(hours("38.5")).weekly_hours == Decimal("38.5")


def hours(said: str) -> bytes:
    """A first unemployment proof with these hours a week, as JSON."""
    return f"""{{"id": "N-4", "contract": "RS-1", "last_name": "A", "first_name": "B", "birth_date": "1980-02-29",
        "unemployed_since": "2026-10-01", "proven_on": "2026-10-02", "received_on": "2026-10-05",
        "benefit_kind": "alg1", "entitlement_suspended": false, "formally_correct": true, "award_notice": true,
        "award_ends_on": null, "new_job_on": null, "notice_given_on": null, "registered_on": null,
        "employment_from": "2020-01-01", "employment_to": "2026-09-30", "terminated_by": "employer",
        "weekly_hours": {said}}}""".encode()


@pytest.mark.parametrize("text", ["3e2", "1_000.00", "+3", "٣", "1.234,50", "viel", ""])
def test_at_the_terminal_too(text: str) -> None:
    with pytest.raises(CommandError):
        read_amount(text)
    with pytest.raises(CommandError):
        number(text, option="--euros-per-day", places=2)


def test_at_the_terminal_a_german_comma_is_plain() -> None:
    assert [read_amount(text) for text in ("120,5", " 120.00 ", "120")] == ["120.5", "120.00", "120"]
    assert number("1000.00", option="--euros-per-day", places=2) == Decimal(1000)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *((odd, None) for odd in ("3e2", "1_000.00", "+3", "٣", "1.00.000", "1,234.50")),
        *(("1.234,50", "1234.50"), ("1234,5", "1234.50"), ("1234.50", "1234.50"), ("1.234", "1234.00")),
    ],
)
def test_a_form_takes_what_people_write_and_no_more(text: str, amount: str | None) -> None:
    assert parse_amount(text) == (None if amount is None else Decimal(amount))
