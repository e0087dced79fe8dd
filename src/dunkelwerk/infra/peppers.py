"""Peppers: secrets outside the database that PINs are hashed with. A stolen database alone verifies no guess.

``DUNKELWERK_PEPPERS`` (``ID:BASE64``, several separated by blanks, the first is for new PINs) or ``DUNKELWERK_PEPPER``
(one in base64), else the section ``peppers`` of the key file, made at first use. Source: docs/dialogues.md section 3.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import Any

from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import KeysMissing, MasterKeys

SEVERAL, ONE = "DUNKELWERK_PEPPERS", "DUNKELWERK_PEPPER"
SHORTEST = 16
#: one at a time writes the key file; the same number as rotating the master keys
TAKE_TURNS, DONE = "SELECT pg_advisory_lock(20250604)", "SELECT pg_advisory_unlock(20250604)"


class Peppers(Struct, frozen=True):
    """The peppers by id; ``active`` is the one for new PINs, ``oldest`` keys what must outlive a rotation."""

    active: str
    keys: dict[str, bytes]

    def __repr__(self) -> str:
        return f"Peppers({self.active})"

    @property
    def oldest(self) -> bytes:
        """The first one that is known."""
        return self.keys[min(self.keys, key=age)]


def age(identity: str) -> tuple[int, str]:
    """Sorts ids by the number they begin with (``p2-…``); foreign ids come last, by name."""
    number = identity.partition("-")[0].removeprefix("p")
    return (int(number), identity) if number.isascii() and number.isdigit() else (1_000_000, identity)


def read_peppers(cursor: Any, *, in_use: str | None = None) -> Peppers:
    """The peppers of the environment or of the key file; makes the first one there.

    ``in_use``: a statement that tells whether anything was hashed already; then a file without them is the wrong one.
    Raises CommandError where they cannot be read. ``cursor``: of the working connection, for turns at creating.
    """
    if several := os.environ.get(SEVERAL) or os.environ.get(ONE):
        return from_environment(several)
    masters = MasterKeys.open(cursor)
    if not masters.peppers:
        ensure_unused(cursor, masters, in_use)
        masters = add_pepper(cursor, first=True)
    return Peppers(masters.pepper, masters.peppers)


def ensure_unused(cursor: Any, masters: MasterKeys, in_use: str | None) -> None:
    """Raise KeysMissing where PINs are out whose peppers this key file lacks."""
    if in_use is None:
        return
    cursor.execute(in_use)
    if cursor.fetchone()[0]:
        message = _("{path}: die Geheimnisse der ausgegebenen PINs fehlen; bitte aus der Sicherung zurückholen.")
        raise KeysMissing(message.format(path=masters.path))


def add_pepper(cursor: Any, *, first: bool) -> MasterKeys:
    """The key file with one more pepper, or ``first`` with the one that somebody else made meanwhile."""
    cursor.execute(TAKE_TURNS)
    try:
        masters = MasterKeys.open(cursor)
        if not (first and masters.peppers):
            masters.add_pepper()
            masters.write()
    finally:
        cursor.execute(DONE)
    return masters


def from_environment(text: str) -> Peppers:
    """The peppers in a text; raises CommandError, which never shows them."""
    found = dict(read_one(each) for each in text.split())
    if not found:
        raise CommandError(
            _("{name}: erwartet KENNUNG:BASE64, mehrere durch Leerzeichen getrennt.").format(name=SEVERAL)
        )
    return Peppers(next(iter(found)), found)


def read_one(text: str) -> tuple[str, bytes]:
    """``ID:BASE64``; without an id it is named by its hash."""
    identity, separator, encoded = text.rpartition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) < SHORTEST or (separator and not 0 < len(identity) <= 40):
        message = _("{name}: erwartet KENNUNG:BASE64 mit mindestens {bytes} zufälligen Byte, je Geheimnis.")
        raise CommandError(message.format(name=SEVERAL, bytes=SHORTEST))
    return identity or f"env-{hashlib.sha256(b'id:' + key).hexdigest()[:8]}", key


def rotate_peppers(cursor: Any) -> str:
    """Make a new pepper in the key file the one for new PINs; its id. PINs made before stay good.

    Raises CommandError where the peppers come from the environment.
    """
    if os.environ.get(SEVERAL) or os.environ.get(ONE):
        message = _("Die Geheimnisse der PINs stehen in {name}; bitte dort ein neues voranstellen.")
        raise CommandError(message.format(name=SEVERAL))
    return add_pepper(cursor, first=False).pepper
