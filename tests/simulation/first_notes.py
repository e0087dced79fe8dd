"""First sick notes and first unemployment proofs: complete or not, relapses, and everything that does not fit. Pure."""

from __future__ import annotations

from datetime import date
from random import Random

from .scene import Scene, Thing, Twist, choose, days, twisted

CODES = ("M54.5 G", "F32.1 G", "C50.9 G", "J06.9 G", "E11.9 G", "S82.1 G", "I21.0", "Z73")
PAPERS = ("claim_form", "sick_note", "employer_confirmation")
OCCUPATIONS = ("employed", "employed", "employed", "civil_servant", "self_employed")


def sick_note(rng: Random, scene: Scene) -> list[Thing]:
    """Somebody reports an illness; a third of them without all documents."""
    who = choose(rng, *[scene.without("illness")] * 5, scene.insured)
    return [] if who is None else [first_note(rng, scene, who)]


def first_note(rng: Random, scene: Scene, who: Thing, *, onset: date | None = None) -> Thing:
    """The first note of somebody's illness, which began some days ago."""
    today = scene.today
    onset = onset or today - days(rng.choice([rng.randint(0, 12), rng.randint(13, 45), rng.randint(46, 110)]))
    issued = max(onset, today - days(rng.choice([0, 0, 1, 3])))
    note = {
        **scene.start("first_sick_note", who),
        **{"incapacity_from": onset, "incapacity_until": issued + days(rng.randint(5, 40)), "issued_on": issued},
        **{"formally_correct": True, "final": False, "icd": [rng.choice(CODES)], "first_treated_on": None},
        **{"occupation": rng.choice(OCCUPATIONS), "documents": list(PAPERS)},
    }
    if rng.random() < 0.35:
        take_something_away(rng, note)
    return twisted(rng, note, SICK_TWISTS, today, share=0.2)


def take_something_away(rng: Random, note: Thing) -> None:
    """A document is missing, or several, or the diagnosis."""
    note["documents"] = rng.sample(PAPERS, rng.choice([0, 1, 2, 2]))
    if rng.random() < 0.2:
        note["icd"] = []


def relapse(rng: Random, scene: Scene) -> list[Thing]:
    """The illness of a claim that was closed comes back: in time, or long after."""
    closed = [
        each
        for each in scene.claims
        if each["cause"] == "illness" and each["status"] == "closed" and each["icd"] and each["benefit_from"]
    ]
    free = {(each["contract"], each["person"]) for each in scene.without("illness")}
    recent = [each for each in closed if scene.today - ended(each) < days(200) and ended(each) < scene.today]
    recent = [each for each in recent if (each["contract"], each["person"]) in free]
    claim = choose(rng, *[recent] * 6, closed)
    if claim is None:
        return sick_note(rng, scene)
    onset = min(scene.today, max(ended(claim) + days(rng.randint(0, 60)), scene.today - days(rng.randint(0, 90))))
    note = first_note(rng, scene, claim, onset=onset)
    note["icd"] = [f"{claim['icd'][0].strip()[:3]}.{rng.randint(0, 9)} G"]
    return [note]


def ended(claim: Thing) -> date:
    """The day on which a closed claim ended."""
    day: date = claim["recovered_on"] or claim["closed_on"] or claim["onset"]
    return day


def on_every_contract(rng: Random, scene: Scene) -> list[Thing]:
    """The same illness is reported for several contracts of a person."""
    free = scene.without("illness")
    held = [each["person"] for each in free]
    several = [each for each in free if held.count(each["person"]) > 1]
    if not several:
        return sick_note(rng, scene)
    person = rng.choice(several)["person"]
    onset = scene.today - days(rng.randint(5, 80))
    return [first_note(rng, scene, each, onset=onset) for each in several if each["person"] == person]


def with_follow_up(rng: Random, scene: Scene) -> list[Thing]:
    """The follow-up comes with its first note, before anybody has decided that one."""
    notes = sick_note(rng, scene)
    for first in list(notes):
        follow = {name: first[name] for name in COMMON}
        follow |= {"process": "follow_up_sick_note", "id": scene.name(), "issued_on": scene.today}
        follow["incapacity_until"] = scene.today + days(rng.randint(10, 50))
        notes.append(follow)
    return notes


COMMON = (
    *("contract", "last_name", "first_name", "birth_date", "received_on", "incapacity_from", "formally_correct"),
    *("final", "icd"),
)


