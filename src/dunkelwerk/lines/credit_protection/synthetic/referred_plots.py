"""Plots of notes that a clerk or a second person must see: what differs from the usual case, and nothing else."""

from datetime import date

from dunkelwerk.lines.credit_protection.synthetic.claims import (
    accept,
    add_claim,
    money,
    monthly_cents,
)
from dunkelwerk.lines.credit_protection.synthetic.names import FEMALE_FIRST_NAMES
from dunkelwerk.lines.credit_protection.synthetic.paid_plots import large_release, settle_finally
from dunkelwerk.lines.credit_protection.synthetic.people import pick
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, days
from dunkelwerk.lines.credit_protection.synthetic.tariffs import DAILY, DEFERRED, WITH_UNEMPLOYMENT

_PREGNANCY = ("O20.0", "O26.8", "O21.1")


# Findings about the person


def note_without_stamp(scene: Scene) -> None:
    scene.settle()
    scene.notice["formally_correct"] = False


def issued_after_receipt(scene: Scene) -> None:
    scene.issue(scene.received + days(scene.rng.randint(1, 3)))
    scene.settle()


def ends_before_it_begins(scene: Scene) -> None:
    scene.settle()
    onset = date.fromisoformat(scene.claim["onset"])
    scene.notice["incapacity_from"] = onset.isoformat()
    scene.notice["incapacity_until"] = (onset - days(scene.rng.randint(1, 9))).isoformat()


def begins_after_issue(scene: Scene) -> None:
    scene.settle()
    scene.notice["incapacity_from"] = (scene.issued + days(scene.rng.randint(4, 6))).isoformat()


def final_but_open_ended(scene: Scene) -> None:
    scene.until = None
    settle_finally(scene)


def disabled(scene: Scene) -> None:
    scene.settle()
    _disability(scene, len(scene.shape) - 1 if 0 in scene.shape[-1] else 0)


def _disability(scene: Scene, place: int) -> None:
    status = pick(scene.rng, ("reported", "accepted", "closed"))
    onset = scene.issued - days(30)
    add_claim(scene.terms[place], person=scene.person["id"], cause="disability", status=status, onset=onset, icd=[])


def deceased(scene: Scene) -> None:
    scene.settle()
    _die(scene)


def _die(scene: Scene, who: int = 0) -> date:
    died = scene.issued - days(scene.rng.randint(0, 3))
    scene.persons[who]["deceased_on"] = died.isoformat()
    return died


# Findings about a claim


def other_onset(scene: Scene) -> None:
    scene.settle()
    gap = pick(scene.rng, (-14, -7, -1, 1, 3, 21))
    scene.notice["incapacity_from"] = (date.fromisoformat(scene.claim["onset"]) + days(gap)).isoformat()


def gap_between_notes(scene: Scene) -> None:
    leave_gap(scene)
    scene.settle()


def leave_gap(scene: Scene) -> None:
    """Ten days and more hold a working day whatever holidays there are."""
    scene.proven = scene.released = scene.issued - days(scene.rng.randint(10, 40))


def cancelled_contract(scene: Scene) -> None:
    scene.settle()
    scene.contract["status"] = pick(scene.rng, ("cancelled", "cancelled", "ended"))


def premium_unpaid(scene: Scene) -> None:
    scene.settle()
    owe_premium(scene)


def owe_premium(scene: Scene, place: int = 0) -> None:
    """A reminder is open on a contract; its deadline lies before or after the onset."""
    reminded = scene.on - days(scene.rng.randint(3, 400))
    arrears = {"reminded_on": reminded.isoformat(), "deadline": (reminded + days(14)).isoformat()}
    scene.contracts[place]["arrears"] = arrears


def account_blocked(scene: Scene) -> None:
    scene.settle()
    _block(scene)


def _block(scene: Scene) -> None:
    blocked = scene.on - days(scene.rng.randint(1, 60))
    scene.contract["payee"]["blocked_since"] = blocked.isoformat()


def instalment_returned(scene: Scene) -> None:
    """An instalment of the second month came back; months later nobody has dealt with it."""
    scene.onset = scene.issued - days(scene.rng.randint(150, 270))
    scene.settle()
    scene.claim["instalments"][1]["status"] = "returned"


def recovered_earlier(scene: Scene) -> None:
    scene.settle()
    scene.claim["recovered_on"] = min(scene.proven, scene.on).isoformat()


