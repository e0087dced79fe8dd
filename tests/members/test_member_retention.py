"""What members told is kept for its own terms, and what of the register rests upon it goes with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from member_support import OTHER_IBAN, TAX_IDS, Members, mandate, member, notice
from retention_support import delete, left, post

REVOKED_HERE = "sepa_mandate-2"


def fill(world: Members) -> Members:
    """M-1 gave a tax ID, M-2 a mandate, M-3 had an accident with another, M-4 none; M-5's form is with a clerk."""
    world.load(*(member(number) for number in range(1, 7)))
    world.receive(
        notice("tax_id", 1),
        notice("sepa_mandate", 2),
        notice("accident", 3),
        notice("accident", 4, accident=False, no_accident_reason="illness", **NOTHING),
        notice("tax_id", 5, tax_id=None),
    )
    world.work()
    world.run("UPDATE notice SET received_at = '2026-11-22 12:00+01'")
    assert set(world.states().values()) == {"settled", "referred"}
    return world


#: of an accident that was none, nothing is told
NOTHING: dict[str, Any] = dict.fromkeys(
    ("occurred_on", "setting", "kind", "third_party_involved", "own_fault", "severity")
) | {"answers": {}}


def revoke(world: Members, who: int, *, on: str) -> None:
    """The member's mandate was revoked on a day."""
    world.run(
        f"""UPDATE mandate k SET status = 'revoked', revoked_on = '{on}' FROM member m
            WHERE m.id = k.member_id AND m.number = 'M-{who}'"""
    )


def test_an_accident_that_led_nowhere_goes_before_one_that_a_team_took_over(world: Members) -> None:
    fill(world)
    delete(world, "2030-12-31")
    assert {"accident-3", "accident-4"} <= left(world)
    delete(world, "2031-01-01")
    assert {"accident-3", "accident-4"} & left(world) == {"accident-3"}
    delete(world, "2126-01-01")
    assert "accident-3" in left(world), "its task is still to be done"
    world.run("UPDATE work_item SET state = 'done' WHERE kind = 'member'")
    delete(world, "2036-12-31")
    assert "accident-3" in left(world)
    delete(world, "2037-01-01")
    assert "accident-3" not in left(world)
    assert world.broken() == []


def test_a_mandate_in_force_stays_and_a_revoked_one_goes_with_its_row(world: Members) -> None:
    fill(world)
    post(world)
    delete(world, "2126-01-01")
    assert REVOKED_HERE in left(world)
    revoke(world, 2, on="2028-01-01")
    delete(world, "2031-12-31")
    assert (REVOKED_HERE in left(world), world.value("SELECT count(*) FROM mandate")) == (True, 1)
    report = delete(world, "2032-01-01")
    assert (REVOKED_HERE in left(world), world.value("SELECT count(*) FROM mandate")) == (False, 0)
    assert (report.rows["mandates", 2028], report.rows["letters", 2028]) == (1, 1)
    assert world.broken() == []


def test_a_mandate_that_another_replaced_goes_before_it(world: Members) -> None:
    fill(world)
    world.receive(notice("sepa_mandate", 2, name="later", iban=OTHER_IBAN))
    world.work()
    world.confirm("later")
    world.run("UPDATE notice SET received_at = '2026-11-22 12:00+01'")
    post(world)
    delete(world, "2030-01-01")
    assert left(world) & {REVOKED_HERE, "later"} == {"later"}
    assert world.value("SELECT string_agg(iban, ' ') FROM mandate") == OTHER_IBAN
    assert world.broken() == []


def test_what_revoked_a_mandate_may_go_before_it(world: Members) -> None:
    """The older unit is still held up by a task of somebody."""
    fill(world)
    world.receive(notice("sepa_mandate", 2, name="later", iban=OTHER_IBAN))
    world.work()
    world.confirm("later")
    world.run("UPDATE notice SET received_at = '2026-11-22 12:00+01'")
    post(world)
    revoke(world, 2, on="2026-12-01")
    first = world.decision(REVOKED_HERE)
    world.run(
        f"""INSERT INTO work_item (basket, task, kind, key, decision, reasons, priority, open_from, due_on, state,
                created_on, version)
            VALUES ('b', 'letter', 'letter', '1', {first}, '{{}}', 1, '2026-12-01', '2026-12-01', 'open',
                '2026-12-01', 1)"""
    )
    delete(world, "2126-01-01")
    assert left(world) & {REVOKED_HERE, "later"} == {REVOKED_HERE}
    assert [name for name in world.broken() if name.startswith("mandate")] == []


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE member SET deceased_on = '2029-05-01' WHERE number = 'M-1'",
        """INSERT INTO member_tax_id (member_id, data_key, sealed, recorded_on)
           SELECT member_id, data_key, sealed, '2029-05-01' FROM member_tax_id""",
    ],
)
def test_a_tax_id_goes_seven_years_after_it_was_the_members(world: Members, ended: str) -> None:
    fill(world)
    delete(world, "2126-01-01")
    assert "tax_id-1" in left(world)
    world.run(ended)
    kept = "SELECT count(*) FROM member_tax_id WHERE decision IS NOT NULL"
    delete(world, "2036-12-31")
    assert ("tax_id-1" in left(world), world.value(kept)) == (True, 1)
    delete(world, "2037-01-01")
    assert ("tax_id-1" in left(world), world.value(kept)) == (False, 0)
    assert world.broken() == []


