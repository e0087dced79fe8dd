"""A process decides, shown with a library's fines: nothing in the core knows credit protection."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from toy_line import BOOK, CARD, CATALOGUE, FAILURE, LOST, Account, Fine, Loan, Return, toy_process

import dunkelwerk.decisions
from dunkelwerk.decisions.decision import Action, Decision, Looked, when
from dunkelwerk.decisions.failures import TechnicalFailure, ensure
from dunkelwerk.decisions.process import Process, rules_version
from dunkelwerk.decisions.reasons import IGNORE, REFER, SECOND_CHECK, Catalogue, Disposition, Reason, in_german

TODAY = date(2026, 11, 2)
Toy = Process[Any, Any, Any, Any]


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return toy_process(tmp_path)


def decide(toy: Toy, loans: dict[str, int], *, card: str = "valid", **overrides: Any) -> Decision:
    """The decision on one return."""
    parameters = toy.book.override(overrides, source="test").on(TODAY)
    return toy.decide(Return("R-1", id="N-1", card=card), Account("R-1", loans), parameters)


def test_the_core_imports_no_line_and_no_framework() -> None:
    allowed = {"dunkelwerk.decisions", "dunkelwerk.infra.i18n"}
    outside = set()
    for path in Path(dunkelwerk.decisions.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            outside |= {name for name in names if name.startswith(("dunkelwerk", "django", "psycopg"))}
    assert {name for name in outside if not any(name.startswith(each) for each in allowed)} == set()


def test_it_applies_every_part_in_order(toy: Toy) -> None:
    decision = decide(toy, {"Emma": 4, "Faust": 5})
    assert decision.outcome == "apply"
    assert decision.actions == (Fine("Emma", 1000), Fine("Faust", 500))
    assert (decision.notice, decision.findings, decision.referred) == ("N-1", (), ())


def test_one_part_refers_all(toy: Toy) -> None:
    decision = decide(toy, {"Emma": 4, "Faust": 101})
    assert (decision.outcome, decision.actions, decision.codes) == ("refer", (), ("probably_lost",))


def test_a_part_may_be_isolated(toy: Toy) -> None:
    decision = decide(toy, {"Faust": 101, "Emma": 4}, isolation="per_claim")
    assert decision.outcome == "partial"
    assert decision.actions == (Fine("Emma", 1000),)
    assert decision.referred == (Loan("R-1", "Faust"),)


def test_the_default_disposition_and_the_one_chosen(toy: Toy) -> None:
    assert decide(toy, {"Emma": 4}, card="expired").outcome == "second_check"
    assert decide(toy, {"Emma": 4}, card="expired", dispositions={"card_expired": "refer"}).outcome == "refer"
    ignored = decide(toy, {"Emma": 4}, card="expired", dispositions={"card_expired": "ignore"})
    assert (ignored.outcome, ignored.codes) == ("apply", ("card_expired",))


def test_reasons_come_in_the_order_of_binding_then_of_the_parts(toy: Toy) -> None:
    decision = decide(toy, {"B": 200, "A": 300}, card="expired")
    assert [(each.reason.code, each.subject) for each in decision.findings] == [
        ("card_expired", Loan("R-1")),
        ("probably_lost", Loan("R-1", "B")),
        ("probably_lost", Loan("R-1", "A")),
    ]


def test_identification_ends_the_search(toy: Toy) -> None:
    decision = toy.decide(Return("R-2", card="expired"), Account("R-1", {"A": 300}), toy.book.on(TODAY))
    assert (decision.outcome, decision.codes, decision.trace) == ("refer", ("reader_unknown",), ())
    assert decision.findings[0].subject == Loan("R-2")


def test_an_exception_refers_and_keeps_its_message_to_itself(toy: Toy) -> None:
    decision = decide(toy, {"geheim": 3})  # divides by zero
    assert (decision.outcome, decision.codes, decision.actions) == ("refer", ("technical_failure",), ())
    said = msgspec.json.encode(decision.as_json()).decode()
    assert "ZeroDivisionError" in said
    assert re.search(r"toy_line\.py:\d+ \(fine\)", said)
    assert "geheim" not in said


def test_an_exception_in_a_check_refers_too(toy: Toy) -> None:
    @toy.finds(CATALOGUE.get("card_expired") or CARD, scope=BOOK)
    def broken(notice: Any, part: Any, visit: Any, p: Any) -> Looked:
        raise KeyError("Geburtsdatum")

    decision = decide(toy, {"Emma": 4})
    assert decision.codes == ("technical_failure",)
    assert "Geburtsdatum" not in str(decision.as_json())


def test_a_promise_that_was_broken_refers_with_its_sentence(toy: Toy) -> None:
    @toy.proposes
    def promise(notice: Any, part: Any, visit: Any, p: Any) -> tuple[Action, ...]:
        ensure(part.days < 0, where=part.title, what="die Summe stimmt nicht")
        return ()

    decision = decide(toy, {"Emma": 4})
    assert decision.findings[0].evidence == {"where": "Emma", "what": "die Summe stimmt nicht"}
    assert decision.findings[0].reason is FAILURE


def test_the_trace_tells_all_that_was_looked_at_found_or_not(toy: Toy) -> None:
    decision = decide(toy, {"Emma": 4, "Fund": 0})
    whole, emma, fund = decision.trace
    assert [(each.code, each.found, each.evidence) for each in whole.checks] == [
        ("card_expired", False, {"card": "valid"})
    ]
    assert [(each.code, each.found, each.evidence["days"]) for each in emma.checks] == [("probably_lost", False, 4)]
    assert fund.checks == []  # the check does not apply


def test_blockers_are_what_kept_an_examined_notice_from_going_dark(toy: Toy) -> None:
    loans = {"Emma": 101, "Faust": 102}
    assert decide(toy, loans, card="expired").blockers == ["card_expired", "probably_lost"]
    assert decide(toy, loans, card="expired", dispositions={"card_expired": "ignore"}).blockers == ["probably_lost"]
    assert decide(toy, {"Emma": 4}).blockers == []
    assert toy.decide(Return("R-2"), Account("R-1", {}), toy.book.on(TODAY)).blockers == []


def test_versions_are_recorded(toy: Toy) -> None:
    decision = decide(toy, {"Emma": 4}, grace=2)
    assert decision.versions["rules"] == toy.rules
    assert decision.versions["parameters"] != toy.book.on(TODAY).versions["parameters"]


def test_deciding_twice_gives_the_same_bytes(toy: Toy) -> None:
    once, again = (msgspec.json.encode(decide(toy, {"A": 4, "B": 101}).as_json()) for _ in range(2))
    assert once == again


def test_json_holds_the_keys_of_the_interface(toy: Toy) -> None:
    json = msgspec.json.decode(msgspec.json.encode(decide(toy, {"Faust": 101}, isolation="per_claim").as_json()))
    assert list(json)[:5] == ["notice", "outcome", "reasons", "actions", "referred"]
    reason = json["reasons"][0]
    assert reason["code"] == "probably_lost"
    assert (reason["reader"], reason["title"], reason["scope"]) == ("R-1", "Faust", "book")
    assert reason["text"] == "Faust ist seit 101 Tagen fällig"


@pytest.mark.parametrize("default", [SECOND_CHECK, IGNORE, Disposition.special("waive", counts_as=SECOND_CHECK)])
def test_a_default_must_be_allowed(toy: Toy, default: Disposition) -> None:
    with pytest.raises(ValueError, match="technical_failure"):
        toy.finds(FAILURE, scope=BOOK, default=default)


def test_a_code_is_declared_once() -> None:
    catalogue = Catalogue([LOST])
    with pytest.raises(ValueError, match="probably_lost"):
        catalogue.add(Reason("probably_lost", "Anders", "anders", "§ 5"))
    assert catalogue.get("probably_lost") is LOST
    assert catalogue.get("found") is None


@pytest.mark.parametrize(
    ("reason", "names"),
    [
        (Reason("a", "A", "a", "s"), ["refer", "second_check", "ignore"]),
        (Reason("a", "A", "a", "s", refer_only=True), ["refer"]),
        (Reason("a", "A", "a", "s", adverse=True), ["refer"]),
        (Reason("a", "A", "a", "s", adverse=True, allowed=(REFER, IGNORE)), ["refer"]),
        (Reason("a", "A", "a", "s", allowed=(REFER,)), ["refer"]),
    ],
)
def test_dispositions_of_a_reason(reason: Reason, names: list[str]) -> None:
    assert [each.name for each in reason.dispositions] == names
    assert reason.disposition("no such") is None
    assert reason.disposition("refer") is REFER


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unbekannt"),
        (True, "ja"),
        (False, "nein"),
        (date(2026, 10, 30), "30.10.2026"),
        (3, "3"),
        (["a", date(2026, 1, 2)], "a, 02.01.2026"),
        ((), ""),
    ],
)
def test_evidence_in_german(value: Any, text: str) -> None:
    assert in_german(value) == text


def test_when() -> None:
    assert when(True, days=3) == Looked(True, {"days": 3})


def test_ensure() -> None:
    ensure(True, where="here", what="fine")
    with pytest.raises(TechnicalFailure, match="here: wrong"):
        ensure(False, where="here", what="wrong")


def test_the_rules_version_sees_tables_and_code_but_no_scenarios(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    versions = [rules_version(tmp_path)]
    for name in ("decide.py", "parameters.yaml", "tables/a.csv"):
        (tmp_path / name).write_text("1", encoding="utf-8")
        versions.append(rules_version(tmp_path))
    assert len(set(versions)) == 4
    (tmp_path / "scenarios.yaml").write_text("1", encoding="utf-8")
    assert rules_version(tmp_path) == versions[-1]
    (tmp_path / "tables/a.csv").write_text("2", encoding="utf-8")
    assert rules_version(tmp_path) not in versions
