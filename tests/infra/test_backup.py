"""Backing up and restoring: docs/operations.md followed as it stands, and what goes wrong."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from embedded_home import forget, scratch_folder, set_environment

from dunkelwerk.infra import backup, embedded
from dunkelwerk.infra.errors import CommandError
from pages import File, Shell, steps
from progress_lines import without_progress

SECTION = "Back up and restore"
DUNKELWERK = str(Path(sys.executable).with_name("dunkelwerk"))
EXPORTS = ("case-files", "decisions", "work-items", "instalments", "ledger", "movements", "letters")
#: everything in the catalogue that a restore could lose: owners, rights, constraints, indexes, functions
CATALOGUE = {
    "relations": """
        SELECT c.relname, c.relkind::text, pg_get_userbyid(c.relowner) AS owner, c.relacl::text,
               coalesce(pg_get_expr(c.relpartbound, c.oid), '') AS bound
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "functions": """
        SELECT p.proname, pg_get_userbyid(p.proowner) AS owner, p.proacl::text, p.prosecdef, p.proconfig::text, p.prosrc
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1, 2""",
    "schema": "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname = 'public'",
    "extensions": "SELECT extname, extversion FROM pg_extension ORDER BY 1",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
}
#: PostgreSQL writes these otherwise after a restore: ``(ARRAY['a'])::text[]`` becomes ``ARRAY[('a')::text]``
CASTS = re.compile(r"::text|::character varying|[\[\]() ]")
#: a fresh worker of the application's role in the table that only grows
TAMPER = "SET ROLE dunkelwerk_app; UPDATE posting SET amount = amount + 1"


def contract_file(number: int, **changes: Any) -> dict[str, Any]:
    """A case file: one person, ill since March, released up to 30 October."""
    claim = {
        **{"number": f"C-{number}", "person": f"P-{number}", "cause": "illness", "status": "accepted"},
        **{"onset": "2026-03-02", "icd": ["M54.5"], "benefit_from": "2026-04-13", "benefit_limit": "2028-04-12"},
        **{"proven_until": "2026-10-30", "released_until": "2026-10-30", "instalments": []},
    }
    contract = {
        **{"number": f"RS-{number}", "tariff": "T", "start": "2024-03-01", "end": "2031-02-28", "status": "active"},
        **{"insured": [f"P-{number}"], "instalment": "312.50", "due_day": 15, "claims": [claim]},
    }
    person = {"id": f"P-{number}", "first_name": "Eva", "last_name": f"Name{number}", "birth_date": "1980-02-29"}
    tariff = {"id": "T", "illness": {"deferred_days": 42, "max_months": 24, "settlement": "due_date"}}
    return {"key": f"RS-{number}", "persons": [person], "tariffs": [tariff], "contracts": [contract | changes]}


def note(number: int, **changes: Any) -> dict[str, Any]:
    """The usual note of that person."""
    return {
        **{"process": "follow_up_sick_note", "id": f"N-{number}", "contract": f"RS-{number}", "first_name": "Eva"},
        **{"last_name": f"Name{number}", "birth_date": "1980-02-29", "incapacity_until": "2026-11-30"},
        **{"issued_on": "2026-10-30", "received_on": "2026-11-02", "formally_correct": True, **changes},
    }


#: dark, dark, referred, proposed for a second check, and one that still waits when the backup is taken
CASES = [contract_file(1), contract_file(2), contract_file(3), contract_file(4, instalment="6000.00"), contract_file(5)]
NOTES = [note(1), note(2), note(3, formally_correct=False), note(4)]
WAITING = [note(5)]


