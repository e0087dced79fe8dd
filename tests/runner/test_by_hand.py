"""Work items by hand: correct and run again, act, close; what moves money waits for a second person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from work_support import ON, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

EFFECTS = ("claims", "releases", "instalments", "proofs", "letters", "movements", "postings")


def someone(actor: str = "kurz", words: str = "Attest liegt vor", **overrides: Any) -> Any:
    """A clerk."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, overrides)


def act(item: int, *wanted: Thing, who: Any = None, version: int | None = None) -> Any:
    """What ``work-items act --yes`` does."""
    from dunkelwerk.runner import handling

    return handling.act(item, wanted, who or someone(), version=version)


def correct(item: int, who: Any = None, version: int | None = None, **changes: Any) -> int:
    """What ``work-items correct`` does."""
    from dunkelwerk.runner import handling

    return handling.correct(item, changes, who or someone(), version=version)


def close(item: int, who: Any = None) -> None:
    """What ``work-items close`` does."""
    from dunkelwerk.runner import handling

    handling.close(item, who or someone())


def confirm(identity: int, actor: str = "weber") -> Any:
    """What ``proposals confirm`` does."""
    from dunkelwerk.runner import second_check

    return second_check.confirm(identity, someone(actor, "geprüft"))


def referred(world: World, *lines: Thing, **changes: Any) -> int:
    """A note that lacks its signature, on its way to a clerk; the work item."""
    world.load(*(lines or (household(1),)))
    world.receive(note(1, formally_correct=False, **changes))
    assert world.work() == {"referred": 1}
    return world.items()[-1]["id"]


def item_states(world: World) -> list[tuple[str, str]]:
    """Task and state of every work item."""
    return [(each["task"], each["state"]) for each in world.items()]


EXTEND = {"type": "extend_benefit", "until": "2026-11-30"}
PROVE = {"type": "record_proof", "until": "2026-11-30"}


def test_a_corrected_notice_is_a_numbered_attempt_that_is_decided(world: World) -> None:
    item = referred(world)
    correct(item, formally_correct=True)
    attempts = world.rows("SELECT attempt, state FROM notice ORDER BY id")
    assert attempts == [{"attempt": 1, "state": "replaced"}, {"attempt": 2, "state": "waiting"}]
    assert world.broken() == []
    assert world.work() == {"settled": 1}
    assert world.rows("SELECT attempt, state FROM notice ORDER BY id")[1]["state"] == "settled"
    assert item_states(world) == [("referral", "done")]
    assert world.broken() == []


def test_who_corrected_a_notice_does_not_examine_its_next_attempt(world: World) -> None:
    item = referred(world)
    correct(item, formally_correct=True)
    assert world.work(authority_limit="300.00") == {"proposed": 1}
    from dunkelwerk.runner import second_check

    with pytest.raises(CommandError, match="kurz hat diese Meldung schon bearbeitet"):
        second_check.confirm(1, someone(authority_limit="300.00"))
    assert second_check.confirm(1, someone("weber", authority_limit="300.00")).state == "confirmed"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issued_on": "31.10.2026"}, "issued_on: kein gültiges Datum"),
        ({"colour": "red"}, "das Feld colour ist unbekannt"),
        ({"process": "no_such"}, "process: diesen Prozess gibt es nicht"),
        ({"contract": ""}, "contract: darf nicht leer sein"),
    ],
)
def test_what_no_process_could_read_is_no_correction(world: World, changes: Thing, sentence: str) -> None:
    item = referred(world)
    with pytest.raises(CommandError, match=sentence):
        correct(item, **changes)
    assert world.states() == {"N-1": "referred"}
    assert item_states(world) == [("referral", "open")]


def test_an_extension_by_hand_brings_its_instalments_and_waits_for_a_second_person(world: World) -> None:
    item = referred(world)
    before = {name: rows for name, rows in world.picture().items() if name in EFFECTS}
    done = act(item, PROVE, EXTEND, {"type": "send_letter", "template": "settlement"})
    assert {name: rows for name, rows in world.picture().items() if name in EFFECTS} == before
    assert item_states(world) == [("referral", "in_check"), ("second_check", "open")]
    assert world.states() == {"N-1": "referred"}
    assert world.broken() == []
    with pytest.raises(CommandError, match="kurz hat diese Meldung schon bearbeitet"):
        confirm(done.proposal, "kurz")
    assert confirm(done.proposal).state == "confirmed"
    assert world.states() == {"N-1": "handled"}
    assert item_states(world) == [("referral", "done"), ("second_check", "done")]
    made = world.rows("SELECT action, mode, amount::text FROM movement ORDER BY id")
    assert [(row["action"], row["amount"]) for row in made] == [
        ("record_proof", None),
        ("extend_benefit", None),
        ("release_instalment", "312.50"),
        ("send_letter", None),
    ]
    assert {row["mode"] for row in made} == {"clerk"}
    assert world.broken() == []


