"""Nothing personal reaches a terminal, an exit message or the server's log, whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from work_support import TODAY, Thing, World, household, note, write_lines

COMMAND = Path(sys.executable).with_name("dunkelwerk")
#: values that occur nowhere else
SECRETS = ("Wolkenstein", "Ottokar", "1961-07-13", "13.07.1961", "F43.2", "DE02500105170137075030", "Hollergasse")
WHO = {"first_name": "Ottokar", "last_name": "Wolkenstein", "birth_date": "1961-07-13"}
CONFLICT = """
    WITH new AS (SELECT nextval('release_id_seq') AS id)
    INSERT INTO release (id, claim_id, contract, person, cause, days, origin)
    SELECT new.id, c.id, contract_id, person_id, cause, '[2026-11-10,2026-11-11)', new.id
    FROM claim c, new WHERE number = 'C-1'
"""
#: the server's own words may quote what they are about: here they do, in every field there is
TALKATIVE = """
    CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE it text := (SELECT p.last_name || ' ' || p.birth_date || ' ' || array_to_string(NEW.icd, ' ')
                        FROM person p WHERE p.id = NEW.person_id);
    BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = {message}, DETAIL = it, HINT = it; END $$
"""


class Terminal:
    """Runs commands and remembers everything they said."""

    def __init__(self, url: str) -> None:
        self.url, self.said = url, ""

    def run(self, *arguments: object, code: int) -> None:
        """A command that must end so."""
        ended = subprocess.run(
            [COMMAND, *map(str, arguments)],
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            timeout=240,
        )
        self.said += ended.stdout + ended.stderr
        assert ended.returncode == code, self.said

    def log(self) -> str:
        """The server's log, which lies beside its data."""
        (folder,) = parse_qs(urlsplit(self.url).query)["host"]
        return (Path(folder).resolve().parent / "server.log").read_text("utf-8", "replace")


def sick_household() -> Thing:
    """A household whose every personal value is one of the secrets."""
    line = household(1, icd=["F43.2"])
    line["persons"][0] |= {**WHO, "street": "Hollergasse"}
    line["contracts"][0]["payee"] = {"name": "Wolkenstein", "iban": "DE02500105170137075030"}
    return line


def fill(world: World) -> Terminal:
    """One household and its note."""
    world.load(sick_household(), household(2))
    world.receive(note(1, **WHO, icd=["F43.2"]), note(2))
    return Terminal(world.url)


def assert_silent(*texts: str) -> None:
    for text in texts:
        assert [secret for secret in SECRETS if secret.lower() in text.lower()] == []


def test_a_poison_and_its_log(world: World) -> None:
    terminal = fill(world)
    world.run(CONFLICT)
    terminal.run("work", "--once", "--on", TODAY, code=0)
    assert world.states() == {"N-1": "referred", "N-2": "settled"}
    assert_silent(terminal.said, terminal.log(), str(world.decisions()["N-1"]["reasons"]), str(world.items()))


@pytest.mark.parametrize(("state", "code"), [("23514", 0), ("22003", 0), ("42501", 1), ("XX000", 1), ("53100", 1)])
def test_a_server_that_quotes_the_row(world: World, state: str, code: int) -> None:
    """Refused data, a missing right, an internal error, an outage (of which the first line is passed on)."""
    terminal = fill(world)
    message = "'no space'" if state == "53100" else "it"
    world.run(
        TALKATIVE.format(state=state, message=message),
        "CREATE TRIGGER talk BEFORE UPDATE ON claim FOR EACH ROW WHEN (NEW.number = 'C-1') EXECUTE FUNCTION talk()",
    )
    terminal.run("work", "--once", "--on", TODAY, "--patience", 0, code=code)
    evidence = str(world.decisions()["N-1"]["reasons"]) if code == 0 else ""
    assert ("technical_failure" in evidence) == (code == 0)
    assert_silent(terminal.said, terminal.log(), evidence, str(world.items()))
    assert "Traceback" not in terminal.said


def test_a_day_with_bad_input_everywhere(world: World, tmp_path: Path) -> None:
    terminal = fill(world)
    other = sick_household()
    other["contracts"][0]["claims"][0] |= {"proven_until": "2026-09-30", "released_until": "2026-09-30"}
    other["persons"][0]["birth_date"] = "1961-07-1x"
    cases = write_lines(tmp_path / "cases", [other, sick_household() | {"key": 1}])
    terminal.run("load", cases, code=1)
    bad: list[Thing] = [
        note(1, **WHO) | {"incapacity_until": "Wolkenstein"},
        note(1, **WHO) | {"icd": "F43.2"},
        note(1, name="N-1", **WHO),
        note(1, name="N-9", **WHO) | {"remark": "F43.2"},
    ]
    terminal.run("inbox", "add", write_lines(tmp_path / "notices", bad), "--channel", "scan", code=1)
    terminal.run("work", "--once", "--on", TODAY, code=0)
    terminal.run("check", code=0)
    assert_silent(terminal.said, terminal.log())


def test_the_terminal_hears_what_the_test_listens_for(world: World) -> None:
    """The export of case files shows all of it: the search above would find it."""
    terminal = fill(world)
    terminal.run("export", "case-files", "--contract", "RS-1", code=0)
    heard: list[Any] = [secret for secret in SECRETS if secret in terminal.said]
    assert heard == [secret for secret in SECRETS if secret != "13.07.1961"]
