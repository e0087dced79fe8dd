"""The second check: decided anew by somebody who never touched it. The same takes effect, the rest is shown again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from work_support import ON, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

LOW: Thing = {"authority_limit": "300.00"}
EFFECTS = ("claims", "releases", "instalments", "proofs", "letters")


def someone(actor: str = "weber", words: str = "", **overrides: Any) -> Any:
    """Who acts, with the parameters under which the proposals came about."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, {**LOW, **overrides})


def proposed(world: World, *households: Thing, **changes: Any) -> list[int]:
    """Proposals for a note on each household; their numbers."""
    world.load(*(households or (household(1),)))
    world.receive(*(note(n, **changes) for n in range(1, 1 + max(1, len(households)))))
    world.work(**LOW)
    return [row["id"] for row in world.rows("SELECT id FROM proposal ORDER BY id")]


def confirm(identity: int, person: Any) -> Any:
    """What ``proposals confirm`` does."""
    from dunkelwerk.runner import second_check

    return second_check.confirm(identity, person)


def discard(identity: int, person: Any) -> Any:
    """What ``proposals discard`` does."""
    from dunkelwerk.runner import second_check

    return second_check.discard(identity, person)


def postings(world: World) -> list[Thing]:
    """All postings, without numbers."""
    return world.rows("SELECT event, debit, credit, amount FROM posting ORDER BY id")


def test_a_confirmed_proposal_leaves_the_same_world_as_a_dark_case(world: World) -> None:
    world.load(household(1))
    dark = world.copy()
    dark.receive(note(1))
    assert dark.work() == {"settled": 1}
    world.receive(note(1))
    assert world.work(**LOW) == {"proposed": 1}
    assert world.rows("SELECT FROM movement UNION ALL SELECT FROM posting UNION ALL SELECT FROM letter_order") == []
    assert confirm(1, someone()).state == "confirmed"
    ours, theirs = world.picture(), dark.picture()
    assert {name: ours[name] for name in EFFECTS} == {name: theirs[name] for name in EFFECTS}
    assert postings(world) == postings(dark)
    assert world.states() == {"N-1": "settled"}
    assert world.rows("SELECT DISTINCT mode FROM movement") == [{"mode": "second_check"}]
    record = "SELECT actor, effective, outcome FROM decision_record ORDER BY id DESC LIMIT 1"
    assert world.rows(record) == [{"actor": "weber", "effective": True, "outcome": "second_check"}]
    assert [each["state"] for each in world.items()] == ["done"]
    assert world.broken() == []


@pytest.mark.parametrize("actor", ["test", "TEST", " test "])
def test_who_brought_the_notice_does_not_examine_it(world: World, actor: str) -> None:
    (one,) = proposed(world)
    for decide in (confirm, discard):
        with pytest.raises(CommandError, match="hat diese Meldung schon bearbeitet"):
            decide(one, someone(actor, "aus gutem Grund"))
    assert world.states() == {"N-1": "proposed"}
    assert confirm(one, someone("test2")).state == "confirmed"


def test_words_are_needed_to_discard_and_to_confirm_what_is_adverse(world: World) -> None:
    usual, adverse = proposed(world, household(1), household(2, benefit_limit="2026-11-29"))
    with pytest.raises(CommandError, match="in eigenen Worten"):
        confirm(adverse, someone(words="  "))
    with pytest.raises(CommandError, match="in eigenen Worten"):
        discard(usual, someone())
    assert confirm(usual, someone()).state == "confirmed"
    assert confirm(adverse, someone(words="Höchstdauer erreicht")).state == "confirmed"
    closed = world.rows("SELECT status, closing_reason FROM claim ORDER BY id DESC LIMIT 1")
    assert closed == [{"status": "closed", "closing_reason": "max_duration"}]
    assert world.value("SELECT count(*) FROM deed WHERE words IS NOT NULL") == 1
    assert world.value("SELECT count(*) FROM deed WHERE position('Höchstdauer'::bytea in words) > 0") == 0
    assert world.broken() == []


