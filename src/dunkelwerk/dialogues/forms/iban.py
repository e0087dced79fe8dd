"""IBANs: bank name, and the Bundesbank's account check, whose failure is a doubt only. Pure."""

from __future__ import annotations

from functools import lru_cache

import schwifty
from schwifty.exceptions import SchwiftyException


@lru_cache(maxsize=1024)
def bank_name(iban: str) -> str | None:
    """The name of the bank, e.g. ``Deutsche Kreditbank Berlin``; None where it is not known or the IBAN is wrong."""
    try:
        return schwifty.IBAN(iban).bank_name
    except SchwiftyException:
        return None


def is_doubtful(iban: str) -> bool:
    """Whether the account number fails its bank's own check: usually a typing error, sometimes an old account."""
    try:
        schwifty.IBAN(iban, validate_bban=True)
    except SchwiftyException:
        return True
    return False


def grouped(iban: str) -> str:
    """In groups of four: ``DE02 1203 0000 0000 2020 51``."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
