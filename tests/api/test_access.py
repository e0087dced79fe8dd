"""Tokens: shown once, kept as a hash, each for its scopes, until a day or a revocation."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from api_support import PROBLEM, Caller, token

from dunkelwerk.infra.errors import CommandError

#: each route, and the scope that it needs
ROUTES = [
    ("GET", "/dialogues/DV-1", "dialogues:read"),
    ("POST", "/dialogues", "dialogues:write"),
    ("DELETE", "/dialogues/DV-1", "dialogues:write"),
    ("POST", "/dialogues/DV-1/pin", "dialogues:pin"),
    ("GET", "/notices/1", "notices:read"),
    ("POST", "/notices/tax_id", "notices:write"),
    ("POST", "/documents", "documents:write"),
    ("GET", "/work-items", "work-items:read"),
    ("GET", "/metrics", "metrics:read"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_each_route_needs_its_own_scope(served: None, method: str, path: str, scope: str) -> None:
    from dunkelwerk.api.tokens import SCOPES

    stranger = Caller(None).call(method, path)
    assert (stranger.status_code, stranger["Content-Type"]) == (401, PROBLEM)
    assert stranger["WWW-Authenticate"] == "Bearer"
    assert Caller("dwk_guessed").call(method, path).status_code == 401
    others = Caller(token(*(SCOPES.keys() - {scope}))).call(method, path)
    assert (others.status_code, others["Content-Type"]) == (403, PROBLEM)
    assert scope in others.json()["detail"]
    assert Caller(token(scope)).call(method, path).status_code not in (401, 403)


def test_a_token_ends_with_its_last_day(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.api import tokens

    _number, made = tokens.create("kern", ["work-items:read"], actor="test", expires_on=date(2026, 11, 22))
    assert tokens.find(made, on=date(2026, 11, 22)) is not None
    assert tokens.find(made, on=date(2026, 11, 23)) is None


def test_a_revoked_token_ends_at_once(served: None) -> None:
    from dunkelwerk.api import tokens

    number, made = tokens.create("kern", ["work-items:read"], actor="test", expires_on=None)
    assert Caller(made).get("/work-items")[0] == 200
    tokens.revoke(number)
    assert Caller(made).get("/work-items")[0] == 401
    with pytest.raises(CommandError, match="gibt es nicht"):
        tokens.revoke(number)


def test_only_the_hash_is_kept(served: None, django_database: str) -> None:
    made = token("work-items:read")
    with psycopg.connect(django_database) as connection:
        rows = connection.execute("SELECT t::text FROM api_token t").fetchall()
    assert rows
    assert made not in str(rows)


@pytest.mark.parametrize("scopes", [[], ["dialogues:all"], ["work-items:read", ""]])
def test_a_scope_must_be_a_known_one(served: None, scopes: list[str]) -> None:
    from dunkelwerk.api import tokens

    with pytest.raises(CommandError, match="Recht"):
        tokens.create("kern", scopes, actor="test", expires_on=None)


def test_the_commands(run_cli: Any, database_url: str) -> None:
    made = run_cli("tokens", "create", "kern", "--scope", "notices:write", "--until", "2027-12-31")
    assert made.returncode == 0
    assert made.stdout.startswith("dwk_")
    assert "nie wieder gezeigt" in made.stderr
    listed = run_cli("tokens", "list", COLUMNS="200").stdout
    assert "notices:write" in listed
    assert "2027-12-31" in listed
    assert made.stdout.strip() not in listed
    assert run_cli("tokens", "revoke", "1").returncode == 0
    again = run_cli("tokens", "revoke", "1")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert run_cli("tokens", "create", "kern", "--scope", "alles").returncode == 2
