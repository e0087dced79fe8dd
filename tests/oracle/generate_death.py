"""Seeded cases for death_notice: contracts with running claims around the day of death, and limits a day around it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from generate import SPECIAL_DAYS
from generate_parts import NAMES, Lines, OtherMaker, Trouble, lines_of

from oracle import DAY, add_months

Situation = dict[str, Any]


class DeathMaker(OtherMaker):
    """Makes the cases of one seed."""

    process = "death_notice"

    def parameters(self) -> dict[str, Any]:
        """Mostly dark, and limits of lump sums."""
        p = super().parameters()
        if self.chance(0.7):
            p["mode"] = self.pick((4, "dark"), (1, "second_check"))
        if self.chance(0.6):
            p["authority_limit"] = self.rng.choice(["50000.00", "49999.99", "100000.00", "20000.00", 1000000])
        return p

    def case(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A case file and its notices."""
        rng = self.rng
        died = self.pick((4, rng.choice(SPECIAL_DAYS)), (6, date(2023, 6, 1) + rng.randint(0, 1100) * DAY))
        names = rng.choice(NAMES)
        birth = self.pick((3, date(1960, 2, 29)), (7, date(1955, 1, 1) + rng.randint(0, 15000) * DAY))
        person = self.person("P1", names[0], birth)
        s: Situation = {"died": died, "person": person, "persons": [person], "tariffs": [], "contracts": []}
        s["contract"] = self.add_contract(s, ["P1"])
        named = {name: person[name] for name in ("last_name", "first_name", "birth_date")}
        notice = {"id": self.number("N"), "contract": s["contract"]["number"], **named, "died_on": died}
        notice |= {"certificate": self.chance(0.75), "cause_known": rng.choice(["natural", "accident", "natural"])}
        notice |= {"reported_by": rng.choice([None, "Erika Groß"]), "received_on": died + rng.randint(0, 20) * DAY}
        s["notice"] = notice
        for _ in range(self.pick((4, 0), (3, 1), (2, 2))):
            self.add_other(s)
        for _ in range(self.pick((20, 0), (40, 1), (25, 2), (10, 4), (5, 7))):
            self.pick(*TROUBLES)(self, s)
        if len(s["contracts"]) > 1:
            rng.shuffle(s["contracts"])
        body = {"key": s["contract"]["number"], **{name: s[name] for name in ("persons", "tariffs", "contracts")}}
        notices = [self.dress_notice(notice, names)]
        if self.chance(0.3):
            second = copy.deepcopy(notice)
            second |= {"id": self.number("N"), "certificate": not notice["certificate"]}
            notices.append(self.dress_notice(second, names))
        return body, notices

    def add_contract(self, s: Situation, insured: list[str]) -> dict[str, Any]:
        """A contract with running claims of its persons, lump sums around the cap."""
        rng, died = self.rng, s["died"]
        tariff = {"id": f"T-{len(s['tariffs']) + 1}", "illness": self.cover(30), "unemployment": self.cover(30)}
        tariff["death"] = {"cap": rng.choice(["50000.00", "10000.00", "7500.00", 500, None]), "waiting_months": 0}
        if tariff["death"]["cap"] is None and self.chance(0.5):
            tariff["death"] = {}
        s["tariffs"].append(tariff)
        start = add_months(died, -rng.randint(37, 70)) - rng.randint(0, 27) * DAY
        end = self.pick(
            (6, add_months(died, rng.randint(1, 90))), (2, date(2033, 2, 28)), (2, died + rng.randint(0, 40) * DAY)
        )
        contract = self.contract(self.number("RS"), tariff["id"], insured, start, end)
        contract["start"], contract["end"] = start, end
        contract["final_instalment"] = self.pick((5, None), (2, "4000.00"), (1, "0.00"), (1, 1250.5))
        if tariff["death"].get("cap") and self.chance(0.3):
            self.cap_near(s, contract, tariff)
        for who in insured:
            for _ in range(self.pick((4, 0), (4, 1), (2, 2))):
                contract["claims"].append(self.paid_claim(s, who, contract))
        s["contracts"].append(contract)
        return contract

    def cap_near(self, s: Situation, contract: dict[str, Any], tariff: dict[str, Any]) -> None:
        """The cap a cent around the lump sum."""
        contract.update(instalment="312.50", due_day=s["died"].day if s["died"].day < 29 else 28, final_instalment=None)
        months = self.rng.randint(0, 30)
        contract["end"] = self.near(add_months(s["died"].replace(day=contract["due_day"]), months))
        tariff["death"]["cap"] = self.rng.choice([f"{312.5 * months:.2f}", f"{312.5 * months + 0.01:.2f}"])
        if months > 0 and self.chance(0.4):
            tariff["death"]["cap"] = f"{312.5 * months - 0.01:.2f}"

    def paid_claim(self, s: Situation, who: str, contract: dict[str, Any]) -> dict[str, Any]:
        """A claim with instalments of every status around the day of death."""
        rng, died = self.rng, s["died"]
        cause = self.pick((4, "illness"), (3, "unemployment"), (1, "disability"))
        status = self.pick((6, "accepted"), (2, "reported"), (3, "closed"), (1, "declined"))
        claim = self.open_claim(who, cause, died - rng.randint(60, 300) * DAY)
        claim["status"] = status
        if status == "closed":
            claim["closed_on"] = self.near(died)
        quiet = self.chance(0.5)
        for months in range(-3, rng.randint(-2, 3)):
            due = add_months(died.replace(day=1), months).replace(day=contract["due_day"])
            if self.chance(0.2):
                due = self.near(died)
            choices = (8, "released"), (0.3 if quiet else 3, "paid"), (1, "offset"), (1, "returned"), (1, "cancelled")
            paid = "paid" if due < died.replace(day=1) else self.pick(*choices)
            claim["instalments"].append({"due": due, "amount": "312.50", "status": paid})
        return claim

    def add_other(self, s: Situation) -> None:
        """Another contract, of the person or of the second one, in any state."""
        insured = ["P1"]
        if self.chance(0.4):
            second = self.second_person(s)
            insured = self.pick((4, ["P1", second]), (1, [second]))
        contract = self.add_contract(s, insured)
        contract["status"] = self.pick((8, "active"), (1, "cancelled"), (1, "expired"), (1, "ended"))


