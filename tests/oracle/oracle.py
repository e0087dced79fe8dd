"""A second, naive implementation of `decide` for follow_up_sick_note, written from the page alone.

Its author read docs/rules.md sections 1 to 4 and docs/interfaces.md section 1, and never the program. Clarity over
speed: day-by-day loops, plain dicts. `test_oracle.py` holds the program against it. Places where the page leaves
something open are marked A<number>; the readings chosen stand in READINGS and in the appendix of docs/rules.md.
"""

import calendar
import json
import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import holidays

# ------------------------------------------------------------------------------------------------ readings
# What the page leaves open, as the appendix of docs/rules.md decides it.
READINGS = {
    "absent_until": "error",  # A1  incapacity_until absent: "open" (= null) | "error"
    "null_final": "default",  # A2  final/icd null: "default" | "error"
    "blank_line": "skip",  # A3  "skip" | "answer"
    "contracts_not_a_list": "technical",  # A4  "technical" | "unknown"
    "duplicate_ids": "technical",  # A6  same person/tariff/other contract number twice: "technical" | "allowed"
    "unknown_tariff": "technical",  # A7  contract's tariff not in tariffs: "technical" | "lazy" (only open claims)
    "claim_person_unknown": "technical",  # A8  "allowed" | "technical"
    "closing_reason": "any",  # A9  unknown closing_reason: "known_only" (technical) | "any"
    "empty_required_text": "allowed",  # A10 "" in a required text: "allowed" | "error"
}
DAY = timedelta(days=1)
CENT = Decimal("0.01")

# ------------------------------------------------------------------------------------------------ reasons
# code -> (scope, kind) in the order of the tables; kind: "id", "dagger", "adverse", ""
IDENTIFICATION = ["technical_failure", "contract_unknown", "person_not_insured", "no_open_claim", "claim_ambiguous"]
FINDINGS = [
    ("formally_defective", "person"),
    ("implausible_dates", "person"),
    ("permanent_disability", "person"),
    ("person_deceased", "person"),
    ("different_onset", "claim"),
    ("proof_gap", "claim"),
    ("contract_not_active", "claim"),
    ("premium_in_arrears", "claim"),
    ("payment_returned", "claim"),
    ("recovery_recorded", "claim"),
    ("released_beyond_recovery", "claim"),
    ("recourse_open", "claim"),
    ("second_person_overlap", "claim"),
    ("unemployment_overlap", "claim"),
    ("dread_disease_or_death", "claim"),
    ("amount_changed", "claim"),
    ("above_authority", "person"),
    ("extension_unclear", "claim"),
    ("no_benefit_left", "claim"),
]
ONLY_REFER = set(IDENTIFICATION) | {"person_deceased", "unemployment_overlap", "amount_changed", "no_benefit_left"}
# what the other processes add (their modules): further codes, those of them that can only be `refer`, and defaults
MORE_CODES = set()
MORE_ONLY_REFER = set()
DEFAULT_DISPOSITIONS = {"above_authority": "second_check"}

DEFAULT_PARAMETERS = {
    "isolation": "all_or_nothing",
    "mode": "dark",
    "adverse_needs_human": False,
    "dispositions": {},
    "gap_tolerance": 0,
    "authority_limit": "5000.00",
    "federal_state": None,
    "report_months": 6,
    "proof_reach_days": 31,
    "reminder_days": 14,
    "suicide_months": 36,
    "min_employment_months": 12,
    "min_weekly_hours": 15,
    "excluded_icd": [],
}

EXTENSION_DAYS = {}
for _letters, _days in (("ABJ", 14), ("KNHLR", 21), ("EG", 28), ("MSTI", 35), ("FC", 42), ("O", 0)):
    for _letter in _letters:
        EXTENSION_DAYS[_letter] = _days


class Failure(Exception):
    """Something could not be read: technical_failure."""


class ParameterError(Exception):
    """Exit 2 before anything is decided."""


# ------------------------------------------------------------------------------------------------ calendar
def add_months(d, n):
    index = d.year * 12 + (d.month - 1) + n
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(d.day, calendar.monthrange(year, month)[1]))


def day_of_age(birth, n):
    try:
        return birth.replace(year=birth.year + n)
    except ValueError:  # born 29 February
        return date(birth.year + n, 3, 1)