def test_nothing_remains_of_a_discarded_proposal_and_a_clerk_gets_the_notice(world: World) -> None:
    before = {name: rows for name, rows in world.picture().items() if name in EFFECTS}
    (one,) = proposed(world)
    before = {name: rows for name, rows in world.picture().items() if name in EFFECTS}
    assert discard(one, someone(words="Unterschrift fehlt")).state == "discarded"
    assert {name: rows for name, rows in world.picture().items() if name in EFFECTS} == before
    assert world.states() == {"N-1": "referred"}
    items = [(each["task"], each["state"], each["reasons"]) for each in world.items()]
    assert items == [("second_check", "done", ["above_authority"]), ("referral", "open", ["above_authority"])]
    with pytest.raises(CommandError, match="schon entschieden"):
        confirm(one, someone("berg"))
    assert world.broken() == []


def changed(**changes: Any) -> Callable[[World], None]:
    """The core system says something new about the contract."""

    def load(world: World) -> None:
        world.load(case_file(contract("RS-1", [1], claim("C-1", 1), **changes)))

    return load


def other_rules(world: World) -> None:
    """The proposal comes from another version of the rules."""
    world.run("UPDATE proposal SET rules = 'older'")


@pytest.mark.parametrize(
    ("change", "successor"),
    [
        pytest.param(changed(instalment="310.00"), True, id="other actions"),
        pytest.param(other_rules, True, id="other rules"),
        pytest.param(changed(recourse_open="5.00"), False, id="now to be referred"),
        pytest.param(changed(instalment="299.00"), True, id="now it would have gone dark"),
    ],
)
def test_what_is_no_longer_the_same_is_stale_and_shown_again(
    world: World, change: Callable[[World], None], successor: bool
) -> None:
    (one,) = proposed(world)
    change(world)
    result = confirm(one, someone())
    assert (result.state, result.successor is not None) == ("stale", successor)
    assert world.rows("SELECT FROM movement UNION ALL SELECT FROM posting UNION ALL SELECT FROM letter_order") == []
    assert world.states() == {"N-1": "proposed" if successor else "referred"}
    assert world.broken() == []
    if successor:  # who met the stale one may examine the next
        assert confirm(result.successor, someone()).state == "confirmed"
        assert world.states() == {"N-1": "settled"}
        assert world.broken() == []


def test_facts_that_matter_to_nothing_proposed_do_not_make_it_stale(world: World) -> None:
    (one,) = proposed(world)
    changed(payee={"name": "Andere Bank"})(world)
    assert confirm(one, someone()).state == "confirmed"


def test_a_later_notice_joins_and_is_decided_after_the_confirmation(world: World) -> None:
    (one,) = proposed(world)
    later = {"incapacity_until": "2026-12-20", "issued_on": "2026-12-01", "received_on": "2026-12-02"}
    world.receive(note(1, name="N-later", **later))
    assert world.work() == {"joined": 1}
    assert world.work() == {}
    assert world.states() == {"N-1": "proposed", "N-later": "joined"}
    assert world.broken() == []
    confirm(one, someone())
    assert world.states() == {"N-1": "settled", "N-later": "waiting"}
    assert world.work() == {"settled": 1}
    assert str(world.value("SELECT released_until FROM claim")) == "2026-12-20"
    assert world.broken() == []


def test_a_joined_notice_is_free_after_discarding_and_stays_joined_to_what_replaces_a_stale_one(world: World) -> None:
    (one,) = proposed(world)
    world.receive(note(1, name="N-later", incapacity_until="2026-11-25"))
    world.work()
    other_rules(world)
    result = confirm(one, someone())
    assert world.states() == {"N-1": "proposed", "N-later": "joined"}
    assert world.broken() == []
    discard(result.successor, someone(words="nein"))
    assert world.states() == {"N-1": "referred", "N-later": "waiting"}
    assert world.work() == {"settled": 1}
    assert world.broken() == []


def test_a_proposal_is_decided_anew_in_its_own_mode(world: World) -> None:
    """Drawn by a sample, it is still the same after the sample is gone."""
    world.load(household(1))
    world.run("INSERT INTO process_setting (process, mode, seed, sample, watched, tally_from, version)"
              " VALUES ('follow_up_sick_note', NULL, '', 1, 200, 0, 1)")  # fmt: skip
    world.receive(note(1))
    assert world.work() == {"proposed": 1}
    assert world.rows("SELECT mode FROM proposal") == [{"mode": "second_check"}]
    world.run("UPDATE process_setting SET sample = NULL")
    assert confirm(1, someone(authority_limit="5000.00")).state == "confirmed"
    assert world.broken() == []


