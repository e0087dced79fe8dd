"""Money: rounding half up in one place, amounts from outside, German spelling."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.money import CENT, LARGEST, amount_fault, cents, euros


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("10.005", "10.01"),
        ("10.015", "10.02"),
        ("10.025", "10.03"),
        ("10.0049999", "10.00"),
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("312.5", "312.50"),
        ("7", "7.00"),
    ],
)
def test_cents_rounds_half_up(amount: str, expected: str) -> None:
    assert str(cents(Decimal(amount))) == expected


@given(st.decimals(0, 10**9, places=6))
def test_cents_is_the_floor_of_half_a_cent_more(amount: Decimal) -> None:
    assert cents(amount) == (amount + CENT / 2).quantize(CENT, ROUND_FLOOR)


@pytest.mark.parametrize("amount", ["0", "0.00", "312.5", "312.50", "312.500", "1E+2", str(LARGEST)])
def test_amounts_that_are_fine(amount: str) -> None:
    assert amount_fault(Decimal(amount)) is None


@pytest.mark.parametrize(
    ("amount", "fault"),
    [
        ("-0.01", "negativ"),
        ("0.001", "Nachkommastellen"),
        ("312.505", "Nachkommastellen"),
        ("NaN", "Zahl"),
        ("sNaN", "Zahl"),
        ("Infinity", "Zahl"),
        ("-Infinity", "Zahl"),
        (str(LARGEST + CENT), "höchstens"),
        ("1E+40", "höchstens"),
    ],
)
def test_amounts_that_are_refused(amount: str, fault: str) -> None:
    assert fault in str(amount_fault(Decimal(amount)))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0", "0,00 €"), ("0.5", "0,50 €"), ("1234.5", "1.234,50 €"), ("9999999999.99", "9.999.999.999,99 €")],
)
def test_euros(amount: str, expected: str) -> None:
    assert euros(Decimal(amount)) == expected
