"""Whoever lives abroad gets a letter that arrives: the country below the place, and logs in with what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, TODAY, import_rows, person_row, publish_proof

ON = date.fromisoformat(TODAY)


def printed(folder: Path) -> Any:
    """The letters of the import."""
    from dunkelwerk.dialogues.papers.printing import print_letters

    return print_letters(
        folder / "out.csv", folder / "briefe", on=ON, identity=None, limit=None, advance=lambda _: None
    )


@pytest.mark.parametrize(
    ("code", "city", "lines"),
    [
        ("A-1010", "Wien", ["1010 Wien", "ÖSTERREICH"]),
        ("ch-8001", "Zürich", ["8001 Zürich", "SCHWEIZ"]),
        ("GB-SW1A 1AA", "London", ["SW1A 1AA London", "VEREINIGTES KÖNIGREICH"]),
        ("50667", "Köln", ["50667 Köln"]),
    ],
)
def test_a_letter_abroad_names_the_country(proof: str, folder: Path, code: str, city: str, lines: list[str]) -> None:
    from dunkelwerk.letters.rendering import text_of

    _counts, [letter] = import_rows(folder, [person_row(1, postal_code=code, city=city)])
    done = printed(folder)
    assert (done.letters, done.failed) == (1, [])
    text = text_of((folder / "briefe" / f"{letter['dialogue']}.pdf").read_bytes())
    address = text[: text.index("Vorgang")]
    assert "\n".join(["Lindenstr. 7", *lines]) in address
    assert ("ÖSTERREICH" in text) == (code == "A-1010")
    assert f"{code}-" not in text
    assert letter["postal_code"] == code, "the print file has the cell as it came"


@pytest.mark.parametrize(("typed", "kind"), [("1010", None), ("A-1010", None), ("a1010", None), ("10100", "wrong")])
def test_a_postal_code_abroad_opens_as_the_letter_says_it(
    proof: str, folder: Path, typed: str, kind: str | None
) -> None:
    from dunkelwerk.dialogues import access

    publish_proof(second_secret="postal_code")
    _counts, [letter] = import_rows(folder, [person_row(1, postal_code="A-1010", city="Wien")])
    got = access.log_in(letter["pin"], typed, address="10.0.0.1", at=AT)
    assert getattr(got, "kind", None) == kind


def test_a_member_abroad_is_enrolled_with_the_country(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.records import Person

    for number, code in enumerate(("A-1010", "50667")):
        person = Person(external_id=f"M-{number}", last_name="Groß", birth_date=date(1980, 2, 29), postal_code=code)
        operations.create_dialogue("tax_id", person, prefill={}, actor="test")
    with psycopg.connect(proof) as session:
        rows = session.execute("SELECT postal_code, country FROM member ORDER BY number").fetchall()
    assert rows == [("1010", "AT"), ("50667", None)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("50667", (None, "50667")),
        ("FL-9490", ("LI", "9490")),
        ("LI-9490", ("LI", "9490")),
        ("PL-00-001", ("PL", "00-001")),
        ("XX-1", (None, "XX-1")),
        ("DE-50667", (None, "DE-50667")),
        ("", (None, "")),
    ],
)
def test_a_sign_is_that_of_a_country(text: str, parts: tuple[str | None, str]) -> None:
    from dunkelwerk.dialogues.postal import is_postal_code, parts_of

    assert parts_of(text) == parts
    assert is_postal_code(text) == (text == "50667" or parts[0] is not None)
