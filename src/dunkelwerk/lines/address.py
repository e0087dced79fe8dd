"""To whom: the lines of the address field after DIN 5008, and the salutation, for any letter."""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol

from dunkelwerk.lines import german

#: as the address says it
TITLES = {"herr": "Herrn", "herrn": "Herrn", "frau": "Frau"}
GREETINGS = {"Herrn": "Sehr geehrter Herr", "Frau": "Sehr geehrte Frau"}
#: to whom a letter about a death goes
RELATIVES = "Angehörigen und Erben von"
GERMANY = "Deutschland"
AT_HOME = frozenset({"", "d", "de", "deu", "brd", "germany", "deutschland"})
#: academic titles at the beginning of a name, with the blank after each
DEGREES = re.compile(r"(?:(?:Prof|Dr|Dipl|Mag)\.(?:-Ing\.|(?: (?:med|rer|phil|jur|nat|pol|h|c|dent|vet)\.)*) ?)*")
POSTAL_CODE = re.compile(r"\d{5}")


class Person(Protocol):
    """Whoever can be written to."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def salutation(self) -> str | None: ...
    @property
    def street(self) -> str | None: ...
    @property
    def house_number(self) -> str | None: ...
    @property
    def postal_code(self) -> str | None: ...
    @property
    def city(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def deceased_on(self) -> date | None: ...


class AddressFault(ValueError):
    """The person cannot be written to; the message says what is missing, in German, without the person's data."""


def is_at_home(person: Person) -> bool:
    """Whether the letter stays in Germany."""
    return clean(person.country).casefold() in AT_HOME


def clean(text: str | None) -> str:
    """One line without needless blanks; empty where there is nothing."""
    return " ".join((text or "").split())


def address_lines(person: Person, *, to_relatives: bool = False) -> list[str]:
    """Title, name, street, place, and abroad the country in capitals; raises AddressFault where some is missing.

    ``to_relatives``: of a person who died, at that person's address; nobody is called *Herr* or *Frau* any more.
    """
    ensure_reachable(person)
    place = f"{clean(person.postal_code)} {clean(person.city)}".strip()
    street = f"{clean(person.street)} {clean(person.house_number)}".strip()
    head = f"An die {RELATIVES}" if to_relatives else title(person)
    lines = [head, full_name(person), street, place]
    if not is_at_home(person):
        lines.append(german.country(clean(person.country)).upper())
    return [line for line in lines if line]


def ensure_reachable(person: Person) -> None:
    """Raise AddressFault, naming the field, for a person without a complete address."""
    if not full_name(person):
        raise AddressFault("der Name fehlt")
    for field, name in (("street", "die Straße"), ("city", "der Ort")):
        if not clean(getattr(person, field)):
            raise AddressFault(f"in der Anschrift fehlt {name}")
    if is_at_home(person) and not POSTAL_CODE.fullmatch(clean(person.postal_code)):
        raise AddressFault("in der Anschrift fehlt die fünfstellige Postleitzahl")


def country_of(person: Person) -> str:
    """The country's German name, for the index."""
    return GERMANY if is_at_home(person) else german.country(clean(person.country))


def full_name(person: Person) -> str:
    """Academic titles, wherever the register has them, then first and last name."""
    first, last = plain_names(person)
    return " ".join(part for part in (degrees(person), first, last) if part)


def degrees(person: Person) -> str:
    """The academic titles before either name, each once: ``Prof. Dr.``."""
    names = (clean(person.first_name), clean(person.last_name))
    return " ".join(dict.fromkeys(each for name in names for each in degrees_of(name).split()))


def degrees_of(name: str) -> str:
    """The academic titles that a name begins with."""
    found = DEGREES.match(name)
    return found[0] if found else ""


def plain_names(person: Person) -> tuple[str, str]:
    """First and last name without academic titles."""
    return DEGREES.sub("", clean(person.first_name)), DEGREES.sub("", clean(person.last_name))


def title(person: Person) -> str:
    """``Herrn`` or ``Frau`` where the register says so."""
    return TITLES.get(clean(person.salutation).casefold(), "")


def ensure_alive(person: Person) -> None:
    """Raise AddressFault for somebody who died: a letter ordered before must not go out any more."""
    if person.deceased_on is not None:
        raise AddressFault("die versicherte Person ist verstorben")


def salutation(person: Person, *, to_relatives: bool = False) -> str:
    """``Sehr geehrte Frau Groß,``; neutral, with the whole name, where the register gives no title."""
    if to_relatives:
        return "Sehr geehrte Angehörige,"
    greeting = GREETINGS.get(title(person))
    if not greeting:
        return f"Guten Tag {full_name(person)},"
    return " ".join(part for part in (greeting, degrees(person), plain_names(person)[1]) if part) + ","
