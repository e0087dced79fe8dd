"""What may be the matter with a first notice: each puts one limit or finding into a situation, a day around it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from generate_parts import ICD, OtherMaker

from oracle import DAY, add_months

Situation = dict[str, Any]


def begin_of(s: Situation) -> date:
    """The first day with benefit after a deferred period."""
    return s["onset"] + timedelta(days=s["cover"]["deferred_days"] if s["cover"] else 42)


def start_at(m: OtherMaker, s: Situation, months: int) -> None:
    """The contract starts so many months before the onset, a day around."""
    s["contract"]["start"] = m.near(add_months(s["onset"], -months))


def waiting(m: OtherMaker, s: Situation) -> None:
    if s["cover"]:
        s["cover"]["waiting_months"] = m.rng.choice([1, 3, 6, 12])
        start_at(m, s, s["cover"]["waiting_months"])
    if "notice_given_on" in s["notice"] and m.chance(0.7):
        given = add_months(s["onset"], -m.rng.choice([1, 2, 3]))
        s["notice"]["notice_given_on"] = given
        s["contract"]["start"] = m.near(add_months(given, -(s["cover"] or {}).get("waiting_months", 0)))


def term(m: OtherMaker, s: Situation) -> None:
    if m.chance(0.5):
        s["contract"]["start"] = m.near(s["onset"])
        if s["cover"] and m.chance(0.6):
            s["cover"]["waiting_months"] = 0
    else:
        s["contract"]["end"] = m.near(s["onset"])


def age(m: OtherMaker, s: Situation) -> None:
    if s["cover"]:
        s["cover"]["age_limit"] = m.rng.choice([60, 61, 62, 63, 64, 65])
        birth = m.birth_for(s["cover"]["age_limit"], m.near(s["onset"])).isoformat()
        s["person"]["birth_date"] = s["notice"]["birth_date"] = birth


def no_cover(m: OtherMaker, s: Situation) -> None:
    s["tariff"].pop(s["cause"], None)
    s["cover"] = None


def late(m: OtherMaker, s: Situation) -> None:
    months = m.rng.choice([6, 6, 3, 12, 1])
    s["notice"]["received_on"] = m.near(add_months(s["onset"], months))


def exists(m: OtherMaker, s: Situation) -> None:
    """Claims of the same person and cause beside the new one."""
    onset, cause = s["onset"], s["cause"]
    kind = m.pick((2, "accepted"), (2, "other"), (5, "closed"), (1, "declined"), (2, "second"), (1, "cause"))
    begin = begin_of(s)
    if kind == "accepted":
        claim = m.open_claim("P1", cause, m.rng.choice([onset, onset - 300 * DAY]))
    elif kind == "other":
        claim = m.claim("P1", cause, "reported", m.rng.choice([onset - DAY, onset + DAY, onset - 400 * DAY]))
    elif kind == "closed":
        last = m.pick((3, m.near(begin)), (1, begin + 20 * DAY), (1, None))
        days = {"benefit_from": begin - 40 * DAY, "released_until": last, "closed_on": onset, "icd": ["F32.1"]}
        claim = m.claim("P1", cause, "closed", onset - 90 * DAY, **days)
    elif kind == "second":
        second = m.second_person(s)
        claim = m.claim(second, cause, "reported", onset)
    elif kind == "cause":
        claim = m.open_claim("P1", "unemployment" if cause == "illness" else "illness", onset)
    else:
        claim = m.claim("P1", cause, "declined", onset)
    s["contract"]["claims"].append(claim)


def taken_up(m: OtherMaker, s: Situation) -> None:
    """A reported claim with the same onset, sometimes several."""
    for _ in range(m.pick((5, 1), (1, 2), (1, 3))):
        codes = m.rng.choice([[], [], [ICD[m.rng.choice(list(ICD))]]]) if s["cause"] == "illness" else []
        claim = m.claim("P1", s["cause"], "reported", s["onset"], icd=codes)
        if m.ambiguous and m.chance(0.2):
            claim["months_used_before"] = 5
        s["contract"]["claims"].insert(m.rng.choice([0, len(s["contract"]["claims"])]), claim)
        if not s.get("own_codes"):
            s["own_codes"] = codes


def further(m: OtherMaker, s: Situation) -> None:
    """Another contract of the person, in any state."""
    n = len(s["tariffs"]) + 1
    tariff = {"id": f"T-{n}", "illness": m.cover(30), "unemployment": m.cover(30)}
    if m.chance(0.2):
        del tariff[s["cause"]]
    s["tariffs"].append(tariff)
    insured = ["P1"]
    if m.chance(0.3):
        second = m.second_person(s)
        insured = m.rng.choice([["P1", second], [second]])
    contract = m.contract(m.number("RS"), tariff["id"], insured, s["onset"] - 900 * DAY, date(2034, 1, 31))
    contract["status"] = m.pick((6, "active"), (1, "cancelled"), (1, "expired"), (1, "ended"))
    kind = m.pick((5, None), (2, "open"), (1, "incomplete"), (1, "reported" if m.ambiguous else "closed"))
    if kind and s["cause"] in tariff:
        claim = m.open_claim(insured[0], s["cause"], s["onset"] - 100 * DAY)
        claim["status"] = {"open": "accepted", "incomplete": "accepted"}.get(kind, kind)
        if kind == "incomplete" and m.chance(0.4):
            claim["proven_until"] = None
        contract["claims"].append(claim)
    s["contracts"].append(contract)


def documents(m: OtherMaker, s: Situation) -> None:
    n = s["notice"]
    if "award_notice" in n:
        n["award_notice"] = False
    elif m.chance(0.3):
        n["icd"] = [""] if m.ambiguous and m.chance(0.3) else []
    elif m.ambiguous and m.chance(0.2):
        n["documents"] = n["documents"] * 2
    else:
        n["documents"] = m.rng.sample(n["documents"], m.rng.randint(0, max(len(n["documents"]) - 1, 0)))


def formal(m: OtherMaker, s: Situation) -> None:
    s["notice"]["formally_correct"] = False


def implausible(m: OtherMaker, s: Situation) -> None:
    n, onset = s["notice"], s["onset"]
    proven = "issued_on" if "issued_on" in n else "proven_on"
    kind = m.rng.randint(0, 2)
    if kind == 0:
        n["received_on"] = m.near(n[proven])
    elif kind == 1:
        n[proven] = m.near(onset) - (3 * DAY if proven == "issued_on" else 0 * DAY)
        n["received_on"] = max(n["received_on"], n[proven])
    elif proven == "issued_on":
        s["force"] = m.rng.choice(["before", "open_final"])
        apply_force(m, s)


def apply_force(m: OtherMaker, s: Situation) -> None:
    """Ends that `vary` would overwrite: the onset follows the end instead."""
    n = s["notice"]
    if s["force"] == "open_final":
        n.update(final=True, incapacity_until=None)
    else:
        n["incapacity_until"] = m.near(n["incapacity_from"])


def disability(m: OtherMaker, s: Situation) -> None:
    who = m.second_person(s) if m.chance(0.2) else "P1"
    status = m.rng.choice(["accepted", "reported", "closed", "declined"])
    m.rng.choice(s["contracts"])["claims"].append(m.claim(who, "disability", status, s["onset"] - 50 * DAY))


def deceased(m: OtherMaker, s: Situation) -> None:
    s["person"]["deceased_on"] = m.near(s["onset"])


def state(m: OtherMaker, s: Situation) -> None:
    s["contract"]["status"] = m.rng.choice(["cancelled", "expired", "ended"])


def arrears(m: OtherMaker, s: Situation) -> None:
    s["contract"]["arrears"] = {"reminded_on": s["onset"] - 60 * DAY, "deadline": m.near(s["onset"])}


def blocked(m: OtherMaker, s: Situation) -> None:
    if m.chance(0.7):
        s["contract"]["payee"] = {"name": "B", "iban": "DE02120300000000202051", "blocked_since": s["onset"]}
    else:  # a returned instalment of another claim is no reason here
        returned = {"due": s["onset"] - 200 * DAY, "amount": "10.00", "status": "returned"}
        claim = m.claim("P1", s["cause"], "declined", s["onset"] - 300 * DAY, instalments=[returned])
        s["contract"]["claims"].append(claim)


def recourse(m: OtherMaker, s: Situation) -> None:
    s["contract"]["recourse_open"] = m.rng.choice(["0.01", "100.00", "312.50", "450.00", "5000.00", "0.00", 99])
    if s["cover"] and m.chance(0.6):  # so that there is something to set off
        s["cover"]["deferred_days"] = 0


def overlap(m: OtherMaker, s: Situation) -> None:
    """A claim of the other cause or of the other person whose benefit days touch or just miss the new ones."""
    begin = begin_of(s)
    other = m.chance(0.5)
    who = m.second_person(s) if other else "P1"
    cause = (
        m.rng.choice(["illness", "unemployment"])
        if other
        else ("unemployment" if s["cause"] == "illness" else "illness")
    )
    status = m.pick((4, "closed"), (1, "declined"), (2, "accepted" if other else "closed"), (1, "reported"))
    if status == "reported" and not other:
        status = "closed"
    last = m.pick((4, m.near(begin)), (1, None), (1, begin + 30 * DAY))
    days = {"benefit_from": begin - m.rng.choice([40, 0]) * DAY, "released_until": last, "closed_on": s["onset"]}
    days |= {"benefit_limit": begin + 700 * DAY, "proven_until": begin + 10 * DAY}
    s["contract"]["claims"].append(m.claim(who, cause, status, s["onset"] - 100 * DAY, **days))
    if other and m.ambiguous and m.chance(0.3):
        no_longer_insured(m, s)
    elif m.chance(0.1):
        s["contract"]["claims"][-1]["cause"] = "disability"


def no_longer_insured(m: OtherMaker, s: Situation) -> None:
    """The second person's claims stay on the contract."""
    if m.second_person(s) in s["contract"]["insured"]:
        s["contract"]["insured"].remove("P2")


