"""How long things are kept: the terms of each line, the insurer's own before them, and what a line says about holds.

A line with terms has a package ``retention`` with ``terms.yaml`` and a ``KEEPER``. Source: docs/retention.md.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.parameters import Entry, ParameterError, dated, in_force, read_entries, read_yaml
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import lines

#: of a contract and claim: the day the claim ended, or None while it is open
Ends = Mapping[tuple[str, str], date | None]
#: contract and claim that are held; without claim: all of the contract; claim "": what names no claim
Reach = frozenset[tuple[str, str | None]]
#: terms that every line has; it may have others of its own
NAMES = ("voucher", "unsettled", "letter", "deed", "disclosure")
EFFECTIVE, UNSETTLED, LETTER, DEED, DISCLOSURE = NAMES
LONGEST = 100


class Swept(Struct, frozen=True):
    """Rows of a line's register that went by themselves: their term, the year it started with, how many of a kind."""

    term: str
    year: int
    kind: str
    count: int


class Hold(Struct, frozen=True):
    """What is held: a contract by its number, a person by the core system's id, a claim as CONTRACT/CLAIM."""

    kind: str
    key: str


class Keeper(Protocol):
    """What a line knows of what must be kept: one object per line, found as ``retention.KEEPER``."""

    #: holds ``terms.yaml``
    folder: Path
    #: what can be held
    kinds: tuple[str, ...]

    def knows(self, cursor: Any, hold: Hold) -> bool:
        """Whether there is such a thing."""

    def lock(self, cursor: Any, contracts: Sequence[str]) -> None:
        """Nobody changes these contracts' claims until the transaction ends."""

    def ends(self, cursor: Any, contracts: Sequence[str]) -> Ends:
        """When the claims of these contracts ended; what is no claim of theirs is left out."""

    def reach(self, cursor: Any, holds: Sequence[Hold]) -> Reach:
        """What these holds keep."""

    def term(self, processes: Collection[str], actions: Collection[str], *, effective: bool) -> Sequence[str]:
        """The terms of a unit that these processes decided, by what it moved; of several the longest counts."""
        return (EFFECTIVE if effective else UNSETTLED,)

    def standing(self, cursor: Any, decisions: Sequence[int]) -> Mapping[int, date | None]:
        """Of decisions on which rows of the register rest: when the last of these ended, None while one stands."""
        return {}

    def delete(self, cursor: Any, decisions: Sequence[int]) -> Mapping[str, int]:
        """Delete the rows of the register that rest on these decisions, as owner; how many of each kind."""
        return {}

    def sweep(self, cursor: Any, terms: Terms, on: date, reach: Reach) -> Iterator[Swept]:
        """Delete rows of the register that rest on no decision and whose term has passed, as owner."""
        return iter(())


class Terms(Struct, frozen=True):
    """The terms of one line: whole years, each from the end of the year in which it starts."""

    line: str
    entries: dict[str, Entry]

    def years(self, name: str, on: date) -> int:
        """The years in force on a day: a changed term applies to whatever is still there."""
        years: int = in_force(self.entries[name].values, on)
        return years

    def last_year(self, name: str, on: date) -> int:
        """The last year of which all terms that started at its end have passed on a day."""
        return on.year - self.years(name, on) - 1

    @property
    def of_units(self) -> tuple[str, ...]:
        """The terms of units and their letters."""
        return tuple(name for name in self.entries if name not in (DEED, DISCLOSURE))

    def longest(self, names: Sequence[str], on: date) -> str:
        """Of several terms the one that keeps longest."""
        return max(names, key=lambda name: self.years(name, on))


def keepers() -> dict[str, Keeper]:
    """The keeper of every line that has terms, by the line's name: of the others nothing is ever deleted."""
    found: dict[str, Keeper] = {}
    for name, line in lines().items():
        if importlib.util.find_spec(f"{line.package}.retention") is not None:
            found[name] = importlib.import_module(f"{line.package}.retention").KEEPER
    return found


def read_terms(own: Path | None = None) -> dict[str, Terms]:
    """The terms of every line; ``own``: an insurer's file, NAME or LINE.NAME: YEARS, or dated.

    Raises CommandError (wrong usage).
    """
    try:
        changes = read_yaml(own) if own else {}
        found = {name: read_line(name, keeper.folder, changes) for name, keeper in keepers().items()}
        known = {term for terms in found.values() for term in terms.entries}
        known |= {f"{name}.{term}" for name, terms in found.items() for term in terms.entries}
        if strangers := sorted(changes.keys() - known):
            message = _("unbekannte Frist {name}; bekannt sind {known}")
            plain = ", ".join(sorted(term for term in known if "." not in term))
            raise ParameterError(message.format(name=strangers[0], known=plain))
        for terms in found.values():
            ensure_possible(terms)
    except ParameterError as error:
        if own is None:
            raise CommandError(str(error)) from None
        raise wrong_usage(f"{own}: {str(error).rstrip('.')}.") from None
    return found


def read_line(name: str, folder: Path, changes: Mapping[str, Any]) -> Terms:
    """The terms of a line with an insurer's changes; what names the line goes before what names all of them."""
    entries = read_entries(folder / "terms.yaml")
    for term in tuple(entries):
        own = f"{name}.{term}" if f"{name}.{term}" in changes else term
        if own in changes:
            value = changes[own]
            values = dated(value) or {min(entries[term].values): value}
            source = _("eigene Frist des Versicherers")
            entries[term] = msgspec.structs.replace(entries[term], values=values, source=source)
    return Terms(name, entries)


def ensure_possible(terms: Terms) -> None:
    """Raise ParameterError for a term that is missing, has no value before some day, or is no number of years."""
    if missing := sorted(set(NAMES) - terms.entries.keys()):
        raise ParameterError(_("es fehlt die Frist {name}").format(name=missing[0]))
    for name, entry in terms.entries.items():
        wrong = [each for each in entry.values.values() if type(each) is not int or not 1 <= each <= LONGEST]
        if wrong or min(entry.values, default=date.max) > date(1900, 1, 1):
            message = _("Frist {name}: erwartet ganze Jahre von 1 bis {longest}, gültig ab 1900-01-01")
            raise ParameterError(message.format(name=name, longest=LONGEST))
