"""Strangers fill no memory through the API's addresses: files are kept only where documents go, for a valid token."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

LARGE = 200_000


@pytest.fixture
def kept(client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, int]]:
    """Sends a file to an address: (status, bytes that were kept in memory)."""
    from django.test import Client

    from dunkelwerk.portal import receiving

    strict = Client(enforce_csrf_checks=True)

    def send(path: str, authorization: str = "") -> tuple[int, int]:
        written: list[int] = []

        class Counted(io.BytesIO):
            def write(self, data: Any) -> int:
                written.append(super().write(data))
                return written[-1]

        monkeypatch.setattr(receiving, "BytesIO", Counted)
        file = io.BytesIO(b"x" * LARGE)
        file.name = "a.pdf"
        headers = {"authorization": authorization} if authorization else {}
        status = strict.post(path, {"file": file, "kind": "other"}, headers=headers).status_code
        return status, sum(written)

    return send


def make_token(scope: str, expires_on: date | None = None) -> str:
    from dunkelwerk.api import tokens

    return tokens.create("test", [scope], actor="test", expires_on=expires_on)[1]


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing", "/api/v1/documents/", "/api/v2/documents"])
def test_an_address_that_is_not_there_says_so_and_reads_nothing(kept: Any, path: str) -> None:
    assert kept(path) == (404, 0)
    assert kept(path, f"Bearer {make_token('documents:write')}") == (404, 0)


def test_nothing_is_kept_of_a_document_without_a_valid_token(kept: Any) -> None:
    ended = make_token("documents:write", date(2026, 1, 1))
    for authorization in ("", "Bearer ", "Bearer dwk_x", f"Basic {ended}", f"Bearer {ended}"):
        assert kept("/api/v1/documents", authorization) == (401, 0)
    assert kept("/api/v1/documents", f"Bearer {make_token('notices:read')}") == (403, 0)


def test_a_document_with_a_valid_token_is_read(kept: Any) -> None:
    status, size = kept("/api/v1/documents", f"Bearer {make_token('documents:write')}")
    assert status == 422, "no document that can be taken, but it was looked at"
    assert size == LARGE
