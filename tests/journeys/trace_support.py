"""Helpers of the journeys: everything that a session may have left behind, by place, and a search in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from site_support import PATIENCE, Site

TABLES = """
    SELECT n.nspname || '.' || quote_ident(c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
SESSIONS = "SELECT coalesce(string_agg(query, E'\\n'), '') FROM pg_stat_activity"
#: what the operator's own tools ask
PAGES = ("metrics", "work-items")


def forms_of(pin: str) -> set[str]:
    """A PIN in every form in which it may have been written down, and its secret part."""
    plain = pin.replace("-", "")
    shown = {pin, plain, pin.replace("-", " "), pin.replace("-", "%2D"), plain[5:11], plain[5:], pin[6:]}
    return shown | {each.lower() for each in shown}


def found_in(text: str, words: Iterable[str]) -> set[str]:
    """Which of the words a text has, as they are or as the hexadecimal digits of a column of bytes."""
    return {word for word in words if word in text or word.encode().hex() in text}


def places_with(places: Mapping[str, str], words: Iterable[str]) -> set[str]:
    """The places that have any of the words."""
    words = set(words)
    return {place for place, text in places.items() if found_in(text, words)}


def tables(site: Site) -> dict[str, str]:
    """Every row of every table, as text, by table; bytes are hexadecimal in it."""
    found = {}
    for table in site.rows(TABLES):
        rows = site.rows(f"SELECT t::text AS text FROM {table['name']} t")
        found[f"table {table['name']}"] = "\n".join(row["text"] for row in rows)
    assert len(found) > 50
    return found


def files(site: Site) -> dict[str, str]:
    """Everything that any process wrote anywhere: both streams of the server and of each command, home, folders."""
    found = {}
    for path in site.folder.rglob("*"):
        with suppress(FileNotFoundError):  # what is gone meanwhile was not left behind
            if path.is_file():
                found[f"file {path.relative_to(site.folder)}"] = path.read_bytes().decode("utf-8", "replace")
    assert {"file serve.out", "file serve.err"} <= found.keys()
    assert len([name for name in found if name.startswith("file command-")]) > 4
    return found


def database_server(site: Site) -> dict[str, str]:
    """The log of the database server, and what its sessions asked last."""
    (folder,) = parse_qs(urlsplit(site.url).query)["host"]
    log = Path(folder).with_name("server.log")
    return {"database log": log.read_text("utf-8"), "database sessions": str(site.value(SESSIONS))}


def pages(site: Site, token: str) -> dict[str, str]:
    """What operators and the core system are told: figures, work items, every dialogue with its events, health."""
    found = {}
    with httpx.Client(base_url=site.address, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE) as core:
        for row in site.rows("SELECT reference FROM dialogue ORDER BY id"):
            found[f"page dialogue {row['reference']}"] = core.get(f"/api/v1/dialogues/{row['reference']}").text
        for name in PAGES:
            answer = core.get(f"/api/v1/{name}")
            assert answer.status_code == 200
            found[f"page {name}"] = answer.text
        found["page health"] = core.get("/health/ready").text
    return found


def everything(site: Site, token: str) -> dict[str, str]:
    """All of it, by place."""
    return {**tables(site), **files(site), **database_server(site), **pages(site, token)}
