"""The headers that neither Django nor django-csp sets."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CAPABILITIES = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
PERMISSIONS = ", ".join(f"{name}=()" for name in CAPABILITIES.split())
MORE = {
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
#: no page of ours is kept anywhere: any of them may be personal, and Back shall show what is saved
PRIVATE = "no-store"


class MoreHeaders:
    """Adds them to every answer; a view may set its own ``Cache-Control``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with the headers."""
        response = self.get_response(request)
        for name, value in MORE.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", PRIVATE)
        return response