def released_too_far(scene: Scene) -> None:
    scene.proven = scene.released = scene.issued + days(scene.rng.randint(5, 12))
    scene.until = scene.issued + days(scene.rng.randint(0, 3))
    settle_finally(scene)


def recourse(scene: Scene) -> None:
    scene.settle()
    _owe_recourse(scene)


def _owe_recourse(scene: Scene) -> None:
    scene.contract["recourse_open"] = f"{scene.rng.randint(30, 900)}.{scene.rng.randint(0, 99):02d}"


def partner_ill_too(scene: Scene) -> None:
    """The other insured person has benefit on the very days."""
    scene.settle()
    proven, released = scene.proven, scene.released
    scene.proven = scene.released = scene.issued + days(30)
    scene.fall_ill(0, who=1)
    scene.proven, scene.released = proven, released


def unemployed_too(scene: Scene) -> None:
    """Benefit for unemployment was released from the day after the illness benefit so far."""
    scene.choose(WITH_UNEMPLOYMENT)
    scene.settle()
    terms = scene.terms[0]
    onset = scene.proven + days(1 - terms.tariff["unemployment"]["deferred_days"])
    claim = add_claim(terms, person=scene.person["id"], cause="unemployment", status="accepted", onset=onset, icd=[])
    until = scene.issued + days(30)
    accept(terms, claim, born=scene.born[0], onset=onset, proven=until, released=until, on=scene.on)


def severe_disease(scene: Scene) -> None:
    scene.settle()
    onset, who = scene.issued - days(scene.rng.randint(10, 50)), pick(scene.rng, tuple(scene.persons))
    status = pick(scene.rng, ("reported", "accepted"))
    add_claim(scene.terms[0], person=who["id"], cause="dread_disease", status=status, onset=onset, icd=["C50.9"])


def partner_died(scene: Scene) -> None:
    scene.settle()
    _claim_death(scene, who=1)


def _claim_death(scene: Scene, who: int) -> None:
    died = _die(scene, who)
    add_claim(scene.terms[0], person=scene.persons[who]["id"], cause="death", status="reported", onset=died, icd=[])


def instalment_changed(scene: Scene) -> None:
    """The contract's instalment fell within a month that is released in part (daily settlement)."""
    scene.choose(DAILY)
    if (scene.proven + days(1)).day == 1:  # the next release would begin with a month of its own
        scene.released = scene.proven - days(1)
    scene.settle()
    terms = scene.terms[0]
    monthly = monthly_cents(terms, terms.tariff["illness"])
    scene.contract["instalment"] = money(monthly * scene.rng.randint(60, 90) // 100)


def pregnancy(scene: Scene) -> None:
    """The table extends by no day for these diagnoses."""
    scene.diagnose(pick(scene.rng, _PREGNANCY), 0)
    if scene.person["salutation"] == "Herr":
        scene.person.update(salutation="Frau", first_name=pick(scene.rng, FEMALE_FIRST_NAMES))
    scene.settle()


def contract_shortened(scene: Scene) -> None:
    """The contract now ends within the deferred period."""
    deferred = scene.choose(DEFERRED)["deferred_days"]
    scene.onset = scene.issued - days(scene.rng.randint(3, deferred - 16))
    scene.released = None
    scene.settle()
    scene.end_contract_on(scene.onset + days(deferred - scene.rng.randint(1, 4)))


def large_release_in_arrears(scene: Scene) -> None:
    large_release(scene)
    owe_premium(scene)


# Several at once


def gap_and_arrears(scene: Scene) -> None:
    gap_between_notes(scene)
    owe_premium(scene)


def no_stamp_and_gap(scene: Scene) -> None:
    gap_between_notes(scene)
    scene.notice["formally_correct"] = False


def cancelled_and_account_blocked(scene: Scene) -> None:
    cancelled_contract(scene)
    _block(scene)


def death_reported(scene: Scene) -> None:
    scene.settle()
    _claim_death(scene, who=0)


def recovered_earlier_with_recourse(scene: Scene) -> None:
    recovered_earlier(scene)
    _owe_recourse(scene)


def disabled_and_other_onset(scene: Scene) -> None:
    other_onset(scene)
    _disability(scene, 0)


def arrears_on_other_contract(scene: Scene) -> None:
    """All or nothing: what stands against one contract refers the note for all."""
    scene.settle(elsewhere=True)
    owe_premium(scene, place=1)


def hopeless(scene: Scene) -> None:
    """Four findings in one note."""
    gap_and_arrears(scene)
    _owe_recourse(scene)
    scene.notice["formally_correct"] = False
