"""What a whole session leaves behind: the PIN nowhere, and nothing that was typed in any log."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from browser_support import Visitor
from outage_support import database_away
from playwright.sync_api import Browser
from route_support import DECLARED, ROUTES, TAX_ID, travel, words_of
from sick_note_support import DATES, hand_in_after_all
from site_support import PATIENCE, TODAY, Letter, Site
from trace_support import everything, files, forms_of, places_with, tables
from web_support import SYMBOLS, Person, guess

sys.path.insert(0, str(Path(__file__).parents[1] / "dialogues" / "uploads"))

import samples

#: seconds; everything that a session may leave behind is made before the first test
pytestmark = pytest.mark.timeout(900)

STORY = "Ella Wolkenstein hat mich umgefahren"
IN_HEXADECIMAL = set("23456789ABCDEF")
SCOPES = ("dialogues:read", "dialogues:write", "dialogues:pin", "work-items:read", "metrics:read")
FIELD = re.compile(r'<input[^>]*id="pin"[^>]*>')
#: nobody's
PLANTED = "K7MW-PXQ9-RTW4"


class Sessions(NamedTuple):
    """What happened: everybody's letters, what the printer was given, what anybody was told who did something wrong."""

    letters: dict[str, Letter]
    printed: Path
    desk: Path
    told: dict[str, str]
    token: str


def telling_letter(site: Site, kind: str) -> Letter:
    """A letter whose PIN cannot stand in a hexadecimal number by chance."""
    while set((letter := site.letter(kind)).pin[6:].replace("-", "")) <= IN_HEXADECIMAL:
        pass
    return letter


