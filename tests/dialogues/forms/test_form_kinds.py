"""Every kind of question: what is taken, what is refused, and that what is shown is what was read."""

from __future__ import annotations

from typing import Any

import pytest
from forms_support import question
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from dunkelwerk.dialogues.forms.iban import bank_name, is_doubtful
from dunkelwerk.dialogues.forms.kinds import KINDS, kind_of
from dunkelwerk.dialogues.forms.language import Option, Question
from dunkelwerk.dialogues.forms.posted import Fault, Posted, clean, lines, one_line
from dunkelwerk.infra.i18n import speaking

OPTIONS = tuple(Option(name=name, label={"de": name.title()}) for name in ("arm", "leg", "head"))


def of(kind: Any, **more: Any) -> Question:
    options = OPTIONS if kind in ("one_of", "some_of") else ()
    return Question(name="q", kind=kind, label={"de": "Frage"}, options=options, **more)


def read(asked: Question, **posted: Any) -> Any:
    fields = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in posted.items()}
    return kind_of(asked).read(asked, Posted(fields), "q")


@pytest.mark.parametrize(
    ("kind", "text", "stored", "shown"),
    [
        ("yes_no", "yes", True, "Ja"),
        ("yes_no", "no", False, "Nein"),
        ("one_of", "leg", "leg", "Leg"),
        ("some_of", ["head", "arm", "arm"], ["arm", "head"], "Arm, Head"),
        ("short_text", "  Anna \t Groß\n", "Anna Groß", "Anna Groß"),
        ("long_text", "eins  \r\n\r\n\r\n\r\nzwei\r", "eins\n\nzwei", "eins\n\nzwei"),
        ("time", "8:05", "08:05", "08:05 Uhr"),
        ("time", "14.30 Uhr", "14:30", "14:30 Uhr"),
        ("time", "8", "08:00", "08:00 Uhr"),
        ("amount", "312,5", "312.50", "312,50 €"),
        ("amount", "1.234,50 €", "1234.50", "1.234,50 €"),
        ("amount", "1.234", "1234.00", "1.234,00 €"),
        ("amount", "12.34", "12.34", "12,34 €"),
        ("amount", "0", "0.00", "0,00 €"),
        ("amount", "20 EUR", "20.00", "20,00 €"),
        ("amount", "20 Euro", "20.00", "20,00 €"),
        ("number", "1.000", 1000, "1000"),
        ("number", "007", 7, "7"),
        ("iban", "de02 1203 0000 0000 2020 51", "DE02120300000000202051", None),
        ("tax_id", "86 095 742 719", "86095742719", "86 095 742 719"),
        ("kvnr", "a123456780", "A123456780", "A123456780"),
        ("pension_number", "65 170839 J 003", "65170839J003", "65 170839 J 003"),
        ("phone", "+49 (0)221 / 123-456", "+49221123456", "+49221123456"),
        ("phone", "0049221123456", "+49221123456", "+49221123456"),
        ("phone", "0221 123456", "0221123456", "0221123456"),
        ("e_mail", " Anna.Gross@Beispiel.DE ", "Anna.Gross@beispiel.de", "Anna.Gross@beispiel.de"),
        ("declaration", "on", True, "Ja, erklärt"),
        ("signature", "Anna Groß", "Anna Groß", "Anna Groß"),
    ],
)
def test_what_is_taken_and_how_it_is_shown(kind: str, text: Any, stored: Any, shown: str | None) -> None:
    asked = of(kind)
    assert read(asked, q=text) == stored
    assert kind_of(asked).show(asked, stored) == shown or shown is None
    assert kind_of(asked).read(asked, Posted(kind_of(asked).fields(stored, "q")), "q") == stored


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("yes_no", "vielleicht", "Ja oder Nein"),
        ("one_of", "nose", "eine Antwort"),
        ("some_of", ["arm", "nose"], "unter den Antworten"),
        ("short_text", "x" * 201, "200 Zeichen (jetzt 201)"),
        ("long_text", "x" * 4001, "4000 Zeichen"),
        ("time", "25:00", "14:30"),
        ("time", "12:60", "14:30"),
        ("time", "mittags", "14:30"),
        ("amount", "12,345", "312,50"),
        ("amount", "1.23.4", "312,50"),
        ("amount", "zwölf", "312,50"),
        ("amount", "1.111.111.111.111", "312,50"),
        ("amount", "1" + 9 * ".111", "312,50"),
        ("amount", "-1" + 99 * ".111" + ",11", "312,50"),
        ("amount", "-5", "ohne Minuszeichen"),
        ("amount", "99999999999", "312,50"),
        ("amount", "٣", "312,50"),
        ("number", "3,5", "ganze Zahl"),
        ("number", "-1", "ohne Minuszeichen"),
        ("number", "1e3", "ganze Zahl"),
        ("iban", "DE03120300000000202051", "stimmt nicht"),
        ("iban", "FR142004101005050001", "stimmt nicht"),
        ("tax_id", "8609574271", "elf Ziffern"),
        ("tax_id", "86095742710", "stimmt nicht"),
        ("kvnr", "A123456781", "Gesundheitskarte"),
        ("pension_number", "65170839J004", "stimmt nicht"),
        ("phone", "keine", "Telefonnummer"),
        ("phone", "123", "Telefonnummer"),
        ("e_mail", "anna@beispiel", "E-Mail"),
        ("e_mail", "anna beispiel.de", "E-Mail"),
        ("e_mail", "a..b@beispiel.de", "E-Mail"),
        ("e_mail", "a@b@beispiel.de", "E-Mail"),
        ("signature", ".", "vollen Namen"),
    ],
)
def test_what_is_refused_with_a_sentence(kind: str, text: Any, part: str) -> None:
    found = read(of(kind), q=text)
    assert isinstance(found, Fault)
    assert part in found.sentence
    assert found.field == "q"
    if isinstance(text, str) and len(text) > 8:
        assert text not in found.sentence


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"upload", "person_list"}))
def test_nothing_posted_is_no_answer(kind: str) -> None:
    assert read(of(kind)) is UNSET
    assert read(of(kind), q="  ") is UNSET
    assert kind_of(of(kind)).wanted(of(kind)).endswith(".")


