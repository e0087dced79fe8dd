"""``Idempotency-Key``: the same request under the same key takes effect once; a replay gets the first answer.

What may be told only once (a PIN) is not kept, and left out of a replayed answer. A key is kept for three days.

A process may be killed after the effect and before its answer is kept. After two minutes such a request is made again
where a second time changes nothing (the same dialogue, notice or document is known); where it would (a new PIN kills
the one before), its key answers 409 as long as it is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import wraps
from inspect import signature
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from dunkelwerk.api.problems import Problem
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError

KEPT = timedelta(days=3)
#: who has not answered after this was killed: the request may be made again
GIVEN_UP = timedelta(minutes=2)
LONGEST = 200
BEGIN = """
    INSERT INTO idempotency_key (token, key, fingerprint, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (token, key) DO UPDATE SET created_at = excluded.created_at
    WHERE idempotency_key.status IS NULL AND idempotency_key.fingerprint = excluded.fingerprint
        AND idempotency_key.created_at < %s
    RETURNING id
"""
FIND = "SELECT fingerprint, status, answer, created_at FROM idempotency_key WHERE token = %s AND key = %s"
END = "UPDATE idempotency_key SET status = %s, answer = %s WHERE token = %s AND key = %s"
FORGET = "DELETE FROM idempotency_key WHERE token = %s AND key = %s"
CLEAR = "DELETE FROM idempotency_key WHERE created_at < %s"
UNKNOWN = "Whether the request with this Idempotency-Key took effect is not known; look, then use a new key."
#: raised before anything takes effect
REFUSALS = (Problem, CommandError)

View = Callable[..., tuple[int, dict[str, Any]]]


def once(*, secret: Collection[str] = (), repeatable: bool = True) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a view honour the key; the view gives status and content. ``secret``: members that are told only once.

    ``repeatable``: whether a second time changes nothing.
    """

    def bind(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                status, content = view(request, *args, **kwargs)
                return JsonResponse(content, status=status)
            return answer_once(request, key, lambda: view(request, *args, **kwargs), secret, repeatable)

        # ninja reads the parameters; their names mean something in the view's module alone
        answered.__signature__ = signature(view, eval_str=True)  # type: ignore[attr-defined]
        return answered

    return bind


def answer_once(
    request: HttpRequest,
    key: str,
    act: Callable[[], tuple[int, dict[str, Any]]],
    secret: Collection[str],
    repeatable: bool,
) -> HttpResponse:
    """Act and keep the answer, or give the answer that was kept."""
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        raise Problem(400, f"Idempotency-Key: 1 to {LONGEST} printable characters are expected.")
    place = (request.auth.token, key)  # type: ignore[attr-defined]
    if (kept := begin(place, fingerprint_of(request), repeatable=repeatable)) is not None:
        response = JsonResponse(kept[1], status=kept[0])
        response["Idempotent-Replayed"] = "true"
        return response
    try:
        status, content = act()
    except BaseException as error:
        if repeatable or isinstance(error, REFUSALS):
            run(FORGET, place)  # nothing took effect: the caller may mend the request and try again
        raise
    safe = {name: value for name, value in content.items() if name not in secret}
    run(END, (status, json.dumps(safe), *place))
    return JsonResponse(content, status=status)


def begin(place: tuple[int, str], fingerprint: str, *, repeatable: bool) -> tuple[int, dict[str, Any]] | None:
    """Take the key (None), or the answer that stands under it; raises Problem where it cannot be used."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, (*place, fingerprint, at, at - (GIVEN_UP if repeatable else 2 * KEPT)))
        if cursor.fetchone() is not None:
            return None
        cursor.execute(FIND, place)
        row = cursor.fetchone()
    if row is not None and row[0] != fingerprint:
        raise Problem(422, "This Idempotency-Key stands for another request; use a new one.")
    if row is not None and row[1] is None and row[3] < at - GIVEN_UP:
        raise Problem(409, UNKNOWN)
    if row is None or row[1] is None:
        raise Problem(409, "The request with this Idempotency-Key is still being worked on; try again later.")
    return row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2]


def fingerprint_of(request: HttpRequest) -> str:
    """A hash of method, address and content."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    if request.content_type == "multipart/form-data":
        for name in sorted(request.POST):
            digest.update(f"{name}\0{request.POST[name]}\0".encode())
        for name in sorted(request.FILES):
            for chunk in request.FILES[name].chunks():  # type: ignore[union-attr]
                digest.update(chunk)
            request.FILES[name].seek(0)  # type: ignore[union-attr]
    else:
        digest.update(request.body)
    return digest.hexdigest()


def clear() -> int:
    """Forget keys that are older than three days; how many."""
    return run(CLEAR, (now() - KEPT,))


def run(sql: str, values: tuple[Any, ...]) -> int:
    """Run a statement; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