def days_in(first, last):
    d = first
    while d <= last:
        yield d
        d += DAY


_calendars = {}


def is_working_day(d, federal_state):
    if federal_state not in _calendars:
        _calendars[federal_state] = holidays.Germany(subdiv=federal_state)
    if d.weekday() >= 5:
        return False
    if (d.month, d.day) in ((12, 24), (12, 31)):
        return False
    return d not in _calendars[federal_state]


def working_days_strictly_between(a, b, federal_state):
    return sum(1 for d in days_in(a + DAY, b - DAY) if is_working_day(d, federal_state))


# ------------------------------------------------------------------------------------------------ strict reading
def read_json_line(line):
    """The JSON value of a line; ValueError where it is none."""
    if isinstance(line, (bytes, bytearray)):
        line = bytes(line).decode("utf-8")  # UnicodeDecodeError is a ValueError

    def no_constant(_):
        raise ValueError("NaN and Infinity are not JSON")

    return json.loads(line, parse_float=Decimal, parse_constant=no_constant)


def as_text(v):
    if not isinstance(v, str):
        raise Failure("text expected")
    return v


def as_required_text(v):
    if as_text(v) == "" and READINGS["empty_required_text"] == "error":
        raise Failure("empty text")
    return v


def as_date(v):
    if not isinstance(v, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", v):
        raise Failure("date expected")
    try:
        return date(int(v[:4]), int(v[5:7]), int(v[8:]))
    except ValueError:
        raise Failure("no such day")


def as_bool(v):
    if v is not True and v is not False:
        raise Failure("true or false expected")
    return v


def as_int(v):
    if isinstance(v, bool) or not isinstance(v, int) or v < 0:
        raise Failure("whole number expected")
    return v


def as_positive_int(v):
    if as_int(v) < 1:
        raise Failure("at least 1")
    return v


def as_amount(v):
    if isinstance(v, bool):
        raise Failure("amount expected")
    if isinstance(v, str):
        if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", v):
            raise Failure("amount expected")
        return Decimal(v)
    if isinstance(v, (int, Decimal)):
        amount = Decimal(v)
        if amount < 0 or amount != amount.quantize(CENT):
            raise Failure("amount with at most two decimals, not negative")
        return amount
    raise Failure("amount expected")


def as_positive_amount(v):
    if as_amount(v) <= 0:
        raise Failure("above zero expected")
    return as_amount(v)


def as_due_day(v):
    if not 1 <= as_int(v) <= 28:
        raise Failure("due_day 1-28")
    return v


def one_of(*allowed):
    def reader(v):
        if not isinstance(v, str) or v not in allowed:
            raise Failure(f"unknown value {v!r}")
        return v

    return reader


def list_of(reader):
    def read(v):
        if not isinstance(v, list):
            raise Failure("list expected")
        return [reader(x) for x in v]

    return read


def record(required, optional, defaults=None, unknown="ignore"):
    """A reader of an object; null and absent are the same (A2)."""

    def read(v):
        if not isinstance(v, dict):
            raise Failure("object expected")
        out = {}
        for name, reader in required.items():
            if v.get(name) is None:
                raise Failure(f"{name} is missing")
            out[name] = reader(v[name])
        for name, reader in optional.items():
            if v.get(name) is None:
                out[name] = (defaults or {}).get(name)
            else:
                out[name] = reader(v[name])
        if unknown == "error":
            for name in v:
                if name not in required and name not in optional:
                    raise Failure(f"unknown field {name}")
        return out

    return read


def as_icd_list(v):
    return [code.strip().upper() for code in list_of(as_text)(v)]


def as_closing_reason(v):
    if READINGS["closing_reason"] == "any":
        return as_text(v)
    return one_of("max_duration", "contract_end", "age_limit", "recovered", "new_job", "death")(v)


read_person = record(
    {"id": as_required_text, "first_name": as_required_text, "last_name": as_required_text, "birth_date": as_date},
    {
        "deceased_on": as_date,
        "salutation": as_text,
        "street": as_text,
        "house_number": as_text,
        "postal_code": as_text,
        "city": as_text,
        "country": as_text,
    },
)

read_running_cover = record(
    {"deferred_days": as_int, "max_months": as_positive_int, "settlement": one_of("due_date", "daily")},
    {
        "waiting_months": as_int,
        "relapse_months": as_int,
        "monthly_cap": as_amount,
        "age_limit": as_int,
        "legal_entity": as_text,
    },
    {"waiting_months": 0, "relapse_months": 6},
)

read_death_cover = record(
    {},
    {"waiting_months": as_int, "cap": as_amount, "age_limit": as_int, "legal_entity": as_text},
    {"waiting_months": 0},
)

read_tariff = record(
    {"id": as_required_text},
    {"illness": read_running_cover, "unemployment": read_running_cover, "death": read_death_cover},
)

read_instalment = record(
    {"due": as_date, "amount": as_amount, "status": one_of("released", "paid", "returned", "cancelled", "offset")},
    {"id": as_text, "replaces": as_text},
)

read_claim = record(
    {
        "number": as_required_text,
        "person": as_required_text,
        "cause": one_of("illness", "unemployment", "disability", "dread_disease", "death"),
        "status": one_of("reported", "accepted", "declined", "closed"),
        "onset": as_date,
    },
    {
        "icd": as_icd_list,
        "benefit_from": as_date,
        "benefit_limit": as_date,
        "proven_until": as_date,
        "released_until": as_date,
        "recovered_on": as_date,
        "closed_on": as_date,
        "closing_reason": as_closing_reason,
        "months_used_before": as_int,
        "instalments": list_of(read_instalment),
    },
    {"icd": [], "months_used_before": 0, "instalments": []},
)

read_payee = record({}, {"name": as_text, "iban": as_text, "reference": as_text, "blocked_since": as_date})
read_arrears = record({}, {"reminded_on": as_date, "deadline": as_date})

read_contract = record(
    {
        "number": as_required_text,
        "tariff": as_required_text,
        "start": as_date,
        "end": as_date,
        "status": one_of("active", "cancelled", "expired", "ended"),
        "insured": list_of(as_text),
        "instalment": as_positive_amount,
        "due_day": as_due_day,
    },
    {
        "final_instalment": as_amount,
        "payee": read_payee,
        "arrears": read_arrears,
        "recourse_open": as_amount,
        "claims": list_of(read_claim),
    },
    {"recourse_open": Decimal("0"), "claims": []},
)

_read_case_file = record(
    {"persons": list_of(read_person), "tariffs": list_of(read_tariff), "contracts": list_of(read_contract)},
    {"key": as_text},
)


def read_case_file(raw):
    case = _read_case_file(raw)
    person_ids = [p["id"] for p in case["persons"]]
    tariff_ids = [t["id"] for t in case["tariffs"]]
    contract_numbers = [c["number"] for c in case["contracts"]]
    if READINGS["duplicate_ids"] == "technical":
        for ids in (person_ids, tariff_ids, contract_numbers):
            if len(ids) != len(set(ids)):
                raise Failure("an id stands twice")
    for contract in case["contracts"]:
        for person_id in contract["insured"]:
            if person_id not in person_ids:
                raise Failure("an insured id does not stand in persons")
        if READINGS["unknown_tariff"] == "technical" and contract["tariff"] not in tariff_ids:
            raise Failure("the contract's tariff does not stand in tariffs")
        if READINGS["claim_person_unknown"] == "technical":
            for claim in contract["claims"]:
                if claim["person"] not in person_ids:
                    raise Failure("a claim's person does not stand in persons")
    return case


_read_notice = record(
    {
        "contract": as_required_text,
        "last_name": as_text,
        "first_name": as_text,
        "birth_date": as_date,
        "issued_on": as_date,
        "formally_correct": as_bool,
        "received_on": as_date,
    },
    {
        "id": as_text,
        "process": one_of("follow_up_sick_note"),
        "incapacity_from": as_date,
        "incapacity_until": as_date,
        "final": as_bool,
        "icd": as_icd_list,
    },
    {"final": False, "icd": []},
    unknown="error",
)


def read_notice(raw):
    if READINGS["absent_until"] == "error" and "incapacity_until" not in raw:
        raise Failure("incapacity_until is missing")
    if READINGS["null_final"] == "error":
        for name in ("final", "icd"):
            if name in raw and raw[name] is None:
                raise Failure(f"{name} is null")
    return _read_notice(raw)


# ------------------------------------------------------------------------------------------------ parameters
def read_parameters(given):
    if not isinstance(given, dict):
        raise ParameterError("parameters: a mapping expected")
    for name in given:
        if name not in DEFAULT_PARAMETERS:
            raise ParameterError(f"unknown parameter {name}")
    p = {**DEFAULT_PARAMETERS, **given}
    if p["isolation"] not in ("all_or_nothing", "per_claim"):
        raise ParameterError("isolation")
    if p["mode"] not in ("dark", "second_check"):
        raise ParameterError("mode")
    if p["adverse_needs_human"] not in (True, False) or not isinstance(p["adverse_needs_human"], bool):
        raise ParameterError("adverse_needs_human")
    for name in (
        "gap_tolerance",
        "report_months",
        "proof_reach_days",
        "reminder_days",
        "suicide_months",
        "min_employment_months",
        "min_weekly_hours",
    ):
        if isinstance(p[name], bool) or not isinstance(p[name], int) or p[name] < 0:
            raise ParameterError(name)
    try:
        value = p["authority_limit"]
        p["authority_limit"] = as_amount(Decimal(str(value)) if isinstance(value, float) else value)
    except Failure:
        raise ParameterError("authority_limit")
    if p["federal_state"] is not None and p["federal_state"] not in holidays.Germany.subdivisions:
        raise ParameterError("federal_state")
    if not isinstance(p["excluded_icd"], list) or not all(isinstance(x, str) for x in p["excluded_icd"]):
        raise ParameterError("excluded_icd")
    if not isinstance(p["dispositions"], dict):
        raise ParameterError("dispositions")
    known = set(IDENTIFICATION) | {code for code, _ in FINDINGS} | MORE_CODES
    for code, disposition in p["dispositions"].items():
        if code not in known:
            raise ParameterError(f"unknown reason {code}")  # A14: codes of other processes
        allowed = {"refer"} if code in ONLY_REFER | MORE_ONLY_REFER else {"refer", "second_check", "ignore"}
        if code == "recourse_open":
            allowed.add("offset")
        if code == "documents_missing":
            allowed = {"documents_requested", "refer"}
        if disposition not in allowed:
            raise ParameterError(f"{code}: {disposition}")
    return p


def disposition_of(code, parameters):
    return parameters["dispositions"].get(code, DEFAULT_DISPOSITIONS.get(code, "refer"))


# ------------------------------------------------------------------------------------------------ names
APOSTROPHES = "'\u2019\u2018\u00b4\u02bc`"
SPECIAL = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}