@pytest.mark.parametrize(
    ("day", "month", "year", "field", "part"),
    [
        ("31", "2", "2026", "q.day", "gibt es nicht"),
        ("29", "2", "2025", "q.day", "gibt es nicht"),
        ("", "2", "2026", "q.day", "auch den Tag"),
        ("1", "", "2026", "q.month", "auch den Monat"),
        ("1", "13", "2026", "q.month", "1 bis 12"),
        ("1", "März", "2026", "q.month", "1 bis 12"),
        ("1", "2", "", "q.year", "auch das Jahr"),
        ("1", "2", "26", "q.year", "vier Ziffern"),
        ("1", "2", "1899", "q.year", "prüfen"),
        ("1", "2", "2200", "q.year", "prüfen"),
        ("32", "1", "2026", "q.day", "1 bis 31"),
        ("٣", "1", "2026", "q.day", "1 bis 31"),
    ],
)
def test_a_wrong_day_names_the_field_to_mend(day: str, month: str, year: str, field: str, part: str) -> None:
    found = read(of("date"), q__day=day, q__month=month, q__year=year)
    assert isinstance(found, Fault)
    assert (found.field, part in found.sentence) == (field, True)


@given(day=st.dates(min_value=KINDS["date"].typed("1900-01-01"), max_value=KINDS["date"].typed("2199-12-31")))
def test_every_day_is_read_as_it_is_shown(day: Any) -> None:
    kind, asked = KINDS["date"], of("date")
    shown = kind.show(asked, day.isoformat()).split(".")
    posted = dict(zip(("q__day", "q__month", "q__year"), shown, strict=True))
    assert read(asked, **posted) == day.isoformat()


@given(amount=st.decimals(0, 9999999999, places=2))
def test_every_amount_is_read_as_it_is_shown(amount: Any) -> None:
    stored = f"{amount:.2f}"
    assert read(of("amount"), q=KINDS["amount"].show(of("amount"), stored)) == stored
    assert read(of("amount"), q=stored) == stored


