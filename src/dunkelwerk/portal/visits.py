"""Who is there: the session of a browser says which dialogue; no address ever names one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from msgspec import Struct

from dunkelwerk.dialogues import access, queries
from dunkelwerk.dialogues.access import Session
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.queries import Dialogue
from dunkelwerk.dialogues.settings import session_seconds
from dunkelwerk.portal import credentials
from dunkelwerk.portal.credentials import BESIDE, Refused
from dunkelwerk.portal.faults import WHOSE, another_letter, session_ended
from dunkelwerk.portal.wording import told_wait

View = Callable[..., HttpResponse]
#: the dialog that asks whether to go on comes so many seconds before the end
WARNING = 300
#: so many hexadecimal digits has the mark of a dialogue's pages: no two dialogues have the same
MARK = 16


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
    def whose(self) -> str:
        """What every form of the visit posts, so that it is written into this dialogue alone; no reference of it."""
        return hashlib.sha256(f"whose:{self.dialogue.reference}".encode()).hexdigest()[:MARK]

    @property
    def warned(self) -> str:
        """How long before its end it asks, in words."""
        return told_wait(self.warn)

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


def find_visit(request: HttpRequest, *, counts: bool = True) -> Visit | None:
    """The visit that a request belongs to; None: there is none, or it has ended. ``counts``: its time starts anew."""
    token = request.COOKIES.get(cookie_name())
    session = access.session_of(token, counts=counts) if token else None
    if session is None:
        return None
    return visit_of(session)


def visit_of(session: Session) -> Visit:
    """The visit of a session."""
    seconds = session_seconds()
    return Visit(session.token, queries.load(session.dialogue), seconds, min(WARNING, seconds // 2))


def visiting(view: View, *, counts: bool = True) -> View:
    """A page of a dialogue that is being answered; whoever is not logged in logs in, what is submitted says so.

    What is posted is written into the dialogue whose page it was, or not at all: two people may share a browser. After
    the end of a session it waits in a page where one logs in, and is not lost. ``counts``: somebody is there.
    """

    @wraps(view)
    def within(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        def go_on(visit: Visit) -> HttpResponse:
            request.visit = visit  # type: ignore[attr-defined]
            return view(request, visit, *arguments, **named) if visit.is_open else redirect("portal:status")

        if request.method == "POST" and f"{BESIDE}pin" in request.POST:
            return log_in_within(request, go_on)
        visit = find_visit(request, counts=counts)
        if visit is None:
            return redirect("portal:ended") if request.method != "POST" else session_ended(request)
        if request.method == "POST" and request.POST.get(WHOSE) != visit.whose:
            return another_letter(request)
        return go_on(visit)

    return within


def visiting_unseen(view: View) -> View:
    """As ``visiting``, for what a script asks for by itself: the session ends as if it had not."""
    return visiting(view, counts=False)


def log_in_within(request: HttpRequest, go_on: Callable[[Visit], HttpResponse]) -> HttpResponse:
    """Log in on the page that holds what was posted, and go on with that where it belongs to this very letter."""
    found = credentials.attempt(request, before=BESIDE)
    if isinstance(found, Refused):
        return session_ended(request, found)
    visit = visit_of(found)
    # a page from before an update has no mark: the PIN that was typed into it says whose it is
    if request.POST.get(WHOSE, visit.whose) != visit.whose:
        access.end(found.token)
        return another_letter(request)
    request.COOKIES[cookie_name()] = found.token
    response = go_on(visit)
    if cookie_name() not in response.cookies:  # else it has just logged out
        begin(response, found.token)
    return response


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