def normal_name(name):
    for apostrophe in APOSTROPHES:
        name = name.replace(apostrophe, "")
    name = unicodedata.normalize("NFKC", name)
    name = name.casefold()
    name = unicodedata.normalize("NFKC", name)
    name = "".join(SPECIAL.get(ch, ch) for ch in name)
    name = "".join(ch for ch in unicodedata.normalize("NFD", name) if not unicodedata.category(ch).startswith("M"))
    name = "".join(" " if unicodedata.category(ch) == "Pd" else ch for ch in name)
    name = " ".join(name.split())
    while True:
        for title in ("dr", "prof"):
            if name.startswith(title + "."):
                name = name[len(title) + 1 :].strip()
                break
            if name == title or name.startswith(title + " "):
                name = name[len(title) :].strip()
                break
        else:
            return name


def same_person(person, notice):
    last_a, last_b = normal_name(person["last_name"]), normal_name(notice["last_name"])
    first_a, first_b = normal_name(person["first_name"]), normal_name(notice["first_name"])
    if "" in (last_a, last_b, first_a, first_b):
        return False
    return (
        last_a == last_b and first_a.split()[0] == first_b.split()[0] and person["birth_date"] == notice["birth_date"]
    )


def find_named_person(case, contract, notice):
    insured = [p for p in case["persons"] if p["id"] in contract["insured"]]
    matching = [p for p in insured if same_person(p, notice)]
    if len(matching) > 1:
        whole = normal_name(notice["first_name"])
        matching = [p for p in matching if normal_name(p["first_name"]) == whole]
    return matching[0] if len(matching) == 1 else None


