"""Seeded cases for the two first notices, each built around limits: the day before, on it, after."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

from first_troubles import FOR_BOTH
from generate import SPECIAL_DAYS
from generate_parts import ICD, NAMES, Lines, OtherMaker, lines_of
from own_troubles import FOR_PROOF, FOR_SICK_NOTE

from oracle import DAY, add_months, chapter_days


class FirstMaker(OtherMaker):
    """Makes the cases of one seed."""

    cause = ""

    def situation(self) -> dict[str, Any]:
        """A clean first notice: everything in order, nothing missing."""
        onset = self.pick((4, self.rng.choice(SPECIAL_DAYS)), (6, date(2023, 6, 1) + self.rng.randint(0, 1100) * DAY))
        names = self.rng.choice(NAMES)
        birth = self.pick((3, date(1980, 2, 29)), (7, date(1966, 1, 1) + self.rng.randint(0, 12000) * DAY))
        person = self.person("P1", names[0], birth)
        start = add_months(onset, -self.rng.randint(25, 60)) - self.rng.randint(0, 25) * DAY
        tariff = {
            "id": "T-1",
            **{cause: self.cover(self.rng.choice([42, 30, 0, 14])) for cause in ("illness", "unemployment")},
        }
        for cause in ("illness", "unemployment"):
            tariff[cause]["waiting_months"] = self.rng.choice([0, 3, 6])
            if self.chance(0.3):
                tariff[cause]["age_limit"] = 67
        contract = self.contract(self.number("RS"), "T-1", ["P1"], start, date(2033, 2, 28))
        contract["start"], contract["end"] = start, date(2033, 2, 28)
        s = {
            "onset": onset,
            "names": names,
            "person": person,
            "persons": [person],
            "tariff": tariff,
            "tariffs": [tariff],
        }
        s |= {"contract": contract, "contracts": [contract], "cover": tariff[self.cause], "cause": self.cause}
        s["notice"] = self.notice(s)
        return s

    def who(self, s: dict[str, Any]) -> dict[str, Any]:
        """The fields that name contract and person."""
        person = s["person"]
        named = {name: person[name] for name in ("last_name", "first_name", "birth_date")}
        return {"id": self.number("N"), "contract": s["contract"]["number"], **named}

    def notice(self, s: dict[str, Any]) -> dict[str, Any]:
        """The clean notice."""
        raise NotImplementedError

    def vary(self, s: dict[str, Any]) -> None:
        """Its end, around what matters."""
        raise NotImplementedError

    def ends_near(self, s: dict[str, Any], issued: date) -> date:
        """A last day around deferred period, month ends and limits."""
        deferred = s["cover"].get("deferred_days", 42) if s["cover"] else 42
        begin = s["onset"] + timedelta(days=deferred)
        return self.pick(
            (4, self.near(begin)),
            (4, issued + timedelta(days=self.rng.randint(0, 40))),
            (3, begin + timedelta(days=self.rng.randint(0, 80))),
            (1, s["onset"] + timedelta(days=self.rng.randint(0, 20))),
        )

    def case(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A case file and its notices."""
        s = self.situation()
        for _ in range(self.pick((20, 0), (40, 1), (25, 2), (10, 4), (5, 7))):
            trouble = self.pick(*FOR_BOTH, *(FOR_SICK_NOTE if self.cause == "illness" else FOR_PROOF))
            trouble(self, s)
        if "force" not in s:
            self.vary(s)
            for _ in range(self.pick((5, 0), (4, 1), (1, 2))):
                self.limit_near(s)
        if len(s["contracts"]) > 1:
            self.rng.shuffle(s["contracts"])
        body = {"key": s["contract"]["number"], **{name: s[name] for name in ("persons", "tariffs", "contracts")}}
        notices = [self.dress_notice(s["notice"], s["names"])]
        if self.chance(0.4):
            second = copy.deepcopy(s)
            second["notice"]["id"] = self.number("N")
            self.vary(second)
            notices.append(self.dress_notice(second["notice"], s["names"]))
        return body, notices

    def limit_near(self, s: dict[str, Any]) -> None:
        """The benefit's limit at the notice's end, in each of the ways a limit comes about."""
        if not s["cover"]:
            return
        u, cover = self.end_of(s), s["cover"]
        begin = s["onset"] + timedelta(days=cover["deferred_days"])
        at = self.near(u) if self.chance(0.8) else self.near(begin)
        if at < begin and self.chance(0.7):
            at = begin + self.rng.randint(0, 20) * DAY
        kind = self.rng.choice(["end", "age", "both", "months"])
        if kind in ("end", "both"):
            s["contract"]["end"] = at
        if kind in ("age", "both") and at.year < 2100:
            cover["age_limit"] = self.rng.choice([55, 60, 63, 66])
            birth = self.birth_for(cover["age_limit"], at + DAY).isoformat()
            s["person"]["birth_date"] = s["notice"]["birth_date"] = birth
        if kind == "months":
            cover["max_months"] = self.rng.choice([1, 1, 2, 3])
            ends = add_months(begin, cover["max_months"]) - DAY
            self.end_at(s, self.near(ends))

    def end_of(self, s: dict[str, Any]) -> date:
        """The end `u` as the notice says it, roughly."""
        raise NotImplementedError

    def end_at(self, s: dict[str, Any], day: date) -> None:
        """Let the notice end there."""
        raise NotImplementedError