class Place:
    """A folder with a home in it, in which the command is called."""

    def __init__(self, folder: Path, home: str) -> None:
        self.folder, self.home = folder, folder / home

    def run(self, *arguments: object, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command; it must end with this code."""
        values = {**os.environ, "DUNKELWERK_HOME": str(self.home), **environment}
        command = [DUNKELWERK, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, env=values, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == code, (command, done.stdout, done.stderr)
        done.stderr = without_progress(done.stderr)
        return done

    def refused(self, *arguments: object, **environment: str) -> str:
        """The one sentence with which the command refuses."""
        (sentence,) = self.run(*arguments, code=1, **environment).stderr.splitlines()
        return sentence

    def receive(self, notices: list[dict[str, Any]]) -> None:
        """Put notices into the inbox."""
        self.run("inbox", "add", write(self.folder / "notes.jsonl", notices))

    def exports(self) -> dict[str, str]:
        """All that can be exported."""
        return {name: self.run("export", name).stdout for name in EXPORTS}

    def catalogue(self) -> dict[str, list[Any]]:
        """What PostgreSQL knows about tables and rights."""
        return catalogue(embedded.connect_url(self.home))

    def leave(self) -> None:
        """Be no user of the home any more."""
        forget(self.home)
        if embedded.status(self.home).server_pid is not None:
            embedded.stop(self.home)


def catalogue(url: str) -> dict[str, list[Any]]:
    """What PostgreSQL knows about tables and rights."""
    with psycopg.connect(url) as session:
        found = {name: session.execute(query.encode()).fetchall() for name, query in CATALOGUE.items()}
    for name in ("constraints", "indexes"):
        found[name] = [tuple(CASTS.sub("", text) for text in row) for row in found[name]]
    return found


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    """JSON Lines."""
    path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)) + b"\n")
    return path


@pytest.fixture(scope="module")
def original() -> Iterator[Place]:
    """A small world: decided notices of every outcome, one that waits; and its backup ``whole.dump``."""
    with pytest.MonkeyPatch.context() as patch, scratch_folder() as folder:
        for name in [name for name in os.environ if name.startswith(("DUNKELWERK_", "DATABASE_"))]:
            patch.delenv(name)
        set_environment(patch, DUNKELWERK_TODAY="2026-11-02")
        place = Place(folder, "home")
        place.run("load", write(folder / "cases.jsonl", CASES))
        place.receive(NOTES)
        place.run("work", "--once")
        place.receive(WAITING)
        place.run("database", "dump", "whole.dump")
        yield place
        place.leave()


@pytest.fixture
def another(original: Place) -> Iterator[Callable[[str], Place]]:
    """Makes further homes beside the original."""
    made: list[Place] = []

    def make(name: str) -> Place:
        made.append(Place(original.folder, name))
        made[-1].home.mkdir(mode=0o700)
        return made[-1]

    yield make
    for place in made:
        place.leave()


def copy_keys(source: Place, target: Place) -> None:
    """Put the key file where the other home looks for it."""
    (target.home / "keys.json").write_bytes((source.home / "keys.json").read_bytes())


def test_the_page_backs_up_and_restores(original: Place) -> None:
    """Followed word by word: the same exports, the same rights; and work goes on where it was."""
    restored, differences = Place(original.folder, "restored"), []
    with Shell(original.folder, {"DUNKELWERK_HOME": str(original.home), "PATH": path_with_command()}) as shell:
        for step in steps("operations.md", section=SECTION):
            assert not isinstance(step, File)
            differences.append(step.difference(shell.type(step.line)))
    try:
        assert [difference for difference in differences if difference] == []
        assert len(differences) >= 7
        exports = original.exports()
        assert restored.exports() == exports
        assert {name: bool(content) for name, content in exports.items()} == dict.fromkeys(EXPORTS, True)
        found, expected = restored.catalogue(), original.catalogue()
        for name in CATALOGUE:
            assert found[name] == expected[name], name
        go_on(restored)
    finally:
        restored.leave()


def path_with_command() -> str:
    """A search path with our command first."""
    return f"{Path(DUNKELWERK).parent}:{os.environ['PATH']}"


def go_on(place: Place) -> None:
    """What waited in the backup is decided, a delivery known already is known, a new one is decided, all is well."""
    assert "0 aufgenommen, 4 schon vorhanden" in place.run("inbox", "add", write_notes(place, NOTES)).stdout
    assert place.run("work", "--once").stdout.startswith("1 Meldung: 1 dunkel erledigt")
    later = note(1, incapacity_until="2026-12-15", issued_on="2026-11-30", received_on="2026-12-01") | {"id": "N-6"}
    place.receive([later])
    worked = place.run("work", "--once", DUNKELWERK_TODAY="2026-12-01")
    assert worked.stdout.startswith("1 Meldung: 1 dunkel erledigt")
    assert "Alles in Ordnung" in place.run("check").stdout


def write_notes(place: Place, notices: list[dict[str, Any]]) -> Path:
    """Notices as a file."""
    return write(place.folder / "again.jsonl", notices)


def test_a_backup_is_for_its_owner_alone(original: Place) -> None:
    found = (original.folder / "whole.dump").stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert [path.name for path in original.folder.glob("*.part")] == []


def test_a_backup_holds_nothing_that_is_sealed(original: Place) -> None:
    """Names of the register are in it; what a notice says is not: so dump and key file are kept apart."""
    plain = original.folder / "plain.sql"
    program = backup.find_program("pg_restore", 18)
    subprocess.run([program, "--file", str(plain), str(original.folder / "whole.dump")], check=True)
    text = plain.read_text("utf-8")
    assert "Name4" in text
    assert "incapacity_until" not in text
    assert str((original.home / "keys.json").read_text().split('"')[3]) in text, "the id of the master key is"
    assert all(len(part) < 40 or part not in text for part in (original.home / "keys.json").read_text().split('"'))


def test_without_the_key_file_one_sentence_says_so(original: Place, another: Callable[[str], Place]) -> None:
    place = another("without")
    sentence = place.refused("database", "restore", "whole.dump")
    assert sentence == f"{place.home}/keys.json: die Schlüsseldatei fehlt; bitte aus der Sicherung zurückholen."
    for arguments in (("check",), ("work", "--once"), ("export", "decisions")):
        assert place.refused(*arguments) == sentence
    assert not (place.home / "keys.json").exists()
    copy_keys(original, place)
    assert "Alles in Ordnung" in place.run("check").stdout


def test_the_key_file_of_another_database_is_no_use(original: Place, another: Callable[[str], Place]) -> None:
    stranger, place = another("stranger"), another("mixed")
    stranger.run("check")
    copy_keys(stranger, place)
    sentence = place.refused("database", "restore", "whole.dump")
    assert sentence.startswith(f"{place.home}/keys.json: der Hauptschlüssel k1-")
    assert sentence.endswith("fehlt; bitte die richtige Schlüsseldatei verwenden.")


def test_nothing_is_restored_over_something(original: Place) -> None:
    before = original.exports()
    sentence = original.refused("database", "restore", "whole.dump")
    assert sentence.startswith("Die Datenbank ist nicht leer")
    assert original.exports() == before


def test_a_damaged_backup_leaves_the_database_empty(original: Place, another: Callable[[str], Place]) -> None:
    place, content = another("damaged"), (original.folder / "whole.dump").read_bytes()
    copy_keys(original, place)
    damaged = original.folder / "damaged.dump"
    for broken in (content[:100], content[: len(content) * 2 // 3], content[:-100], b"no backup\n", b""):
        damaged.write_bytes(broken)
        assert "damaged.dump" in (said := place.refused("database", "restore", "damaged.dump")) or "pg_restore" in said
    place.run("database", "restore", "whole.dump")
    assert place.exports() == original.exports()


def test_a_backup_that_fails_leaves_the_last_one(original: Place, another: Callable[[str], Place]) -> None:
    kept = original.folder / "kept.dump"
    kept.write_bytes(b"the last one")
    for url in ("postgresql://x@/none?host=/nonexistent", "postgresql://x:geheim@127.0.0.1:9/none"):
        sentence = original.refused("database", "dump", "kept.dump", DATABASE_URL=url)
        assert sentence.startswith("Die Datenbank ist nicht erreichbar")
        assert "geheim" not in sentence
    assert "nichts zu sichern" in another("fresh").refused("database", "dump", "kept.dump")
    assert kept.read_bytes() == b"the last one"
    assert "nicht schreibbar" in original.refused("database", "dump", "no-such-folder/x.dump")
    assert list(original.folder.glob("*.part")) == []


def test_wrong_usage_is_said_before_anything_is_done(original: Place) -> None:
    for arguments in (("dump", "."), ("restore", "no-such-file")):
        assert len(original.run("database", *arguments, code=2).stderr.splitlines()) == 1


def test_another_login_may_restore_and_owns_what_it_restored(original: Place, template_url: str) -> None:
    """On a server of one's own, by DATABASE_URL: rights of the application's role as before, the owner another."""

    def with_database(name: str) -> str:
        return urlsplit(template_url)._replace(path=f"/{name}").geturl()

    with psycopg.connect(with_database("postgres"), autocommit=True) as server:
        server.execute("CREATE ROLE other LOGIN PASSWORD 'a/b c@%' IN ROLE dunkelwerk_app")
        server.execute("GRANT other TO current_user")
        server.execute("CREATE DATABASE restored_by_other OWNER other")
        try:
            url = with_database("restored_by_other")
            login = url.replace(url[len("postgresql://") : url.index("@")], "other:a%2Fb%20c%40%25")
            original.run("database", "restore", "whole.dump", DATABASE_URL=login)
            assert "Alles in Ordnung" in original.run("check", DATABASE_URL=login).stdout
            found = msgspec.json.encode(catalogue(url)).decode()
            renamed = re.sub(r'(?<=["/{,])other(?=["=/,}])', "dunkelwerk", found)
            assert msgspec.json.decode(renamed) == msgspec.json.decode(msgspec.json.encode(original.catalogue()))
            with psycopg.connect(login) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(TAMPER)
        finally:
            server.execute("DROP DATABASE restored_by_other WITH (FORCE)")
            server.execute("DROP ROLE other")


def test_programs_of_the_servers_own_version_are_wanted() -> None:
    assert backup.program_version(backup.find_program("pg_dump", 18)) == 18
    with pytest.raises(CommandError, match=r"pg_dump der Version 3 fehlt; bitte das Paket postgresql-client-3 "):
        backup.find_program("pg_dump", 3)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("pg_restore: error: could not execute query: ERROR:  table x exists\n", "table x exists"),
        ("pg_restore: error: COPY failed: ERROR:  bad\n", "COPY failed: ERROR:  bad"),
        ("CONTEXT:  COPY person, line 1: Groß\n", None),
        ("DETAIL:  Key (name)=(Groß) exists.\n", None),
    ],
)
def test_an_error_is_told_without_rows(said: str, fault: str | None) -> None:
    assert backup.error_in(said) == fault
