"""Identifiers and names that members tell."""

from __future__ import annotations

import pytest
from member_support import TAX_IDS

from dunkelwerk.lines.members.identifiers import iban_fault, tax_id_fault
from dunkelwerk.lines.members.signatures import is_name_of, same_name


@pytest.mark.parametrize("tax_id", [*TAX_IDS, "86 095 742 719", "11213456783"])
def test_a_valid_tax_id_has_no_fault(tax_id: str) -> None:
    assert tax_id_fault(tax_id) is None


@pytest.mark.parametrize(
    ("tax_id", "fault"),
    [
        ("", "elf Ziffern"),
        ("8609574271", "elf Ziffern"),
        ("860957427199", "elf Ziffern"),
        ("8609574271X", "elf Ziffern"),
        ("٨6095742719", "elf Ziffern"),
        ("02476291358", "Null"),
        ("11123456786", "wiederholen"),
        ("12345678903", "wiederholen"),
        ("11223456789", "wiederholen"),
        ("86095742710", "Prüfziffer"),
    ],
)
def test_what_is_wrong_with_a_tax_id_is_said_without_it(tax_id: str, fault: str) -> None:
    said = tax_id_fault(tax_id)
    assert said is not None
    assert fault in said
    assert not any(char.isdigit() for char in said)


@pytest.mark.parametrize("digit", range(11))
def test_every_single_wrong_digit_is_found(digit: int) -> None:
    valid = TAX_IDS[0]
    others = [valid[:digit] + str(each) + valid[digit + 1 :] for each in range(10) if str(each) != valid[digit]]
    assert [each for each in others if tax_id_fault(each) is None] == []


@pytest.mark.parametrize(
    "iban", ["DE02120300000000202051", "de02 1203 0000 0000 2020 51", "FR1420041010050500013M02606", "BE68539007547034"]
)
def test_a_valid_iban_has_no_fault(iban: str) -> None:
    assert iban_fault(iban) is None


@pytest.mark.parametrize(
    "iban", ["", "DE", "DE03120300000000202051", "DE0212030000000020205", "XX02120300000000202051"]
)
def test_an_invalid_iban_has_one(iban: str) -> None:
    assert iban_fault(iban)


@pytest.mark.parametrize(
    "typed",
    ["Jürgen Groß", "juergen gross", "JÜRGEN PETER GROSS", "Groß, Jürgen", "Groß Jürgen Peter", "Dr. Jürgen Groß"],
)
def test_a_signature_is_the_persons_name(typed: str) -> None:
    assert is_name_of(typed, first_name="Jürgen Peter", last_name="Groß")


@pytest.mark.parametrize("typed", ["", " ", "Groß", "Jürgen", "J. Groß", "Peter Groß", "Jürgen Klein", "Sabine Groß"])
def test_anything_else_is_not(typed: str) -> None:
    assert not is_name_of(typed, first_name="Jürgen Peter", last_name="Groß")


def test_a_last_name_of_several_words_is_needed_in_full() -> None:
    assert is_name_of("Anna von der Heide", first_name="Anna", last_name="von der Heide")
    assert is_name_of("Anna Meyer Schmidt", first_name="Anna", last_name="Meyer-Schmidt")
    assert not is_name_of("Anna Heide", first_name="Anna", last_name="von der Heide")


def test_names_are_the_same_in_any_order_and_an_empty_one_equals_none() -> None:
    assert same_name("Sabine Groß", "gross, sabine")
    assert not same_name("Sabine Groß", "Sabine Klein")
    assert not same_name("", "")