@pytest.fixture(scope="module")
def sessions(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    """All types from letter to receipt, with slips, guesses, bad files, outages, reminders, and the work afterwards."""
    kinds = {"tax_id": "tax_id", "accident": "accident", "sick_note_upload": "sick_note_upload"}
    kinds |= {"mandate": "sepa_mandate", "reissued": "tax_id", "reminded": "sepa_mandate", "away": "tax_id"}
    letters = {name: telling_letter(site, kind) for name, kind in kinds.items()}
    wanted = [part for scope in SCOPES for part in ("--scope", scope)]
    token = site.run("tokens", "create", "kern", *wanted).strip()
    walk_in_browser(site, browser, letters)
    letters["api"] = make_by_api(site, token)
    told = do_everything_wrong(site, letters["mandate"], token) | meet_outage(site, letters["away"])
    with Person(site) as person:
        upload_harm(person, letters["api"])
    site.run("dialogues", "show", letters["tax_id"].reference)
    site.run("dialogues", "show", letters["tax_id"].pin, code=1)
    printed, desk = tmp_path_factory.mktemp("printed"), tmp_path_factory.mktemp("desk")
    said = ("--reason", "Brief verloren", "--actor", "desk", "--out", desk / "letters", "--pins-out", desk / "new.csv")
    site.run("dialogues", "reissue", letters["reissued"].reference, *said)
    remind(site, letters["reminded"], printed)
    site.work()
    site.run("jobs", "run", "dialogue-outcomes", "outbox-delivery", DUNKELWERK_OUTBOX_FOLDER=folder(site, "outbox"))
    site.run("check")
    return Sessions(letters, printed, desk, told, token)


def folder(site: Site, name: str) -> str:
    """A folder beside everything that the product writes."""
    made = site.folder / name
    made.mkdir(exist_ok=True)
    return str(made)


def walk_in_browser(site: Site, browser: Browser, letters: dict[str, Letter]) -> None:
    """Three persons, with script and without, with every page sent empty and a file that is none."""
    visitor = Visitor(site, browser)
    travel(visitor, letters["tax_id"], ROUTES["tax_id"], stumble=True)
    visitor.submit()
    visitor.close()
    visitor = Visitor(site, browser, script=False)
    travel(visitor, letters["accident"], [*ROUTES["traffic"][:-1], {"course": STORY, "correct": True}])
    visitor.submit()
    visitor.close()
    visitor = Visitor(site, browser)
    visitor.begin(letters["sick_note_upload"])
    hand_in_after_all(visitor)
    for answers in ({"complete": True}, DATES, DECLARED):
        visitor.answer(answers)
    visitor.submit()
    visitor.close()


def make_by_api(site: Site, token: str) -> Letter:
    """A dialogue that the core system makes, which is told the PIN once."""
    row = {name: value for name, value in site.new_person("sick_note_upload").items() if name != "number"}
    prefill = {name.removeprefix("prefill."): row.pop(name) for name in list(row) if name.startswith("prefill.")}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    body = {"type": "sick_note_upload", **row, "prefill": prefill}
    answer = httpx.post(f"{site.address}/api/v1/dialogues", json=body, headers=headers, timeout=PATIENCE)
    made = answer.json()
    assert answer.status_code == 201, made
    return Letter({**row, "pin": made["pin"], "dialogue": made["id"], "link": made["link"]})


def do_everything_wrong(site: Site, letter: Letter, token: str) -> dict[str, str]:
    """Wrong secrets, PINs where none belong, a fault of ours in the middle of a page; what each was told."""
    told = {}
    with Person(site) as person:
        told["guess"] = person.try_pin(guess(letter.pin, 3), letter.birth).text
        # nobody types a PIN gladly twice: it stands in its field again, and nowhere else
        told["birth date"] = FIELD.sub("", person.try_pin(letter.pin, {**letter.birth, "birth.year": "1901"}).text)
        slip = letter.pin[:-1] + SYMBOLS[(SYMBOLS.index(letter.pin[-1]) + 1) % 31]
        assert "Tippfehler" in person.try_pin(slip, letter.birth).text
        headers = {"Authorization": f"Bearer {token}"}
        for path in (f"/{letter.pin}", f"/fragen/{letter.pin}", f"/ausgang/{letter.pin}"):
            told[path[:4]] = person.http.get(path).text
        for path in (f"/api/v1/dialogues/{letter.pin}", f"/api/{letter.pin}", f"/api/v1/metrics?pin={letter.pin}"):
            told[f"problem {len(told)}"] = person.http.get(path, headers=headers).text
        person.http.get("/", params={"pin": letter.pin})
        person.http.get("/", headers={"User-Agent": letter.pin, "Referer": f"{site.address}/#{letter.pin}"})
        told["forgery"] = person.http.post("/", data={"pin": letter.pin, **letter.birth}).text
        person.log_in(letter)
        told["broken"] = break_down(site, person)
    return told


def break_down(site: Site, person: Person) -> str:
    """A fault of ours in the middle of a page: an exception that has what was typed at hand."""
    site.change("ALTER TABLE dialogue_draft RENAME TO gone")
    answer = person.answer(1, {"asked": "iban", "iban": "DE44500105175407324931", "course": STORY})
    site.change("ALTER TABLE gone RENAME TO dialogue_draft")
    assert answer.status_code == 500
    assert "Da ist bei uns etwas schiefgegangen" in answer.text
    assert "DE44" not in answer.text
    return answer.text


def meet_outage(site: Site, letter: Letter) -> dict[str, str]:
    """Somebody logs in while the database is away."""
    with Person(site) as person:
        person.token()
        with database_away(site):
            answer = person.try_pin(letter.pin, letter.birth)
        assert answer.status_code == 503
        person.log_in(letter)
    return {"outage": answer.text}


def upload_harm(person: Person, letter: Letter) -> None:
    """Files that are refused, one that kills its decoder, and one that bears the PIN as its name."""
    person.log_in(letter)
    good = samples.encode(samples.picture((600, 400)), "JPEG")
    harm = [samples.document_of_bombs(400), samples.document_of_branches(), b"MZ", b"", good]
    sent = [("sick_note", (f"{letter.pin}.pdf", content)) for content in harm]
    answer = person.post("/fragen/1", {"asked": ["sick_note"], "go": "upload:sick_note"}, files=sent)
    assert answer.status_code == 200


def remind(site: Site, letter: Letter, printed: Path) -> None:
    """The daily job writes a reminder with a new PIN for print, and the letters are set."""
    site.change("UPDATE dialogue SET remind_on = NULL WHERE reference <> %s", letter.reference)
    site.change("UPDATE dialogue SET remind_on = %s WHERE reference = %s", TODAY, letter.reference)
    site.run("jobs", "run", "dialogue-deadlines", DUNKELWERK_PRINT_FOLDER=str(printed))
    (export,) = printed.iterdir()
    site.run("dialogues", "letters", export, "--out", printed / "letters")


def test_the_pin_is_nowhere(site: Site, sessions: Sessions) -> None:
    """In no table, no line that any process wrote, no page of an operator, and in nothing that went wrong."""
    places = everything(site, sessions.token)
    assert places_with(places, {sessions.letters["tax_id"].pin.replace("-", "")[:5]}) == {"table public.dialogue"}
    for letter in sessions.letters.values():
        assert places_with(places, forms_of(letter.pin)) == set()
        assert places_with(sessions.told, forms_of(letter.pin)) == set()


def test_a_new_pin_is_where_it_was_asked_for(site: Site, sessions: Sessions) -> None:
    """In the files for print and the letters set from them, in no name, index or other place."""
    places = everything(site, sessions.token)
    for given in (sessions.printed, sessions.desk):
        (export,) = (path for path in given.iterdir() if path.is_file())
        with export.open(encoding="utf-8", newline="") as stream:
            (row,) = csv.DictReader(stream, delimiter=";")
        (letter,) = (given / "letters").glob("*.pdf")
        assert row["pin"].replace("-", "") in words_of(letter.read_bytes()).replace("-", "").replace(" ", "")
        places["names"] = "\n".join(str(path) for path in given.rglob("*"))
        places |= {f"index {path}": path.read_text("utf-8") for path in (given / "letters").glob("*.csv")}
        assert places_with(places, forms_of(row["pin"])) == set()


PLANTS = {
    "text": ("CREATE TABLE planted (said text)", "INSERT INTO planted VALUES (%s)", PLANTED.lower()),
    "bytes": ("CREATE TABLE planted (said bytea)", "INSERT INTO planted VALUES (%s)", PLANTED.encode()),
    "json": ("CREATE TABLE planted (said jsonb)", "INSERT INTO planted VALUES (%s::jsonb)", f'{{"a": ["{PLANTED}"]}}'),
    "a part": ("CREATE TABLE planted (said text)", "INSERT INTO planted VALUES (%s)", PLANTED.replace("-", "")[5:11]),
}


@pytest.mark.parametrize("how", PLANTS)
def test_the_search_finds_it_in_any_table(site: Site, how: str) -> None:
    """However a column holds it, and in a table that nobody thought of."""
    create, insert, value = PLANTS[how]
    site.change(create)
    try:
        site.change(insert, value)
        assert places_with(tables(site), forms_of(PLANTED)) == {"table public.planted"}
    finally:
        site.change("DROP TABLE planted")


@pytest.fixture
def planted(site: Site) -> Iterator[list[str]]:
    """Files of every process, each with a PIN in it that is nobody's."""
    command = min(path.name for path in site.folder.glob("command-*"))
    names = ["serve.err", "serve.out", command, "home/planted.log", "tmp/planted"]
    before = {name: path.read_bytes() if (path := site.folder / name).exists() else None for name in names}
    for name in names:
        with (site.folder / name).open("ab") as stream:
            stream.write(f'{{"note": "{PLANTED}"}}\n'.encode())
    yield names
    for name, content in before.items():
        (site.folder / name).unlink() if content is None else (site.folder / name).write_bytes(content)


def test_the_search_finds_it_in_any_file(site: Site, sessions: Sessions, planted: list[str]) -> None:
    """In what any process wrote on either stream, and in a file that nobody thought of."""
    assert places_with(files(site), forms_of(PLANTED)) == {f"file {name}" for name in planted}


def test_the_search_sees_what_the_database_server_logs(site: Site, sessions: Sessions) -> None:
    """Its log is the real one: what a session has logged stands in it; and the figures are the real ones."""
    site.change(f"DO $$ BEGIN RAISE LOG '{PLANTED}'; END $$")
    assert "database log" in places_with(everything(site, sessions.token), forms_of(PLANTED))
    assert "page metrics" in places_with(everything(site, sessions.token), {"dunkelwerk_dialogues{"})


def test_nothing_personal_is_logged(site: Site, sessions: Sessions) -> None:
    """No birth date, name or answer, in whatever way it is written; the logs do have the faults."""
    logs = {name: text for name, text in files(site).items() if name.startswith(("file serve", "file command"))}
    assert '"error"' in logs["file serve.err"]
    assert '"status": 500' in logs["file serve.err"]
    words = {
        STORY,
        "Wolkenstein",
        TAX_ID,
        "65 929 970 489",
        "DE44500105175407324931",
        "DE02120300000000202051",
        "4711/26",
    }
    for letter in sessions.letters.values():
        born = letter.born
        words |= {f"{born.year}-{born.month:02}-{born.day:02}", f"{born.day:02}.{born.month:02}.{born.year}"}
        words |= {f"{born.day}.{born.month}.{born.year}", letter.row["last_name"], letter.row["first_name"]}
    # names end in a number here, and "Nachname1" is in "Nachname12": each is looked for as it is
    assert places_with(logs, words) == set()


def test_answers_are_sealed(site: Site, sessions: Sessions) -> None:
    """A tax ID, what somebody wrote and what a file was called stand in no table in clear."""
    words = {STORY, "umgefahren", TAX_ID, "65 929 970 489", "PI Mitte 4711/26", "IMG_0815"}
    assert places_with(tables(site), words) == set()
