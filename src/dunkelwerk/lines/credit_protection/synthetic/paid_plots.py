"""Plots of notes that nothing speaks against: what differs from the usual case, and nothing else."""

from datetime import date, timedelta

from dunkelwerk.lines.credit_protection.synthetic.claims import Claim, accept, add_claim, add_months, close, due_dates
from dunkelwerk.lines.credit_protection.synthetic.people import pick
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, days
from dunkelwerk.lines.credit_protection.synthetic.tariffs import (
    DAILY,
    DEFERRED,
    DUE_DATE,
    UNCAPPED,
    UNCAPPED_DUE_DATE,
    UNTIL_60,
    WITH_UNEMPLOYMENT,
)


def plain_extension(scene: Scene) -> None:
    scene.choose(DUE_DATE)
    scene.settle()


def plain_daily_extension(scene: Scene) -> None:
    scene.choose(DAILY)
    scene.settle()


def several_contracts(scene: Scene) -> None:
    scene.settle(elsewhere=True)


def other_contract_left_alone(scene: Scene) -> None:
    scene.settle(elsewhere=False)


def second_contract_named(scene: Scene) -> None:
    scene.settle(elsewhere=True)
    scene.notice["contract"] = scene.contracts[1]["number"]


def earlier_claims_closed(scene: Scene) -> None:
    """An illness and an unemployment long ago do not matter."""
    scene.choose(WITH_UNEMPLOYMENT)
    scene.onset = scene.proven - days(scene.rng.randint(60, 270))
    scene.history = 600
    scene.settle()
    terms, long_ago = scene.terms[0], scene.onset - days(400)
    for cause, onset in (("illness", long_ago), ("unemployment", long_ago + days(200))):
        claim = _earlier(scene, cause, onset)
        close(claim, ended=onset + days(80), reason="recovered" if cause == "illness" else "new_job")
    # The earlier claims came first, whatever their number.
    terms.claims.sort(key=lambda claim: str(claim["onset"]))


def _earlier(scene: Scene, cause: str, onset: date, who: int = 0) -> Claim:
    terms, ended = scene.terms[0], onset + days(80)
    icd = ["J18.9"] if cause == "illness" else []
    claim = add_claim(terms, person=scene.persons[who]["id"], cause=cause, status="accepted", onset=onset, icd=icd)
    return accept(terms, claim, born=scene.born[who], onset=onset, proven=ended, released=ended, on=scene.on)


def diagnosis_on_note_only(scene: Scene) -> None:
    code, scene.icd = scene.icd, ""
    scene.settle()
    scene.notice["icd"] = [code]


def cut_note(scene: Scene) -> None:
    """The note runs longer than the table extends for its diagnosis."""
    scene.until = scene.issued + days(scene.extension_days + scene.rng.randint(1, 60))
    scene.settle()


def cut_open_ended_note(scene: Scene) -> None:
    scene.until = None
    scene.settle()


def proof_only(scene: Scene) -> None:
    """A cut note that releases nothing: as much is released already."""
    scene.proven = scene.released = scene.issued + days(scene.extension_days + 5)
    scene.until = scene.proven + days(20)
    scene.settle()


def final_note(scene: Scene) -> None:
    scene.until = max(scene.proven, scene.issued) + days(scene.rng.randint(1, 6))
    settle_finally(scene)


def settle_finally(scene: Scene) -> None:
    """Settle, and make the note a final one."""
    scene.settle()
    scene.notice["final"] = True


def final_note_nothing_to_release(scene: Scene) -> None:
    scene.proven = scene.released = scene.until = scene.issued + days(scene.rng.randint(2, 7))
    settle_finally(scene)


def final_note_within_proven_days(scene: Scene) -> None:
    """An earlier note was cut; the person recovered before its end, after what is released."""
    scene.released, scene.proven = scene.issued - days(5), scene.issued + days(10)
    scene.until = scene.issued + days(scene.rng.randint(0, 4))
    settle_finally(scene)


def final_note_in_deferred_period(scene: Scene) -> None:
    _fall_ill_recently(scene)
    settle_finally(scene)


def final_note_first_release(scene: Scene) -> None:
    _reach_benefit_with_note(scene)
    settle_finally(scene)


def deferred_period(scene: Scene) -> None:
    _fall_ill_recently(scene)
    scene.settle()


def _fall_ill_recently(scene: Scene) -> None:
    """An onset so late that the note ends within the deferred period."""
    deferred = scene.choose(DEFERRED)["deferred_days"]
    scene.until = scene.issued + days(scene.rng.randint(7, 14))
    scene.onset = scene.issued - days(scene.rng.randint(3, deferred - 15))
    scene.released = None


def first_release(scene: Scene) -> None:
    _reach_benefit_with_note(scene)
    scene.settle()


def _reach_benefit_with_note(scene: Scene) -> None:
    deferred = scene.choose(DEFERRED)["deferred_days"]
    scene.onset = scene.issued + days(scene.rng.randint(-8, 7) - deferred)
    scene.released = None


def ends_with_contract(scene: Scene) -> None:
    last = _last_day(scene)
    scene.settle()
    scene.end_contract_on(last)
    if scene.rng.random() < 0.5:  # else the contract was shortened after acceptance
        scene.claim["benefit_limit"] = min(scene.claim["benefit_limit"], last.isoformat())


def _last_day(scene: Scene) -> date:
    """A last day with benefit, reached by the note: after what is released, so that the note closes the claim."""
    last = max(scene.on, scene.proven) + days(scene.rng.randint(1, 6))
    scene.until = max(scene.until or last, last)
    return last