# ------------------------------------------------------------------------------------------------ money
def monthly_amount(contract, cover):
    if cover["monthly_cap"] is None:
        return contract["instalment"]
    return min(contract["instalment"], cover["monthly_cap"])


def months_between(first, last):
    """(year, month) of every month that has a day in first..last."""
    out = []
    y, m = first.year, first.month
    while (y, m) <= (last.year, last.month):
        out.append((y, m))
        y, m = (y + 1, 1) if m == 12 else (y, m + 1)
    return out


def daily_amount(year, month, first, last, monthly):
    """Section 1: amount of the days of this month that lie in first..last."""
    length = calendar.monthrange(year, month)[1]
    days = 0
    for day in range(1, length + 1):
        if first <= date(year, month, day) <= last:
            days += 1
    if days == length:
        return monthly
    return (monthly * min(days, 30) / 30).quantize(CENT, ROUND_HALF_UP)


def release_lines(claim, contract, cover, s, r):
    """[(due, amount)] for the days s..r, by due date."""
    monthly = monthly_amount(contract, cover)
    lines = []
    if cover["settlement"] == "due_date":
        for d in days_in(s, r):
            if d.day == contract["due_day"]:
                lines.append((d, monthly))
    else:
        for year, month in months_between(claim["benefit_from"], r):
            whole = daily_amount(year, month, claim["benefit_from"], r, monthly)
            before = Decimal("0")
            if claim["released_until"] is not None:
                before = daily_amount(year, month, claim["benefit_from"], claim["released_until"], monthly)
            if whole - before != 0:
                lines.append((date(year, month, contract["due_day"]), whole - before))
    return sorted(lines)