def test_a_clerks_work_is_the_same_as_the_dark_processs(world: World) -> None:
    """Claims, releases, instalments, proofs, postings: the same actions went through the same apply."""
    world.load(household(1))
    dark = world.copy()
    dark.receive(note(1))
    assert dark.work() == {"settled": 1}
    world.receive(note(1, formally_correct=False))
    world.work()
    confirm(act(1, EXTEND, PROVE, {"type": "send_letter", "template": "settlement"}).proposal)
    ours, theirs = world.picture(), dark.picture()
    for name in ("claims", "releases", "instalments", "proofs", "letters", "postings"):
        assert ours[name] == theirs[name]


def test_what_moves_no_money_takes_effect_at_once(world: World) -> None:
    item = referred(world, incapacity_until="2026-11-20", final=True)
    done = act(item, PROVE, {"type": "close_claim", "reason": "recovered"}, who=someone(words=""))
    assert done.proposal is None
    assert world.states() == {"N-1": "handled"}
    closed = world.rows("SELECT status, closing_reason, recovered_on, proven_until FROM claim")
    assert closed == [
        {
            **{"status": "closed", "closing_reason": "recovered"},
            **{"recovered_on": date(2026, 11, 20), "proven_until": date(2026, 11, 30)},
        }
    ]
    assert world.broken() == []


def test_an_adverse_closing_waits_for_a_second_person(world: World) -> None:
    item = referred(world)
    with pytest.raises(CommandError, match="braucht eine Begründung"):
        act(item, {"type": "close_claim", "reason": "age_limit"}, who=someone(words=""))
    assert act(item, {"type": "close_claim", "reason": "age_limit"}).proposal is not None


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([], "Kein Geschäftsvorfall"),
        ([{"type": "record_proof", "until": "2026-10-30"}], "nachgewiesen ist schon bis 30.10.2026"),
        ([{"type": "extend_benefit", "until": "2026-10-30"}], "nichts mehr freizugeben"),
        ([{"type": "extend_benefit", "until": "2028-04-13"}], "endet spätestens am 12.04.2028"),
        ([EXTEND, EXTEND], "nur einmal je Leistungsfall"),
        ([{"type": "release_instalment", "due": "2026-11-15", "amount": "1.00"}], "gehört zu einer Verlängerung"),
        (
            [EXTEND, {"type": "release_instalment", "due": "2026-11-15", "amount": "0.00"}],
            "größer als null",
        ),
        (
            [EXTEND, *[{"type": "release_instalment", "due": "2026-11-15", "amount": "1.00"}] * 2],
            "zwei Raten mit derselben Fälligkeit",
        ),
        ([EXTEND, {"type": "offset_recourse", "due": "2026-11-15", "amount": "312.51"}], "höchstens die Rate"),
        ([EXTEND, {"type": "offset_recourse", "due": "2026-11-15", "amount": "0.01"}], "so viel Regress ist nicht"),
        ([{"type": "close_claim", "reason": "boredom"}], "reason ist eines von"),
        ([{"type": "send_letter", "template": "poem"}], "template ist eines von"),
        ([{"type": "extend_benefit", "until": "soon"}], "until: kein gültiges Datum"),
        ([{"type": "pay_me", "amount": "1"}], "Geschäftsvorfall pay_me"),
        ([{**PROVE, "claim": "C-9"}], "diesen Leistungsfall enthält die Akte nicht"),
        ([{"type": "undo", "movement": 1, "action": "record_proof", "how": "cancelled"}], "von Hand nicht möglich"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(world: World, wanted: list[Thing], sentence: str) -> None:
    item = referred(world)
    with pytest.raises(CommandError, match=sentence):
        act(item, *wanted)
    assert item_states(world) == [("referral", "open")]
    assert world.rows("SELECT FROM movement") == []


def test_the_limit_of_an_extension_by_hand(world: World) -> None:
    """The last day with benefit is released; one more was refused above."""
    item = referred(world)
    confirm(act(item, {"type": "extend_benefit", "until": "2028-04-12"}).proposal)
    assert world.value("SELECT released_until FROM claim") == date(2028, 4, 12)
    assert world.value("SELECT count(*) FROM instalment") == 17
    assert world.broken() == []


def test_a_discarded_composition_goes_back_to_its_clerk(world: World) -> None:
    from dunkelwerk.runner import second_check

    item = referred(world)
    done = act(item, EXTEND)
    second_check.discard(done.proposal, someone("weber", "Das Attest ist vom Hausarzt nicht bestätigt"))
    assert item_states(world) == [("referral", "open"), ("second_check", "done")]
    assert world.states() == {"N-1": "referred"}
    assert world.broken() == []
    assert act(item, EXTEND).proposal == done.proposal + 1


def test_a_composition_is_stale_when_its_claim_changed(world: World) -> None:
    """The amount it would pay is another one now."""
    item = referred(world)
    done = act(item, EXTEND)
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1), instalment="300.00")))
    result = confirm(done.proposal)
    assert (result.state, result.successor) == ("stale", done.proposal + 1)
    assert confirm(result.successor).state == "confirmed"
    assert str(world.value("SELECT amount FROM instalment")) == "300.00"
    assert world.states() == {"N-1": "handled"}
    assert world.broken() == []


