"""What keeps a complete form from being submitted is said for what it is, and no answer is lost."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from portal_support import mark_of
from test_questions import stored, text
from test_review import fill, revision, submit


def without_process(monkeypatch: Any) -> None:
    """The customer's package was removed after the type was published."""
    from dunkelwerk.inbox import door
    from dunkelwerk.lines import registry

    others = {name: process for name, process in registry.processes().items() if name != "tax_id"}
    monkeypatch.setattr(door, "processes", lambda: others)


def with_broken_package(monkeypatch: Any) -> None:
    """A customer's package cannot be loaded."""
    from dunkelwerk.inbox import door
    from dunkelwerk.infra.errors import CommandError

    def fail() -> None:
        raise CommandError("Paket x: der Prozess y lässt sich nicht laden.")

    monkeypatch.setattr(door, "processes", fail)


def with_another_notice(monkeypatch: Any) -> None:
    """The process asks for a field that the type does not give."""
    from dunkelwerk.dialogues import submitting

    monkeypatch.setattr(submitting, "notice_of", lambda *_form, **_more: {"process": "tax_id", "id": "D-1"})


def with_letters_gone(monkeypatch: Any) -> None:
    """The insurer's folder is away."""
    from dunkelwerk.dialogues.papers import engine

    engine._make.cache_clear()
    monkeypatch.setenv("DUNKELWERK_LETTERS", "/nowhere/at/all")


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [
        (without_process, 503, "das Ihre Angaben entgegennimmt, läuft bei uns gerade nicht"),
        (with_broken_package, 503, "das Ihre Angaben entgegennimmt, läuft bei uns gerade nicht"),
        (with_another_notice, 500, "Unser Fragebogen hat einen Fehler"),
        (with_letters_gone, 503, "stimmt gerade eine Einstellung nicht"),
    ],
    ids=["no process", "broken package", "type unfit", "no letters"],
)
def test_each_trouble_has_its_sentence_and_nothing_is_lost(
    logged_in: Any, monkeypatch: Any, trouble: Callable[[Any], None], status: int, said: str
) -> None:
    client, given = logged_in()
    fill(client)
    saved, number = stored(given), revision(client)
    with monkeypatch.context() as patch:
        trouble(patch)
        done = client.post("/pruefen", {"go": "submit", "revision": number})
    assert done.status_code == status
    page = text(done)
    assert "Ihre Angaben lassen sich gerade nicht absenden" in page
    assert said in page
    assert "ist gespeichert, und Ihre PIN gilt weiter" in page
    assert "/nowhere" not in page, "what the operator reads is nobody else's business"
    assert stored(given) == saved
    assert submit(client)["Location"] == "/fertig"


def test_a_number_that_the_inbox_knows_already_is_a_conflict(logged_in: Any) -> None:
    from django.db import connection

    from dunkelwerk.inbox import operations
    from dunkelwerk.inbox.door import Delivery
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.vaults import vault_of

    client, given = logged_in()
    fill(client)
    with connection.cursor() as cursor:
        vault = vault_of(cursor, on=business_day())
    there = Delivery("", given.reference, "tax_id", "M-1", b"x" * 32, b"{}")
    (receipt,) = operations.receive([there], operations.Origin("dialogue", "somebody"), vault)
    assert receipt.added == 1
    saved, number = stored(given), revision(client)
    done = client.post("/pruefen", {"go": "submit", "revision": number})
    assert done.status_code == 409
    assert "Zu Ihrer Vorgangsnummer liegt uns schon eine Antwort vor" in text(done)
    assert stored(given) == saved
    assert client.get("/pruefen").status_code == 200, "it is not submitted"


@pytest.mark.parametrize("way", ["missing", "broken", "another"])
def test_without_its_keys_every_page_says_so_and_holds_what_was_posted(logged_in: Any, way: str) -> None:
    client, given = logged_in()
    fill(client)
    saved, number = stored(given), revision(client)
    mark = mark_of(client.cookies["visit"].value)

    def post(path: str, **data: str) -> Any:
        return client.generic("POST", path, urlencode({**mark, **data}), "application/x-www-form-urlencoded")

    with without_keys(way):
        done = post("/pruefen", go="submit", revision=number)
        typed = post("/fragen/1", go="next", colour="blue")
        seen, login = client.get("/fragen/1"), client.post("/", given.secrets)
    assert [each.status_code for each in (done, typed, seen, login)] == [503] * 4
    assert all(each["Retry-After"] == "600" for each in (done, typed, seen, login))
    for page in map(text, (done, typed, seen, login)):
        assert "Wir kommen gerade nicht an Ihre Angaben" in page
        assert "keys.json" not in page
    assert 'name="colour" value="blue"' in text(typed)
    assert 'name="revision"' in text(done)
    assert given.pin not in text(login)
    assert stored(given) == saved
    client.post("/", given.secrets)
    assert submit(client)["Location"] == "/fertig"


@contextmanager
def without_keys(way: str) -> Iterator[None]:
    """The key file is away, cannot be read, or is somebody else's; this process has kept nothing of it."""
    from dunkelwerk.infra import vaults

    path = Path(os.environ["DUNKELWERK_HOME"]) / "keys.json"
    content = path.read_text()
    if way == "missing":
        path.unlink()
    elif way == "broken":
        path.write_text(content[:40])
    else:
        known = json.loads(content)
        kept = base64.b64encode(b"another key of 32 bytes, not ours"[:32]).decode()
        path.write_text(json.dumps({"active": "k9", "keys": {"k9": kept}, "peppers": known["peppers"]}))
    vaults._kept.__dict__.clear()
    try:
        yield
    finally:
        path.write_text(content)
        vaults._kept.__dict__.clear()
