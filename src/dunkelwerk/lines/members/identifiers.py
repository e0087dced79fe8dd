"""Identifiers that members tell: what is wrong with one, without ever saying the identifier itself. Pure."""

from __future__ import annotations

from dunkelwerk.decisions.identifiers import TAX_ID, compact, has_one_repetition, iban_flaw, mod_11_10

DIGITS = 11
IBAN_FLAWS = {"form": "Länge oder Aufbau passen nicht zum Land", "check_digits": "die Prüfziffern stimmen nicht"}


def tax_id_fault(tax_id: str) -> str | None:
    """What is wrong with a tax ID, as a German clause; None for a valid one.

    Eleven digits, no leading zero, of the first ten exactly one twice or three times, never three of it side by side,
    ISO 7064 MOD 11,10. Source: § 139b AO; BZSt, Aufbau der Identifikationsnummer.
    """
    digits = compact(tax_id)
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return "es sind nicht elf Ziffern"
    if not TAX_ID.fullmatch(digits):
        return "sie beginnt mit einer Null"
    if not has_one_repetition(digits[:-1]):
        return "die Ziffern wiederholen sich anders, als es bei Steuer-IDs vorkommt"
    return None if mod_11_10(digits[:-1]) == int(digits[-1]) else "die Prüfziffer stimmt nicht"


def iban_fault(iban: str) -> str | None:
    """What is wrong with an IBAN, as a German clause; None for one whose form and check digits are right."""
    flaw = iban_flaw(compact(iban))
    return None if flaw is None else IBAN_FLAWS[flaw]
