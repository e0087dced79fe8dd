"""Random case files, as a core system would deliver them: households, joint contracts, tariffs, claims with a history.

Pure: the same random numbers give the same register. Amounts and dates are computed here, not by the product.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Thing = dict[str, Any]
DAY = timedelta(days=1)
CODES = ("M54.5", "F32.1", "C50.9", "J06.9", "E11.9", "K35.8", "S82.1", "I21.0", "O80", "R51", "Z73")
FIRST = ("Jürgen", "Anna", "Bärbel", "Cem", "Dörte", "Emil", "Françoise", "Gül", "Heinz-Peter", "Ida", "Jörg", "Käthe")
LAST = ("Groß", "Müller", "Özdemir", "van der Berg", "Schmidt-Weiß", "Łukasz", "O'Neill", "Kühn", "Meier", "Stein")
TARIFFS: tuple[Thing, ...] = (
    {
        "id": "T-DUE",
        "illness": {"deferred_days": 42, "max_months": 24, "monthly_cap": "2500.00", "settlement": "due_date"},
        "unemployment": {"deferred_days": 30, "max_months": 12, "settlement": "due_date", "waiting_months": 3},
        "death": {"cap": "20000.00", "legal_entity": "LEBEN"},
    },
    {
        "id": "T-DAILY",
        "illness": {"deferred_days": 42, "max_months": 18, "monthly_cap": "900.00", "settlement": "daily"},
        "unemployment": {"deferred_days": 60, "max_months": 12, "settlement": "daily", "legal_entity": "SACH"},
        "death": {"cap": "50000.00", "legal_entity": "LEBEN"},
    },
    {
        "id": "T-AGE",
        "illness": {
            **{"deferred_days": 28, "max_months": 12, "settlement": "due_date", "age_limit": 60, "relapse_months": 3},
            "legal_entity": "LEBEN",
        },
        "death": {"age_limit": 60, "waiting_months": 6},
    },
    {
        "id": "T-SHORT",
        "illness": {"deferred_days": 14, "max_months": 6, "settlement": "daily", "legal_entity": "SACH"},
        "unemployment": {"deferred_days": 14, "max_months": 6, "settlement": "daily", "legal_entity": "SACH"},
    },
)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches an age."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def month_worth(monthly: Decimal, first: date, last: date, month: date) -> Decimal:
    """What a month (its first day) is worth by daily settlement, with benefit from ``first`` to ``last``."""
    length = monthrange(month.year, month.month)[1]
    start, end = max(first, month), min(last, month.replace(day=length))
    days = (end - start).days + 1
    if days <= 0:
        return Decimal(0)
    return monthly if days == length else cents(monthly * min(days, 30) / 30)


def months_of(first: date, last: date) -> list[date]:
    """The first days of the months that the days touch."""
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = add_months(month, 1)
    return found


def due_lines(
    *, settlement: str, monthly: Decimal, due_day: int, benefit_from: date, start: date, end: date
) -> list[tuple[date, Decimal]]:
    """The instalments of the days from ``start`` to ``end``, of a benefit that began on ``benefit_from``."""
    lines = []
    for month in months_of(start, end):
        due = month.replace(day=due_day)
        if settlement == "due_date":
            amount = monthly if start <= due <= end else Decimal(0)
        else:
            before = month_worth(monthly, benefit_from, start - DAY, month)
            amount = month_worth(monthly, benefit_from, end, month) - before
        if amount > 0:
            lines.append((due, amount))
    return lines


@dataclass
class Register:
    """Makes persons, contracts and claims with numbers of their own. ``today``: the business day."""

    rng: Random
    today: date
    persons: int = 0
    contracts: int = 0
    claims: int = 0
    people: dict[str, Thing] = field(default_factory=dict)

    def person(self) -> Thing:
        """A new person."""
        rng, self.persons = self.rng, self.persons + 1
        year = self.today.year - (59 if rng.random() < 0.15 else rng.randint(25, 57))
        who = {
            **{"id": f"P-{self.persons}", "first_name": rng.choice(FIRST), "last_name": rng.choice(LAST)},
            "birth_date": date(year, rng.randint(1, 12), rng.randint(1, 28)).isoformat(),
            **{"salutation": rng.choice(["Herr", "Frau", None]), "street": "Lindenstr.", "house_number": "7"},
            **{"postal_code": "50667", "city": "Köln", "country": "DE"},
        }
        if rng.random() < 0.03:
            who["deceased_on"] = (self.today - timedelta(days=rng.randint(1, 30))).isoformat()
        self.people[who["id"]] = who
        return who

    def household(self) -> Thing:
        """A case file: one or two people, one to three contracts, some of them joint."""
        rng = self.rng
        people = [self.person() for _n in range(rng.choice([1, 1, 1, 2]))]
        contracts = []
        for _n in range(rng.choice([1, 1, 2, 3])):
            insured = people if rng.random() < 0.5 else [rng.choice(people)]
            contracts.append(self.contract([each["id"] for each in insured]))
        # a case file holds everything that its persons are insured under
        named = contracts[0]["insured"]
        key = contracts[0]["number"]
        held = [each for each in contracts if set(each["insured"]) & set(named)]
        ids = dict.fromkeys(one for each in held for one in each["insured"])
        return {
            **{"key": key, "persons": [self.people[each] for each in ids], "tariffs": list(TARIFFS)},
            "contracts": held,
        }

    def contract(self, insured: list[str]) -> Thing:
        """A contract with the claims of its insured people."""
        rng, self.contracts = self.rng, self.contracts + 1
        tariff = rng.choices(TARIFFS, (5, 4, 2, 2))[0]
        ends_soon = rng.random() < 0.1
        end = self.today + timedelta(days=rng.randint(10, 120) if ends_soon else rng.randint(400, 2500))
        made = {
            **{"number": f"RS-{self.contracts}", "tariff": tariff["id"], "end": end.isoformat()},
            "start": "2025-07-15" if rng.random() < 0.12 else "2022-03-01",
            "final_instalment": "4321.50" if rng.random() < 0.1 else None,
            **{"status": "active" if rng.random() < 0.96 else "cancelled", "insured": list(insured)},
            **{"instalment": str(cents(Decimal(rng.randint(8000, 95000)) / 100)), "due_day": rng.randint(1, 28)},
            "payee": {"name": "Beispielbank AG", "iban": "DE02120300000000202051", "reference": f"D{self.contracts}"},
            "recourse_open": str(cents(Decimal(rng.randint(100, 90000)) / 100)) if rng.random() < 0.15 else "0.00",
            "claims": [],
        }
        if rng.random() < 0.03:
            made["arrears"] = {"reminded_on": "2026-01-10", "deadline": "2026-02-01"}
        for person in insured:
            if rng.random() < 0.85:
                made["claims"].append(self.claim(made, person, "illness", open_=rng.random() < 0.8))
            elif rng.random() < 0.3:
                made["claims"].append(self.reported(person, rng.choice(["illness", "unemployment"])))
            if "unemployment" in tariff and rng.random() < 0.2:
                ill = any(each["person"] == person and each["status"] == "accepted" for each in made["claims"])
                made["claims"].append(self.claim(made, person, "unemployment", open_=not ill))
        return made

    def claim(self, contract: Thing, person: str, cause: str, *, open_: bool) -> Thing:
        """A claim; an open one is proven up to about today, a closed one ended long before."""
        rng, self.claims = self.rng, self.claims + 1
        tariff = next(each for each in TARIFFS if each["id"] == contract["tariff"])
        cover = tariff[cause]
        age = rng.choice([rng.randint(5, 60), rng.randint(60, 150), rng.randint(60, 150), rng.randint(150, 330)])
        if not open_:
            age = rng.choice([rng.randint(130, 330), rng.randint(420, 700)])
        onset = self.today - timedelta(days=age)
        benefit_from = onset + timedelta(days=cover["deferred_days"])
        limit = add_months(benefit_from, cover["max_months"]) - DAY
        limit = min(limit, date.fromisoformat(contract["end"]))
        if "age_limit" in cover:
            reached = birthday(date.fromisoformat(self.people[person]["birth_date"]), cover["age_limit"])
            limit = min(limit, reached - DAY)
        proven = self.today + timedelta(days=rng.randint(-4, 20))
        if not open_:
            proven = onset + timedelta(days=rng.randint(30, 120))
        proven = max(proven, onset)
        released = min(proven, limit)
        made = {
            **{"number": f"C-{self.claims}", "person": person, "cause": cause, "onset": onset.isoformat()},
            **{"status": "accepted" if open_ else "closed", "icd": [rng.choice(CODES)] if cause == "illness" else []},
            **{"benefit_from": benefit_from.isoformat(), "benefit_limit": limit.isoformat()},
            "proven_until": proven.isoformat(),
            "released_until": released.isoformat() if released >= benefit_from else None,
            "instalments": self.history(contract, cover, benefit_from, released),
        }
        if not open_:
            made |= {"closed_on": (proven + DAY).isoformat(), "closing_reason": "recovered"}
            made["recovered_on"] = proven.isoformat()
        return made

    def reported(self, person: str, cause: str) -> Thing:
        """A claim that the core system has noted, and nobody has decided."""
        self.claims += 1
        onset = self.today - timedelta(days=self.rng.randint(5, 90))
        return {
            **{"number": f"C-{self.claims}", "person": person, "cause": cause, "onset": onset.isoformat()},
            **{"status": "reported", "icd": [self.rng.choice(CODES)] if cause == "illness" else []},
        }

    def history(self, contract: Thing, cover: Thing, benefit_from: date, released: date) -> list[Thing]:
        """The instalments of days that the core system has released; the last ones are not paid yet."""
        if released < benefit_from:
            return []
        lines = due_lines(
            settlement=cover["settlement"],
            monthly=monthly_of(contract["instalment"], cover),
            due_day=contract["due_day"],
            benefit_from=benefit_from,
            start=benefit_from,
            end=released,
        )
        made = []
        for number, (due, amount) in enumerate(lines):
            status = "paid" if due < self.today else "released"
            if status == "paid" and self.rng.random() < 0.01:
                status = "returned"
            name = f"I-{self.claims}-{number}"
            made.append({"id": name, "due": due.isoformat(), "amount": str(amount), "status": status})
        return made


def monthly_of(instalment: str | Decimal, cover: Thing) -> Decimal:
    """The monthly amount of a claim."""
    cap = cover.get("monthly_cap")
    return min(Decimal(instalment), Decimal(cap)) if cap else Decimal(instalment)