def ends_with_age_limit(scene: Scene) -> None:
    scene.tariffs = [pick(scene.rng, UNTIL_60.tariffs)]
    reached = _last_day(scene) + days(1)
    scene.born[0] = add_months(reached, -12 * 60)
    scene.person["birth_date"] = scene.born[0].isoformat()
    scene.onset = scene.proven - days(scene.rng.randint(60, 270))
    scene.settle()


def ends_with_duration(scene: Scene) -> None:
    cover = scene.choose(DUE_DATE if scene.rng.random() < 0.5 else DAILY)
    scene.used = pick(scene.rng, (0, 0, 0, 2, 5))
    months = cover["max_months"] - scene.used
    last = _last_day(scene)
    while add_months(add_months(last + days(1), -months), months) != last + days(1):
        last -= days(1)  # 29 to 31 of a month have no counterpart in a shorter one
    benefit_from = add_months(last + days(1), -months)
    scene.onset = benefit_from - days(cover["deferred_days"])
    scene.settle()


def nothing_new(scene: Scene) -> None:
    scene.proven = scene.released = scene.issued + days(scene.rng.randint(8, 13))
    scene.until = scene.proven - days(scene.rng.randint(0, 4))
    scene.settle()


def proven_earlier(scene: Scene) -> None:
    """What an earlier, cut note proved is released; the new note proves no further day."""
    scene.released, scene.proven = scene.issued - days(scene.rng.randint(0, 6)), scene.issued + days(30)
    scene.until = scene.issued + days(scene.rng.randint(7, 14))
    scene.settle()


def backlog_released(scene: Scene) -> None:
    """An earlier note was cut and its rest never released: the new note covers it as well."""
    scene.released = scene.proven - days(scene.rng.randint(5, 20))
    scene.settle()


def two_notes_in_succession(scene: Scene) -> None:
    """Two notes on one day's inbox, the second running longer."""
    scene.proven = scene.released = scene.issued + days(4)
    scene.until = scene.issued + days(7)
    scene.settle()
    scene.until, scene.received = scene.issued + days(14), scene.on
    scene.notices.append(scene.note())


def same_note_twice(scene: Scene) -> None:
    """One note by post and by e-mail: the second has nothing new to say."""
    scene.settle()
    scene.notices.append({**scene.notice, "id": f"{scene.notice['id'][:-1]}2"})


def partner_ill_on_own_contract(scene: Scene) -> None:
    """Of a joint contract one person, of another the partner: two notes whose case files meet."""
    scene.settle()
    place = len(scene.shape) - 1
    scene.fall_ill(place, who=1)
    scene.notices.append(scene.note(who=1, place=place))


def partner_ill_earlier(scene: Scene) -> None:
    """The partner's benefit under the joint contract ended before the days to be released."""
    scene.onset = scene.proven - days(scene.rng.randint(60, 200))
    scene.history = 150
    scene.settle()
    close(_earlier(scene, "illness", scene.onset - days(120), who=1), ended=scene.onset - days(40), reason="recovered")


def return_made_good(scene: Scene) -> None:
    """A payment came back and was replaced."""
    scene.onset = scene.issued - days(scene.rng.randint(150, 270))
    scene.settle()
    returned = scene.claim["instalments"][0]
    returned["status"] = "returned"
    again = {**returned, "id": f"{returned['id']}R", "status": "paid", "replaces": returned["id"]}
    scene.claim["instalments"].insert(1, again)


def recovery_announced(scene: Scene) -> None:
    """The person announced the end of illness; the note does not go beyond it."""
    scene.settle()
    scene.claim["recovered_on"] = scene.until.isoformat() if scene.until else None


def disability_declined(scene: Scene) -> None:
    scene.settle()
    onset = scene.issued - timedelta(days=50)
    add_claim(scene.terms[0], person=scene.person["id"], cause="disability", status="declined", onset=onset, icd=[])


def exactly_the_authority(scene: Scene) -> None:
    release_two_instalments(scene, cents=250_000)


def one_cent_above_the_authority(scene: Scene) -> None:
    release_two_instalments(scene, cents=250_001)


def release_two_instalments(scene: Scene, *, cents: int) -> None:
    """Exactly two due dates lie within the days to be released."""
    scene.choose(UNCAPPED_DUE_DATE)
    scene.cents, scene.due_day = cents, scene.rng.randint(1, 28)
    scene.until = scene.issued + days(14)
    first = due_dates(scene.until - days(70), scene.until, scene.due_day)[-2]
    scene.released = first - days(1)
    scene.onset = scene.issued - days(scene.rng.randint(150, 270))
    scene.settle()


def large_release(scene: Scene) -> None:
    wait_long(scene)
    scene.choose(UNCAPPED)
    scene.cents = scene.rng.randint(290_000, 420_000)
    scene.settle()


def wait_long(scene: Scene) -> None:
    """More than two months to be released: at least two instalments."""
    scene.released, scene.until = scene.issued - days(50), scene.issued + days(14)
    scene.onset = scene.issued - days(scene.rng.randint(130, 270))


def large_release_together(scene: Scene) -> None:
    """No contract exceeds the authority, together they do."""
    wait_long(scene)
    scene.tariffs = [pick(scene.rng, UNCAPPED.tariffs) for _ in scene.shape]
    scene.cents = scene.rng.randint(135_000, 160_000)
    scene.settle(elsewhere=True)
