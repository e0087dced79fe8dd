"""Settings of dialogues, from the environment: each has a default that suits. Source: docs/dialogues.md section 9."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

PORTAL_URL = "http://127.0.0.1:8080"


class Cost(Struct, frozen=True):
    """The work factor of a PIN's hash (argon2id): passes, and memory in KiB."""

    passes: int
    memory: int


class LoginLimits(Struct, frozen=True):
    """How many logins may fail before the next one waits; waits in seconds, doubled with every further failure."""

    #: per dialogue
    dialogue_free: int = 5
    #: per network address (IPv6: per /64), where many people may sit behind one
    address_free: int = 20
    #: over all, within one minute: above it, addresses that failed before wait longer
    total_per_minute: int = 300
    first_wait: int = 30
    #: of a PIN and of a dialogue guessed at
    longest_wait: int = 3600
    #: of a network address: a stranger behind the same one must not keep its people out for good
    address_wait: int = 60
    #: seconds after which failures are forgotten
    memory: int = 24 * 3600


class UploadLimits(Struct, frozen=True):
    """How much may be uploaded."""

    files: int = 10
    #: of one file as it is kept, in bytes
    size: int = 15 * 1024 * 1024


def whole(name: str, default: int, *, least: int = 1, most: int = 2**31 - 1) -> int:
    """A whole number from the environment; raises CommandError for anything else."""
    text = os.environ.get(name)
    if text is None or not text.strip():
        return default
    if not text.strip().isascii() or not text.strip().isdigit() or not least <= int(text) <= most:
        message = _("{name}: erwartet eine ganze Zahl von {least} bis {most}.")
        raise CommandError(message.format(name=name, least=least, most=most))
    return int(text)


def configured_url() -> str:
    """``DUNKELWERK_PORTAL_URL`` without a slash at the end, or the empty text where none is set.

    Raises CommandError (wrong usage) for a wrong one, and in production for none, or one without TLS.
    """
    url = os.environ.get("DUNKELWERK_PORTAL_URL", "").rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
        message = _("DUNKELWERK_PORTAL_URL: erwartet wird etwas wie https://portal.example, ohne Pfad.")
        raise CommandError(message, code=2)
    if os.environ.get("DUNKELWERK_MODE") == "production" and parts.scheme != "https":
        message = _("DUNKELWERK_PORTAL_URL: in der Produktion muss sie gesetzt sein und mit https:// beginnen.")
        raise CommandError(message, code=2)
    return url


def portal_url() -> str:
    """Where the portal is seen from outside, as letters say it; raises CommandError like ``configured_url``."""
    return configured_url() or PORTAL_URL


def pin_cost() -> Cost:
    """``DUNKELWERK_PIN_PASSES`` and ``DUNKELWERK_PIN_MEMORY_KIB``: of new PINs; the hash itself names its own."""
    passes = whole("DUNKELWERK_PIN_PASSES", 1, most=100)
    return Cost(passes, whole("DUNKELWERK_PIN_MEMORY_KIB", 512, least=8, most=1024 * 1024))


def login_limits() -> LoginLimits:
    """``DUNKELWERK_LOGIN_*``."""
    usual = LoginLimits()
    return LoginLimits(
        dialogue_free=whole("DUNKELWERK_LOGIN_PER_DIALOGUE", usual.dialogue_free),
        address_free=whole("DUNKELWERK_LOGIN_PER_ADDRESS", usual.address_free),
        total_per_minute=whole("DUNKELWERK_LOGIN_PER_MINUTE", usual.total_per_minute),
        first_wait=whole("DUNKELWERK_LOGIN_FIRST_WAIT", usual.first_wait),
        longest_wait=whole("DUNKELWERK_LOGIN_LONGEST_WAIT", usual.longest_wait, most=3600),
        address_wait=whole("DUNKELWERK_LOGIN_ADDRESS_WAIT", usual.address_wait, most=300),
    )


def session_seconds() -> int:
    """How long a session lasts without any page being asked for: ``DUNKELWERK_SESSION_MINUTES``, usually 30."""
    return 60 * whole("DUNKELWERK_SESSION_MINUTES", 30, most=24 * 60)


def upload_limits() -> UploadLimits:
    """``DUNKELWERK_UPLOAD_FILES`` per question, ``DUNKELWERK_UPLOAD_MB`` per file."""
    files = whole("DUNKELWERK_UPLOAD_FILES", UploadLimits().files, most=100)
    return UploadLimits(files, 1024 * 1024 * whole("DUNKELWERK_UPLOAD_MB", 15, most=200))


def login_milliseconds() -> int:
    """How long a login takes at least, whatever was wrong: ``DUNKELWERK_LOGIN_MILLISECONDS``, usually 100."""
    return whole("DUNKELWERK_LOGIN_MILLISECONDS", 100, least=0, most=5000)
