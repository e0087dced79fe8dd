"""Whom the demonstration of dialogues asks, and what they answer: made up, from a seed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from msgspec import Struct

from dunkelwerk.lines.credit_protection.synthetic.people import household, iban

Person = dict[str, Any]
COLUMNS = (
    *("external_id", "salutation", "first_name", "last_name", "street", "house_number", "postal_code", "city"),
    "birth_date",
)
PHOTO = (1240, 1754)
#: days: the form takes no older note
LONGEST_AGO = 365
#: a bank that exists, so that its name is shown
BANK = "12030000"


class Asked(Struct, frozen=True):
    """One person who is asked: the line of the import, and what they will answer, by posted names."""

    row: dict[str, str]
    born: date
    answers: Mapping[str, str | Sequence[str]]
    files: Mapping[str, tuple[str, bytes]]


def members(rng: Random, count: int, *, on: date) -> Iterator[Person]:
    """Members of the health fund."""
    for number in range(count):
        yield household(rng, number=number, count=1, on=on)[0]


def asked_members(kind: str, count: int, *, on: date, seed: int) -> list[Asked]:
    """Members who get a letter of this type, each with answers of their own."""
    rng = Random(f"{seed}/{kind}")
    tell = {"tax_id": tax_id, "sepa_mandate": sepa_mandate, "accident": accident}[kind]
    return [
        Asked(row_of(person, f"M-{kind}-{number:05d}"), date.fromisoformat(person["birth_date"]), tell(rng, person), {})
        for number, person in enumerate(members(rng, count, on=on))
    ]


def row_of(person: Person, external_id: str) -> dict[str, str]:
    """The person as a line of an import."""
    named = {name: str(person.get(name) or "") for name in COLUMNS}
    return {**named, "external_id": external_id}


def tax_id(rng: Random, person: Person) -> dict[str, str]:
    """Most know it, some do not."""
    if rng.random() < 0.1:
        return {"tax_id.unknown": "yes", "correct": "yes"}
    return {"tax_id": valid_tax_id(rng), "correct": "yes"}


def valid_tax_id(rng: Random) -> str:
    """Eleven digits: one of the first ten twice, apart from one another, and the check digit (ISO 7064 MOD 11,10)."""
    digits = rng.sample(range(10), 9)
    while digits[0] == 0:
        digits = rng.sample(range(10), 9)
    digits.append(digits[rng.randrange(7)])
    product = 10
    for digit in digits:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return "".join(map(str, digits)) + str((11 - product) % 10)


def sepa_mandate(rng: Random, person: Person) -> dict[str, str]:
    """Most have an account of their own."""
    name = f"{person['first_name']} {person['last_name']}"
    own = rng.random() >= 0.12
    return {
        "iban": plausible_iban(rng),
        "own_account": "yes" if own else "no",
        **({} if own else {"account_holder": f"Alex {person['last_name']}"}),
        "recurrence": "recurring",
        "mandate": "yes",
        "signed_name": name,
    }


def plausible_iban(rng: Random) -> str:
    """An account number that its bank could have given out."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    while True:
        made = iban(bank_code=BANK, account=f"{rng.randrange(10**10):010d}")
        try:
            return str(IBAN(made, validate_bban=True))
        except SchwiftyException:
            continue


def accident(rng: Random, person: Person) -> dict[str, str]:
    """No accident, a mishap at home, the other driver's fault, at work, or nothing that one wants to write about."""
    chance = rng.random()
    if chance < 0.4:
        return {"accident": "no", "no_accident_reason": "illness", "correct": "yes"}
    told = {
        **{"accident": "yes", "occurred_on.day": "3", "occurred_on.month": "10", "occurred_on.year": "2026"},
        **{"place": "Köln", "injury": "Handgelenk gebrochen", "severity": "ambulatory"},
        **{"still_treated": "no", "incapacity": "no", "correct": "yes"},
    }
    if chance < 0.6:
        return told | {"setting": "private", "kind": "home", "third_party_involved": "no", "own_fault": "yes"}
    if chance < 0.75:
        return told | {
            **{"setting": "work", "employer": "Beispielwerk, Köln", "transit_doctor": "yes"},
            "statutory_insurer": "Berufsgenossenschaft",
        }
    if chance < 0.92:
        return told | {
            **{"setting": "private", "kind": "traffic", "own_role": "bicycle", "opponent": "yes"},
            **{"opponent_name.unknown": "yes", "opponent_plate": "K-XY 123", "police": "yes"},
            **{"third_party_involved": "yes", "third_party.unknown": "yes", "same_household": "no"},
            **{"lawyer": "no", "settlement_paid": "no"},
        }
    return told | {"setting": "private", "kind": "declined"}


def can_be_told(notice: Mapping[str, Any], on: date) -> bool:
    """Whether the form takes what stands on a sick note: no day that cannot be."""
    issued = date.fromisoformat(str(notice["issued_on"]))
    begins, ends = (notice.get(name) for name in ("incapacity_from", "incapacity_until"))
    begun = date.fromisoformat(str(begins)) if begins else issued
    ended = date.fromisoformat(str(ends)) if ends else begun
    return (on - issued).days in range(LONGEST_AGO) and begun <= on and begun <= ended


def asked_customers(notices: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """Customers of the credit protection who get asked for the sick note that they have."""
    photo = make_photo()
    return [asked_customer(notice, number, photo) for number, notice in enumerate(notices)]


def asked_customer(notice: Mapping[str, Any], number: int, photo: bytes) -> Asked:
    """One of them, with the dates that stand on the note."""
    row = {name: str(notice.get(name) or "") for name in COLUMNS} | {
        "external_id": f"K-{number:05d}",
        "prefill.contract": str(notice["contract"]),
        "prefill.incapacity_from": str(notice.get("incapacity_from") or ""),
    }
    row |= {"street": "Musterweg", "house_number": str(number % 90 + 1), "postal_code": "50667", "city": "Köln"}
    answers = {
        "complete": "yes" if notice["formally_correct"] else "no",
        "incapacity_from.confirm": "yes",
        **day("issued_on", notice["issued_on"]),
        **day("incapacity_until", notice["incapacity_until"]),
        "final": "yes" if notice["final"] else "no",
        "confirm.very_long": "yes",
        "confirm.ends_before_it_was_issued": "yes",
        "correct": "yes",
    }
    born = date.fromisoformat(str(notice["birth_date"]))
    return Asked(row, born, answers, {"sick_note": ("krankschreibung.jpg", photo)})


def day(name: str, value: Any) -> dict[str, str]:
    """A date in three fields."""
    if value is None:
        return {f"{name}.unknown": "yes"}
    said = date.fromisoformat(str(value))
    return {f"{name}.day": str(said.day), f"{name}.month": str(said.month), f"{name}.year": str(said.year)}


def make_photo() -> bytes:
    """A picture as a phone takes it: paper, some lines, a stamp."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", PHOTO, "#f4f1ea")
    pen = ImageDraw.Draw(picture)
    for line in range(24):
        pen.line((120, 200 + 55 * line, 1120 - 37 * line % 300, 200 + 55 * line), fill="#444", width=3)
    pen.ellipse((800, 1450, 1050, 1650), outline="#2a4d8f", width=6)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
