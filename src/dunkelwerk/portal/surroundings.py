"""What every page shows around its content: the insurer, the language, and whose dialogue it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dunkelwerk.infra.i18n import spoken
from dunkelwerk.portal.house import read_house
from dunkelwerk.portal.languages import LANGUAGES


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    return {
        "house": read_house(),
        "insurer": read_house().insurer,
        "language": spoken(),
        "other_languages": [(code, name) for code, name in LANGUAGES.items() if code != spoken()],
        "visit": getattr(request, "visit", None),
        "here": request.path,
    }
