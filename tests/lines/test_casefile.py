"""The case file's types: what null means, which amounts are refused, what cannot be changed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    Contract,
    Cover,
    DeathCover,
    Instalment,
    Person,
    Tariff,
)

PERSON = {"id": "P-1", "first_name": "Jürgen", "last_name": "Groß", "birth_date": "1980-02-29"}
COVER = {"deferred_days": 42, "max_months": 24, "settlement": "due_date"}
INSTALMENT = {"due": "2026-10-15", "amount": "312.50", "status": "paid"}
CLAIM = {"number": "C-1", "person": "P-1", "cause": "illness", "status": "accepted", "onset": "2026-03-02"}
CONTRACT = {
    "number": "RS-1", "tariff": "T", "start": "2024-03-01", "end": "2031-02-28", "status": "active",
    "insured": ["P-1"], "instalment": "312.50", "due_day": 15,
}  # fmt: skip
CASE = {"persons": [PERSON], "tariffs": [{"id": "T"}], "contracts": [CONTRACT]}
KINDS: list[tuple[type[Any], dict[str, Any]]] = [
    (Person, PERSON), (Cover, COVER), (Instalment, INSTALMENT), (Claim, CLAIM), (Contract, CONTRACT), (CaseFile, CASE)
]  # fmt: skip


def read(kind: type[Any], usual: dict[str, Any], **differs: Any) -> Any:
    """The type as read from JSON."""
    return msgspec.json.decode(json.dumps({**usual, **differs}), type=kind)


@pytest.mark.parametrize(("kind", "usual"), KINDS)
def test_each_required_field_is_required(kind: type[Any], usual: dict[str, Any]) -> None:
    assert read(kind, usual)
    for field in usual:
        rest = {key: value for key, value in usual.items() if key != field}
        with pytest.raises(msgspec.ValidationError, match=field):
            read(kind, rest)
        with pytest.raises(msgspec.ValidationError):
            read(kind, usual, **{field: None})


@pytest.mark.parametrize(
    ("kind", "usual", "defaults"),
    [
        (Cover, COVER, {"waiting_months": 0, "relapse_months": 6, "monthly_cap": None, "age_limit": None}),
        (DeathCover, {}, {"waiting_months": 0, "cap": None, "age_limit": None}),
        (Claim, CLAIM, {"icd": (), "months_used_before": 0, "instalments": (), "released_until": None}),
        (Contract, CONTRACT, {"recourse_open": Decimal(0), "claims": (), "final_instalment": None, "arrears": None}),
        (Tariff, {"id": "T"}, {"illness": None, "unemployment": None, "death": None}),
    ],
)
def test_null_and_absent_are_the_default(kind: type[Any], usual: dict[str, Any], defaults: dict[str, Any]) -> None:
    for each in (read(kind, usual), read(kind, usual, **dict.fromkeys(defaults))):
        assert {name: getattr(each, name) for name in defaults} == defaults


AMOUNTS = [
    (Cover, COVER, "monthly_cap"),
    (DeathCover, {}, "cap"),
    (Instalment, INSTALMENT, "amount"),
    (Contract, CONTRACT, "instalment"),
    (Contract, CONTRACT, "final_instalment"),
    (Contract, CONTRACT, "recourse_open"),
]


@pytest.mark.parametrize(("kind", "usual", "name"), AMOUNTS)
@pytest.mark.parametrize("amount", ["-0.01", -1, "0.001", 312.505, "NaN", "Infinity", "viel", "99999999999.00", True])
def test_impossible_amounts_are_refused(kind: type[Any], usual: dict[str, Any], name: str, amount: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        read(kind, usual, **{name: amount})


@pytest.mark.parametrize(("kind", "usual", "name"), AMOUNTS)
@pytest.mark.parametrize("amount", ["312.50", "312.5", 312.5, "312.500"])
def test_possible_amounts_have_two_places(kind: type[Any], usual: dict[str, Any], name: str, amount: Any) -> None:
    assert str(getattr(read(kind, usual, **{name: amount}), name)) == "312.50"


def test_an_instalment_of_the_loan_is_above_zero() -> None:
    assert read(Contract, CONTRACT, instalment="0.01").instalment == Decimal("0.01")
    with pytest.raises(msgspec.ValidationError, match="instalment"):
        read(Contract, CONTRACT, instalment="0.00")


@pytest.mark.parametrize(("due_day", "possible"), [(0, False), (1, True), (28, True), (29, False), (15.5, False)])
def test_due_days(due_day: Any, possible: bool) -> None:
    if possible:
        assert read(Contract, CONTRACT, due_day=due_day).due_day == due_day
    else:
        with pytest.raises(msgspec.ValidationError, match="due_day"):
            read(Contract, CONTRACT, due_day=due_day)


@pytest.mark.parametrize("name", ["deferred_days", "max_months", "waiting_months", "relapse_months", "age_limit"])
@pytest.mark.parametrize("number", [-1, 1.5, "42", True])
def test_times_are_whole_numbers(name: str, number: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        read(Cover, COVER, **{name: number})


def test_only_illness_and_unemployment_pay_a_running_benefit() -> None:
    tariff = read(Tariff, {"id": "T"}, illness=COVER, unemployment={**COVER, "max_months": 12}, death={})
    found = {cause: tariff.cover(cause) for cause in Cause}
    assert {cause for cause, cover in found.items() if cover} == {Cause.ILLNESS, Cause.UNEMPLOYMENT}
    assert found[Cause.UNEMPLOYMENT].max_months == 12
    assert found[Cause.ILLNESS].max_months == 24


@pytest.mark.parametrize(
    ("benefit_from", "released_until", "days"),
    [
        ("2026-04-13", "2026-04-13", 1),
        ("2026-04-13", "2026-04-12", None),
        ("2026-04-13", None, None),
        (None, "2026-04-13", None),
    ],
)
def test_benefit_days(benefit_from: str | None, released_until: str | None, days: int | None) -> None:
    found = read(Claim, CLAIM, benefit_from=benefit_from, released_until=released_until).benefit_days
    assert (found.days if found else None) == days


@pytest.mark.parametrize(
    ("status", "is_open"), [("accepted", True), ("reported", False), ("declined", False), ("closed", False)]
)
def test_a_claim_is_open_while_accepted(status: str, is_open: bool) -> None:
    assert read(Claim, CLAIM, status=status).is_open is is_open


def test_the_named_contract_comes_first_the_others_stay_in_order() -> None:
    contracts = [{**CONTRACT, "number": number} for number in ("RS-3", "RS-1", "RS-2")]
    file = read(CaseFile, CASE, contracts=contracts)
    assert [each.number for each in file.ordered("RS-2")] == ["RS-2", "RS-3", "RS-1"]
    assert [each.number for each in file.ordered("RS-9")] == ["RS-3", "RS-1", "RS-2"]


@pytest.mark.parametrize(("kind", "usual"), KINDS)
def test_facts_cannot_be_changed(kind: type[Any], usual: dict[str, Any]) -> None:
    each = read(kind, usual)
    with pytest.raises(AttributeError):
        setattr(each, next(iter(usual)), date(2026, 1, 1))


@pytest.mark.parametrize(("kind", "usual"), KINDS)
def test_written_and_read_again_it_is_the_same(kind: type[Any], usual: dict[str, Any]) -> None:
    once = read(kind, usual)
    assert msgspec.json.decode(msgspec.json.encode(once), type=kind) == once
