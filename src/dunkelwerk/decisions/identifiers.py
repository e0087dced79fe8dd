"""Check digits of identifiers: tax ID, KVNR, pension number, IBAN. Pure: text in, whether it can be right out.

All take the compact form of `compact`. Sources: § 139b AO and ISO 7064 MOD 11,10 (tax ID); GKV-Spitzenverband, KVNR;
§ 147 SGB VI and VKVV (pension number); ISO 13616 (IBAN).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from stdnum import iban as ibans
from stdnum.exceptions import InvalidChecksum, ValidationError

IbanFlaw = Literal["form", "check_digits"]

KVNR = re.compile(r"[A-Z][0-9]{9}")
PENSION_NUMBER = re.compile(r"[0-9]{8}[A-Z][0-9]{3}")
TAX_ID = re.compile(r"[1-9][0-9]{10}")
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
GERMAN_IBAN = 22
_SEPARATORS = re.compile(r"[\s\-./]+")
KVNR_WEIGHTS = (1, 2, 1, 2, 1, 2, 1, 2, 1, 2)
PENSION_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def compact(text: str) -> str:
    """Without blanks, hyphens, points and slashes, in capitals: as identifiers are compared and stored."""
    return _SEPARATORS.sub("", text).upper()


def is_tax_id(text: str) -> bool:
    """Eleven digits, no leading 0 (test numbers), one digit two or three times, never three in a row, check digit.

    >>> is_tax_id("86095742719"), is_tax_id("11123456786")
    (True, False)
    """
    return bool(TAX_ID.fullmatch(text)) and has_one_repetition(text[:10]) and mod_11_10(text[:10]) == int(text[10])


def has_one_repetition(digits: str) -> bool:
    """Exactly one digit occurs twice or three times, all others at most once; three equal neighbours do not occur."""
    repeated = [count for count in Counter(digits).values() if count > 1]
    in_a_row = any(digits[at] == digits[at + 1] == digits[at + 2] for at in range(len(digits) - 2))
    return len(repeated) == 1 and repeated[0] in (2, 3) and not in_a_row


def mod_11_10(digits: str) -> int:
    """The check digit by ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def is_kvnr(text: str) -> bool:
    """A letter and nine digits, the last of them the check digit.

    >>> is_kvnr("A123456780"), is_kvnr("A123456781")
    (True, False)
    """
    if not KVNR.fullmatch(text):
        return False
    digits = f"{_number(text[0])}{text[1:9]}"
    return weighted(digits, KVNR_WEIGHTS) == int(text[9])


def is_pension_number(text: str) -> bool:
    """Eight digits, a letter, three digits, the last of them the check digit. The digits of the day need not be a date.

    >>> is_pension_number("65170839J003"), is_pension_number("65170839J004")
    (True, False)
    """
    if not PENSION_NUMBER.fullmatch(text):
        return False
    digits = f"{text[:8]}{_number(text[8])}{text[9:11]}"
    return weighted(digits, PENSION_WEIGHTS) == int(text[11])


def weighted(digits: str, weights: Iterable[int]) -> int:
    """The last digit of the sum of the digit sums of digit times weight."""
    return sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, weights, strict=True)) % 10


def is_iban(text: str) -> bool:
    """Whether form, length for its country and check digits of an IBAN are right: what every part of the program asks.

    >>> is_iban("DE02120300000000202051"), is_iban("DE03120300000000202051")
    (True, False)
    """
    return iban_flaw(text) is None


def iban_flaw(text: str) -> IbanFlaw | None:
    """What is wrong with an IBAN: its form (length and structure by country), or its check digits; None: nothing.

    No list of a country's banks is asked: it is out of date sooner or later, and then refuses good accounts.
    """
    if not IBAN.fullmatch(text):
        return "form"
    if text.startswith("DE"):  # what stdnum checks for DE, some 30 times as fast
        if len(text) != GERMAN_IBAN or not text[2:].isdigit():
            return "form"
        return None if int(f"{text[4:]}1314{text[2:4]}") % 97 == 1 else "check_digits"
    return _foreign_flaw(text)


@lru_cache(maxsize=4096)
def _foreign_flaw(text: str) -> IbanFlaw | None:
    try:
        ibans.validate(text, check_country=False)
    except InvalidChecksum:
        return "check_digits"
    except ValidationError:
        return "form"
    return None


def _number(letter: str) -> str:
    """A is 01, Z is 26."""
    return f"{ord(letter) - ord('A') + 1:02d}"
