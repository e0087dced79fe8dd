"""Seeded cases for follow_up_unemployment_proof: those of follow_up_sick_note, the causes exchanged, and own limits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from generate_parts import Lines, OtherMaker, lines_of

from oracle import DAY

EXCHANGED = {"illness": "unemployment", "unemployment": "illness"}


class ProofMaker(OtherMaker):
    """Makes the cases of one seed."""

    process = "follow_up_unemployment_proof"
    given: dict[str, Any]

    def parameters(self) -> dict[str, Any]:
        """Kept: the proof's reach decides where limits lie. The authority is often worth whole instalments."""
        self.given = super().parameters()
        if self.chance(0.6):
            whole = ["312.50", "625.00", "937.50", "333.33", "666.66", "99.99", "1250.00", "777.77", "2600.00"]
            self.given["authority_limit"] = self.rng.choice(whole)
        return self.given

    def case(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A case file and its notices."""
        body, notes = super().case()
        for tariff in body["tariffs"]:
            covers = {cause: tariff.pop(cause) for cause in EXCHANGED if cause in tariff}
            tariff.update({EXCHANGED[cause]: cover for cause, cover in covers.items()})
        for contract in body["contracts"]:
            for claim in contract.get("claims", []):
                claim["cause"] = EXCHANGED.get(claim["cause"], claim["cause"])
        for claim in (each for contract in body["contracts"] for each in contract.get("claims", [])):
            if claim["cause"] == "unemployment" and self.chance(0.04):
                claim["recovered_on"] = self.near(date.fromisoformat(notes[0]["issued_on"]))
        return body, [self.proof(body, note) for note in notes]

    def proof(self, body: dict[str, Any], note: dict[str, Any]) -> dict[str, Any]:
        """The proof that says what the note says, with limits of its own."""
        proven = date.fromisoformat(note["issued_on"])
        until = date.fromisoformat(note["incapacity_until"]) if note.get("incapacity_until") else None
        award, job = self.ends(body, proven, until, final=bool(note.get("final")))
        named = next(each for each in body["contracts"] if each["number"] == body["key"])
        onsets = [
            each["onset"]
            for each in named.get("claims", [])
            if each["cause"] == "unemployment" and each["status"] == "accepted"
        ]
        proof = {
            name: note[name] for name in ("id", "contract", "last_name", "first_name", "birth_date") if name in note
        }
        if "process" in note:
            proof["process"] = self.process
        since = note.get("incapacity_from") or (onsets or [note["issued_on"]])[-1]
        if self.chance(0.04) and job:
            since = job + self.rng.choice([-1, 0, 1]) * DAY
        elif self.chance(0.04):
            since = self.near(proven)
        rest = {"unemployed_since": since, "proven_on": proven, "benefit_kind": self.rng.choice(["alg1", "alg2"])}
        rest |= {"entitlement_suspended": self.chance(0.07), "formally_correct": note["formally_correct"]}
        rest |= {"received_on": note["received_on"], "award_ends_on": award, "new_job_on": job}
        return self.trim({**proof, **rest})

    def trim(self, proof: dict[str, Any]) -> dict[str, Any]:
        """Texts for days; sometimes absent in place of null."""
        proof = {name: each.isoformat() if isinstance(each, date) else each for name, each in proof.items()}
        for name in ("award_ends_on", "new_job_on"):
            if proof[name] is None and self.chance(0.3):
                del proof[name]
        return proof

    def ends(self, body: Any, proven: date, until: date | None, *, final: bool) -> tuple[date | None, date | None]:
        """award_ends_on and new_job_on, so that the proof mostly ends where the note did."""
        if until is not None and until.year > 2100:
            return self.rng.choice([(None, None), (until, None)])
        reach = proven + timedelta(days=self.given.get("proof_reach_days", 31))
        if final and until is not None:
            other = self.pick((6, None), (1, self.near(until)), (1, self.near(proven)), (1, until + 9 * DAY))
            return other, until + DAY
        kinds = (8, "until"), (2, "reach"), (2, "award"), (2, "job"), (3, "both"), (2, "old"), (3, "claim")
        kind = self.pick(*kinds)
        if kind == "until" and until is not None:
            return (until, None) if until >= proven and self.chance(0.7) else (None, until + DAY)
        if kind == "award":
            return self.near(reach), None
        if kind == "job":
            return None, self.near(reach + DAY)
        if kind == "both":
            award = reach - timedelta(days=self.rng.randint(0, 10))
            return award, self.near(award + DAY)
        if kind == "old":
            return self.rng.choice([self.near(proven), proven - 20 * DAY]), self.rng.choice([None, proven])
        return (None, self.job_near(body, proven)) if kind == "claim" else (None, None)

    def job_near(self, body: Any, proven: date) -> date:
        """A first day at work around what is released, proven, or where a limit lies."""
        days = []
        for contract in body["contracts"]:
            days.append(contract["end"])
            for claim in contract.get("claims", []):
                named = ("released_until", "proven_until", "benefit_from", "benefit_limit", "recovered_on")
                days += [claim[name] for name in named if claim.get(name)]
        days = [date.fromisoformat(day) if isinstance(day, str) else day for day in days]
        near = [day for day in days if abs((day - proven).days) < 400] or [proven]
        return self.near(self.rng.choice(near) + DAY)


def generate(seed: int, n: int, *, ambiguous: bool = False) -> Lines:
    """`n` notices with their case files, and the parameters."""
    return lines_of(ProofMaker(seed, ambiguous), n, ambiguous=ambiguous)
