"""Every request comes under one of the portal's names, whatever page it asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: balancers ask for the health of a process by its own address
HEALTH = "/health/"


class KnownHost:
    """400 for a request under a name that ``DUNKELWERK_ALLOWED_HOSTS`` does not have; Django asks only now and then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; raises DisallowedHost, which Django makes the page for 400."""
        if not request.path.startswith(HEALTH):
            request.get_host()
        return self.get_response(request)
