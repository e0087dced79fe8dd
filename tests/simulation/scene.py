"""What notices are made from: the claims and the insured people as they stand, and who says what about them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Thing = dict[str, Any]
#: one row per claim
CLAIMS = """
    SELECT k.number AS contract, c.number AS claim, c.cause, c.status, c.onset, c.proven_until, c.released_until,
           c.benefit_from, c.benefit_limit, c.recovered_on, c.closed_on, c.icd, p.first_name, p.last_name,
           p.birth_date, p.key AS person, p.deceased_on
    FROM claim c JOIN contract k ON k.id = c.contract_id JOIN person p ON p.id = c.person_id ORDER BY c.id
"""
#: one row per contract and insured person
INSURED = """
    SELECT k.number AS contract, k.status, k.starts_on, p.first_name, p.last_name, p.birth_date, p.key AS person,
           p.deceased_on
    FROM insured i JOIN contract k ON k.id = i.contract_id JOIN person p ON p.id = i.person_id ORDER BY i.id
"""


@dataclass(frozen=True)
class Scene:
    """A business day's claims and insured people; ``name`` gives each notice its id."""

    today: date
    claims: Sequence[Thing]
    insured: Sequence[Thing]
    name: Callable[[], str]

    def open_claims(self, cause: str) -> list[Thing]:
        """The accepted claims of a cause."""
        return [each for each in self.claims if each["cause"] == cause and each["status"] == "accepted"]

    def living(self) -> list[Thing]:
        """Whom an active contract insures, and who lives as far as the register knows."""
        return [each for each in self.insured if each["status"] == "active" and each["deceased_on"] is None]

    def without(self, cause: str) -> list[Thing]:
        """Those of them whose contract has no open or reported claim of theirs for a cause."""
        busy = {
            (each["contract"], each["person"])
            for each in self.claims
            if each["cause"] == cause and each["status"] in ("accepted", "reported")
        }
        return [each for each in self.living() if (each["contract"], each["person"]) not in busy]

    def start(self, process: str, about: Thing) -> Thing:
        """The fields of every notice about somebody."""
        return {
            **{"process": process, "id": self.name(), "contract": about["contract"], "last_name": about["last_name"]},
            **{"first_name": about["first_name"], "birth_date": about["birth_date"], "received_on": self.today},
        }


def said(notice: Thing) -> Thing:
    """A notice as its JSON says it."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in notice.items()}


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def choose(rng: Random, *pools: Sequence[Thing]) -> Thing | None:
    """One of a pool that is not empty; the pools count alike. None where all are empty."""
    filled = [pool for pool in pools if pool]
    return rng.choice(rng.choice(filled)) if filled else None


# Twists that any notice may have


def stranger(rng: Random, notice: Thing, today: date) -> None:
    """Not the insured person's."""
    notice[rng.choice(["last_name", "first_name"])] = rng.choice(["Fremd", "Unbekannt", ""])


def other_spelling(rng: Random, notice: Thing, today: date) -> None:
    """The same person, as another office spells it."""
    notice["last_name"] = notice["last_name"].upper().replace("Ü", "UE").replace("Ö", "OE").replace("Ä", "AE")
    notice["first_name"] = f"Dr. {notice['first_name']}"


def no_contract(rng: Random, notice: Thing, today: date) -> None:
    """A contract that nobody knows."""
    notice["contract"] = f"RS-0{rng.randint(1, 3)}"


def unsigned(rng: Random, notice: Thing, today: date) -> None:
    """Without signature or stamp."""
    if "formally_correct" in notice:
        notice["formally_correct"] = False


Twist = Callable[[Random, Thing, date], None]
ANY_NOTICE: tuple[Twist, ...] = (stranger, other_spelling, other_spelling, no_contract, unsigned)


def twisted(rng: Random, notice: Thing, twists: Sequence[Twist], today: date, *, share: float) -> Thing:
    """The notice, now and then with something that does not fit."""
    if rng.random() < share:
        rng.choice([*twists, *ANY_NOTICE])(rng, notice, today)
    return notice
