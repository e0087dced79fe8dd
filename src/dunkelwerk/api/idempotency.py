"""``Idempotency-Key``: the same request under the same key takes effect once; a replay gets the first answer.

What a request changes and the answer to it are one transaction: whoever is killed before its end has changed nothing,
and whoever is killed after it has left the answer for a replay. While it runs the transaction holds a lock of its key,
which ends with it, however that ends. What may be told only once (a PIN) is not kept, and left out of a replay.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from msgspec import Struct

from dunkelwerk.api.problems import Fault, Problem, refusal
from dunkelwerk.infra.businessday import now

KEPT = timedelta(days=3)
LONGEST = 200
#: ends with the transaction, and with the process
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 20251123))"
FIND = "SELECT fingerprint, status, answer FROM idempotency_key WHERE token = %s AND key = %s"
KEEP = """
    INSERT INTO idempotency_key (token, key, fingerprint, status, answer, created_at) VALUES (%s, %s, %s, %s, %s, %s)
"""
CLEAR = "DELETE FROM idempotency_key WHERE created_at < %s"

Got = TypeVar("Got")
Answer = tuple[int, dict[str, Any]]
#: what a request changes; it gives status and content
Effect = Callable[[], Answer]
#: reads and checks a request, changes nothing, and gives its effect
View = Callable[..., Effect]


class Place(Struct, frozen=True):
    """Where an answer is kept: whose key it is, the key, and what was asked under it."""

    token: int
    key: str
    fingerprint: str


def once(*, secret: Collection[str] = ()) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a view honour the key. ``secret``: members of the content that are told only once."""

    def bind(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return told(in_one(view(request, *args, **kwargs)))
            return answer_once(place_of(request, key), lambda: view(request, *args, **kwargs), secret)

        # ninja reads the parameters; their names mean something in the view's module alone
        answered.__signature__ = signature(view, eval_str=True)  # type: ignore[attr-defined]
        return answered

    return bind


def answer_once(place: Place, prepare: Callable[[], Effect], secret: Collection[str]) -> HttpResponse:
    """Make the effect and keep the answer, or give the answer that was kept. Raises Problem for a key in use."""
    if (kept := find(place)) is not None:
        return told(kept, is_replay=True)
    effect = prepare()  # what takes long (a file is cleaned) holds no lock

    def make() -> HttpResponse:
        take_turn(place)
        if (overtaken := find(place)) is not None:
            return told(overtaken, is_replay=True)
        answer = effect()
        keep(place, answer, secret)
        return told(answer)

    return in_one(make)


def in_one(act: Callable[[], Got]) -> Got:
    """Act in one transaction."""
    with transaction.atomic(durable=True):
        return act()


def told(answer: Answer, *, is_replay: bool = False) -> HttpResponse:
    """An answer as a response."""
    response = JsonResponse(answer[1], status=answer[0])
    if is_replay:
        response["Idempotent-Replayed"] = "true"
    return response


def place_of(request: HttpRequest, key: str) -> Place:
    """Where the answer to a request is kept; raises Problem for an unusable key."""
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        raise Problem(400, f"Idempotency-Key: 1 to {LONGEST} printable characters are expected.")
    return Place(request.auth.token, key, fingerprint_of(request))  # type: ignore[attr-defined]


def take_turn(place: Place) -> None:
    """Be the only one under this key until the transaction ends; raises Problem where somebody else is."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, (f"{place.token}:{place.key}",))
        if not cursor.fetchone()[0]:
            raise Problem(409, "The request with this Idempotency-Key is still being worked on; try again later.")


def find(place: Place) -> Answer | None:
    """The answer that was kept, if any; raises Problem where it answers another request."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, (place.token, place.key))
        row = cursor.fetchone()
    if row is None:
        return None
    if row[0] != place.fingerprint:
        raise refusal([Fault("Idempotency-Key", "It stands for another request; use a new one.")])
    return row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2]


def keep(place: Place, answer: Answer, secret: Collection[str]) -> None:
    """Keep an answer, without what is told only once."""
    safe = {name: value for name, value in answer[1].items() if name not in secret}
    run(KEEP, (place.token, place.key, place.fingerprint, answer[0], json.dumps(safe), now()))


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
