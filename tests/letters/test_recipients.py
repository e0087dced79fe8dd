"""To whom: address lines and salutation; who cannot be written to."""

from __future__ import annotations

import pytest
from letter_support import case_file, content_of, engine, print_letter, released

from dunkelwerk.letters.rendering import LetterFault, text_of
from dunkelwerk.lines.address import AddressFault

SETTLED = released("2026-11-15")


def data_of(**person: str | None) -> dict[str, object]:
    return content_of("settlement", SETTLED, file=case_file(person=person))


@pytest.mark.parametrize(
    ("salutation", "first", "greeting"),
    [
        ("Herr", "Herrn", "Sehr geehrter Herr Groß,"),
        ("Frau", "Frau", "Sehr geehrte Frau Groß,"),
        (None, "Jürgen Groß", "Guten Tag Jürgen Groß,"),
        ("Divers", "Jürgen Groß", "Guten Tag Jürgen Groß,"),
    ],
)
def test_whom_the_register_does_not_call_herr_or_frau_is_greeted_by_name(
    salutation: str | None, first: str, greeting: str
) -> None:
    data = data_of(salutation=salutation)
    assert data["recipient"][0] == first  # type: ignore[index]
    assert data["salutation"] == greeting


def test_titles_stand_before_the_whole_name_and_in_the_salutation() -> None:
    data = data_of(last_name="Prof. Dr. Groß")
    assert data["recipient"][1] == "Prof. Dr. Jürgen Groß"  # type: ignore[index]
    assert data["salutation"] == "Sehr geehrter Herr Prof. Dr. Groß,"
    assert data_of(last_name="Drewes")["salutation"] == "Sehr geehrter Herr Drewes,"


def test_the_country_stands_below_only_abroad() -> None:
    home = data_of(country="DE")
    assert (home["recipient"][-1], home["country"]) == ("50667 Köln", "Deutschland")  # type: ignore[index]
    assert data_of(country=None)["recipient"] == home["recipient"]
    abroad = data_of(country="AT", postal_code="1010", city="Wien")
    assert abroad["recipient"][-2:] == ["1010 Wien", "ÖSTERREICH"]  # type: ignore[index]
    assert abroad["country"] == "Österreich"


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("street", None, "die Straße"),
        ("street", "  ", "die Straße"),
        ("city", None, "der Ort"),
        ("postal_code", None, "Postleitzahl"),
        ("postal_code", "1010", "Postleitzahl"),
    ],
)
def test_an_incomplete_address_says_what_is_missing_and_nothing_of_the_person(
    field: str, value: str | None, named: str
) -> None:
    with pytest.raises(AddressFault) as raised:
        data_of(**{field: value})
    assert named in str(raised.value)
    assert not [word for word in ("Groß", "Linden", "Köln", "50667") if word in str(raised.value)]


def test_a_house_number_may_be_missing() -> None:
    assert data_of(street="Postfach 12 34", house_number=None)["recipient"][2] == "Postfach 12 34"  # type: ignore[index]


LONG = "Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst "


@pytest.mark.parametrize(("times", "fits"), [(1, True), (3, True), (9, False)])
def test_long_names_are_set_smaller_until_the_field_is_full(times: int, fits: bool) -> None:
    data = data_of(last_name=LONG * times, country="LI", postal_code="9490", city="Vaduz")
    if fits:
        text = " ".join(text_of(print_letter(engine(), "settlement", data).pdf).split())
        assert f"Jürgen {' '.join((LONG * times).split())} Lindenstr. 7 9490 Vaduz LIECHTENSTEIN" in text
    else:
        with pytest.raises(LetterFault, match="die Anschrift passt nicht"):
            print_letter(engine(), "settlement", data)


def test_eight_lines_of_an_address_fit() -> None:
    data = data_of() | {"recipient": [f"Zeile {number}" for number in range(1, 9)]}
    assert "Zeile 8" in text_of(print_letter(engine(), "settlement", data).pdf)
    with pytest.raises(LetterFault):
        print_letter(engine(), "settlement", data | {"recipient": ["Zeile"] * 10})
