"""Where messages go, by settings: ``DUNKELWERK_OUTBOX_WEBHOOK`` with its secret, ``DUNKELWERK_OUTBOX_FOLDER``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

WEBHOOK, FOLDER = "webhook", "folder"
SHORTEST_SECRET = 24
USUAL_ATTEMPTS = 12


class Webhook(Struct, frozen=True):
    """Where to POST, and the secret that signs. Neither is ever shown."""

    url: str
    secret: bytes

    def __repr__(self) -> str:
        return "Webhook(…)"


class Targets(Struct, frozen=True):
    """Where every message must arrive, and how often that is tried."""

    webhook: Webhook | None = None
    folder: Path | None = None
    attempts: int = USUAL_ATTEMPTS

    @property
    def names(self) -> list[str]:
        """The targets that are set."""
        return [name for name, each in ((WEBHOOK, self.webhook), (FOLDER, self.folder)) if each is not None]


def read_targets(environment: Mapping[str, str] = os.environ) -> Targets:
    """The targets of this installation, perhaps none; raises CommandError for a setting that cannot be used."""
    url, folder = environment.get("DUNKELWERK_OUTBOX_WEBHOOK"), environment.get("DUNKELWERK_OUTBOX_FOLDER")
    return Targets(
        webhook=Webhook(checked_url(url), read_secret(environment)) if url else None,
        folder=Path(folder) if folder else None,
        attempts=read_attempts(environment),
    )


def checked_url(url: str) -> str:
    """The address; raises CommandError for one that is no https, unless it is this machine's own."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port or 1) and (parts.scheme == "https" or is_own(parts))
    except ValueError:
        usable = False
    if not usable:
        message = _(
            "DUNKELWERK_OUTBOX_WEBHOOK: erwartet wird eine Adresse mit https:// (http:// nur auf diesem Rechner)."
        )
        raise CommandError(message)
    return url


def is_own(parts: object) -> bool:
    """Whether an http address stays on this machine."""
    scheme, host = getattr(parts, "scheme", ""), getattr(parts, "hostname", None) or ""
    if scheme != "http":
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_secret(environment: Mapping[str, str]) -> bytes:
    """The secret, given itself or as a file; raises CommandError where it is missing or short."""
    secret, path = environment.get("DUNKELWERK_OUTBOX_SECRET"), environment.get("DUNKELWERK_OUTBOX_SECRET_FILE")
    if not secret and path:
        try:
            secret = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = _("DUNKELWERK_OUTBOX_SECRET_FILE: {path} ist nicht lesbar ({kind}).")
            raise CommandError(message.format(path=path, kind=type(error).__name__)) from None
    if not secret or len(secret) < SHORTEST_SECRET:
        message = _("DUNKELWERK_OUTBOX_SECRET: das Geheimnis des Webhooks fehlt oder hat weniger als {count} Zeichen.")
        raise CommandError(message.format(count=SHORTEST_SECRET))
    return secret.encode()


def read_attempts(environment: Mapping[str, str]) -> int:
    """After how many attempts a message is given up; raises CommandError for no such number."""
    text = environment.get("DUNKELWERK_OUTBOX_ATTEMPTS", str(USUAL_ATTEMPTS))
    if not (text.isdecimal() and 1 <= int(text) <= 100):
        raise CommandError(_("DUNKELWERK_OUTBOX_ATTEMPTS: erwartet wird eine Zahl von 1 bis 100."))
    return int(text)