# ------------------------------------------------------------------------------------------------ the decision
def refer_at_once(notice_id, code, contract):
    return {
        "notice": notice_id,
        "outcome": "refer",
        "reasons": [{"code": code, "contract": contract, "claim": None, "scope": "person"}],
        "actions": [],
        "referred": [],
    }


def chapter_days(claim, notice):
    codes = claim["icd"] or notice["icd"]
    if not codes or codes[0] == "":
        return 14
    return EXTENSION_DAYS.get(codes[0][0], 14)


def meets(claim, days):
    """Do the claim's benefit days meet the days to be released?"""
    if days is None or claim["benefit_from"] is None or claim["released_until"] is None:
        return False
    return max(claim["benefit_from"], days[0]) <= min(claim["released_until"], days[1])


def look_at(claim, contract, cover, person, notice):
    """Everything section 4 computes for one affected claim before the reasons."""
    until = notice["incapacity_until"]
    final = notice["final"] and until is not None
    days = chapter_days(claim, notice)
    reach = notice["issued_on"] + timedelta(days=days)
    cut = not final and (until is None or until > reach)
    u = reach if cut else until
    p = u if until is None else until
    v = {"claim": claim, "contract": contract, "cover": cover, "final": final, "days": days, "cut": cut, "u": u, "p": p}
    return look_further(v, person, "recovered")


def look_further(v, person, final_reason):
    """From the notice's ends (`u`, `p`, `final`, `cut`) on: limit, release, closing."""
    claim, contract, cover, u = v["claim"], v["contract"], v["cover"], v["u"]
    limit = min(claim["benefit_limit"], contract["end"])
    r = min(u, limit)
    releasing = r >= claim["benefit_from"] and (claim["released_until"] is None or r > claim["released_until"])
    to_release, lines = None, []
    if releasing:
        s = claim["benefit_from"]
        if claim["released_until"] is not None:
            s = max(s, claim["released_until"] + DAY)
        to_release = (s, r)
        lines = release_lines(claim, contract, cover, s, r)
    closing = None
    if u >= limit:
        if limit == contract["end"]:
            closing = "contract_end"
        elif cover["age_limit"] is not None and limit == day_of_age(person["birth_date"], cover["age_limit"]) - DAY:
            closing = "age_limit"
        else:
            closing = "max_duration"
    elif v["final"]:
        closing = final_reason
    v.update(limit=limit, r=r, releasing=releasing, to_release=to_release, lines=lines, closing=closing)
    return v