def reported_again(rng: Random, scene: Scene) -> list[Thing]:
    """A claim that is reported only: its first note comes, or comes again."""
    reported = [each for each in scene.claims if each["status"] == "reported" and each["cause"] != "death"]
    claim = choose(rng, reported)
    if claim is None:
        return sick_note(rng, scene)
    if claim["cause"] == "illness":
        return [first_note(rng, scene, claim, onset=claim["onset"])]
    proof = first_proof(rng, scene, claim)
    return [proof | {"unemployed_since": claim["onset"], "employment_to": claim["onset"] - days(1)}]


def two_onsets(rng: Random, scene: Scene) -> list[Thing]:
    """Two first notes of one illness that contradict each other."""
    notes = sick_note(rng, scene)
    for first in list(notes):
        other = {**first, "id": scene.name(), "incapacity_from": first["incapacity_from"] - days(rng.choice([1, 7]))}
        notes.append(other)
    return notes


def unemployment(rng: Random, scene: Scene) -> list[Thing]:
    """Somebody reports unemployment."""
    who = choose(rng, *[scene.without("unemployment")] * 5, scene.insured)
    return [] if who is None else [first_proof(rng, scene, who)]


def first_proof(rng: Random, scene: Scene, who: Thing) -> Thing:
    """The first proof of somebody's unemployment; a quarter of them without the authority's award."""
    today = scene.today
    since = today - days(rng.choice([rng.randint(0, 20), rng.randint(21, 60), rng.randint(61, 120)]))
    note = {
        **scene.start("first_unemployment_proof", who),
        **{"unemployed_since": since, "proven_on": max(since, today - days(rng.randint(0, 6)))},
        **{"benefit_kind": rng.choice(["alg1", "alg1", "alg2"]), "entitlement_suspended": False},
        **{"award_ends_on": rng.choice([None, today + days(rng.randint(5, 300))]), "new_job_on": None},
        **{"formally_correct": True, "employment_from": date(2019, 4, 1), "employment_to": since - days(1)},
        **{"notice_given_on": since - days(60), "terminated_by": "employer", "weekly_hours": 38},
        **{"registered_on": since, "award_notice": rng.random() < 0.75},
    }
    return twisted(rng, note, UNEMPLOYED_TWISTS, today, share=0.25)


def ill_and_unemployed(rng: Random, scene: Scene) -> list[Thing]:
    """The same days are reported for both causes."""
    who = choose(rng, scene.without("unemployment"))
    if who is None:
        return []
    proof = first_proof(rng, scene, who)
    return [proof, first_note(rng, scene, who, onset=proof["unemployed_since"])]


# What does not fit


def not_working(rng: Random, note: Thing, today: date) -> None:
    """Nothing can be lost."""
    note["occupation"] = "none"


def suspected(rng: Random, note: Thing, today: date) -> None:
    """A suspicion is no diagnosis."""
    note["icd"] = ["M54.5 V"]


def treated_before(rng: Random, note: Thing, today: date) -> None:
    """It began before the contract."""
    note["first_treated_on"] = date(2022, 1, 10)


def much_later(rng: Random, note: Thing, today: date) -> None:
    """Reported after more than half a year."""
    note["incapacity_from"] = today - days(rng.randint(190, 300))


def final(rng: Random, note: Thing, today: date) -> None:
    """Well again already, or soon."""
    note["final"] = True
    note["incapacity_until"] = max(note["incapacity_from"], note["issued_on"] + days(rng.randint(-5, 10)))


def open_ended(rng: Random, note: Thing, today: date) -> None:
    """Bis auf weiteres."""
    note["incapacity_until"] = None


def implausible(rng: Random, note: Thing, today: date) -> None:
    """A proof of tomorrow."""
    note["issued_on" if "issued_on" in note else "proven_on"] = today + days(rng.randint(1, 9))


def gave_notice(rng: Random, note: Thing, today: date) -> None:
    """It was not the employer who ended the employment."""
    note["terminated_by"] = rng.choice(["employee", "mutual", "fixed_term_end"])


def short_job(rng: Random, note: Thing, today: date) -> None:
    """Too short, or too few hours."""
    note.update(rng.choice([{"weekly_hours": 10}, {"employment_from": note["unemployed_since"] - days(90)}]))


def suspended(rng: Random, note: Thing, today: date) -> None:
    """The authority pays nothing for a while."""
    note["entitlement_suspended"] = True


def job_already(rng: Random, note: Thing, today: date) -> None:
    """A new job has begun, or will soon."""
    note["new_job_on"] = note["proven_on"] + days(rng.randint(1, 30))


SICK_TWISTS: tuple[Twist, ...] = (
    *(not_working, suspected, treated_before, much_later, final, final, open_ended, open_ended, implausible),
)
UNEMPLOYED_TWISTS: tuple[Twist, ...] = (gave_notice, short_job, suspended, job_already, job_already, implausible)
