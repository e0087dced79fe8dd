"""One line of JSON on standard error for each request: method, path, status, milliseconds.

Never a query, a form's values, an address or the message of an exception: any of these may be personal. A path that
nobody serves is not logged either, for people paste what they like behind the slash, a PIN for instance.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from traceback import extract_tb
from typing import Any

from django.http import HttpRequest, HttpResponse

from dunkelwerk.infra.businessday import now

FRAMES = 12
UNKNOWN = "-"


def write(**fields: Any) -> None:
    """One line."""
    line = json.dumps({"at": now().isoformat(timespec="milliseconds"), **fields}, ensure_ascii=False)
    print(line, file=sys.stderr, flush=True)


class RequestLog:
    """Logs each request when its answer is ready."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        silence()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, logged."""
        start = time.perf_counter()
        response = self.get_response(request)
        spent = round((time.perf_counter() - start) * 1000, 1)
        path = path_of(request)
        write(method=known(request.method), path=path, status=response.status_code, ms=spent)
        return response


def path_of(request: HttpRequest) -> str:
    """The path, with what stands for a free text in it left out: somebody may have pasted a PIN there."""
    match = request.resolver_match
    if match is None:
        return UNKNOWN
    free = [value for value in match.kwargs.values() if isinstance(value, str)]
    return f"/{match.route}" if free else request.path


def known(method: str | None) -> str:
    """The method, where it is one that people use."""
    return method if method in ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS") else UNKNOWN


class FaultLog(logging.Handler):
    """Writes what Django logs: of an exception its kind and where it was, nothing of what it says."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line for an exception or a note of ours; everything else is in the line of the request."""
        if fields := getattr(record, "fields", None):
            write(note=record.msg, **fields)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            write(error=type(error).__name__, cause=type(error.__cause__).__name__, where=frames(error))


def frames(error: BaseException) -> list[str]:
    """The innermost places of an exception."""
    return [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in extract_tb(error.__traceback__)[-FRAMES:]
    ]


def silence() -> None:
    """Django's own messages name paths, hosts and values: they go through ``FaultLog`` alone."""
    for name in ("django", "dunkelwerk"):
        logger = logging.getLogger(name)
        logger.handlers = [FaultLog()]
        logger.propagate = False
