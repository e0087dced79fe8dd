"""What may be the matter with a first sick note or a first unemployment proof alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from first_troubles import Situation, start_at
from generate_parts import OtherMaker

from oracle import DAY, add_months


# ------------------------------------------------------------------------------------------------ sick notes
def no_work(m: OtherMaker, s: Situation) -> None:
    s["notice"]["occupation"] = "none"


def known_before(m: OtherMaker, s: Situation) -> None:
    if m.chance(0.7):
        start_at(m, s, 24)
    else:
        start_at(m, s, m.rng.randint(7, 22))
    start = s["contract"]["start"]
    treated = m.pick((3, m.near(add_months(start, -12))), (3, m.near(start)), (1, start - 50 * DAY))
    s["notice"]["first_treated_on"] = treated


def excluded(m: OtherMaker, s: Situation) -> None:
    s["notice"]["icd"] = m.rng.choice(
        [["F32.1"], ["M54.5 G"], ["J06.9", "o26.8"], ["f32.1 V"], ["Z50"], [" M5", "A09"]]
    )


def suspected(m: OtherMaker, s: Situation) -> None:
    lists = [
        ["M54.5 V"],
        ["m54.5 z"],
        ["R51 A", "J06.9 V"],
        ["R51 A", "J06.9 G"],
        ["Z5V"],
        ["R51V"],
        ["R51"],
        ["M54.5V "],
    ]
    s["notice"]["icd"] = m.rng.choice(lists)


def chapter_o(m: OtherMaker, s: Situation) -> None:
    s["notice"]["icd"] = [m.rng.choice(["O26.8", "o26.8 G"])]


def relapse(m: OtherMaker, s: Situation) -> None:
    """Closed claims whose end lies so that the onset is a day around a limit."""
    onset, codes = s["onset"], s["notice"]["icd"] or ["M54.5"]
    base = codes[0].strip().upper()[:3] or "M54"
    months = (s["cover"] or {}).get("relapse_months", 6)
    if s["cover"] and m.chance(0.3):
        months = s["cover"]["relapse_months"] = m.rng.choice([0, 3, 12])
    for _ in range(m.pick((5, 1), (3, 2), (1, 3))):
        s["contract"]["claims"].append(earlier_claim(m, onset, base, months))


def earlier_claim(m: OtherMaker, onset: date, base: str, months: int) -> dict[str, Any]:
    """A closed claim, mostly one of which the new one is a relapse."""
    limit, near = m.near(add_months(onset, -months)), m.near(onset)
    end = m.pick((3, limit), (3, near), (3, onset - m.rng.randint(5, 28) * DAY))
    length = m.pick((1, 0), (1, -1), (1, 1), (5, m.rng.choice([60, 89, 90, 91, 92, 365, 366, 600])))
    first: date | None = end - timedelta(days=length)
    first = m.pick((12, first), (1, None), (2, end.replace(day=1)))
    whole = m.near(add_months(first, m.rng.randint(1, 3))) - DAY if first else None
    last = m.pick((5, end), (5, whole), (1, None), (1, end + 90 * DAY))
    days = {"benefit_from": first, "released_until": last, "closed_on": end}
    if m.chance(0.6):
        days |= {"recovered_on": end, "closed_on": m.pick((8, end + 3 * DAY), (1, None))}
    else:
        days["closed_on"] = m.pick((12, end), (1, None))
    code = m.pick((9, [f"{base}.1"]), (2, [base.lower()]), (1, ["Q99.9"]), (1, []), (1, ["Q99.9", f"{base}.1"]))
    used = m.rng.choice([0, 0, 3, 12, 21, 23, 24])
    claim = m.claim("P1", "illness", "closed", end - 150 * DAY, icd=code, months_used_before=used, **days)
    if m.chance(0.06):
        claim["status"] = m.rng.choice(["declined", "reported"])
    return claim


# ------------------------------------------------------------------------------------------------ proofs
def ended_by(m: OtherMaker, s: Situation) -> None:
    s["notice"]["terminated_by"] = m.rng.choice(["employee", "mutual", "mutual", "fixed_term_end"])


def short(m: OtherMaker, s: Situation) -> None:
    n = s["notice"]
    months = m.rng.choice([12, 12, 6, 24, 0])
    n["employment_to"] = m.near(add_months(n["employment_from"], months) - DAY)
    if m.chance(0.4):
        n["employment_from"] = m.rng.choice([date(2024, 2, 29), date(2023, 8, 31), date(2024, 1, 31)])
        n["employment_to"] = m.near(add_months(n["employment_from"], months) - DAY)


def hours(m: OtherMaker, s: Situation) -> None:
    s["notice"]["weekly_hours"] = m.rng.choice([14, 15, 16, 14.99, 15.01, 0, 17.5, 18, 20, 19.5])


def suspended(m: OtherMaker, s: Situation) -> None:
    s["notice"]["entitlement_suspended"] = True


FOR_SICK_NOTE = [(12, relapse), (3, known_before), (2, excluded), (2, suspected), (2, chapter_o), (1, no_work)]
FOR_PROOF = [(3, short), (2, ended_by), (2, hours), (1, suspended)]
