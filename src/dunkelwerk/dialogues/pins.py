"""One-time PINs: how they are made, printed, typed, and how a typing error is told from a wrong one.

Pure but for chance.
Twelve symbols: five select the dialogue, six are verified, the last is the check symbol. Source: docs/dialogues.md.
"""

from __future__ import annotations

import secrets
import unicodedata

#: 31 symbols, a prime: without 0 O, 1 I L, which are read wrongly
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
LENGTH, SELECTOR, GROUP = 12, 5, 4
#: no weight is a multiple of 31, and no two are alike: every single wrong symbol and every swap of two is caught
WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1)
#: whoever types more than this has not typed a PIN
LONGEST_TEXT = 100


def generate() -> str:
    """A new PIN, compact, from the operating system's source of chance."""
    return with_check(random_symbols(LENGTH - 1))


def random_symbols(count: int) -> str:
    """So many symbols by chance, each as likely as any other."""
    number, symbols = secrets.randbelow(len(ALPHABET) ** count), []
    for _ in range(count):
        number, rest = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[rest])
    return "".join(symbols)


def with_check(symbols: str) -> str:
    """Eleven symbols and the check symbol that belongs to them."""
    return symbols + ALPHABET[-weighted_sum(symbols) % len(ALPHABET)]


def weighted_sum(symbols: str) -> int:
    """The sum that a correct PIN makes a multiple of 31."""
    return sum(weight * VALUES[symbol] for weight, symbol in zip(WEIGHTS, symbols, strict=False))


def normalise(text: str) -> str:
    """What was typed, compact: any case and width; blanks, hyphens, dashes and invisible signs do not matter."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).upper()
    return "".join(each for each in folded if unicodedata.category(each)[0] not in "ZC" and not is_dash(each))


def is_dash(symbol: str) -> bool:
    """Whether it is a hyphen or dash of any kind, or the minus sign, which looks like one."""
    return unicodedata.category(symbol) == "Pd" or symbol == "−"


def is_typing_error(pin: str) -> bool:
    """Whether a normalised text can be no PIN at all: wrong length, foreign symbol, check symbol not in accord."""
    if len(pin) != LENGTH or not VALUES.keys() >= set(pin):
        return True
    return weighted_sum(pin) % len(ALPHABET) != 0


def grouped(pin: str) -> str:
    """As it is printed: ``ABCD-EFGH-JKMN``."""
    return "-".join(pin[start : start + GROUP] for start in range(0, len(pin), GROUP))


def selector_of(pin: str) -> str:
    """The part that finds the dialogue."""
    return pin[:SELECTOR]


def secret_of(pin: str) -> str:
    """The part that is verified."""
    return pin[SELECTOR:-1]
