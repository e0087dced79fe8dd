"""``dunkelwerk check``: a world in order is found in order; each thing that breaks is found, and it alone."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from work_support import ON, World, case_file, claim, contract, household, note

from dunkelwerk.dialogues.invariants import GROUPS as DIALOGUES
from dunkelwerk.infra.invariants import Violation, examine
from dunkelwerk.lines.members.invariants import GROUPS as MEMBERS

BLOCKED = {"name": "Beispielbank AG", "blocked_since": "2026-06-01"}
RULES = {"isolation": "per_claim", "dispositions": {"payment_returned": "second_check", "recourse_open": "offset"}}
#: the numbers of rows, found by what they are about
N = "(SELECT id FROM notice WHERE external_id = '{}')"
D = "(SELECT decision FROM notice WHERE external_id = '{}')"
P = "(SELECT id FROM proposal WHERE notice = (SELECT min(id) FROM notice WHERE external_id = '{}') AND kind = '{}')"
C = "(SELECT id FROM claim WHERE number = '{}')"


def live(world: World) -> World:
    """One day on which every end that a notice can have occurs, by rules and by hand."""
    shared = case_file(
        contract("RS-5", [5], claim("C-5", 5)),
        contract("RS-50", [5], claim("C-50", 5), arrears={"reminded_on": "2026-09-01", "deadline": "2026-09-15"}),
    )
    blocked = (case_file(contract(f"RS-{n}", [n], claim(f"C-{n}", n), payee=BLOCKED)) for n in (6, 12))
    owing = case_file(contract("RS-10", [10], claim("C-10", 10), recourse_open="100.00"))
    world.load(*(household(number) for number in (1, 2, 3, 4, 8, 9, 11)), shared, *blocked, owing)
    world.receive(
        note(1),
        note(2, incapacity_until="2026-12-31", final=True),
        note(3, incapacity_until="2027-02-28"),
        note(4, formally_correct=False),
        note(5),
        note(6),
        note(6, name="N-7", incapacity_until="2026-12-03"),
        note(8, incapacity_until="2026-10-20"),
        note(9, formally_correct=False),
        note(10),
        note(11, formally_correct=False),
        note(12),
    )
    world.work(**RULES)
    steer_by_hand(world)
    return world


def steer_by_hand(world: World) -> None:
    """N-9 is handled, N-10 confirmed and reversed, N-11 corrected, the proposal for N-12 discarded."""
    from dunkelwerk.runner import handling, reversing, second_check
    from dunkelwerk.runner.acting import Person

    clerk, examiner = (Person(name, ON, "aus gutem Grund", RULES) for name in ("kurz", "weber"))
    item = "SELECT id FROM work_item WHERE task = 'referral' AND key = {}::text"
    done = handling.act(
        world.value(item.format(N.format("N-9"))), [{"type": "extend_benefit", "until": "2026-11-30"}], clerk
    )
    second_check.confirm(done.proposal or 0, examiner)
    confirmed = second_check.confirm(world.value(P.format("N-10", "decision")), examiner)
    (reversal,) = reversing.propose(
        reversing.find(reversing.Wanted(decisions=[confirmed.decision or 0])), clerk
    ).proposals
    second_check.confirm(reversal, Person("berg", ON, "aus gutem Grund", RULES))
    handling.correct(world.value(item.format(N.format("N-11"))), {"formally_correct": True}, clerk)
    second_check.discard(world.value(P.format("N-12", "decision")), examiner)
    world.work(**RULES)


def copied(table: str, where: str, **changes: str) -> str:
    """A statement that inserts a copy of a row with some columns changed."""
    columns = {"id": f"nextval(pg_get_serial_sequence('{table}', 'id'))", **changes}
    picked = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    return f"""INSERT INTO {table} SELECT (jsonb_populate_record(t, to_jsonb(c))).*
        FROM {table} t CROSS JOIN LATERAL (SELECT {picked}) c WHERE {where} LIMIT 1"""


def loaded_release(number: str, days: str, cause: str = "illness") -> str:
    """A statement that inserts a release taken over from elsewhere."""
    return f"""INSERT INTO release (claim_id, contract, person, cause, days, origin)
        SELECT id, contract_id, person_id, '{cause}', '{days}', 0 FROM claim WHERE number = '{number}'"""


def without(table: str, *constraints: str) -> list[str]:
    """Statements that switch off what the database itself would refuse."""
    return [f"ALTER TABLE {table} DROP CONSTRAINT {each}" for each in constraints]


OURS = "decision = " + D.format("N-1")
EXCLUSIONS = without("release", "release_once_per_claim", "release_once_per_person")
UNEMPLOYED = f"""
    INSERT INTO claim (contract_id, person_id, number, cause, status, onset, icd, benefit_from, benefit_limit,
                       released_until, months_used_before)
    SELECT contract_id, person_id, 'C-1b', 'unemployment', 'accepted', '2026-10-01', '{{}}', '2026-11-01',
           '2027-10-31', '2026-11-10', 0 FROM claim WHERE id = {C.format("C-1")}