# ------------------------------------------------------------------------------------------------ troubles
def any_contract(m: OtherMaker, s: Situation) -> tuple[dict[str, Any], dict[str, Any]]:
    """One of the contracts, and its tariff."""
    contract = s["contract"] if m.chance(0.5) else m.rng.choice(s["contracts"])
    return contract, next(each for each in s["tariffs"] if each["id"] == contract["tariff"])


def cause(m: OtherMaker, s: Situation) -> None:
    s["notice"]["cause_known"] = m.rng.choice(["suicide", "unknown"])
    for contract in s["contracts"]:
        if m.chance(0.6):
            months = m.rng.choice([36, 36, 12, 24, 0])
            contract["start"] = m.near(add_months(s["died"], -months))


def age(m: OtherMaker, s: Situation) -> None:
    _, tariff = any_contract(m, s)
    limit = m.rng.choice([60, 65, 66, 67, 68, 70])
    tariff.setdefault("death", {})["age_limit"] = limit
    birth = m.birth_for(limit, m.near(s["died"])).isoformat()
    s["person"]["birth_date"] = s["notice"]["birth_date"] = birth


def taken_up(m: OtherMaker, s: Situation) -> None:
    contract, _ = any_contract(m, s)
    for _ in range(m.pick((5, 1), (1, 2))):
        claim = m.claim("P1", "death", "reported", s["died"])
        contract["claims"].insert(m.rng.choice([0, len(contract["claims"])]), claim)


def exists(m: OtherMaker, s: Situation) -> None:
    contract, _ = any_contract(m, s)
    who = m.second_person(s) if m.chance(0.4) else "P1"
    status = m.rng.choice(["reported", "accepted", "closed", "declined"])
    contract["claims"].append(m.claim(who, "death", status, m.near(s["died"])))


def no_cover(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[1].pop("death", None)


def term(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[0][m.rng.choice(["start", "end"])] = m.near(s["died"])


def waiting(m: OtherMaker, s: Situation) -> None:
    contract, tariff = any_contract(m, s)
    months = m.rng.choice([1, 3, 6, 12])
    tariff.setdefault("death", {})["waiting_months"] = months
    contract["start"] = m.near(add_months(s["died"], -months))


def dread(m: OtherMaker, s: Situation) -> None:
    contract, _ = any_contract(m, s)
    who = m.second_person(s) if m.chance(0.2) else "P1"
    status = m.rng.choice(["accepted", "reported", "closed", "declined"])
    contract["claims"].append(m.claim(who, "dread_disease", status, s["died"] - 90 * DAY))


def joint(m: OtherMaker, s: Situation) -> None:
    contract, tariff = any_contract(m, s)
    second = m.second_person(s)
    if second not in contract["insured"]:
        contract["insured"].insert(m.rng.choice([0, 1]), second)
    if tariff.get("death") and m.chance(0.5):
        tariff["death"]["cap"] = m.rng.choice(["500.00", "2000.00", "0.00"])


def dates(m: OtherMaker, s: Situation) -> None:
    if m.chance(0.5):
        s["notice"]["received_on"] = m.near(s["died"])
    else:
        s["person"]["deceased_on"] = m.near(s["died"]).isoformat()


def state(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[0]["status"] = m.rng.choice(["cancelled", "expired", "ended"])


def arrears(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[0]["arrears"] = {"reminded_on": s["died"] - 30 * DAY, "deadline": s["died"]}


def blocked(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[0]["payee"] = {"name": "B", "iban": "DE02120300000000202051", "blocked_since": s["died"]}


def recourse(m: OtherMaker, s: Situation) -> None:
    any_contract(m, s)[0]["recourse_open"] = m.rng.choice(["0.01", "450.00", "0.00", 99])


def broken_open(m: OtherMaker, s: Situation) -> None:
    contract, tariff = any_contract(m, s)
    claim = m.open_claim("P1", "illness", s["died"] - 200 * DAY)
    contract["claims"].append(claim)
    if m.chance(0.5):
        claim[m.rng.choice(["benefit_from", "benefit_limit", "proven_until"])] = None
    else:
        tariff.pop("illness", None)


def lump(m: OtherMaker, s: Situation) -> None:
    """Nothing due after death, or much."""
    contract, _ = any_contract(m, s)
    contract["final_instalment"] = m.rng.choice([None, "0.00", "60000.00"])
    contract["end"] = m.rng.choice([s["died"], m.near(s["died"]), add_months(s["died"], 120)])


TROUBLES: list[tuple[float, Trouble]] = [
    *((3, each) for each in (cause, age, taken_up, exists, term, waiting, joint, dates, recourse, lump)),
    *((2, each) for each in (dread, state, arrears, blocked, no_cover)),
    (0.5, broken_open),
]


def generate(seed: int, n: int, *, ambiguous: bool = False) -> Lines:
    """`n` notices with their case files, and the parameters."""
    return lines_of(DeathMaker(seed, ambiguous), n, ambiguous=ambiguous)
