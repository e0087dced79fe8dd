"""Helpers of the tests of the API: a caller, and what it sends."""

from __future__ import annotations

import json
from typing import Any

Thing = dict[str, Any]
DIALOGUE: Thing = {
    **{"type": "tax_id", "external_id": "M-1", "salutation": "Herr", "first_name": "Jürgen", "last_name": "Groß"},
    **{"street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln"},
    **{"birth_date": "1980-02-29"},
}
NOTE: Thing = {
    **{"id": "N-1", "contract": "RS-1", "last_name": "Groß", "first_name": "Jürgen", "birth_date": "1980-02-29"},
    **{"incapacity_from": "2026-03-02", "incapacity_until": "2026-11-30", "issued_on": "2026-10-30"},
    **{"formally_correct": True, "received_on": "2026-11-02", "final": False, "icd": []},
}
PROBLEM = "application/problem+json"


class Caller:
    """Calls the API with a token (None: without); answers are (status, content)."""

    def __init__(self, token: str | None) -> None:
        from django.test import Client

        self.client = Client(raise_request_exception=False)
        self.head = {} if token is None else {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """The whole response."""
        headers = self.head if key is None else {**self.head, "Idempotency-Key": key}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(method, f"/api/v1{path}", content, content_type="application/json", headers=headers)

    def get(self, path: str) -> tuple[int, Thing]:
        """Status and content."""
        response = self.call("GET", path)
        return response.status_code, response.json()

    def post(self, path: str, body: Any = None, key: str | None = None) -> tuple[int, Thing]:
        """Status and content."""
        response = self.call("POST", path, body, key)
        return response.status_code, response.json()

    def send_file(self, data: bytes, **fields: str) -> tuple[int, Thing]:
        """A document."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("brief.pdf", data, content_type="application/pdf")
        response = self.client.post("/api/v1/documents", {"file": file, **fields}, headers=self.head)
        return response.status_code, response.json()


def token(*scopes: str) -> str:
    """A new token with these scopes, or with all."""
    from dunkelwerk.api import tokens

    return tokens.create("kern", scopes or list(tokens.SCOPES), actor="test", expires_on=None)[1]
