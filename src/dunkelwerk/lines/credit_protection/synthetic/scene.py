"""One household with its contracts, its sick-note claims and the note that arrives: what a plot starts from.

A plot changes the timeline of a `Scene` (what was proven, released, until when the new note runs), calls `settle`,
which makes contracts, claims and notice from it, and may then change these. Left alone, the timeline is the usual
case: the note continues without a gap, is not cut, nothing closes, no reason is found.
"""

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from dunkelwerk.lines.credit_protection.synthetic.claims import Claim, Terms, accept, add_claim, money
from dunkelwerk.lines.credit_protection.synthetic.people import household, payee, pick
from dunkelwerk.lines.credit_protection.synthetic.tariffs import WITH_ILLNESS, Pool, Tariff, copied

Notice = dict[str, Any]
Shape = tuple[tuple[int, ...], ...]  # per contract, which persons of the household are insured

PROCESS = "follow_up_sick_note"
FIRST_NUMBER = 100_001

# Code of the claim, and the days for which the default table extends on such a code.
ICD_CODES: tuple[tuple[str, int], ...] = (
    *(("M54.5", 35), ("M54.4", 35), ("M51.2", 35), ("M75.1", 35), ("M17.1", 35), ("S82.6", 35), ("S83.5", 35)),
    *(("F32.1", 42), ("F43.2", 42), ("F33.1", 42), ("F48.0", 42), ("F41.1", 42), ("C50.9", 42), ("C18.7", 42)),
    *(("I21.9", 35), ("I63.9", 35), ("I10.00", 35), ("T84.1", 35), ("G35.1", 28), ("G56.0", 28), ("E11.9", 28)),
    *(("K50.0", 21), ("K80.2", 21), ("N20.0", 21), ("H81.0", 21), ("L40.0", 21), ("R52.2", 21)),
    *(("A46", 14), ("B02.2", 14), ("J06.9", 14), ("J45.9", 14), ("Z98.8", 14), ("U08.9", 14)),
)
# Days from the new note's issue to the last day proven so far.
_PROVEN_AFTER_ISSUE = (-1, -1, 0, 0, 0, 0, 1, 2, 4)
_DUE_DAYS = (1, 1, 1, 1, 15, 15, 15, 5, 10, 20, 25, 28)
_MONDAY, _SATURDAY = 0, 5


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


@lru_cache(maxsize=8)
def receipts(on: date) -> tuple[tuple[date, date], ...]:
    """Days on which a note of today's inbox was received and issued, Mondays to Fridays only."""
    received = [day for day in (on - days(back) for back in (0, 0, 0, 1, 1, 2, 3)) if day.weekday() < _SATURDAY]
    return tuple(
        (day, day - days(back)) for day in received for back in range(5) if (day - days(back)).weekday() < _SATURDAY
    )