"""
#: another record of a notice that has one; its batch counts it
SECOND_RECORD = copied("decision_record", f"t.id = {D.format('N-1')}", id="999", actions="0", released="0")
COUNTED = f"UPDATE batch SET notices = notices + 1 WHERE id = (SELECT batch FROM notice WHERE id = {N.format('N-1')})"
FILED = "action = 'file_notice'"
OF_DECISION = ", ".join(
    f"{name} = (SELECT {name} FROM decision_record WHERE id = {D.format('N-4')})" for name in ("batch", "business_day")
)

MONEY = ("release_instalment", "offset_recourse")
REVERSAL = "(SELECT id FROM decision_record WHERE kind = 'reversal' AND effective)"
MANUAL = "(SELECT id FROM decision_record WHERE kind = 'manual' AND effective)"


def forgotten(action: str) -> list[str]:
    """Statements that make a reversal one that never undid this, and books nothing for it."""
    undone = f"decision = {REVERSAL} AND action = '{action}'"
    booked = f"DELETE FROM posting WHERE action IN (SELECT id FROM movement WHERE {undone})"
    return [
        *([booked] if action in MONEY else []),
        f"DELETE FROM movement WHERE {undone}",
        f"UPDATE decision_record SET actions = actions - 1 WHERE id = {REVERSAL}",
    ]


def recorded(action: str, **columns: str) -> list[str]:
    """Statements that make the decision on N-1 one that recorded something by hand, too."""
    proof = f"t.decision = {D.format('N-1')} AND t.action = 'record_proof'"
    days = {"period_from": "NULL", "period_until": "NULL"}
    return [
        copied("movement", proof, id="999", action=f"'{action}'", **{**days, **columns}),
        f"UPDATE decision_record SET actions = actions + 1 WHERE id = {D.format('N-1')}",
    ]


#: what breaks each invariant: one thing, as consistently as it can be without healing it
BREAKING: dict[str, list[str]] = {
    "recorded_recovery": recorded("record_recovery", period_until="'2026-10-31'"),
    "recorded_arrears": recorded("set_arrears", period_from="'2026-10-20'", period_until="'2026-11-03'"),
    "recorded_block": recorded("block_account", period_from="'2026-10-20'"),
    "recorded_recourse": recorded("set_recourse", amount="5.00"),
    "recorded_by_two": recorded("set_payee"),
    "held_though_resumed": [
        *recorded("resume_instalments"),
        f"UPDATE instalment SET held_by = 1 WHERE claim_id = {C.format('C-1')}",
    ],
    "released_until": ["UPDATE claim SET released_until = released_until - 1 WHERE number = 'C-1'"],
    "proven_until": ["UPDATE claim SET proven_until = proven_until + 1 WHERE number = 'C-4'"],
    "released_twice": [*EXCLUSIONS, loaded_release("C-1", "[2026-11-10,2026-11-11)")],
    "released_for_two_causes": [
        *EXCLUSIONS,
        UNEMPLOYED,
        loaded_release("C-1b", "[2026-11-01,2026-11-11)", "unemployment"),
    ],
    "loaded_overlap": [loaded_release("C-4", "[2026-10-30,2026-10-31)")],
    "released_after_limit": ["UPDATE claim SET benefit_limit = '2026-11-29' WHERE number = 'C-1'"],
    "released_before_benefit": ["UPDATE claim SET benefit_from = '2026-11-01' WHERE number = 'C-1'"],
    "release_of_claim": [f"UPDATE release SET person = person + 100 WHERE {OURS}"],
    "release_origin": [*without("release", "release_origin"), f"UPDATE release SET origin = 0 WHERE {OURS}"],
    "release_movement": [
        f"UPDATE movement SET period_until = period_until + 1 WHERE action = 'extend_benefit' AND {OURS}"
    ],
    "proof_movement": [f"UPDATE movement SET period_until = period_until + 1 WHERE action = 'record_proof' AND {OURS}"],
    "released_though_declined": ["UPDATE claim SET status = 'declined' WHERE number = 'C-1'"],
    "document_wait": [
        f"""INSERT INTO document_wait (claim_id, notice, decision, work_item, requested_on, remind_on, urgent_on)
            SELECT {C.format("C-1")}, {N.format("N-1")}, 999, min(id), '2026-11-02', '2026-11-16', '2026-12-02'
            FROM work_item"""
    ],
    "closed_by_us": ["UPDATE claim SET closing_reason = NULL WHERE number = 'C-2'"],
    "closed_elsewhere": ["UPDATE claim SET status = 'closed' WHERE number = 'C-4'"],
    "recourse": ["UPDATE contract SET recourse_open = 0.01 WHERE number = 'RS-1'"],
    "review_item": ["UPDATE work_item SET open_from = open_from + 1 WHERE task = 'review'"],
    "instalment_release": [f"UPDATE instalment SET release = NULL WHERE {OURS}"],
    "instalment_due": [f"UPDATE instalment SET due = due + 1 WHERE {OURS}"],
    "instalment_twice": [
        f"UPDATE {table} SET {column} = '2026-12-15' WHERE decision = {D.format('N-2')} AND {column} = '2026-11-15'"
        for table, column in (("instalment", "due"), ("movement", "period_from"))
    ],
    "expense": ["UPDATE instalment SET amount = amount + 0.01 WHERE status = 'cancelled'"],
    "live_expense": forgotten("release_instalment"),
    "offset": ["UPDATE instalment SET set_off = set_off + 0.01 WHERE status = 'cancelled'"],
    "live_offset": forgotten("offset_recourse"),
    "instalment_status": [f"UPDATE instalment SET status = 'offset' WHERE {OURS}"],
    "instalment_of_cancelled_release": [
        *forgotten("release_instalment"),
        *forgotten("offset_recourse"),
        "UPDATE instalment SET status = 'released' WHERE status = 'cancelled'",
    ],
    "posting_of_claim": [f"UPDATE movement SET legal_entity = 'other' WHERE action = 'release_instalment' AND {OURS}"],
    "booked_once": [f"UPDATE movement SET amount = amount + 0.01 WHERE action = 'release_instalment' AND {OURS}"],
    "cancelled_movement": ["UPDATE movement SET previous = 999 WHERE flag = 'S' AND action = 'release_instalment'"],
    "cancelled_release": forgotten("extend_benefit"),
    "cancelled_letter": forgotten("send_letter"),
    "notice_state": [
        *without("notice", "notice_end_has_decision"),
        "UPDATE notice SET state = 'waiting', decision = NULL WHERE external_id = 'N-8'",
    ],
    "notice_decision": ["UPDATE notice SET decision = 999 WHERE external_id = 'N-1'"],
    "decision_notice": [SECOND_RECORD, "UPDATE decision_record SET notice = 999 WHERE id = 999", COUNTED],
    "notice_outcome": [f"UPDATE decision_record SET outcome = 'refer' WHERE id = {D.format('N-1')}"],
    "effective_once": [SECOND_RECORD, COUNTED],
    "reversed_once": [
        f"UPDATE batch SET notices = notices + 1 WHERE id = (SELECT batch FROM decision_record WHERE id = {REVERSAL})",
        copied("decision_record", f"t.id = {REVERSAL}", id="999", actions="0", outcome="'apply'"),
    ],
    "replaced_by": ["UPDATE notice SET external_id = 'N-99' WHERE external_id = 'N-11' AND attempt = 2"],
    "without_effect": [
        copied("movement", f"t.{FILED}"),
        f"""UPDATE movement SET decision = {D.format("N-4")}, {OF_DECISION}
            WHERE id = (SELECT max(id) FROM movement WHERE {FILED})""",
    ],
    "notice_received": [f"DELETE FROM toucher WHERE notice = {N.format('N-1')}"],
    "batch_count": [COUNTED],
    "referral_item": [f"DELETE FROM work_item WHERE task = 'referral' AND key = {N.format('N-4')}::text"],
    "partial_item": [f"DELETE FROM work_item WHERE task = 'referral' AND key = {N.format('N-5')}::text"],
    "nothing_left": [f"UPDATE work_item SET state = 'open' WHERE task = 'referral' AND key = {N.format('N-9')}::text"],
    "second_check_item": [copied("work_item", "t.task = 'second_check'")],
    "proposal": [
        f"UPDATE {table} SET {change} WHERE decision = {D.format('N-6')}"
        for table, change in (
            ("work_item", f"key = {N.format('N-1')}::text"),
            ("proposal", f"notice = {N.format('N-1')}"),
        )
    ],
    "examined": [
        f"UPDATE deed SET actor = 'jemand' WHERE deed = 'confirmed' AND key = {P.format('N-9', 'manual')}::text"
    ],
    "manual_money": [f"UPDATE decision_record SET outcome = 'apply' WHERE id = {MANUAL}"],
    "own_case": [f"UPDATE toucher SET actor = ' Weber' WHERE notice = {N.format('N-12')} AND deed = 'received'"],
    "joined_item": ["UPDATE notice SET work_item = 999 WHERE external_id = 'N-7'"],
    "item_notice": [copied("work_item", "t.task = 'referral'", key="'999'")],
    "item_decision": [copied("work_item", "t.task = 'review'", decision="999")],
    "movement_count": [f"DELETE FROM movement WHERE {FILED}"],
    "movement_decision": [f"UPDATE movement SET batch = batch + 1 WHERE {FILED}"],
    "posting_action": [copied("posting", "true", action="999", event="'payout_sent'")],
    "posting_shape": [*without("posting", "posting_accounts_differ"), "UPDATE posting SET credit = debit WHERE id = 1"],
    "trial_balance": [
        """CREATE OR REPLACE VIEW trial_balance AS
           SELECT legal_entity, account, sum(debit) AS debit, sum(credit) + 1 AS credit, sum(debit) AS balance
           FROM account_entry GROUP BY legal_entity, account"""
    ],
    "released_sum": [f"UPDATE decision_record SET released = released + 0.01 WHERE id = {D.format('N-1')}"],
    "letter_movement": [f"DELETE FROM letter_order WHERE {OURS}"],
    "letter_rendered": [f"UPDATE letter_order SET state = 'rendered' WHERE {OURS}"],
    "letter_failed": [f"UPDATE letter_order SET state = 'failed' WHERE {OURS}"],
}
#: other ways to break some of them
ALSO = [
    ("released_though_declined", "UPDATE claim SET status = 'declined' WHERE number = 'C-4'"),
    ("second_check_item", f"UPDATE work_item SET key = {N.format('N-1')}::text WHERE decision = {D.format('N-6')}"),
    ("second_check_item", "UPDATE work_item SET state = 'open' WHERE task = 'second_check' AND state = 'done'"),
    ("booked_once", f"UPDATE movement SET action = 'offset_recourse' WHERE {FILED}"),
    ("examined", f"UPDATE proposal SET applied = NULL WHERE id = {P.format('N-10', 'reversal')}"),
    ("manual_money", f"UPDATE decision_record SET outcome = 'apply' WHERE id = {REVERSAL}"),
    ("own_case", "UPDATE deed SET actor = 'TEST' WHERE kind = 'proposal' AND deed = 'discarded'"),
]
HINTS = {"loaded_overlap", "closed_elsewhere"}


def found_after(world: World, statements: list[str]) -> list[Violation]:
    """What is found after something was changed by somebody who may do everything; undone at the end."""
    from dunkelwerk.runner.invariants import all_groups

    with psycopg.connect(world.url) as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.encode())
            assert cursor.rowcount != 0, statement
        found = [each for group in all_groups() for each in examine(cursor, group.invariants)]
        session.rollback()
    return [each for each in found if each is not None]


def test_every_end_occurs_and_all_is_in_order(world: World) -> None:
    live(world)
    assert world.states() == {
        **{"N-1": "settled", "N-2": "settled", "N-3": "settled", "N-4": "referred", "N-5": "partial"},
        **{"N-6": "proposed", "N-7": "joined", "N-8": "settled"},
        **{"N-9": "handled", "N-10": "referred", "N-11": "settled", "N-12": "referred"},
    }
    assert world.value("SELECT state FROM notice WHERE external_id = 'N-11' AND attempt = 1") == "replaced"
    assert found_after(world, []) == []
    assert world.broken() == []


def test_each_invariant_can_break_and_is_found_alone(world: World) -> None:
    live(world)
    found = {name: found_after(world, statements) for name, statements in BREAKING.items()}
    assert {name: [each.name for each in violations] for name, violations in found.items()} == {
        name: [name] for name in BREAKING
    }
    assert {name for name, (violation,) in found.items() if violation.hint} == HINTS
    assert [name for name, (violation,) in found.items() if violation.count != 1] == []


def test_other_ways_to_break_one_are_found_as_well(world: World) -> None:
    live(world)
    found = [[each.name for each in found_after(world, [statement])] for _, statement in ALSO]
    assert found == [[name] for name, _ in ALSO]


#: with those of members (tests/members/test_member_check.py), of dialogues and of sealed records
CHECKED = len(BREAKING) + sum(len(group.invariants) for group in (*MEMBERS, *DIALOGUES)) + 2


def test_no_invariant_is_left_out(django_database: str) -> None:
    from dunkelwerk.runner.invariants import all_groups

    groups = [group for group in all_groups() if group not in MEMBERS]
    names = [invariant.name for group in groups for invariant in group.invariants]
    assert sorted(names) == sorted(BREAKING)


@pytest.mark.parametrize(
    ("name", "reference"),
    [("released_until", "RS-1/C-1"), ("instalment_due", "RS-1/C-1"), ("expense", "RS-10/C-10"), ("recourse", "RS-1")],
)
def test_an_offender_is_named(world: World, name: str, reference: str) -> None:
    live(world)
    (violation,) = found_after(world, BREAKING[name])
    assert violation.references == [reference]


def test_at_most_five_offenders_are_named_and_all_are_counted(world: World) -> None:
    live(world)
    (violation,) = found_after(world, ["UPDATE contract SET recourse_open = 1"])
    assert violation.count == 11
    assert violation.references == ["RS-1", "RS-11", "RS-12", "RS-2", "RS-3"]


def test_an_expense_without_any_claim_is_counted_though_it_cannot_be_named(world: World) -> None:
    live(world)
    found = found_after(world, [copied("posting", "true", claim="999", contract="999")])
    assert {each.name: each.references for each in found}["expense"] == ["?"]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE notice SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)", "sealed_notices"),
        ("UPDATE notice SET payload = ''", "sealed_notices"),
        ("UPDATE notice SET digest = sha256(digest)", "sealed_notices"),
        ("UPDATE notice SET data_key = 999", "sealed_notices"),
        ("UPDATE decision_record SET payload = set_byte(payload, 0, get_byte(payload, 0) # 1)", "sealed_decisions"),
        (
            "UPDATE decision_record d SET payload = o.payload FROM decision_record o WHERE o.id <> d.id",
            "sealed_decisions",
        ),
    ],
)
def test_a_changed_sealed_record_is_found(world: World, statement: str, broken: str) -> None:
    world.load(household(1), household(4))
    world.receive(note(1), note(4))
    world.work()
    world.run(statement)
    assert world.broken() == [broken]


def test_the_command_says_what_is_in_order(world: World, run_cli: Any) -> None:
    live(world)
    done = run_cli("check")
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last == f"Alles in Ordnung: {CHECKED} Prüfungen, 12 Verträge, 13 Meldungen, 11 Buchungen."


def test_a_hint_is_no_failure(world: World, run_cli: Any) -> None:
    live(world)
    world.run(*BREAKING["closed_elsewhere"])
    done = run_cli("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if "Hinweis closed_elsewhere: " in line and "RS-4/C-4" in line]
    assert "Alles in Ordnung" in done.stdout


def test_the_command_fails_with_names_and_cases(world: World, run_cli: Any) -> None:
    live(world)
    world.run(*BREAKING["expense"], *BREAKING["notice_received"])
    done = run_cli("check")
    assert done.returncode == 1
    failures = [line for line in done.stdout.splitlines() if line.startswith("  FEHLER ")]
    assert [line.split(":")[0] for line in failures] == ["  FEHLER expense", "  FEHLER notice_received"]
    assert failures[0].endswith("1 Fälle: RS-10/C-10")
    assert done.stderr.startswith(f"2 von {CHECKED} Prüfungen sind verletzt")
    assert "Alles in Ordnung" not in done.stdout