@given(text=st.text(max_size=300))
@pytest.mark.parametrize("kind", ["short_text", "long_text", "signature", "e_mail", "phone"])
def test_a_text_that_was_read_is_read_again_as_the_same(kind: str, text: str) -> None:
    """Reading is idempotent: what is stored passes the check before submission."""
    asked = of(kind)
    found = read(asked, q=text)
    if found is not UNSET and not isinstance(found, Fault):
        assert kind_of(asked).read(asked, Posted(kind_of(asked).fields(found, "q")), "q") == found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1bc", "abc"),
        ("Gro\u0308\u00df", "Größ"),
        ("an\u200bna\u202e\ufeff", "anna"),
        ("a\ud800b", "ab"),
        ("o\u200b\u0308", "ö"),
        ("1\u00a02", "1 2"),
    ],
)
def test_control_and_invisible_characters_are_removed(text: str, kept: str) -> None:
    assert one_line(text) == kept


@given(text=st.text())
def test_nothing_unprintable_is_ever_kept(text: str) -> None:
    assert "\x00" not in clean(text)
    assert clean(clean(text)) == clean(text)
    assert lines(lines(text)) == lines(text)
    assert one_line(text).isprintable()


def test_an_endless_text_is_cut_before_it_is_looked_at() -> None:
    found = read(of("long_text", max_length=10), q="ä" * 10_000_000)
    assert isinstance(found, Fault)


def test_limits_of_numbers_amounts_and_choices() -> None:
    assert read(of("number", minimum=1, maximum=5), q="5") == 5
    assert isinstance(read(of("number", minimum=1, maximum=5), q="6"), Fault)
    assert read(of("number", minimum=0), q="0") == 0
    assert isinstance(read(of("number", minimum=1), q="0"), Fault)
    assert read(of("amount", minimum="-5"), q="-5") == "-5.00"
    assert "5,00 €" in read(of("amount", minimum="5"), q="4,99").sentence
    assert isinstance(read(of("some_of", max_items=1), q=["arm", "leg"]), Fault)
    assert isinstance(read(of("some_of", min_items=2), q=["arm"]), Fault)
    assert read(of("some_of", min_items=2, max_items=2), q=["arm", "leg"]) == ["arm", "leg"]


def test_an_address_and_its_parts() -> None:
    whole = {"q__street": "Lindenstr.", "q__house_number": "7", "q__postal_code": "50667", "q__city": "Köln"}
    found = read(of("address"), **whole)
    assert found == {
        "street": "Lindenstr.",
        "house_number": "7",
        "postal_code": "50667",
        "city": "Köln",
        "country": "DE",
    }
    kind = KINDS["address"]
    assert kind.show(of("address"), found) == "Lindenstr. 7, 50667 Köln"
    assert kind.read(of("address"), Posted(kind.fields(found, "q")), "q") == found
    for missing, field in (("q__street", "q.street"), ("q__postal_code", "q.postal_code"), ("q__city", "q.city")):
        assert read(of("address"), **(whole | {missing: ""})).field == field
    assert read(of("address"), **(whole | {"q__postal_code": "5066"})).field == "q.postal_code"
    abroad = read(of("address"), **(whole | {"q__postal_code": "1010", "q__country": "at"}))
    assert kind.show(of("address"), abroad) == "Lindenstr. 7, 1010 Köln, AT"
    assert read(of("address"), q__country="DE") is UNSET


def test_an_iban_names_its_bank_and_doubts_an_odd_account() -> None:
    assert bank_name("DE02120300000000202051") == "Deutsche Kreditbank Berlin"
    assert bank_name("DE0") is None
    assert KINDS["iban"].show(of("iban"), "DE02120300000000202051").startswith("DE02 1203 0000 0000 2020 51 (")
    assert not is_doubtful("DE02120300000000202051")
    assert KINDS["iban"].doubt("DE02120300000000202051") is None
    assert "jede Ziffer" in str(KINDS["iban"].doubt("DE44500105175407324931"))


def test_sentences_are_in_the_language_of_the_request() -> None:
    with speaking("en"):
        assert KINDS["yes_no"].show(of("yes_no"), True) == "Yes"
        assert kind_of(question("place")).show(question("place"), "work") == "At work"