class SickNoteMaker(FirstMaker):
    """first_sick_note."""

    process = "first_sick_note"
    cause = "illness"

    def notice(self, s: dict[str, Any]) -> dict[str, Any]:
        onset = s["onset"]
        issued = onset + self.rng.choice([-3, 0, 0, 1, 5, 20, 43, 60]) * DAY
        occupation = self.rng.choice(["employed", "self_employed", "civil_servant", "employed"])
        documents = ["claim_form", "sick_note"]
        if occupation != "self_employed" or self.chance(0.3):
            documents.append("employer_confirmation")
        self.rng.shuffle(documents)
        code = ICD[self.rng.choice([letter for letter in ICD if letter != "O"])]
        icd = [self.rng.choice([code, code.lower(), f" {code} ", f"{code} G"])]
        rest = {"incapacity_from": onset, "incapacity_until": None, "issued_on": issued, "formally_correct": True}
        rest |= {"received_on": max(issued, onset) + self.rng.randint(0, 5) * DAY, "final": False, "icd": icd}
        return {**self.who(s), **rest, "occupation": occupation, "first_treated_on": None, "documents": documents}

    def reach(self, s: dict[str, Any]) -> date:
        """The day at which a longer note is cut."""
        codes = [code.strip().upper() for code in s.get("own_codes") or s["notice"]["icd"]]
        return s["notice"]["issued_on"] + timedelta(days=chapter_days({"icd": codes}, {"icd": []}))

    def vary(self, s: dict[str, Any]) -> None:
        n = s["notice"]
        kinds = (3, None), (4, self.near(self.reach(s))), (8, self.ends_near(s, n["issued_on"]))
        until = self.pick(*kinds)
        n["incapacity_until"] = until
        n["final"] = until is not None and self.chance(0.25)
        if until is None and self.ambiguous and self.chance(0.3):
            n.pop("incapacity_until")

    def end_of(self, s: dict[str, Any]) -> date:
        until, reach = s["notice"].get("incapacity_until"), self.reach(s)
        return reach if until is None or (until > reach and not s["notice"]["final"]) else until

    def end_at(self, s: dict[str, Any], day: date) -> None:
        s["notice"].update(incapacity_until=day, final=self.chance(0.6))
        if self.chance(0.5):
            s["notice"].update(issued_on=day, received_on=max(day, s["notice"]["received_on"]))


class FirstProofMaker(FirstMaker):
    """first_unemployment_proof."""

    process = "first_unemployment_proof"
    cause = "unemployment"

    def notice(self, s: dict[str, Any]) -> dict[str, Any]:
        onset, rng = s["onset"], self.rng
        proven = onset + rng.choice([0, 0, 1, 5, 20, 43, 60]) * DAY
        began = add_months(onset, -rng.randint(30, 60))
        rest = {"unemployed_since": onset, "proven_on": proven, "benefit_kind": rng.choice(["alg1", "alg2"])}
        rest |= {"entitlement_suspended": False, "award_ends_on": None, "new_job_on": None, "formally_correct": True}
        rest |= {
            "received_on": proven + rng.randint(0, 5) * DAY,
            "employment_from": began,
            "employment_to": onset - DAY,
        }
        rest |= {
            "notice_given_on": None,
            "terminated_by": "employer",
            "weekly_hours": rng.choice([38, 40, 19.5, 38.75]),
        }
        rest |= {"registered_on": rng.choice([None, onset]), "award_notice": True}
        return {**self.who(s), **rest}

    def vary(self, s: dict[str, Any]) -> None:
        n, rng = s["notice"], self.rng
        end = max(self.ends_near(s, n["proven_on"]), s["onset"])
        n["award_ends_on"], n["new_job_on"] = self.pick(
            (4, (None, None)),
            (4, (end, None)),
            (4, (None, end + DAY)),
            (2, (end, self.near(end + DAY))),
            (1, (self.near(n["proven_on"]), None)),
            (1, (None, self.near(s["onset"]))),
            (1, (n["proven_on"] - rng.randint(1, 30) * DAY, end)),
            (1, (None, self.near(n["proven_on"] + 32 * DAY))),
        )

    def end_of(self, s: dict[str, Any]) -> date:
        n = s["notice"]
        ends = [n["proven_on"] + 31 * DAY]
        ends += [max(n["award_ends_on"], n["proven_on"])] if n["award_ends_on"] else []
        return min([*ends, n["new_job_on"] - DAY]) if n["new_job_on"] else min(ends)

    def end_at(self, s: dict[str, Any], day: date) -> None:
        n = s["notice"]
        if self.chance(0.5):
            n.update(proven_on=day, received_on=max(day, n["received_on"]), award_ends_on=day, new_job_on=None)
        else:
            proven = max(day - 10 * DAY, s["onset"])
            n.update(proven_on=proven, received_on=max(proven, n["received_on"]), new_job_on=day + DAY)


def generate_first_sick_note(seed: int, n: int, *, ambiguous: bool = False) -> Lines:
    """`n` notices with their case files, and the parameters."""
    return lines_of(SickNoteMaker(seed, ambiguous), n, ambiguous=ambiguous)


def generate_first_unemployment_proof(seed: int, n: int, *, ambiguous: bool = False) -> Lines:
    """`n` notices with their case files, and the parameters."""
    return lines_of(FirstProofMaker(seed, ambiguous), n, ambiguous=ambiguous)
