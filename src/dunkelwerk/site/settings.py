"""Django's settings of the web processes, on top of those every command has (``infra.database.configure``).

No sessions, accounts or messages of Django's: the portal has its own short session (``dialogues.access``), and cookies
hold nothing but that token, the CSRF token and the language.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.conf import settings

from dunkelwerk.infra import database
from dunkelwerk.site.addresses import allowed_hosts, is_https, portal_url

PORTAL = Path(__file__).parent.parent / "portal"
YEAR = 365 * 24 * 3600
#: of a form's texts, without files: no form of ours comes near
LONGEST_FORM = 1024 * 1024
MOST_FIELDS = 3000
MOST_FILES = 20
MIDDLEWARE = [
    "dunkelwerk.site.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "dunkelwerk.site.headers.MoreHeaders",
    "dunkelwerk.api.problems.ProblemsOnly",
    "dunkelwerk.site.hosts.KnownHost",
    "dunkelwerk.portal.middleware.Language",
    "dunkelwerk.portal.middleware.Outage",
    "dunkelwerk.site.forgery.FormGuard",
]
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "font-src": [SELF],
    # the icons of the design system are data inside its style sheet
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "manifest-src": [NONE],
}


def configure() -> None:
    """Configure Django for the web, once per process; raises CommandError for wrong settings of the environment."""
    database.configure()
    for name, value in web_settings().items():
        setattr(settings, name, value)


def web_settings() -> dict[str, Any]:
    """What the web needs."""
    return {
        "ROOT_URLCONF": "dunkelwerk.site.urls",
        "MIDDLEWARE": MIDDLEWARE,
        "TEMPLATES": [templates()],
        "ALLOWED_HOSTS": allowed_hosts(),
        # nothing is signed with it; Django wants one
        "SECRET_KEY": secrets.token_urlsafe(48),
        "USE_I18N": False,
        "APPEND_SLASH": False,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": LONGEST_FORM,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": MOST_FIELDS,
        "DATA_UPLOAD_MAX_NUMBER_FILES": MOST_FILES,
        # what people upload is never written to a disk in clear
        "FILE_UPLOAD_HANDLERS": ["dunkelwerk.site.receiving.Receiving"],
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        **security(),
    }


def templates() -> dict[str, Any]:
    """The templates of the portal."""
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PORTAL / "templates"],
        "OPTIONS": {
            "context_processors": ["dunkelwerk.portal.surroundings.surroundings"],
            "builtins": ["dunkelwerk.portal.tags"],
        },
    }


def security() -> dict[str, Any]:
    """Cookies and headers; stricter where people come by TLS."""
    https = is_https()
    return {
        "CSRF_COOKIE_NAME": "__Host-csrf" if https else "csrf",
        "CSRF_COOKIE_SECURE": https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        # of this visit alone
        "CSRF_COOKIE_AGE": None,
        "CSRF_TRUSTED_ORIGINS": [portal_url()] if portal_url() else [],
        "CSRF_FAILURE_VIEW": "dunkelwerk.portal.faults.refused",
        "SECURE_HSTS_SECONDS": YEAR if https else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "no-referrer",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    }
