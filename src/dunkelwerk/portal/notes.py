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


def note_not_taken(type: str, process: str, error: Exception) -> None:
    """A complete form could not be submitted: the kind of error says why."""
    logger.error("not taken", extra={"fields": {"type": type, "process": process, "why": error.__class__.__name__}})


def note_without_keys(path: str) -> None:
    """The key file, or a key in it, cannot be used."""
    logger.error("keys missing", extra={"fields": {"path": path}})
