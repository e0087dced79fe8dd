"""Recording in the register by hand: each kind takes effect like any other action, in order, with its record."""

from __future__ import annotations

import json
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from first_support import covered
from work_support import ON, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError
from gates import PATIENCE, wait_until

#: sessions that wait for a lock in this database
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE89370400440532013000"


def someone(actor: str = "kurz", words: str = "laut Schreiben", **overrides: Any) -> Any:
    """A clerk."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, overrides)


def record(kind: str, who: Any = None, *, contract: str = "RS-1", claim: str | None = None, **said: Any) -> Any:
    """What ``register set`` does once it knows the place."""
    from dunkelwerk.lines.credit_protection.register import PROCESS
    from dunkelwerk.runner import register

    return register.record(PROCESS, {"type": kind, "contract": contract, "claim": claim, **said}, who or someone())


def recover(on: str | None, who: Any = None) -> Any:
    """The end of claim RS-1/C-1."""
    return record("record_recovery", who, claim="C-1", on=on)


def set_payee(who: Any = None, **said: Any) -> Any:
    """Another payee of RS-1."""
    return record("set_payee", who, **{"name": None, "iban": None, "reference": None, **said})


def confirm(identity: int, actor: str = "weber") -> Any:
    """What ``proposals confirm`` does."""
    from dunkelwerk.runner import second_check

    return second_check.confirm(identity, someone(actor, "Rückruf bei der Bank"))


def standing(world: World) -> Thing:
    """What RS-1 says of payee, arrears, recourse."""
    columns = "payee_name, payee_iban, payee_reference, blocked_since::text, in_arrears, reminded_on::text"
    query = f"SELECT {columns}, arrears_deadline::text, recourse_open::text FROM contract WHERE number = 'RS-1'"
    return world.rows(query)[0]


def paid_to_bank(**changes: Any) -> Thing:
    """Household 1 with an account."""
    return case_file(contract("RS-1", [1], claim("C-1", 1), payee={"name": "Bank AG", "iban": IBAN}, **changes))


def test_an_end_that_was_reported_refers_the_next_note_and_is_lifted_again(world: World) -> None:
    world.load(household(1))
    done = recover("2026-10-31")
    assert done.before["RS-1/C-1"]["Ende gemeldet zum"] == "–"
    assert done.after["RS-1/C-1"]["Ende gemeldet zum"] == "31.10.2026"
    world.receive(note(1))
    assert world.work() == {"referred": 1}
    assert world.reasons()["N-1"] == ["recovery_recorded"]
    recover(None)
    world.receive(note(1, name="N-2"))
    assert world.work() == {"settled": 1}
    moved = world.rows("SELECT claim, cause, period_until::text, mode FROM movement WHERE action = 'record_recovery'")
    assert [tuple(row.values()) for row in moved] == [
        ("C-1", "illness", "2026-10-31", "clerk"),
        ("C-1", "illness", None, "clerk"),
    ]
    assert world.broken() == []


def test_a_change_is_a_notice_a_manual_decision_and_a_deed(world: World) -> None:
    world.load(household(1))
    done = recover("2026-10-31")
    (notice,) = world.rows("SELECT channel, external_id, process, case_key, state, decision FROM notice")
    assert notice == {
        **{"channel": "register", "external_id": done.name, "process": "register_change", "case_key": "RS-1"},
        **{"state": "settled", "decision": done.decision},
    }
    (decision,) = world.rows("SELECT kind, outcome, mode, effective, actor, actions FROM decision_record")
    assert decision == {
        **{"kind": "manual", "outcome": "apply", "mode": "clerk", "effective": True, "actor": "kurz", "actions": 1}
    }
    assert world.rows("SELECT actor, deed FROM toucher") == [{"actor": "kurz", "deed": "recorded"}]
    assert world.rows("SELECT actor, deed, kind FROM deed") == [{"actor": "kurz", "deed": "recorded", "kind": "notice"}]
    assert world.items() == []
    assert world.broken() == []


def test_arrears_are_set_and_lifted_and_what_waits_sees_them(world: World) -> None:
    """A note that waits since before is decided after the change: it is not settled on facts that are known better."""
    world.load(household(1))
    world.receive(note(1))
    record("set_arrears", reminded_on="2026-10-20", deadline="2026-11-03")
    assert world.work() == {"referred": 1}
    assert world.reasons()["N-1"] == ["premium_in_arrears"]
    assert standing(world)["in_arrears"] is True
    record("set_arrears", reminded_on=None, deadline=None)
    assert (standing(world)["in_arrears"], standing(world)["reminded_on"]) == (False, None)
    world.receive(note(1, name="N-2"))
    assert world.work() == {"settled": 1}
    assert world.broken() == []


def test_a_blocked_account_stops_what_is_dark_until_it_is_lifted(world: World) -> None:
    world.load(household(1))
    record("block_account", since="2026-11-01")
    world.receive(note(1))
    assert world.work() == {"referred": 1}
    assert world.reasons()["N-1"] == ["payment_returned"]
    record("block_account", since=None)
    world.receive(note(1, name="N-2"))
    assert world.work() == {"settled": 1}
    assert world.broken() == []


def test_open_recourse_is_offset_from_the_next_instalment(world: World) -> None:
    from dunkelwerk.runner import second_check

    world.load(household(1))
    record("set_recourse", amount="120.00")
    world.receive(note(1))
    rules = {"dispositions": {"recourse_open": "offset"}}
    assert world.work(**rules) == {"proposed": 1}
    assert second_check.confirm(1, someone("weber", **rules)).state == "confirmed"
    assert world.value("SELECT set_off FROM instalment") == Decimal("120.00")
    assert standing(world)["recourse_open"] == "0.00"
    record("set_recourse", amount="80.5")
    assert standing(world)["recourse_open"] == "80.50"
    assert world.broken() == []


def test_an_address_is_where_the_next_letter_goes_on_every_contract(world: World) -> None:
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1))))
    done = record(
        **{"kind": "set_address", "person": "P-1", "street": " Domstr. ", "house_number": "7"},
        **{"postal_code": "50667", "city": "Köln", "country": None},
    )
    assert done.after == {"P-1 · Anschrift": {"Straße": "Domstr. 7", "Ort": "50667 Köln", "Land": "DE"}}
    (row,) = world.rows("SELECT street, house_number, postal_code, city, country FROM person")
    assert list(row.values()) == ["Domstr.", "7", "50667", "Köln", "DE"]
    assert world.rows("SELECT contract, claim FROM movement") == [{"contract": "RS-1", "claim": None}]
    assert world.broken() == []


def test_another_payee_waits_until_somebody_else_confirms(world: World) -> None:
    world.load(paid_to_bank())
    before = standing(world)
    done = set_payee(name="Neue Bank AG", iban="de89 3704 0044 0532 0130 00", reference="Darlehen 9")
    assert standing(world) == before
    assert done.after["RS-1 · Zahlungsempfänger"]["IBAN"] == OTHER_IBAN
    assert world.states() == {done.name: "proposed"}
    assert world.broken() == []
    with pytest.raises(CommandError, match="hat diese Meldung schon bearbeitet"):
        confirm(done.proposal, " KURZ ")
    assert confirm(done.proposal).state == "confirmed"
    now = standing(world)
    assert (now["payee_name"], now["payee_iban"], now["payee_reference"]) == ("Neue Bank AG", OTHER_IBAN, "Darlehen 9")
    assert world.states() == {done.name: "settled"}
    assert [each["state"] for each in world.items()] == ["done"]
    assert world.broken() == []


def test_a_pending_payee_holds_up_no_note_and_admits_no_other(world: World) -> None:
    world.load(paid_to_bank())
    set_payee(name="Neue Bank AG")
    world.receive(note(1))
    assert world.work() == {"settled": 1}
    with pytest.raises(CommandError, match="wartet schon Vorschlag"):
        set_payee(name="Dritte Bank AG")
    record("set_arrears", reminded_on="2026-10-20", deadline="2026-11-03")
    assert confirm(1).state == "confirmed"
    assert world.broken() == []


def test_a_new_account_is_not_blocked_and_another_name_leaves_the_block(world: World) -> None:
    world.load(paid_to_bank())
    record("block_account", since="2026-11-01")
    confirm(set_payee(name="Bank SE").proposal)
    assert standing(world)["blocked_since"] == "2026-11-01"
    confirm(set_payee(iban=OTHER_IBAN).proposal)
    assert standing(world)["blocked_since"] is None
    assert world.broken() == []


def test_a_payee_proposed_before_something_changed_is_stale_and_shown_again(world: World) -> None:
    world.load(paid_to_bank())
    done = set_payee(name="Neue Bank AG")
    record("block_account", since="2026-11-01")
    stale = confirm(done.proposal)
    assert (stale.state, standing(world)["payee_name"]) == ("stale", "Bank AG")
    assert world.states()[done.name] == "proposed"
    assert world.broken() == []
    assert confirm(stale.successor).state == "confirmed"
    assert standing(world)["payee_name"] == "Neue Bank AG"
    assert world.broken() == []


def test_a_discarded_payee_changes_nothing(world: World) -> None:
    from dunkelwerk.runner import second_check

    world.load(paid_to_bank())
    done = set_payee(name="Neue Bank AG")
    with pytest.raises(CommandError, match="schon bearbeitet"):
        second_check.discard(done.proposal, someone())
    second_check.discard(done.proposal, someone("weber"))
    assert standing(world)["payee_name"] == "Bank AG"
    assert world.states() == {done.name: "handled"}
    assert [each["state"] for each in world.items()] == ["done"]
    assert world.broken() == []


def test_a_payee_needs_a_reason(world: World) -> None:
    world.load(paid_to_bank())
    with pytest.raises(CommandError, match="--reason"):
        set_payee(someone(words=" "), name="Neue Bank AG")
    assert world.states() == {}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "record_recovery", "claim": "C-1", "on": "2026-11-03"}, "liegt in der Zukunft"),
        ({"kind": "record_recovery", "claim": "C-1", "on": "2026-03-01"}, "vor dem Eintritt"),
        ({"kind": "record_recovery", "claim": "C-1", "on": None}, "steht das schon so"),
        ({"kind": "record_recovery", "claim": "C-9", "on": None}, "gibt es im Vertrag RS-1 nicht"),
        ({"kind": "set_payee", "name": None, "iban": IBAN[:-1] + "2", "reference": None}, "keine gültige IBAN"),
        ({"kind": "set_payee", "name": "Bank AG", "iban": IBAN, "reference": None}, "steht das schon so"),
        ({"kind": "set_payee", "name": "x" * 141, "iban": None, "reference": None}, "Name: höchstens 140"),
        ({"kind": "set_payee", "name": "  ", "iban": None, "reference": None}, "braucht einen Namen"),
        ({"kind": "block_account", "since": "2026-11-03"}, "liegt in der Zukunft"),
        ({"kind": "block_account", "since": "2024-02-29"}, "vor dem Beginn des Vertrags"),
        ({"kind": "block_account", "since": None}, "steht das schon so"),
        ({"kind": "set_arrears", "reminded_on": "2026-11-03", "deadline": "2026-11-30"}, "liegt in der Zukunft"),
        ({"kind": "set_arrears", "reminded_on": "2026-11-02", "deadline": "2026-11-01"}, "endet vor der Mahnung"),
        ({"kind": "set_arrears", "reminded_on": "2026-11-02", "deadline": None}, "braucht beides"),
        ({"kind": "set_arrears", "reminded_on": None, "deadline": None}, "steht das schon so"),
        ({"kind": "set_recourse", "amount": "1.005"}, "höchstens zwei Nachkommastellen"),
        ({"kind": "set_recourse", "amount": "-0.01"}, "nicht negativ"),
        ({"kind": "set_recourse", "amount": "0"}, "steht das schon so"),
        ({"kind": "set_recourse", "amount": "viel"}, "lässt sich nicht eintragen"),
        ({"kind": "set_recourse", "amount": "1e2"}, "lässt sich nicht eintragen"),
        ({"kind": "record_recovery", "claim": "C-1", "on": "2026-02-30"}, "lässt sich nicht eintragen"),
        ({"kind": "release_instalment", "due": "2026-11-15", "amount": "1.00"}, "lässt sich nicht eintragen"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(world: World, said: Thing, sentence: str) -> None:
    world.load(paid_to_bank())
    with pytest.raises(CommandError, match=sentence):
        record(**said)
    assert world.states() == {}
    assert world.value("SELECT count(*) FROM decision_record") == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"street": " "}, "fehlt: Straße"),
        ({"city": ""}, "fehlt: Ort"),
        ({"postal_code": "5066"}, "fünf Ziffern"),
        ({"postal_code": "506677"}, "fünf Ziffern"),
        ({"country": "DEU"}, "zwei Buchstaben"),
        ({"city": "x" * 36}, "Ort: höchstens 35"),
        ({"person": "P-9"}, "Person P-9 gibt es nicht"),
    ],
)
def test_an_address_that_no_letter_reaches_is_refused(world: World, changes: Thing, sentence: str) -> None:
    world.load(household(1))
    said = {"person": "P-1", "street": "Domstr.", "house_number": "7", "postal_code": "50667", "city": "Köln"}
    with pytest.raises(CommandError, match=sentence):
        record("set_address", **{**said, "country": "DE", **changes})
    assert world.states() == {}


def test_days_of_today_and_limits_of_texts_are_taken(world: World) -> None:
    """The other side of the refusals: today, the first day of contract and claim, the longest text, a foreign code."""
    world.load(paid_to_bank())
    recover("2026-03-02")
    recover(ON.isoformat())
    record("block_account", since="2024-03-01")
    record("set_arrears", reminded_on=ON.isoformat(), deadline=ON.isoformat())
    confirm(set_payee(name="x" * 140).proposal)
    said = {"person": "P-1", "street": "Gasse", "house_number": None, "postal_code": "1010", "city": "x" * 35}
    record("set_address", **said, country="at")
    assert world.value("SELECT country FROM person") == "AT"
    assert world.broken() == []


def test_what_was_recorded_is_not_reversed_but_recorded_again(world: World) -> None:
    from dunkelwerk.runner import reversing

    world.load(household(1))
    done = recover("2026-10-31")
    with pytest.raises(CommandError, match="Eintragung ins Register"):
        reversing.preview(done.decision, someone())
    found = reversing.find(reversing.Wanted(decisions=[done.decision]))
    assert "Eintragung ins Register" in reversing.propose(found, someone()).refused[done.decision]
    assert world.value("SELECT recovered_on FROM claim") is not None
    assert world.broken() == []


def test_an_extract_that_says_nothing_new_leaves_what_was_recorded(world: World) -> None:
    lines = paid_to_bank()
    world.load(lines)
    recover("2026-10-31")
    record("set_arrears", reminded_on="2026-10-20", deadline="2026-11-03")
    record("set_recourse", amount="120.00")
    world.load(lines)
    assert (standing(world)["in_arrears"], standing(world)["recourse_open"]) == (True, "120.00")
    assert world.value("SELECT recovered_on FROM claim") is not None
    world.load(paid_to_bank(recourse_open="10.00"))
    assert (standing(world)["in_arrears"], standing(world)["recourse_open"]) == (False, "10.00")
    assert world.broken() == []


def test_check_finds_what_was_changed_behind_the_register(world: World) -> None:
    world.load(household(1))
    recover("2026-10-31")
    record("set_arrears", reminded_on="2026-10-20", deadline="2026-11-03")
    record("block_account", since="2026-11-01")
    record("set_recourse", amount="120.00")
    assert world.broken() == []
    world.run(
        "UPDATE claim SET recovered_on = NULL",
        "UPDATE contract SET arrears_deadline = NULL, blocked_since = NULL, recourse_open = 119",
    )
    names = ["recorded_recovery", "recorded_arrears", "recorded_block", "recorded_recourse"]
    assert world.broken() == names


def test_a_change_never_comes_through_the_door(world: World) -> None:
    """Only ``register set`` records; a file in the inbox would bring it without a person."""
    from dunkelwerk.inbox.door import Door, Refusal
    from dunkelwerk.infra.jsonlines import FileLine

    change = {"type": "set_recourse", "contract": "RS-1", "claim": None, "amount": "0.00"}
    line = {"id": "X", "process": "register_change", "contract": "RS-1", "received_on": "2026-11-02", "change": change}
    refused = Door().examine(FileLine(1, 0, json.dumps(line).encode()), file="f")
    assert isinstance(refused, Refusal)
    assert "diesen Prozess gibt es nicht" in refused.what


def test_on_a_joint_contract_each_is_told_what_is_theirs() -> None:
    from dunkelwerk.lines.credit_protection.disclosure.redaction import Redactor
    from dunkelwerk.lines.disclosing import MINE, OTHERS

    file = covered(contract("RS-1", [1, 2], claim("C-1", 1), claim("C-2", 2)))
    redactor = Redactor("P-1", file, ["RS-1"])

    def whose(**change: Any) -> str:
        return redactor.whose({"change": {"contract": "RS-1", "claim": None, **change}}, "RS-1")

    assert whose(type="set_address", person="P-1") == MINE
    assert whose(type="set_address", person="P-2") == OTHERS
    assert (whose(claim="C-1"), whose(claim="C-2"), whose(type="set_payee")) == (MINE, OTHERS, MINE)


@pytest.mark.usefixtures("patient_sessions")
def test_a_change_waits_for_whoever_holds_the_case_file_and_holds_up_no_receiving(world: World) -> None:
    """The contract before the turn of receiving: the other way round it and a clerk's correction would deadlock."""
    from django.db import connections

    world.load(household(1))
    done: list[Any] = []

    def recording() -> None:
        done.append(recover("2026-10-31"))
        connections.close_all()

    thread = Thread(target=recording)
    with world.connect() as batch:
        batch.execute("SELECT FROM contract FOR UPDATE")
        thread.start()
        wait_until(lambda: world.value(BLOCKED) or not thread.is_alive())
        assert thread.is_alive()
        with world.connect() as receiving:
            turn = receiving.execute("SELECT pg_try_advisory_xact_lock(20250603) AS free").fetchone()
        assert turn == {"free": True}
    thread.join(PATIENCE)
    assert (len(done), world.states()) == (1, {done[0].name: "settled"})
    assert world.broken() == []
