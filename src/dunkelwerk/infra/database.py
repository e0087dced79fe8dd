"""The one connection to PostgreSQL: where it is, which role works on it, and that its tables are up to date.

``DATABASE_URL``, or the embedded database. ``DATABASE_OWNER_URL`` names another login for migrations, where the
one that works owns nothing. Whatever login works, it acts as the role ``dunkelwerk_app``: it owns no table, and may
only add to the append-only ones.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.conf import settings
from django.db import connections

from dunkelwerk.infra.embedded import EmbeddedDatabaseError, connect_url
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.migrating import migrate_if_needed

APPS = (
    "dunkelwerk.infra",
    "dunkelwerk.feeds",
    "dunkelwerk.ledger",
    "dunkelwerk.letters",
    "dunkelwerk.workitems",
    "dunkelwerk.lines.credit_protection",
    "dunkelwerk.lines.members",
    "dunkelwerk.inbox",
    "dunkelwerk.dialogues",
    "dunkelwerk.runner",
    "procrastinate.contrib.django",
    "dunkelwerk.jobs",
    "dunkelwerk.api",
)
#: a lock that somebody else holds for longer is waited for outside the transaction
LOCK_TIMEOUT = "5s"


class Urls(NamedTuple):
    """The addresses of the login that works, and of the one that owns the tables (often the same)."""

    worker: str
    owner: str


def start() -> None:
    """Configure Django, reach the database, bring its tables up to date; raises CommandError where that fails."""
    configure()
    migrate_if_needed()


def configure() -> None:
    """Configure Django once per process. Two connections: ``default`` works, ``owner`` migrates."""
    if settings.configured:
        return
    urls = find_urls()
    worker = database(urls.worker)
    worker["OPTIONS"]["options"] = f"{worker['OPTIONS'].get('options', '')} -c lock_timeout={LOCK_TIMEOUT}".strip()
    settings.configure(
        INSTALLED_APPS=["django.contrib.postgres", *APPS],
        DATABASES={"default": worker, "owner": database(urls.owner)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="Europe/Berlin",
    )
    django.setup()


def find_urls() -> Urls:
    """Where the database is; starts the embedded one where there is no other. Raises CommandError if that fails."""
    try:
        url = os.environ.get("DATABASE_URL") or connect_url()
    except EmbeddedDatabaseError as error:
        raise CommandError(str(error)) from None
    return Urls(url, os.environ.get("DATABASE_OWNER_URL") or url)


def database(url: str) -> dict[str, Any]:
    """Django's setting for a PostgreSQL address; raises CommandError for any other."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise ValueError(parts.scheme)
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "dunkelwerk",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
            "PORT": options.pop("port", None) or str(parts.port or ""),
            "OPTIONS": {"application_name": "dunkelwerk", **options},
            "CONN_MAX_AGE": None,
        }
    except ValueError:
        message = _("DATABASE_URL: erwartet wird postgresql://benutzer:passwort@rechner/datenbank.")
        raise CommandError(message) from None


def reconnect() -> None:
    """Drop the working connection: the next statement opens a new one. A fallen embedded server is started again."""
    connections["default"].close()
    if not os.environ.get("DATABASE_URL"):
        with suppress(EmbeddedDatabaseError):
            connect_url()
