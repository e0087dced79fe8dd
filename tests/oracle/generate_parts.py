"""What the generators of the four other processes share: parameters, persons, contracts, broken lines, a seeded run."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import oracle_catalogue  # noqa: F401  its reasons are known to the oracle from here on
from generate import ICD, NAMES, Maker, break_case, encode, iso, make_ambiguous, month_end
from oracle_catalogue import ADVERSE, DEATH_NOTICE, FIRST_SICK_NOTE, FIRST_UNEMPLOYMENT_PROOF

import oracle
from oracle import DAY, add_months

Trouble = Callable[["OtherMaker", dict[str, Any]], None]
Lines = tuple[list[bytes], list[bytes], dict[str, Any]]

#: codes whose disposition may vary, per process
CODES = {
    "first_sick_note": FIRST_SICK_NOTE,
    "first_unemployment_proof": FIRST_UNEMPLOYMENT_PROOF,
    "follow_up_unemployment_proof": [code for code, _ in oracle.FINDINGS]
    + ["entitlement_suspended", "illness_overlap"],
    "death_notice": DEATH_NOTICE,
}
BAD_DATES = ["2026-02-30", "30.10.2026", "2026-2-3", "2026-10-30T00:00:00", "", "heute", 20261030, True, "0000-01-01"]

#: parameters that stop the command before anything is decided
BAD_PARAMETERS: list[dict[str, Any]] = [
    *({"dispositions": {code: "ignore"}} for code in sorted(ADVERSE | {"illness_overlap", "person_deceased"})),
    *({"dispositions": {code: "second_check"}} for code in sorted(ADVERSE | {"illness_overlap", "technical_failure"})),
    {"dispositions": {"documents_missing": "ignore"}},
    {"dispositions": {"documents_missing": "second_check"}},
    {"dispositions": {"documents_missing": "offset"}},
    {"dispositions": {"relapse": "offset"}},
    {"dispositions": {"relapse": "documents_requested"}},
    {"dispositions": {"relapses": "refer"}},
    {"report_months": -1},
    {"report_months": "6"},
    {"proof_reach_days": "viel"},
    {"suicide_months": -1},
    {"min_employment_months": None},
    {"min_weekly_hours": -1},
    {"excluded_icd": "F"},
    {"excluded_icd": [5]},
    {"gap_tolerance": -1},
    {"mode": "bright"},
    {"isolation": "per_contract"},
    {"suicide_month": 36},
]


class OtherMaker(Maker):
    """Random choices for one seed."""

    process = ""

    def near(self, day: date) -> date:
        """The day before, the day, or the day after."""
        return day + self.rng.choice([-1, 0, 1]) * DAY

    def parameters(self) -> dict[str, Any]:
        """The insurer's parameters, mostly loose, so that several reasons let actions through."""
        rng, p = self.rng, {}
        choices = {
            "isolation": (0.6, ["per_claim", "per_claim", "all_or_nothing"]),
            "mode": (0.5, ["second_check", "dark", "dark", "dark"]),
            "adverse_needs_human": (0.3, [True, True, False]),
            "gap_tolerance": (0.6, [0, 1, 2, 5]),
            "authority_limit": (0.5, ["5000.00", "2000.00", "937.50", "937.49", 625, 1000.5, "10000.00", "50000.00"]),
            "federal_state": (0.5, ["BY", "NW", "SN", "BE", None]),
            "report_months": (0.4, [3, 6, 12, 1]),
            "proof_reach_days": (0.4, [31, 14, 35, 0, 60]),
            "suicide_months": (0.4, [36, 12, 0, 24]),
            "min_employment_months": (0.4, [12, 6, 0, 24]),
            "min_weekly_hours": (0.4, [15, 18, 0, 20]),
            "excluded_icd": (0.6, [["F"], ["M54", "O"], [], ["F32.1", "Z"]]),
            "reminder_days": (0.1, [7, 30]),
        }
        for name, (share, values) in choices.items():
            if self.chance(share):
                p[name] = rng.choice(values)
        if self.ambiguous and self.chance(0.2):
            p["excluded_icd"] = ["f", " M54"]
        if found := self.dispositions():
            p["dispositions"] = found
        return p

    def dispositions(self) -> dict[str, str]:
        """Dispositions by chance, from strict to loose."""
        rng, found = self.rng, {}
        loose = self.pick((2, 0.0), (2, 0.3), (4, 0.9))
        firm = oracle.ONLY_REFER | oracle.MORE_ONLY_REFER | {"documents_missing"}
        for code in CODES[self.process]:
            if code not in firm and self.chance(loose):
                found[code] = rng.choice(["ignore", "ignore", "ignore", "second_check", "refer"])
        if self.chance(0.5):
            found["recourse_open"] = "offset"
        if self.chance(0.2):
            found["documents_missing"] = rng.choice(["refer", "documents_requested"])
        if self.chance(0.1):
            found[rng.choice(["person_not_insured", "no_benefit_left", "illness_overlap"])] = "refer"
        return found

    def birth_for(self, age: int, reached: date) -> date:
        """A birth date with that age reached on that day; on 1 March of a common year rather a 29 February."""
        year = reached.year - age
        common = not calendar.isleap(reached.year) and calendar.isleap(year)
        if (reached.month, reached.day) == (3, 1) and common:
            return date(year, 2, 29)
        if (reached.month, reached.day) == (2, 29) and not calendar.isleap(year):
            return date(year, 3, 1)
        return reached.replace(year=year)

    def claim(self, person: str, cause: str, status: str, onset: date, **fields: Any) -> dict[str, Any]:
        """A claim with these fields, the others empty."""
        self.counter += 1
        claim = {"number": f"C-{self.counter}", "person": person, "cause": cause, "status": status, "onset": onset}
        return {**claim, "icd": [], "instalments": [], **fields}

    def open_claim(self, person: str, cause: str, onset: date) -> dict[str, Any]:
        """A complete open claim."""
        begin = onset + timedelta(days=42)
        days = {"benefit_from": begin, "benefit_limit": add_months(begin, 24) - DAY, "proven_until": begin + 20 * DAY}
        return self.claim(person, cause, "accepted", onset, **days)

    def second_person(self, s: dict[str, Any]) -> str:
        """The other person insured under the named contract, made where there is none."""
        if len(s["persons"]) == 1:
            names = self.rng.choice(NAMES)[0]
            s["persons"].append(self.person("P2", names, date(1975, 6, 30)))
        if "P2" not in s["contract"]["insured"]:
            s["contract"]["insured"].append("P2")
        return "P2"

    def dress_notice(self, notice: dict[str, Any], names: Any) -> dict[str, Any]:
        """Name variants, absent fields, the `process` field."""
        notice = {name: iso(value) if isinstance(value, date) else value for name, value in notice.items()}
        roll = self.rng.random()
        if roll < 0.35:
            notice["last_name"], notice["first_name"] = self.rng.choice(names[1])
        elif roll < 0.37:
            notice["last_name"], notice["first_name"] = self.rng.choice(names[2])
        elif roll < 0.38:
            notice["birth_date"] = "1979-02-28"
        optional = (
            "award_ends_on",
            "new_job_on",
            "notice_given_on",
            "registered_on",
            "first_treated_on",
            "reported_by",
        )
        for name in optional:
            if name in notice and notice[name] is None and self.chance(0.4):
                del notice[name]
        for name in ("final", "icd"):
            if name in notice and not notice[name] and self.chance(0.3):
                del notice[name]
        if self.chance(0.1):
            notice["process"] = self.process
        if self.chance(0.03):
            del notice["id"]
        return notice


