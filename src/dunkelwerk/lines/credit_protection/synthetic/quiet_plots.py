"""Plots of households that send no note today: most have no claim, some an old one or one of another cause."""

from datetime import date

from dunkelwerk.lines.credit_protection.synthetic.claims import Claim, accept, add_claim, add_months, close
from dunkelwerk.lines.credit_protection.synthetic.people import pick
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, days
from dunkelwerk.lines.credit_protection.synthetic.tariffs import ANY_TARIFF, WITH_ILLNESS, WITH_UNEMPLOYMENT


def no_claim(scene: Scene) -> None:
    scene.choose(ANY_TARIFF)
    scene.settle(sick=False)


def in_arrears(scene: Scene) -> None:
    no_claim(scene)
    reminded = scene.on - days(scene.rng.randint(1, 30))
    arrears = {"reminded_on": reminded.isoformat(), "deadline": (reminded + days(14)).isoformat()}
    scene.contract["arrears"] = arrears


def old_illness(scene: Scene) -> None:
    scene.choose(WITH_ILLNESS)
    ended = _settle_before(scene, 30, 500)
    illness = _claim(scene, "illness", ended=ended, duration=scene.rng.randint(60, 200))
    illness["icd"] = [scene.icd]
    close(illness, ended=ended, reason="recovered")


def old_unemployment(scene: Scene) -> None:
    scene.choose(WITH_UNEMPLOYMENT)
    ended = _settle_before(scene, 30, 500)
    close(
        _claim(scene, "unemployment", ended=ended, duration=scene.rng.randint(60, 250)), ended=ended, reason="new_job"
    )


def unemployed(scene: Scene) -> None:
    scene.choose(WITH_UNEMPLOYMENT)
    proven = _settle_before(scene, 0, 20)
    _claim(scene, "unemployment", ended=proven, duration=scene.rng.randint(60, 250))


def _settle_before(scene: Scene, least: int, most: int) -> date:
    """Settle without a note, with a past long enough for a claim that ended so many days ago; return that day."""
    ended = scene.on - days(scene.rng.randint(least, most))
    scene.history = 1000
    scene.settle(sick=False)
    return ended


def _claim(scene: Scene, cause: str, *, ended: date, duration: int) -> Claim:
    terms, onset = scene.terms[0], ended - days(duration)
    claim = add_claim(terms, person=scene.person["id"], cause=cause, status="accepted", onset=onset, icd=[])
    return accept(terms, claim, born=scene.born[0], onset=onset, proven=ended, released=ended, on=scene.on)


def _add(scene: Scene, *, cause: str, status: str, onset: date) -> Claim:
    person = scene.person["id"]
    return add_claim(scene.terms[0], person=person, cause=cause, status=status, onset=onset, icd=[])


def illness_reported(scene: Scene) -> None:
    scene.settle(sick=False)
    onset = scene.on - days(scene.rng.randint(5, 40))
    _add(scene, cause="illness", status="reported", onset=onset)["icd"] = [scene.icd]


def illness_declined(scene: Scene) -> None:
    scene.settle(sick=False)
    claim = _add(scene, cause="illness", status="declined", onset=scene.on - days(scene.rng.randint(40, 300)))
    claim["icd"] = [scene.icd]


def disabled_for_good(scene: Scene) -> None:
    scene.settle(sick=False)
    onset = scene.on - days(scene.rng.randint(40, 300))
    _add(scene, cause="disability", status=pick(scene.rng, ("accepted", "reported")), onset=onset)


def severely_ill(scene: Scene) -> None:
    scene.settle(sick=False)
    onset = scene.on - days(scene.rng.randint(40, 300))
    _add(scene, cause="dread_disease", status="accepted", onset=onset)["icd"] = [scene.icd]


def died(scene: Scene) -> None:
    """The death was settled, the contract ended."""
    scene.settle(sick=False)
    died_on = scene.on - days(scene.rng.randint(60, 300))
    scene.person["deceased_on"] = died_on.isoformat()
    claim = _add(scene, cause="death", status="closed", onset=died_on)
    claim.update(closed_on=(died_on + days(30)).isoformat(), closing_reason="death")
    scene.end_contract_on(died_on)
    scene.contract["status"] = "ended"


def expired(scene: Scene) -> None:
    """The loan is paid off."""
    no_claim(scene)
    terms = scene.terms[0]
    last = add_months(scene.on.replace(day=1), -scene.rng.randint(0, 2)) - days(1)
    scene.end_contract_on(max(last, terms.start + days(20)))
    scene.contract["status"] = "expired"