def graver(m: OtherMaker, s: Situation) -> None:
    who = m.second_person(s) if m.chance(0.4) else "P1"
    status = m.rng.choice(["accepted", "reported", "closed", "declined"])
    claim = m.claim(who, m.rng.choice(["dread_disease", "death"]), status, s["onset"] - 50 * DAY)
    s["contract"]["claims"].append(claim)
    if claim["person"] == "P2" and m.ambiguous and m.chance(0.3):
        no_longer_insured(m, s)


def authority(m: OtherMaker, s: Situation) -> None:
    s["contract"]["instalment"] = m.rng.choice(
        ["937.50", "937.49", "2500.00", "5000.00", "5000.01", "2500.01", "625.00"]
    )
    if s["cover"] and m.chance(0.7):
        s["cover"].pop("monthly_cap", None)
        s["cover"]["deferred_days"] = m.rng.choice([0, 0, 14])
        s["cover"]["settlement"] = "due_date"


def broken_open(m: OtherMaker, s: Situation) -> None:
    claim = m.open_claim("P1", m.rng.choice(["illness", "unemployment"]), s["onset"] - 200 * DAY)
    claim[m.rng.choice(["benefit_from", "benefit_limit", "proven_until"])] = None
    m.rng.choice(s["contracts"])["claims"].append(claim)


def twin(m: OtherMaker, s: Situation) -> None:
    """Another insured person with the same names and birth date, or nearly."""
    whole = s["person"]["first_name"]
    first = m.rng.choice([whole, whole.split()[0], whole.split()[0] + " Lena"])
    s["persons"].append(dict(s["person"], id="P7", first_name=first))
    s["contract"]["insured"].append("P7")


FOR_BOTH = [
    (6, recourse),
    *((3, each) for each in (waiting, term, age, late, exists, taken_up, documents, overlap)),
    *((2, each) for each in (further, implausible, authority)),
    *((1, each) for each in (formal, disability, deceased, state, arrears, blocked, graver, no_cover)),
    *((0.5, each) for each in (broken_open, twin)),
]