def test_nobody_acts_on_a_claim_whose_proposal_waits(world: World) -> None:
    item = referred(world)
    world.receive(note(1, name="N-2"))
    assert world.work(authority_limit="300.00") == {"proposed": 1}
    with pytest.raises(CommandError, match="wartet schon Vorschlag 1"):
        act(item, EXTEND)


def test_a_review_releases_the_rest(world: World) -> None:
    world.load(household(1))
    world.receive(note(1, incapacity_until="2026-12-20"))
    assert world.work() == {"settled": 1}
    (review,) = world.items()
    confirm(act(review["id"], {"type": "extend_benefit", "until": "2026-12-20"}).proposal)
    assert world.value("SELECT released_until FROM claim") == date(2026, 12, 20)
    assert world.states() == {"N-1": "settled"}
    assert item_states(world) == [("review", "done"), ("second_check", "done")]
    assert world.broken() == []


def test_an_item_is_closed_with_a_reason_once(world: World) -> None:
    item = referred(world)
    with pytest.raises(CommandError, match="in eigenen Worten"):
        close(item, someone(words=" "))
    close(item)
    assert world.states() == {"N-1": "handled"}
    with pytest.raises(CommandError, match="schon erledigt"):
        close(item)
    for change in (lambda: act(item, EXTEND), lambda: correct(item, formally_correct=True)):
        with pytest.raises(CommandError, match="schon erledigt"):
            change()
    assert world.broken() == []


def test_a_second_check_is_not_closed_by_hand(world: World) -> None:
    world.load(household(1))
    world.receive(note(1))
    world.work(authority_limit="300.00")
    (item,) = world.items()
    with pytest.raises(CommandError, match="bestätigen oder verwerfen"):
        close(item["id"])
    with pytest.raises(CommandError, match="nicht von Hand"):
        act(item["id"], EXTEND)


def test_who_looked_at_an_older_state_must_look_again(world: World) -> None:
    item = referred(world)
    with pytest.raises(CommandError, match="Fassung 1"):
        act(item, PROVE, version=2)
    assert act(item, PROVE, version=1).proposal is None


def test_a_claim_that_was_left_out_is_done_by_hand(world: World) -> None:
    both = case_file(
        contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1), recourse_open="5.00")
    )
    world.load(both)
    world.receive(note(1))
    assert world.work(isolation="per_claim") == {"partial": 1}
    (item,) = world.items()
    offset = {"type": "offset_recourse", "due": "2026-11-15", "amount": "5.00"}
    confirm(act(item["id"], EXTEND, offset).proposal)
    assert world.states() == {"N-1": "partial"}
    assert str(world.value("SELECT recourse_open FROM contract WHERE number = 'RS-2'")) == "0.00"
    assert world.broken() == []


def test_a_notice_without_contract_is_corrected_first(world: World) -> None:
    world.load(household(1))
    world.receive(note(1, on="RS-unknown"))
    assert world.work() == {"referred": 1}
    (item,) = world.items()
    with pytest.raises(CommandError, match="RS-unknown gibt es keine Akte"):
        act(item["id"], PROVE)
    correct(item["id"], contract="RS-1")
    assert world.work() == {"settled": 1}
    assert world.broken() == []


def test_a_clerk_sees_reasons_evidence_and_trace_of_the_claim_alone(world: World) -> None:
    from dunkelwerk.runner.handling import look

    both = case_file(
        contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1), recourse_open="5.00")
    )
    world.load(both)
    world.receive(note(1))
    world.work(isolation="per_claim")
    seen = look(1, someone())
    assert [each["code"] for each in seen.reasons] == ["recourse_open"]
    assert seen.reasons[0]["evidence"] == {"recourse_open": "5.00"}
    assert seen.said["id"] == "N-1"
    assert {checked["code"] for traced in seen.trace for checked in traced["checks"]} >= {"proof_gap", "recourse_open"}


def test_of_a_shadow_run_the_clerk_is_told_nothing(world: World) -> None:
    from dunkelwerk.runner.handling import look

    world.load(household(1))
    world.run(
        "INSERT INTO process_setting (process, mode, seed, watched, tally_from, version)"
        " VALUES ('follow_up_sick_note', 'shadow', '', 200, 0, 1)"
    )
    world.receive(note(1, formally_correct=False))
    assert world.work() == {"referred": 1}
    seen = look(1, someone())
    assert (seen.reasons, seen.trace, seen.row.reasons) == ([], [], [])
    assert world.broken() == []
