"""Around every page: the language it is in, and what is said while the database is away."""

from __future__ import annotations

from collections.abc import Callable
from threading import local

from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dunkelwerk.dialogues.answers import NotOpen
from dunkelwerk.infra.database import reconnect
from dunkelwerk.infra.i18n import speaking
from dunkelwerk.infra.keys import KeysMissing
from dunkelwerk.portal.faults import unavailable, without_keys
from dunkelwerk.portal.languages import chosen_language
from dunkelwerk.portal.notes import note_without_keys

Answer = Callable[[HttpRequest], HttpResponse]


class Language:
    """Texts are in the language the person chose, else one that the browser asks for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer in that language."""
        with speaking(chosen_language(request)):
            return self.get_response(request)


class Outage:
    """While the database or the keys are away: a page that says so, and nothing that was typed is lost.

    And what may end while a page is open: somebody revoked the dialogue, or it was submitted on another device.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        #: one for each outage; what the threads of this process know of it
        self.latest = object()
        self.known = local()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; the next request finds the database by itself.

        Each thread has a connection of its own: after an outage that another one met it takes a new one.
        """
        if getattr(self.known, "outage", self.latest) is not self.latest:
            connections["default"].close()
        self.known.outage = self.latest
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for an outage; None leaves any other error, and other parts of the site, to Django."""
        if not request.resolver_match or "portal" not in request.resolver_match.namespaces:
            return None
        if isinstance(error, OperationalError | InterfaceError):
            reconnect()
            self.latest = self.known.outage = object()
            return unavailable(request)
        if isinstance(error, KeysMissing):
            note_without_keys(request.resolver_match.route)
            return without_keys(request)
        if isinstance(error, NotOpen):
            return redirect("portal:status")
        return None
