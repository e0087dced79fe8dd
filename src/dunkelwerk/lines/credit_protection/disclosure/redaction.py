"""Keeping other persons out of what one person is told: partners on a joint contract above all. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from dunkelwerk.decisions.names import same_first_name, same_last_name
from dunkelwerk.lines.disclosing import MINE, OTHERS, UNCLEAR

OTHER_PERSON = "[andere Person]"
WITHHELD = "Ein Umstand, der eine andere Person betrifft; er wird zu deren Schutz nicht genannt."
#: a shorter number may be anything
SHORTEST_NUMBER = 6


class Redactor:
    """What one person may see of case files that hold others. ``file``: the case file of all their contracts."""

    def __init__(self, key: str, file: Mapping[str, Any], keys: Iterable[str]) -> None:
        self.key, self.file, self.keys = key, file, frozenset(keys)
        self.persons: list[Mapping[str, Any]] = file["persons"]
        (self.me,) = [person for person in self.persons if person["id"] == key]
        self.others = [person for person in self.persons if person["id"] != key]
        claims = [(contract["number"], claim) for contract in file["contracts"] for claim in contract["claims"]]
        self.mine = frozenset((contract, claim["number"]) for contract, claim in claims if claim["person"] == key)
        self._foreign = [(contract, claim) for contract, claim in claims if claim["person"] != key]

    def whose(self, notice: Mapping[str, Any], case_key: str) -> str:
        """Whom a notice is about: whom its birth date and first name fit best; a sole insured person's it is anyhow."""
        if change := notice.get("change"):
            return self._whose_change(change)
        if not self.others:
            return MINE if case_key in self.keys else UNCLEAR
        mine, theirs = likeness(notice, self.me), max(likeness(notice, other) for other in self.others)
        if mine == theirs:
            return UNCLEAR
        return MINE if mine > theirs else OTHERS

    def _whose_change(self, change: Mapping[str, Any]) -> str:
        """What a clerk recorded: of a person or a claim it is theirs, of a contract everybody's who is insured."""
        place = change["contract"], change.get("claim")
        person = change.get("person")
        if person is not None:
            return MINE if person == self.key else OTHERS
        if place[1] is not None:
            return MINE if place in self.mine else OTHERS
        return MINE if place[0] in self.keys else OTHERS

    def case_file(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """A case file less what concerns others alone."""
        contracts = [self._contract(each) for each in file["contracts"] if self._concerns(each)]
        tariffs = {each["tariff"] for each in contracts}
        return {
            "key": file["key"] if file["key"] in {each["number"] for each in contracts} else None,
            "persons": [each for each in file["persons"] if each["id"] == self.key],
            "tariffs": [each for each in file["tariffs"] if each["id"] in tariffs],
            "contracts": contracts,
        }

    def _concerns(self, contract: Mapping[str, Any]) -> bool:
        return self.key in contract["insured"] or any(each["person"] == self.key for each in contract["claims"])

    def _contract(self, contract: Mapping[str, Any]) -> dict[str, Any]:
        others = [each for each in contract["insured"] if each != self.key]
        claims = [each for each in contract["claims"] if each["person"] == self.key]
        insured = [self.key] if len(others) < len(contract["insured"]) else []
        return {**contract, "insured": insured, "other_insured": len(others), "claims": claims}

    def decision(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        """A decision less the parts of others; a reason that lies in another person is withheld."""
        parts = {name: self._own(decision.get(name) or ()) for name in ("actions", "referred")}
        reasons = [self._reason(each) for each in self._own(decision.get("reasons") or ())]
        trace = [self._traced(each) for each in decision.get("trace") or () if self._is_own(each["subject"])]
        kept = {name: decision[name] for name in ("outcome", "versions") if name in decision}
        told: dict[str, Any] = self.scrub({**kept, "reasons": reasons, **parts, "trace": trace})
        return told

    def _own(self, subjects: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [each for each in subjects if self._is_own(each)]

    def _is_own(self, subject: Mapping[str, Any]) -> bool:
        place = (subject.get("contract"), subject.get("claim"))
        return place[1] is None or place not in self._foreign_places

    def _reason(self, reason: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._lies_elsewhere(reason["evidence"]):
            return reason
        return {"code": None, "contract": reason["contract"], "claim": reason["claim"], "text": WITHHELD}

    def _traced(self, traced: Mapping[str, Any]) -> dict[str, Any]:
        checks = [each for each in traced["checks"] if not self._lies_elsewhere(each["evidence"])]
        return {**traced, "checks": checks}

    def _lies_elsewhere(self, evidence: Mapping[str, Any]) -> bool:
        """Whether the evidence is claims of other persons."""
        claims = evidence.get("claims")
        return isinstance(claims, Sequence) and any(each in self._foreign_numbers for each in claims)

    @cached_property
    def _foreign_places(self) -> frozenset[tuple[Any, Any]]:
        return frozenset((contract, claim["number"]) for contract, claim in self._foreign)

    @cached_property
    def _foreign_numbers(self) -> frozenset[str]:
        own = {claim for _contract, claim in self.mine}
        return frozenset(claim["number"] for _contract, claim in self._foreign) - own

    def scrub(self, value: Any) -> Any:
        """The value with other persons' names, ids, birth dates and diagnoses taken out of its texts."""
        if isinstance(value, str):
            return self._pattern.sub(OTHER_PERSON, value) if self._pattern else value
        if isinstance(value, Mapping):
            return {name: self.scrub(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub(each) for each in value]
        return value

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        own = marks_of(self.me) | self._icd(own=True) | self.keys
        foreign = {mark for person in self.others for mark in marks_of(person)} | self._icd(own=False)
        words = {each for each in foreign | self._foreign_numbers if each not in own and is_telling(each)}
        if not words:
            return None
        spellings = sorted({*words, *(each.upper() for each in words)}, key=len, reverse=True)
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, spellings)) + r")(?![\w-])")

    def _icd(self, *, own: bool) -> set[str]:
        claims = [claim for contract in self.file["contracts"] for claim in contract["claims"]]
        return {code for claim in claims for code in claim["icd"] if (claim["person"] == self.key) is own}


def likeness(notice: Mapping[str, Any], person: Mapping[str, Any]) -> int:
    """How much of what a notice says of its person fits: the birth date, the names."""
    fits = str(notice.get("birth_date")) == str(person["birth_date"])
    first = same_first_name(str(notice.get("first_name") or ""), person["first_name"])
    last = same_last_name(str(notice.get("last_name") or ""), person["last_name"])
    return 2 * fits + 2 * first + last


def marks_of(person: Mapping[str, Any]) -> set[str]:
    """What names a person: names, id, birth date as data and as people write it."""
    born = date.fromisoformat(str(person["birth_date"]))
    return {person["id"], person["first_name"], person["last_name"], born.isoformat(), f"{born:%d.%m.%Y}"}


def is_telling(mark: str) -> bool:
    """Whether a text that holds it tells of the person: no single letter, no small number."""
    return len(mark) >= SHORTEST_NUMBER if mark.isdigit() else len(mark) > 1
