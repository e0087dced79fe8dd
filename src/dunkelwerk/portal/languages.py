"""The languages of the pages, and which one a person gets: the one chosen, else the browser's, else German."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: by their own names, as somebody looks for them
LANGUAGES = {"de": "Deutsch", "en": "English"}
YEAR = 365 * 24 * 3600


def cookie_name() -> str:
    """``__Host-`` binds it to this very host, where people come by TLS."""
    return "__Host-language" if settings.CSRF_COOKIE_SECURE else "language"


def chosen_language(request: HttpRequest) -> str:
    """Two letters."""
    chosen = request.COOKIES.get(cookie_name(), "")
    return chosen if chosen in LANGUAGES else wished_language(request.headers.get("Accept-Language", ""))


def wished_language(header: str) -> str:
    """The first language of the browser's list that we have; German where it asks for none of them."""
    for wish in header.split(","):
        language = wish.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return "de"


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the choice in a cookie; it says nothing about anybody."""
    response.set_cookie(
        cookie_name(), language, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.CSRF_COOKIE_SECURE
    )