def plain(value: Any) -> Any:
    """Days as texts, throughout."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return iso(value) if isinstance(value, date) else value


def break_notice(m: OtherMaker, notice: dict[str, Any]) -> bytes:
    """A notice line with an error."""
    n, rng = dict(notice), m.rng
    dates = [name for name in n if name.endswith(("_on", "_date", "_from", "_to", "_since", "_until"))]
    texts = ["last_name", "first_name", "id", "contract"]
    flags = [name for name in n if isinstance(n[name], bool)]
    choices = [name for name in n if name in ("occupation", "benefit_kind", "terminated_by", "cause_known")]
    required = [name for name in n if n[name] is not None and name not in ("id", "final", "icd", "process")]
    required = [name for name in required if name not in OPTIONAL]
    kind = rng.randint(0, 10)
    if kind == 0:
        return encode(m, n)[: -rng.randint(1, 30)]
    if kind == 1:
        return rng.choice([b"[]", b'"N-1"', b"5", b"null", b"{", b"{'id': 1}", encode(m, n) + b"\xff"])
    if kind == 2:
        n[rng.choice(["remark", "Final", "key", "entitlement", "diagnosis"])] = rng.choice([None, "x", 1])
    elif kind in (3, 4):
        n.pop(rng.choice(required))
    elif kind == 5:
        n[rng.choice(required)] = None
    elif kind == 6:
        n[rng.choice(dates)] = rng.choice(BAD_DATES)
    elif kind == 7:
        n[rng.choice(texts)] = rng.choice([5, ["x"], True, {"a": 1}])
    elif kind == 8:
        n[rng.choice(flags)] = rng.choice(["true", 1, 0, "ja"])
    elif kind == 9 and choices:
        n[rng.choice(choices)] = rng.choice(["Employed", "worker", "", 3, True, "alg3", "Suicide"])
    elif "documents" in n and m.chance(0.7):
        n["documents"] = rng.choice(["claim_form", [5], ["Claim_form"], ["award_notice"], {}, [None]])
    elif "weekly_hours" in n and m.chance(0.7):
        n["weekly_hours"] = rng.choice([True, -1, "viel", [38]])
    else:
        n["process"] = rng.choice(["follow_up_sick_note", m.process.replace("_", "-"), 3])
    return encode(m, n)


OPTIONAL = {
    *("incapacity_until", "first_treated_on", "award_ends_on", "new_job_on"),
    *("notice_given_on", "registered_on", "reported_by"),
}


def lines_of(m: OtherMaker, n: int, *, ambiguous: bool) -> Lines:
    """Case-file lines, notice lines and parameters of one seed."""
    parameters = m.parameters()
    cases: list[bytes] = []
    notices: list[bytes] = []
    while len(notices) < n:
        body, found = m.case()
        body = plain(body)
        has_claims = any(contract.get("claims") for contract in body["contracts"])
        if ambiguous and m.chance(0.08):
            make_ambiguous(m, body)
            cases.append(encode(m, body))
        elif has_claims and m.chance(0.05):
            cases += break_case(m, body)
        elif not m.chance(0.008):
            cases.append(encode(m, body))
        for notice in found[: n - len(notices)]:
            notices.append(break_notice(m, notice) if m.chance(0.03) else encode(m, notice))
    if m.chance(0.5):
        m.rng.shuffle(cases)
    if m.chance(0.3):
        m.rng.shuffle(notices)
    return cases, notices, parameters


__all__ = ["ICD", "NAMES", "OtherMaker", "Trouble", "iso", "lines_of", "month_end", "plain"]
