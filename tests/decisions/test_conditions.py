"""Conditions: three-valued, one grammar with the decision tables, clear errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.cells import Column, parse_condition
from dunkelwerk.decisions.conditions import Opaque, Rows, Several, compile_condition, compile_side
from dunkelwerk.decisions.operands import ConditionError

TODAY = date(2026, 11, 22)
AMOUNT = Column(name="amount", type="decimal")
KINDS: dict[str, Any] = {
    "accident": Column(name="accident", type="boolean"),
    "insured": Column(name="insured", type="boolean"),
    "place": Column(name="place", type="one of", domain=("work", "road", "home")),
    "injuries": Several("injuries", ("arm", "leg")),
    "amount": AMOUNT,
    "hours": Column(name="hours", type="integer"),
    "began": Column(name="began", type="date"),
    "ended": Column(name="ended", type="date"),
    "name": Column(name="name", type="text"),
    "files": Opaque("files", is_list=True),
    "home": Opaque("home"),
    "members": Rows(
        "members", {"income": Column(name="income", type="decimal"), "child": Column(name="child", type="boolean")}
    ),
    "prefill.treated": Column(name="prefill.treated", type="date"),
    "person.birth_date": Column(name="person.birth_date", type="date"),
    "confirmed.amount": Column(name="confirmed.amount", type="boolean"),
}
YES = {"answer": "accident", "is": True}


def holds(data: dict[str, Any], **values: Any) -> bool | None:
    return compile_condition(data, KINDS).holds(values, TODAY)


@pytest.mark.parametrize(
    ("data", "values", "expected"),
    [
        (YES, {"accident": True}, True),
        (YES, {"accident": False}, False),
        (YES, {"accident": None}, None),
        (YES, {}, None),
        ({"answer": "accident", "is": "ja"}, {"accident": True}, True),
        ({"answer": "accident", "is": "unknown"}, {"accident": None}, True),
        ({"answer": "accident", "is": "unknown"}, {}, False),
        ({"answer": "accident", "is": "unknown"}, {"accident": False}, False),
        ({"answer": "accident", "given": True}, {"accident": False}, True),
        ({"answer": "accident", "given": True}, {"accident": None}, False),
        ({"answer": "accident", "given": False}, {}, True),
        ({"answer": "home", "given": True}, {"home": {"city": "Köln"}}, True),
        ({"answer": "place", "in": ["work", "road"]}, {"place": "road"}, True),
        ({"answer": "place", "in": ["work", "road"]}, {"place": "home"}, False),
        ({"answer": "place", "matches": "in work|road"}, {"place": "work"}, True),
        ({"answer": "name", "is": "in Arbeit"}, {"name": "in Arbeit"}, True),
        ({"answer": "name", "is": 'A|"B"'}, {"name": 'A|"B"'}, True),
        ({"answer": "name", "matches": "Dr*"}, {"name": "Dr. No"}, True),
        ({"answer": "injuries", "has": "arm"}, {"injuries": ["arm", "leg"]}, True),
        ({"answer": "injuries", "has": "arm"}, {"injuries": ["leg"]}, False),
        ({"answer": "injuries", "has": "arm"}, {}, None),
        ({"answer": "amount", "more_than": 100}, {"amount": Decimal("100.00")}, False),
        ({"answer": "amount", "more_than": 100}, {"amount": Decimal("100.01")}, True),
        ({"answer": "amount", "at_least": "100.50"}, {"amount": Decimal("100.50")}, True),
        ({"answer": "amount", "at_most": {"answer": "hours"}}, {"amount": Decimal(5), "hours": 5}, True),
        ({"answer": "amount", "less_than": {"answer": "hours"}}, {"amount": Decimal(5)}, None),
        ({"answer": "began", "less_than": {"today": -30}}, {"began": date(2026, 10, 22)}, True),
        ({"answer": "began", "less_than": {"today": -30}}, {"began": date(2026, 10, 23)}, False),
        ({"answer": "began", "more_than": "today"}, {"began": date(2026, 11, 22)}, False),
        ({"answer": "began", "more_than": "today"}, {"began": date(2026, 11, 23)}, True),
        ({"answer": "began", "is": "2026-11-22"}, {"began": date(2026, 11, 22)}, True),
        (
            {"answer": "ended", "more_than": {"answer": "began", "days": 14}},
            {"began": date(2026, 1, 1), "ended": date(2026, 1, 16)},
            True,
        ),
        (
            {"answer": "ended", "more_than": {"answer": "began", "days": 14}},
            {"began": date(2026, 1, 1), "ended": date(2026, 1, 15)},
            False,
        ),
        (
            {"answer": "began", "at_least": {"person": "birth_date", "years": 18}},
            {"person.birth_date": date(2008, 2, 29), "began": date(2026, 3, 1)},
            True,
        ),
        (
            {"answer": "began", "at_least": {"person": "birth_date", "years": 18}},
            {"person.birth_date": date(2008, 2, 29), "began": date(2026, 2, 28)},
            False,
        ),
        ({"answer": "began", "is": {"today": 0, "months": -9}}, {"began": date(2026, 2, 22)}, True),
        ({"prefill": "treated", "less_than": {"answer": "began"}}, {"prefill.treated": TODAY, "began": TODAY}, False),
        ({"confirmed": "amount", "is": True}, {"confirmed.amount": True}, True),
        (
            {"sum": "members.income", "more_than": 5},
            {"members": [{"income": Decimal(3)}, {"income": Decimal(3)}]},
            True,
        ),
        ({"sum": "members.income", "more_than": 5}, {"members": [{"income": Decimal(9)}, {}]}, None),
        ({"sum": "members.income", "missing": 0, "more_than": 5}, {"members": [{"income": Decimal(9)}, {}]}, True),
        ({"sum": "members.income", "missing": 0, "more_than": 5}, {"members": [{"income": None}]}, None),
        ({"sum": "members.income", "more_than": 5}, {}, None),
        ({"sum": "members.income", "is": 0}, {"members": []}, True),
        ({"sum": "members.income", "missing": 0, "is": 0}, {}, True),
        ({"sum": ["amount", "hours"], "is": "7.50"}, {"amount": Decimal("5.50"), "hours": 2}, True),
        ({"sum": ["amount", "hours"], "is": "7.50"}, {"amount": Decimal("5.50")}, None),
        ({"count": "members", "at_least": 2}, {"members": [{}, {}]}, True),
        ({"count": "files", "more_than": 2}, {"files": [1, 2]}, False),
        ({"count": "injuries", "is": 2}, {"injuries": ["arm", "leg"]}, True),
        (
            {"count": "members", "where": {"answer": "child", "is": True}, "is": 1},
            {"members": [{"child": True}, {"child": False}]},
            True,
        ),
        (
            {"count": "members", "where": {"answer": "child", "is": True}, "is": 1},
            {"members": [{"child": True}, {}]},
            None,
        ),
    ],
)
def test_what_holds(data: dict[str, Any], values: dict[str, Any], expected: bool | None) -> None:
    assert holds(data, **values) is expected


@pytest.mark.parametrize(
    ("sign", "cell"), [("less_than", "<"), ("at_most", "<="), ("more_than", ">"), ("at_least", ">="), ("is", "=")]
)
@given(value=st.none() | st.decimals(-200, 200, places=2))
def test_a_comparison_says_what_the_cell_of_a_table_says(sign: str, cell: str, value: Decimal | None) -> None:
    """One grammar: ``more_than: 100``, ``matches: "> 100"`` and the cell ``> 100`` of a decision table agree."""
    table = parse_condition(f"{cell} 100", AMOUNT).matches(value)
    keyed = holds({"answer": "amount", sign: 100}, amount=value)
    assert keyed is holds({"answer": "amount", "matches": f"{cell} 100"}, amount=value)
    assert (keyed is None) == (value is None)
    assert bool(keyed) == table


TRUTHS = st.sampled_from([True, False, None])


@given(a=TRUTHS, b=TRUTHS)
def test_laws_of_three_values(a: bool | None, b: bool | None) -> None:
    """Kleene's logic; De Morgan; and what is not known is never false."""
    one, other = YES, {"answer": "insured", "is": True}
    values = {"accident": a, "insured": b}
    both, either = holds({"all": [one, other]}, **values), holds({"any": [one, other]}, **values)
    order = {False: 0, None: 1, True: 2}
    assert both is min(a, b, key=order.__getitem__)
    assert either is max(a, b, key=order.__getitem__)
    assert holds({"not": {"all": [one, other]}}, **values) is holds({"any": [{"not": one}, {"not": other}]}, **values)
    assert holds({"not": {"not": one}}, **values) is a