def unreplaced_return(claim):
    for i in claim["instalments"]:
        if i["status"] != "returned":
            continue
        replaced = False
        for other in claim["instalments"]:
            if (
                other is not i
                and other["status"] != "cancelled"
                and i["id"] is not None
                and other["replaces"] == i["id"]
            ):
                replaced = True
        if not replaced:
            return True
    return False


def amount_changed(v):
    claim, contract, cover = v["claim"], v["contract"], v["cover"]
    if cover["settlement"] != "daily" or v["to_release"] is None or claim["released_until"] is None:
        return False
    s = v["to_release"][0]
    length = calendar.monthrange(s.year, s.month)[1]
    released_days = [
        d
        for d in days_in(date(s.year, s.month, 1), date(s.year, s.month, length))
        if claim["benefit_from"] <= d <= claim["released_until"]
    ]
    if not released_days:
        return False
    expected = daily_amount(
        s.year, s.month, claim["benefit_from"], claim["released_until"], monthly_amount(contract, cover)
    )
    found = sum(
        (
            i["amount"]
            for i in claim["instalments"]
            if (i["due"].year, i["due"].month) == (s.year, s.month) and i["status"] in ("released", "paid", "offset")
        ),
        Decimal("0"),
    )
    return expected != found


def person_findings(case, person, notice, views, parameters):
    found = set()
    until, since = notice["incapacity_until"], notice["incapacity_from"]
    if not notice["formally_correct"]:
        found.add("formally_defective")
    if (
        notice["issued_on"] > notice["received_on"]
        or (until is not None and since is not None and until < since)
        or (since is not None and since > notice["issued_on"] + timedelta(days=3))
        or (notice["final"] and until is None)
    ):
        found.add("implausible_dates")
    for contract in case["contracts"]:
        for claim in contract["claims"]:
            if claim["person"] == person["id"] and claim["cause"] == "disability" and claim["status"] != "declined":
                found.add("permanent_disability")
    if person["deceased_on"] is not None:
        found.add("person_deceased")
    total = sum((amount for v in views for _, amount in v["lines"]), Decimal("0"))
    if total > parameters["authority_limit"]:
        found.add("above_authority")
    return found


def claim_findings(v, person, notice, parameters):
    found = set()
    claim, contract = v["claim"], v["contract"]
    until, since = notice["incapacity_until"], notice["incapacity_from"]
    if since is not None and since != claim["onset"]:
        found.add("different_onset")
    gap = working_days_strictly_between(claim["proven_until"], notice["issued_on"], parameters["federal_state"])
    if gap > parameters["gap_tolerance"]:
        found.add("proof_gap")
    if contract["status"] != "active":
        found.add("contract_not_active")
    if contract["arrears"] is not None:
        found.add("premium_in_arrears")
    if (contract["payee"] is not None and contract["payee"]["blocked_since"] is not None) or unreplaced_return(claim):
        found.add("payment_returned")
    if claim["recovered_on"] is not None and (until is None or until > claim["recovered_on"]):
        found.add("recovery_recorded")
    if v["final"] and claim["released_until"] is not None and until < claim["released_until"]:
        found.add("released_beyond_recovery")
    if contract["recourse_open"] > 0:
        found.add("recourse_open")
    for other in contract["claims"]:
        if other["status"] == "declined":
            continue
        if (
            other["cause"] in ("illness", "unemployment")
            and other["person"] != person["id"]
            and other["person"] in contract["insured"]
            and meets(other, v["to_release"])
        ):
            found.add("second_person_overlap")
        if other["cause"] == "unemployment" and other["person"] == person["id"] and meets(other, v["to_release"]):
            found.add("unemployment_overlap")
        if other["cause"] in ("dread_disease", "death") and other["person"] in contract["insured"]:
            found.add("dread_disease_or_death")
    if amount_changed(v):
        found.add("amount_changed")
    if v["days"] == 0 and v["cut"]:
        found.add("extension_unclear")
    if v["limit"] < claim["benefit_from"]:
        found.add("no_benefit_left")
    return found


