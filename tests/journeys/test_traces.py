"""What a whole session leaves behind: the PIN nowhere, and nothing that was typed in any log."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_support import Visitor
from playwright.sync_api import Browser
from route_support import ROUTES, TAX_ID, travel
from site_support import Letter, Site
from web_support import SYMBOLS, Person, guess

TABLES = """
    SELECT n.nspname || '.' || quote_ident(c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
STORY = "Ella Wolkenstein hat mich umgefahren"
IN_HEXADECIMAL = set("23456789ABCDEF")


def forms_of(pin: str) -> set[str]:
    """A PIN in every form in which it may have been written down, and its secret part."""
    plain = pin.replace("-", "")
    shown = {pin, plain, pin.replace("-", " "), pin.replace("-", "%2D"), plain[5:11], plain[5:], pin[6:]}
    return shown | {each.lower() for each in shown}


def database_text(site: Site) -> str:
    """Every row of every table, as text; bytes are hexadecimal in it."""
    texts = []
    for table in site.rows(TABLES):
        texts += [row["text"] for row in site.rows(f"SELECT t::text AS text FROM {table['name']} t")]
    assert len(texts) > 50
    return "\n".join(texts)


def found_in(text: str, words: set[str]) -> set[str]:
    """Which of the words a text has, as they are or as the hexadecimal digits of a column of bytes."""
    return {word for word in words if word in text or word.encode().hex() in text}


def written(folder: Path) -> str:
    """Everything that any process wrote, on either stream."""
    files = [*folder.glob("serve.*"), *folder.glob("command-*")]
    assert len(files) > 4
    return "\n".join(path.read_text("utf-8") for path in files)


def telling_letter(site: Site, kind: str) -> Letter:
    """A letter whose PIN cannot stand in a hexadecimal number by chance."""
    while set((letter := site.letter(kind)).pin[6:].replace("-", "")) <= IN_HEXADECIMAL:
        pass
    return letter


@pytest.fixture(scope="module")
def sessions(site: Site, browser: Browser) -> dict[str, Letter]:
    """Three persons from letter to receipt, with slips, wrong guesses, an outage of ours, and the work afterwards."""
    letters = {kind: telling_letter(site, kind) for kind in ("tax_id", "accident", "sepa_mandate")}
    visitor = Visitor(site, browser)
    travel(visitor, letters["tax_id"], ROUTES["tax_id"], stumble=True)
    visitor.submit()
    visitor.close()
    visitor = Visitor(site, browser, script=False)
    travel(visitor, letters["accident"], [*ROUTES["traffic"][:-1], {"course": STORY, "correct": True}])
    visitor.submit()
    visitor.close()
    token = site.run("tokens", "create", "kern", "--scope", "dialogues:read").strip()
    with Person(site) as person:
        letter = letters["sepa_mandate"]
        person.try_pin(guess(letter.pin, 3), letter.birth)
        person.try_pin(letter.pin, {**letter.birth, "birth.year": "1901"})
        person.try_pin(letter.pin[:-1] + SYMBOLS[(SYMBOLS.index(letter.pin[-1]) + 1) % 31], letter.birth)
        person.http.get(f"/{letter.pin}")
        person.http.get("/", params={"pin": letter.pin})
        for path in (f"/fragen/{letter.pin}", f"/ausgang/{letter.pin}", f"/api/v1/dialogues/{letter.pin}"):
            person.http.get(path, headers={"Authorization": f"Bearer {token}"})
        person.log_in(letter)
        break_down(site, person)
    site.run("dialogues", "show", letters["tax_id"].reference)
    site.run("dialogues", "show", letters["tax_id"].pin, code=1)
    site.work()
    return letters


def break_down(site: Site, person: Person) -> None:
    """A fault of ours in the middle of a page: an exception that has what was typed at hand."""
    site.change("ALTER TABLE dialogue_draft RENAME TO gone")
    answer = person.answer(1, {"asked": "iban", "iban": "DE44500105175407324931", "course": STORY})
    site.change("ALTER TABLE gone RENAME TO dialogue_draft")
    assert answer.status_code == 500
    assert "Da ist bei uns etwas schiefgegangen" in answer.text
    assert "DE44" not in answer.text


def test_the_pin_is_nowhere(site: Site, sessions: dict[str, Letter]) -> None:
    """In no column of any table and no line that any process wrote, however it may be written."""
    database, logs = database_text(site), written(site.folder)
    assert sessions["tax_id"].pin.replace("-", "")[:5] in database, "the search finds what is there"
    for letter in sessions.values():
        assert found_in(database, forms_of(letter.pin)) == set()
        assert found_in(logs, forms_of(letter.pin)) == set()


def test_nothing_personal_is_logged(site: Site, sessions: dict[str, Letter]) -> None:
    """No birth date, name or answer, in whatever way it is written; the logs do have the faults."""
    logs = written(site.folder)
    assert '"error"' in logs
    assert '"status": 500' in logs
    words = {
        STORY,
        "Wolkenstein",
        TAX_ID,
        "65 929 970 489",
        "DE44500105175407324931",
        "DE02120300000000202051",
        "4711/26",
    }
    for letter in sessions.values():
        born = letter.born
        words |= {f"{born.year}-{born.month:02}-{born.day:02}", f"{born.day:02}.{born.month:02}.{born.year}"}
        words |= {f"{born.day}.{born.month}.{born.year}", letter.row["last_name"], letter.row["first_name"]}
    # names end in a number here, and "Nachname1" is in "Nachname12": each is looked for as it is
    assert found_in(logs, words) == set()


def test_answers_are_sealed(site: Site, sessions: dict[str, Letter]) -> None:
    """A tax ID and what somebody wrote stand in no table in clear."""
    assert found_in(database_text(site), {STORY, "umgefahren", TAX_ID, "65 929 970 489", "PI Mitte 4711/26"}) == set()