class Scene:
    """A household under construction; the person who falls ill is the first one."""

    def __init__(self, *, rng: Random, on: date, index: int, shape: Shape) -> None:
        """Set the usual timeline; `index` counts the register's contracts from zero."""
        self.rng, self.on, self.shape = rng, on, shape
        self.number = FIRST_NUMBER + index
        count = 2 if any(1 in insured for insured in shape) else 1
        self.persons = household(rng, number=self.number, count=count, on=on)
        self.born = [date.fromisoformat(person["birth_date"]) for person in self.persons]
        self.tariffs: list[Tariff] = []
        self.contracts: list[dict[str, Any]] = []
        self.terms: list[Terms] = []
        self.claims: dict[int, Claim] = {}
        self.notices: list[Notice] = []
        self.onset: date | None = None
        self.due_day: int | None = None
        self.cents: int | None = None
        self.used = 0
        self.history = 0  # days before the onset in which the contracts must exist already
        self.icd, self.extension_days = pick(rng, ICD_CODES)
        self.received, issued = pick(rng, receipts(on))
        self.issue(issued)

    def issue(self, issued: date) -> None:
        """Set the day of issue, and around it what is proven and released, and the last day of the note."""
        self.issued = issued
        self.proven = issued + days(pick(self.rng, _PROVEN_AFTER_ISSUE))
        if issued.weekday() == _MONDAY and self.rng.random() < 0.4:
            self.proven = issued - days(3)
        self.released: date | None = self.proven
        self.until: date | None = issued + days(self.rng.randint(7, self.extension_days))

    def diagnose(self, code: str, extension_days: int) -> None:
        """Set the claim's diagnosis, and what the default table allows for it."""
        self.icd, self.extension_days = code, extension_days
        self.until = self.issued + days(self.rng.randint(7, max(extension_days, 14)))

    def choose(self, pool: Pool) -> dict[str, Any]:
        """Draw the tariffs, the named contract's from this pool, and return its illness cover if there is one."""
        born, year = min(self.born).year, self.on.year
        pools = [pool, *[WITH_ILLNESS] * (len(self.shape) - 1)]
        self.tariffs = [each.draw(self.rng, born=born, year=year) for each in pools]
        cover: dict[str, Any] = self.tariffs[0].get("illness", {})
        return cover

    def settle(self, *, elsewhere: bool | None = None, sick: bool = True) -> None:
        """Make contracts, claims and notice; `elsewhere`: whether other contracts have a claim (None: most have)."""
        if not self.tariffs:
            self.choose(WITH_ILLNESS)
        if self.onset is None:
            self.onset = self.proven - days(self.rng.randint(60, self._longest_illness()))
        for place, insured in enumerate(self.shape):
            self._add_contract(place, insured, self.onset)
        for place, insured in enumerate(self.shape):
            if sick and 0 in insured and (place == 0 or self._affected(elsewhere)):
                self.claims[place] = self.fall_ill(place)
        if sick:
            self.notices.append(self.note())

    def _affected(self, elsewhere: bool | None) -> bool:
        return self.rng.random() < 0.8 if elsewhere is None else elsewhere

    def _longest_illness(self) -> int:
        months = [int(tariff["illness"]["max_months"]) for tariff in self.tariffs if "illness" in tariff]
        return min([700, *(30 * each - 80 for each in months)])

    def _add_contract(self, place: int, insured: tuple[int, ...], onset: date) -> None:
        rng, tariff, number = self.rng, self.tariffs[place], self.number + place
        start, end = self._term(onset, tariff)
        due_day = self.due_day or pick(rng, _DUE_DAYS)
        cents = self.cents or rng.randint(8_000, 160_000 // len(self.shape))
        terms = Terms(number=number, tariff=tariff, start=start, end=end, due_day=due_day, cents=cents, claims=[])
        self.terms.append(terms)
        self.contracts.append(
            {
                "number": f"RS-{number}",
                "tariff": tariff["id"],
                "start": start.isoformat(),
                "end": end.isoformat(),
                "status": "active",
                "insured": [self.persons[who]["id"] for who in insured],
                "instalment": money(cents),
                "final_instalment": money(cents * 20) if rng.random() < 0.1 else None,
                "due_day": due_day,
                "payee": payee(rng),
                "arrears": None,
                "recourse_open": "0.00",
                "claims": terms.claims,
            }
        )

    def _term(self, onset: date, tariff: Tariff) -> tuple[date, date]:
        waiting = tariff.get("illness", {}).get("waiting_months", 0)
        latest = onset - days(40 + 31 * waiting + self.history)
        adult = date(max(self.born).year + 19, 1, 1)
        start = max(latest - days(int(self.rng.random() * 1800)), min(adult, latest)).replace(day=1)
        years = self.on.year - start.year + self.rng.randint(2, 7)
        return start, date(start.year + years, start.month, 1) - days(1)

    def end_contract_on(self, end: date, *, place: int = 0) -> None:
        """Shorten a contract that exists, leaving its claims as they are."""
        self.terms[place].end = end
        self.contracts[place]["end"] = end.isoformat()

    def fall_ill(self, place: int, *, who: int = 0) -> Claim:
        """An accepted illness claim on a contract, on the scene's timeline."""
        terms, onset = self.terms[place], self.onset or self.proven
        icd = [self.icd] if self.icd else []
        claim = add_claim(
            terms, person=self.persons[who]["id"], cause="illness", status="accepted", onset=onset, icd=icd
        )
        return accept(
            terms,
            claim,
            born=self.born[who],
            onset=onset,
            proven=self.proven,
            released=self.released,
            on=self.on,
            used=self.used,
        )

    def note(self, *, who: int = 0, place: int = 0) -> Notice:
        """The notice as the timeline has it, with an id of its own."""
        person = self.persons[who]
        stated = self.onset and self.rng.random() < 0.85
        return {
            "process": PROCESS,
            "id": f"FA-{self.on:%Y%m%d}-{self.number}-{len(self.notices) + 1}",
            "contract": f"RS-{self.number + place}",
            "last_name": person["last_name"],
            "first_name": person["first_name"],
            "birth_date": person["birth_date"],
            "incapacity_from": self.onset.isoformat() if self.onset and stated else None,
            "incapacity_until": self.until.isoformat() if self.until else None,
            "issued_on": self.issued.isoformat(),
            "formally_correct": True,
            "received_on": self.received.isoformat(),
            "final": False,
            "icd": self._stated_codes(),
        }

    def _stated_codes(self) -> list[str]:
        chance = self.rng.random()
        if not self.icd or chance < 0.6:
            return []
        if chance < 0.85:
            return [self.icd]
        return [self.icd.lower() + " g"] if chance < 0.95 else [self.icd, "R53"]

    @property
    def person(self) -> dict[str, Any]:
        """The person who is ill."""
        return self.persons[0]

    @property
    def contract(self) -> dict[str, Any]:
        """The contract that the note names, unless a plot says otherwise."""
        return self.contracts[0]

    @property
    def claim(self) -> Claim:
        """The claim on that contract."""
        return self.claims[0]

    @property
    def notice(self) -> Notice:
        """The first note."""
        return self.notices[0]

    def case_file(self) -> dict[str, Any]:
        """The line of the register: the household and all its contracts, keyed by the first."""
        tariffs = {tariff["id"]: tariff for tariff in self.tariffs}
        return {
            "key": self.contracts[0]["number"],
            "persons": self.persons,
            "tariffs": [copied(tariff) for tariff in tariffs.values()],
            "contracts": self.contracts,
        }
