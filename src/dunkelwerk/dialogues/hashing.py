"""Hashing PINs: argon2id over a keyed hash whose key, the pepper, is outside the database.

Source: docs/dialogues.md section 3.
The hash names its own work factor, so that the setting may change; the row names the pepper, so that it may rotate.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret, verify_secret
from msgspec import Struct

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.settings import Cost, pin_cost
from dunkelwerk.infra.peppers import Peppers, read_peppers

SALT, HASH = 16, 24
#: whether PINs were made with a pepper: then none may be made anew in an older key file
IN_USE = "SELECT EXISTS (SELECT FROM dialogue WHERE selector IS NOT NULL)"
#: hash of no PIN, verified where there is no dialogue: the same time is spent
NOBODY = "22222222222"


class Hashed(Struct, frozen=True):
    """What is stored of a PIN."""

    selector: str
    hash: str
    pepper: str


class Hasher:
    """Hashes and verifies PINs. May be shared by threads: argon2 works without Python's lock."""

    def __init__(self, peppers: Peppers, cost: Cost, *, salts: Any = None) -> None:
        self._peppers, self._cost = peppers, cost
        self._salt = salts or (lambda: secrets.token_bytes(SALT))
        self._dummy = self.hash(NOBODY + "2")

    @classmethod
    def open(cls, cursor: Any) -> Hasher:
        """With the peppers and the work factor of now; raises CommandError where the peppers of PINs are lost."""
        return cls(read_peppers(cursor, in_use=IN_USE), pin_cost())

    @property
    def peppers(self) -> Peppers:
        """What it hashes with."""
        return self._peppers

    def hash(self, pin: str) -> Hashed:
        """What is stored of a compact PIN."""
        hashed = hash_secret(
            keyed(self._peppers.keys[self._peppers.active], pin),
            self._salt(),
            time_cost=self._cost.passes,
            memory_cost=self._cost.memory,
            parallelism=1,
            hash_len=HASH,
            type=Type.ID,
        )
        return Hashed(pins.selector_of(pin), hashed.decode(), self._peppers.active)

    def verify(self, pin: str, stored: Hashed | None) -> bool:
        """Whether it is the PIN; None, or a pepper that is gone, is never, and takes as long."""
        against = stored if stored is not None and stored.pepper in self._peppers.keys else self._dummy
        try:
            good = verify_secret(against.hash.encode(), keyed(self._peppers.keys[against.pepper], pin), Type.ID)
        except (VerificationError, InvalidHashError):
            return False
        return good and against is stored


def keyed(pepper: bytes, pin: str) -> bytes:
    """The keyed hash of a PIN: its secret, bound to its selector."""
    said = f"pin:{pins.selector_of(pin)}:{pins.secret_of(pin)}"
    return hmac.new(pepper, said.encode(), hashlib.sha256).digest()


def keyed_name(pepper: bytes, scope: str, name: str) -> str:
    """A name that only whoever has the pepper can make, e.g. of a network address: 64 hexadecimal digits."""
    return hmac.new(pepper, f"{scope}:{name}".encode(), hashlib.sha256).hexdigest()