def test_a_reversed_tax_id_counts_from_its_reversal(world: Members) -> None:
    fill(world)
    world.reverse("tax_id-1")
    world.run("UPDATE notice SET state = 'handled' WHERE state = 'referred'", "UPDATE work_item SET state = 'done'")
    delete(world, "2033-12-31")
    assert "tax_id-1" in left(world)
    delete(world, "2034-01-01")
    assert ("tax_id-1" in left(world), world.value("SELECT count(*) FROM member_tax_id")) == (False, 0)
    assert world.broken() == []


def test_a_form_that_a_clerk_settled_elsewhere_goes_after_four_years(world: Members) -> None:
    fill(world)
    delete(world, "2126-01-01")
    assert "tax_id-5" in left(world), "it is still with the clerk"
    world.run("UPDATE notice SET state = 'handled' WHERE state = 'referred'", "UPDATE work_item SET state = 'done'")
    delete(world, "2030-12-31")
    assert "tax_id-5" in left(world)
    delete(world, "2031-01-01")
    assert "tax_id-5" not in left(world)


def test_loaded_rows_that_ended_are_swept(world: Members) -> None:
    world.load(member(1, mandate("MD-1"), tax_id=TAX_IDS[0]), member(2, mandate("MD-2")))
    world.load(member(1, mandate("MD-1", status="revoked"), tax_id=TAX_IDS[1]), member(2, mandate("MD-2")))
    assert world.value("SELECT count(*) FROM mandate WHERE revoked_on IS NOT NULL") == 1
    world.run("UPDATE mandate SET revoked_on = '2026-12-31' WHERE revoked_on IS NOT NULL")
    world.run("UPDATE member_tax_id SET cancelled_on = '2026-12-31' WHERE cancelled_on IS NOT NULL")
    delete(world, "2029-12-31")
    assert world.value("SELECT count(*) FROM mandate") == 2
    dry = delete(world, "2034-01-01", dry=True)
    assert world.value("SELECT count(*) FROM mandate") == 2
    report = delete(world, "2034-01-01")
    assert dry.rows == report.rows == {("mandates", 2026): 1, ("tax_ids", 2026): 1}
    assert world.value("SELECT string_agg(reference, ' ') FROM mandate") == "MD-2"
    assert world.case_files()["M-1"]["member"]["tax_id"] == TAX_IDS[1]


def test_a_mandate_that_the_core_system_makes_active_again_has_no_end(world: Members) -> None:
    for status in ("active", "revoked", "active"):
        world.load(member(1, mandate("MD-1", status=status)))
    assert world.rows("SELECT status, revoked_on FROM mandate") == [{"status": "active", "revoked_on": None}]


def test_a_hold_on_a_member_keeps_everything_of_theirs(world: Members) -> None:
    world.load(member(1, mandate("MD-1")), member(2, mandate("MD-2")))
    world.receive(*(notice("accident", number, accident=False, **NOTHING) for number in (1, 2)))
    world.work()
    world.run(
        "UPDATE notice SET received_at = '2026-11-22 12:00+01'",
        "UPDATE mandate SET status = 'revoked', revoked_on = '2026-11-23'",
    )
    world.enter()
    from dunkelwerk.lines.terms import Hold
    from dunkelwerk.runner.acting import Person
    from dunkelwerk.runner.retention_holds import place

    place(Hold("person", "M-1"), Person("r.echt", date(2026, 11, 23), "Klage"))
    report = delete(world, "2126-01-01")
    assert (left(world), report.terms["members", "accident_filed"]["held"]) == ({"accident-1"}, 1)
    assert world.value("SELECT string_agg(reference, ' ') FROM mandate") == "MD-1"


def test_a_key_of_two_lines_is_not_guessed(world: Members) -> None:
    from work_support import household, write_lines

    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.lines.credit_protection.intake.loading import load_files
    from dunkelwerk.lines.terms import Hold
    from dunkelwerk.runner.acting import Person
    from dunkelwerk.runner.retention_holds import place

    world.load(member(1, number="P-1") | {"key": "P-1"})
    path = write_lines(world.folder / "households.jsonl", [household(1)])
    load_files([path], actor="test", complain=print, advance=lambda count: None)
    who = Person("r.echt", date(2026, 11, 23), "Klage")
    with pytest.raises(CommandError, match=r"P-1.*--line"):
        place(Hold("person", "P-1"), who)
    place(Hold("person", "P-1"), who, line="members")
    assert world.value("SELECT line FROM legal_hold") == "members"


def test_what_another_line_keeps_longer_does_not_end_the_run(world: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    from work_support import household, note, write_lines

    from dunkelwerk.lines.credit_protection.intake.loading import load_files
    from dunkelwerk.runner import retention

    world.load(member(4))
    path = write_lines(world.folder / "households.jsonl", [household(1)])
    load_files([path], actor="test", complain=print, advance=lambda count: None)
    world.receive(note(1, formally_correct=False))
    world.receive(notice("accident", 4, accident=False, no_accident_reason="illness", **NOTHING))
    world.work()
    world.run("UPDATE notice SET received_at = '2026-11-22 12:00+01'")
    monkeypatch.setattr(retention, "BATCH", 1)
    report = delete(world, "2031-01-01")
    assert (left(world), set(report.terms)) == ({"N-1"}, {("members", "accident_filed")})


def test_a_funds_own_term_names_the_line(tmp_path: Path) -> None:
    from dunkelwerk.lines.terms import read_terms

    (tmp_path / "own.yaml").write_text("letter: 5\nmembers.letter: 2\n")
    terms = read_terms(tmp_path / "own.yaml")
    found = {line: each.years("letter", date(2026, 1, 1)) for line, each in terms.items()}
    assert found == {"credit_protection": 5, "members": 2}
