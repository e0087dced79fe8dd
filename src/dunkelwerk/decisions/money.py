"""Money: EUR, ``Decimal``, two places. The only place where anything is rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
#: Ten digits before the comma: more is a typing error, and the register's columns hold no more.
LARGEST = Decimal("9999999999.99")


def cents(amount: Decimal) -> Decimal:
    """``amount`` with two places, rounded half up (docs/rules.md, preamble)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def amount_fault(amount: Decimal) -> str | None:
    """What is wrong with an amount from outside (not negative, at most two decimals), or None."""
    if not amount.is_finite():
        return "ein Betrag muss eine Zahl sein"
    if amount < 0:
        return "ein Betrag darf nicht negativ sein"
    if amount > LARGEST:
        return "ein Betrag darf höchstens 9999999999.99 sein"
    if amount != cents(amount):
        return "ein Betrag hat höchstens zwei Nachkommastellen"
    return None


def euros(amount: Decimal) -> str:
    """The amount as Germans write it: ``1.234,50 €``."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + " €"
