"""Who is there: the session of a browser says which dialogue; no address ever names one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from msgspec import Struct

from dunkelwerk.dialogues import access, queries
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.queries import Dialogue
from dunkelwerk.dialogues.settings import session_seconds

View = Callable[..., HttpResponse]
#: the dialog that asks whether to go on comes so many seconds before the end
WARNING = 300


class Visit(Struct, frozen=True):
    """A session and its dialogue. ``seconds``: how long it lasts unused; ``warn``: when before that it asks."""

    token: str
    dialogue: Dialogue
    seconds: int
    warn: int

    @property
    def is_open(self) -> bool:
        """Whether there is something to answer."""
        return self.dialogue.state in OPEN_STATES

    @property
    def name(self) -> str:
        """The person's name."""
        person = self.dialogue.person
        return " ".join(filter(None, (person.first_name, person.last_name))) if person else ""

    @property
    def minutes(self) -> int:
        """How long it lasts, in minutes."""
        return self.seconds // 60


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this very host, where people come by TLS."""
    return "__Host-visit" if settings.CSRF_COOKIE_SECURE else "visit"


def begin(response: HttpResponse, token: str) -> None:
    """Keep the session in a cookie that ends with the browser. Strict: nobody needs it on arriving from elsewhere."""
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="Strict", secure=settings.CSRF_COOKIE_SECURE, path="/"
    )


def finish(request: HttpRequest, response: HttpResponse) -> None:
    """Log out."""
    if token := request.COOKIES.get(cookie_name()):
        access.end(token)
    response.delete_cookie(cookie_name(), path="/", samesite="Strict")


def has_session(request: HttpRequest) -> bool:
    """Whether somebody is logged in; does not count as a page."""
    token = request.COOKIES.get(cookie_name())
    return bool(token and access.seconds_left(token))


def find_visit(request: HttpRequest) -> Visit | None:
    """The visit that a request belongs to; None: there is none, or it has ended."""
    token = request.COOKIES.get(cookie_name())
    session = access.session_of(token) if token else None
    if session is None:
        return None
    seconds = session_seconds()
    return Visit(session.token, queries.load(session.dialogue), seconds, min(WARNING, seconds // 2))


def visiting(view: View) -> View:
    """A page of a dialogue that is being answered; whoever is not logged in logs in, what is submitted says so."""

    @wraps(view)
    def within(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        visit = find_visit(request)
        if visit is None:
            return redirect("portal:ended")
        request.visit = visit  # type: ignore[attr-defined]
        if not visit.is_open:
            return redirect("portal:status")
        return view(request, visit, *arguments, **named)

    return within


def submitted(view: View) -> View:
    """A page of a dialogue that was submitted; others go back to the form."""

    @wraps(view)
    def within(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        visit = find_visit(request)
        if visit is None:
            return redirect("portal:ended")
        request.visit = visit  # type: ignore[attr-defined]
        if visit.is_open:
            return redirect("portal:start")
        return view(request, visit, *arguments, **named)

    return within
