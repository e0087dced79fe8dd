"""The API inside the test, on this test's database, and somebody who may call everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_support import Caller, token


@pytest.fixture
def served(django_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The API's addresses, without the rest of the site, on 22 November 2026."""
    from django.test import override_settings

    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-22")
    site = {
        "ROOT_URLCONF": "dunkelwerk.api.urls",
        "MIDDLEWARE": ["dunkelwerk.api.problems.ProblemsOnly"],
        "FILE_UPLOAD_HANDLERS": ["dunkelwerk.site.receiving.Receiving"],
        "ALLOWED_HOSTS": ["*"],
    }
    with override_settings(**site):
        yield


@pytest.fixture
def caller(served: None) -> Caller:
    """Somebody who may do everything."""
    return Caller(token())