def actions_for(v, offset):
    claim, contract = v["claim"], v["contract"]
    out = []

    def act(kind, **fields):
        out.append({"type": kind, "contract": contract["number"], "claim": claim["number"], **fields})

    if v["p"] <= claim["proven_until"] and not v["releasing"] and not v["final"]:
        act("file_notice")
        return out
    if v["p"] > claim["proven_until"]:
        act("record_proof", until=v["p"].isoformat())
    if v["releasing"]:
        act("extend_benefit", until=v["r"].isoformat())
        for due, amount in v["lines"]:
            act("release_instalment", due=due.isoformat(), amount=str(amount.quantize(CENT)))
    if offset:
        left = contract["recourse_open"]
        for due, amount in v["lines"]:
            part = min(left, amount)
            if part > 0:
                act("offset_recourse", due=due.isoformat(), amount=str(part.quantize(CENT)))
                left -= part
    if v["cut"] and v["closing"] is None:
        act("review_on", on=(v["u"] + DAY).isoformat())
    if v["closing"] is not None:
        act("close_claim", reason=v["closing"])
    if v["closing"] is not None:
        act("send_letter", template="benefit_end")
    elif v["releasing"]:
        act("send_letter", template="settlement")
    elif v["r"] < claim["benefit_from"]:
        act("send_letter", template="deferred_period")
    else:
        act("file_notice")
    return out


def is_adverse(action):
    return action["type"] == "offset_recourse" or (
        action["type"] == "close_claim" and action["reason"] in ("max_duration", "contract_end", "age_limit")
    )


class Ended(Exception):
    """The identification ended the search: carries the decision."""


def identify(notice, raw_case):
    """(case, person, contracts named first, tariffs by id), or Ended. Of every process.

    notice: read; raw_case: the JSON object of its one case-file line, or None, or Failure."""
    number = notice["contract"]
    if raw_case is None:
        raise Ended(refer_at_once(notice["id"], "contract_unknown", number))
    if raw_case is Failure:
        raise Ended(refer_at_once(notice["id"], "technical_failure", number))
    # contract_unknown comes before the strict reading of the case file
    contracts = raw_case.get("contracts")
    if not isinstance(contracts, list):
        code = "technical_failure" if READINGS["contracts_not_a_list"] == "technical" else "contract_unknown"
        raise Ended(refer_at_once(notice["id"], code, number))
    if sum(1 for c in contracts if isinstance(c, dict) and c.get("number") == number) != 1:
        raise Ended(refer_at_once(notice["id"], "contract_unknown", number))
    try:
        case = read_case_file(raw_case)
    except Failure:
        raise Ended(refer_at_once(notice["id"], "technical_failure", number))

    named = [c for c in case["contracts"] if c["number"] == number][0]
    person = find_named_person(case, named, notice)
    if person is None:
        raise Ended(refer_at_once(notice["id"], "person_not_insured", number))

    tariffs = {t["id"]: t for t in case["tariffs"]}
    ordered = [named] + [c for c in case["contracts"] if c is not named]
    for contract in ordered:
        for claim in contract["claims"]:
            if claim["person"] != person["id"] or claim["status"] != "accepted":
                continue
            if claim["cause"] not in ("illness", "unemployment"):
                continue
            if (
                None in (claim["benefit_from"], claim["benefit_limit"], claim["proven_until"])
                or contract["tariff"] not in tariffs
                or tariffs[contract["tariff"]][claim["cause"]] is None
            ):
                raise Ended(refer_at_once(notice["id"], "technical_failure", number))
    return case, person, ordered, tariffs


def affected_claims(notice, person, ordered, cause):
    """[(contract, its open claim)] of a follow-up, or Ended."""
    number, named = notice["contract"], ordered[0]
    open_claims = []  # [(contract, [claims])]
    for contract in (c for c in ordered if person["id"] in c["insured"]):
        claims = [
            c
            for c in contract["claims"]
            if c["person"] == person["id"] and c["cause"] == cause and c["status"] == "accepted"
        ]
        if contract is named and not claims:
            raise Ended(refer_at_once(notice["id"], "no_open_claim", number))
        open_claims.append((contract, claims))
    for contract, claims in open_claims:
        if len(claims) > 1:
            raise Ended(refer_at_once(notice["id"], "claim_ambiguous", contract["number"]))
    return [(contract, claim) for contract, claims in open_claims for claim in claims]