@pytest.mark.parametrize(
    ("data", "path", "text"),
    [
        ({}, "", "eine Bedingung eintragen"),
        ([], "", "eine Bedingung eintragen"),
        ({"answer": "nix", "is": True}, "x.answer", "answer nix gibt es nicht"),
        ({"answer": "accident"}, "x", "genau eines von"),
        ({"answer": "accident", "is": True, "in": [True]}, "x", "genau eines von"),
        ({"answer": "accident", "prefill": "treated", "is": True}, "x", "genau eines von"),
        ({"answer": "accident", "is": True, "wenn": 1}, "x", "wenn gibt es hier nicht"),
        ({"answer": "accident", "is": "vielleicht"}, "x.is", "ja oder nein"),
        ({"answer": "accident", "more_than": True}, "x.more_than", "vergleicht, das geht nur bei Zahlen"),
        ({"answer": "place", "is": "moon"}, "x.is", "einen der Werte work|road|home"),
        ({"answer": "place", "in": []}, "x.in", "mindestens einem Wert"),
        ({"answer": "place", "in": ["work", "work"]}, "x.in", "doppelt"),
        ({"answer": "injuries", "is": "arm"}, "x", "has: VALUE"),
        ({"answer": "injuries", "has": "nose"}, "x.has", "nose gehört nicht"),
        ({"answer": "place", "has": "work"}, "x.has", "in: [..] verwenden"),
        ({"answer": "amount", "more_than": "100,50"}, "x.more_than", "mit Punkt"),
        ({"answer": "amount", "more_than": 1.5}, "x.more_than", "einen einfachen Wert"),
        ({"answer": "amount", "matches": "-"}, "x.matches", "ein Wert fehlt"),
        ({"answer": "amount", "matches": 5}, "x.matches", "Anführungszeichen"),
        ({"answer": "amount", "days": 3, "is": 5}, "x", "verschieben nur einen Tag"),
        ({"answer": "began", "less_than": {"today": "gestern"}}, "x.less_than.today", "eine ganze Zahl"),
        ({"answer": "began", "less_than": {"today": 999999}}, "x.less_than.today", "eine ganze Zahl"),
        ({"answer": "began", "less_than": {"answer": "amount"}}, "x.less_than", "gleiche Arten"),
        ({"answer": "began", "less_than": "31.01.2026"}, "x.less_than", "2026-01-31"),
        ({"answer": "place", "less_than": {"answer": "name"}}, "x.less_than", "größer und kleiner"),
        ({"sum": "members.child", "is": 1}, "x.sum", "ist keine Zahl"),
        ({"sum": "nix", "is": 1}, "x.sum", "ist keine Zahl"),
        ({"sum": "members.income", "missing": 5, "is": 1}, "x.missing", "0 eintragen"),
        ({"count": "amount", "is": 1}, "x.count", "ist keine Liste"),
        ({"count": "files", "where": YES, "is": 1}, "x.where", "nur bei Personenlisten"),
        ({"count": "members", "given": True}, "x.given", "nicht bei einem berechneten"),
        ({"all": []}, "x.all", "mindestens einer Bedingung"),
        ({"all": [YES], "any": [YES]}, "x", "any gibt es hier nicht"),
        ({"any": [YES, {"answer": "nix", "is": 1}]}, "x.any[1].answer", "nix gibt es nicht"),
        ({"answer": "accident", "given": "vielleicht"}, "x.given", "yes oder no"),
    ],
)
def test_what_cannot_be_understood_says_where_and_what_to_do(data: Any, path: str, text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(data, KINDS, "x")
    assert caught.value.path == (path or "x")
    assert text in caught.value.text


def test_a_hostile_depth_is_refused() -> None:
    data: dict[str, Any] = YES
    for _turn in range(2000):
        data = {"not": data}
    with pytest.raises(ConditionError, match="zu tief"):
        compile_condition(data, KINDS)


def test_the_names_that_a_condition_reads() -> None:
    data = {
        "all": [
            YES,
            {"answer": "began", "less_than": {"prefill": "treated", "days": 1}},
            {
                "count": "members",
                "where": {"all": [{"answer": "child", "is": True}, {"answer": "place", "is": "work"}]},
                "is": 1,
            },
            {"sum": ["members.income", "amount"], "more_than": {"answer": "hours"}},
            {"person": "birth_date", "given": True},
        ]
    }
    names = {"accident", "began", "prefill.treated", "members", "place", "amount", "hours", "person.birth_date"}
    assert compile_condition(data, KINDS).names() == names


def test_a_limit_is_a_literal_today_or_another_day() -> None:
    column = Column(name="day", type="date")
    assert compile_side("2026-01-31", column, KINDS).get({}, TODAY) == date(2026, 1, 31)
    assert compile_side("today", column, KINDS).get({}, TODAY) == TODAY
    assert compile_side({"answer": "began", "days": 1}, column, KINDS).get({"began": TODAY}, TODAY) == date(
        2026, 11, 23
    )
    assert compile_side({"answer": "began"}, column, KINDS).get({}, TODAY) is None
    with pytest.raises(ConditionError):
        compile_side({"answer": "amount"}, column, KINDS)
