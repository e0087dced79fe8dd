"""Check digits: the valid numbers of the sources, and every single wrong digit of them."""

from __future__ import annotations

import pytest

from dunkelwerk.decisions.identifiers import compact, is_iban, is_kvnr, is_pension_number, is_tax_id

TAX_IDS = ["86095742719", "65929970489", "57549285017", "36574261809"]


@pytest.mark.parametrize("number", TAX_IDS)
def test_a_tax_id_and_each_of_its_misprints(number: str) -> None:
    assert is_tax_id(number)
    wrong = {number[:at] + digit + number[at + 1 :] for at in range(11) for digit in "0123456789"} - {number}
    assert [each for each in wrong if is_tax_id(each)] == []


@pytest.mark.parametrize(
    "number",
    [
        "02476291358",  # leading 0: a test number
        "11123456786",  # three equal neighbours
        "12345678903",  # no digit repeated
        "8609574271",
        "860957427191",
        "",
        "8609574271٩",
    ],
)
def test_what_is_no_tax_id(number: str) -> None:
    assert not is_tax_id(number)


def test_a_digit_three_times_but_not_in_a_row_is_a_tax_id() -> None:
    """Since 2016 one digit may occur three times."""
    found = [f"1012314567{digit}" for digit in range(10) if is_tax_id(f"1012314567{digit}")]
    assert len(found) == 1
    in_a_row = [f"1112304567{digit}" for digit in range(10) if is_tax_id(f"1112304567{digit}")]
    assert in_a_row == []


@pytest.mark.parametrize(
    ("number", "valid"),
    [("A123456780", True), ("T024791905", True), ("X234567890", False), ("A123456781", False), ("a123456780", False)],
)
def test_kvnr(number: str, valid: bool) -> None:
    assert is_kvnr(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [("65170839J003", True), ("15070649C103", True), ("65170839J013", False), ("65170839J00", False), ("", False)],
)
def test_pension_number(number: str, valid: bool) -> None:
    assert is_pension_number(number) is valid


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("DE02120300000000202051", True),
        ("DE44500105175407324931", True),
        ("FR1420041010050500013M02606", True),
        ("BE68539007547034", True),
        ("BE68539007547035", False),
        ("BE6853900754703", False),
        ("DE03120300000000202051", False),
        ("DE0212030000000020205", False),
        ("DE0212030000000020205A", False),
        ("", False),
    ],
)
def test_iban(iban: str, valid: bool) -> None:
    assert is_iban(iban) is valid


def test_as_people_type_them() -> None:
    assert compact(" de02 1203-0000 0000.2020/51 ") == "DE02120300000000202051"
