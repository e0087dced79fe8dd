"""What the portal notes for its operator: names, never values."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.http import HttpRequest

logger = logging.getLogger("dunkelwerk.portal")


def note_ignored(request: HttpRequest, names: Sequence[str]) -> None:
    """Fields came that the page did not ask for: somebody tries things, or a page was open for long."""
    if names:
        logger.warning("fields ignored", extra={"fields": {"path": request.path, "ignored": list(names)}})


def note_refused(question: str, code: str) -> None:
    """An upload of a question was refused, for this reason."""
    logger.warning("upload refused", extra={"fields": {"question": question, "refused": code}})


def note_not_taken(type: str, process: str) -> None:
    """A complete form could not be submitted: its type does not fit its process, or the inbox knows its number."""
    logger.error("not taken", extra={"fields": {"type": type, "process": process}})