def test_what_the_database_refuses_is_said_and_the_proposal_stays(world: World) -> None:
    """Days that another release holds: nobody can release them again."""
    (one,) = proposed(world)
    world.run(
        """INSERT INTO release (claim_id, contract, person, cause, days, origin)
           SELECT id, contract_id, person_id, 'unemployment', '[2026-11-10,2026-11-12)', 0 FROM claim"""
    )
    with pytest.raises(CommandError, match=r"Das geht nicht: .*release_once"):
        confirm(one, someone())
    assert world.states() == {"N-1": "proposed"}
    assert world.rows("SELECT FROM movement UNION ALL SELECT FROM posting") == []


def test_looking_changes_nothing_and_shows_both_worlds_postings_and_letter(world: World) -> None:
    from dunkelwerk.runner import second_check

    (one,) = proposed(world)
    before = world.picture()
    view = second_check.view(one, someone())
    assert world.picture() == before
    assert (view.stale, view.fault) == (False, None)
    (old,), (new,) = view.before.values(), view.after.values()
    changes = {label: (old.get(label), value) for label, value in new.items() if old.get(label) != value}
    assert changes == {
        "Nachgewiesen bis": ("30.10.2026", "30.11.2026"),
        "Freigegeben bis": ("30.10.2026", "30.11.2026"),
        "Rate 15.11.2026": (None, "312,50 € freigegeben"),
    }
    assert view.postings == [("instalment_released", "claims_expense:illness", "payable", Decimal("312.50"))]
    assert len(view.letters) == 1


@pytest.mark.usefixtures("patient_sessions")
def test_of_two_examiners_at_once_one_is_told_that_it_is_decided(world: World) -> None:
    from django.db import connection

    (one,) = proposed(world)
    said = list[str]()

    def examine(actor: str) -> None:
        try:
            said.append(confirm(one, someone(actor)).state)
        except CommandError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=examine, args=(actor,)) for actor in ("weber", "berg")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["confirmed", f"Über Vorschlag {one} ist schon entschieden (bestätigt)."]
    assert len(postings(world)) == 1
    assert world.broken() == []


def test_an_offset_takes_effect_when_somebody_confirms_it(world: World) -> None:
    """The oldest instalments are set off until nothing is open."""
    debtor = contract("RS-1", [1], claim("C-1", 1, released_until="2026-08-31"), recourse_open="400.00")
    world.load(case_file(debtor))
    world.receive(note(1))
    setting = {"dispositions": {"recourse_open": "offset"}, "authority_limit": "5000.00"}
    assert world.work(**setting) == {"proposed": 1}
    assert confirm(1, someone(words="Regress besteht", **setting)).state == "confirmed"
    rows = world.rows("SELECT due, amount, set_off, status FROM instalment ORDER BY due")
    assert [tuple(map(str, row.values())) for row in rows] == [
        ("2026-09-15", "312.50", "312.50", "offset"),
        ("2026-10-15", "312.50", "87.50", "released"),
        ("2026-11-15", "312.50", "0.00", "released"),
    ]
    posted = world.rows("SELECT event, sum(amount)::text AS amount FROM posting GROUP BY event ORDER BY event")
    assert [tuple(row.values()) for row in posted] == [("instalment_released", "937.50"), ("offset", "400.00")]
    assert str(world.value("SELECT recourse_open FROM contract")) == "0.00"
    assert world.broken() == []


def test_claims_left_out_stay_with_their_clerk_after_the_confirmation(world: World) -> None:
    """Two contracts, one with open recourse: the other is confirmed, the notice is partly settled."""
    both = case_file(
        contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1), recourse_open="5.00")
    )
    world.load(both)
    world.receive(note(1))
    setting = {"isolation": "per_claim", "authority_limit": "400.00"}
    assert world.work(**setting) == {"proposed": 1}
    assert confirm(1, someone(**setting)).state == "confirmed"
    assert world.states() == {"N-1": "partial"}
    left = [(each["task"], each["claim"], each["state"]) for each in world.items()]
    assert sorted(left) == [("referral", "C-2", "open"), ("second_check", None, "done")]
    assert world.broken() == []