def decide(notice, raw_case, parameters):
    """notice: read; raw_case: the JSON object of its one case-file line, or None, or Failure."""
    try:
        case, person, ordered, tariffs = identify(notice, raw_case)
        open_claims = affected_claims(notice, person, ordered, "illness")
    except Ended as end:
        return end.args[0]

    views = []
    for contract, claim in open_claims:
        views.append(look_at(claim, contract, tariffs[contract["tariff"]]["illness"], person, notice))

    # reasons, by code, within a code in the order of the actions
    of_person = person_findings(case, person, notice, views, parameters)
    of_claim = [claim_findings(v, person, notice, parameters) for v in views]
    return judge(notice, FINDINGS, views, of_person, of_claim, parameters)


def judge(notice, findings, views, of_person, of_claim, parameters):
    """The decision on a follow-up: the findings in the order of the table, then outcome and actions."""
    number = notice["contract"]
    reasons = []
    for code, scope in findings:
        if scope == "person":
            if code in of_person:
                reasons.append({"code": code, "contract": number, "claim": None, "scope": "person"})
        else:
            for v, found in zip(views, of_claim):
                if code in found:
                    reasons.append(
                        {
                            "code": code,
                            "contract": v["contract"]["number"],
                            "claim": v["claim"]["number"],
                            "scope": "claim",
                        }
                    )

    # outcome
    decision = {"notice": notice["id"], "outcome": "refer", "reasons": reasons, "actions": [], "referred": []}
    refer_reasons = [x for x in reasons if disposition_of(x["code"], parameters) == "refer"]
    left_out = []
    if refer_reasons:
        if parameters["isolation"] != "per_claim" or any(x["scope"] != "claim" for x in refer_reasons):
            return decision
        concerned = {(x["contract"], x["claim"]) for x in refer_reasons}
        left_out = [v for v in views if (v["contract"]["number"], v["claim"]["number"]) in concerned]
    going_on = [v for v in views if not any(v is x for x in left_out)]
    actions = []
    for v in going_on:
        offset = v["contract"]["recourse_open"] > 0 and disposition_of("recourse_open", parameters) == "offset"
        actions += actions_for(v, offset)
    if not actions:
        return decision
    gone = {(v["contract"]["number"], v["claim"]["number"]) for v in left_out}
    counted = [x for x in reasons if x["scope"] == "person" or (x["contract"], x["claim"]) not in gone]
    needs_second = (
        any(disposition_of(x["code"], parameters) in ("second_check", "offset") for x in counted)
        or parameters["mode"] == "second_check"
        or (parameters["adverse_needs_human"] and any(is_adverse(a) for a in actions))
    )
    if needs_second:
        decision["outcome"] = "second_check"
    else:
        decision["outcome"] = "partial" if left_out else "apply"
    decision["actions"] = actions
    decision["referred"] = [{"contract": v["contract"]["number"], "claim": v["claim"]["number"]} for v in left_out]
    return decision


def is_blank(line):
    return not line.strip()


def decide_all(case_file_lines, notice_lines, parameters, on):
    """One decision per notice line. `on`, the business day, changes nothing in this process."""
    return decide_lines(read_notice, decide, case_file_lines, notice_lines, read_parameters(parameters))


def decide_lines(read_notice, decide, case_file_lines, notice_lines, parameters):
    """The decisions of any process, by its reader of notices and its `decide`."""
    cases = {}  # key -> list of objects
    for line in case_file_lines:
        try:
            value = read_json_line(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("key"), str):
            cases.setdefault(value["key"], []).append(value)

    decisions = []
    for line in notice_lines:
        if is_blank(line) and READINGS["blank_line"] == "skip":
            continue
        try:
            raw = read_json_line(line)
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            decisions.append(refer_at_once(None, "technical_failure", None))
            continue
        try:
            notice = read_notice(raw)
        except Failure:
            notice_id = raw.get("id") if isinstance(raw.get("id"), str) else None
            contract = raw.get("contract") if isinstance(raw.get("contract"), str) else None
            decisions.append(refer_at_once(notice_id, "technical_failure", contract))
            continue
        lines = cases.get(notice["contract"], [])
        raw_case = None if not lines else lines[0] if len(lines) == 1 else Failure
        decisions.append(decide(notice, raw_case, parameters))
    return decisions
