"""Encryption at rest: records are compressed and sealed with data keys, which a master key outside the database wraps.

The key file is created at first start, readable by its owner alone: ``DUNKELWERK_KEY_FILE``, else ``keys.json`` in
the home directory. It holds every master key by id, and which one is active. Losing it loses the records. The section
``peppers`` holds, in the same way, the secrets of PINs (``infra.peppers``); losing them loses every PIN not yet used.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dunkelwerk.infra.bulk import columns_of
from dunkelwerk.infra.embedded import default_home
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

NONCE = 12
KEY = 32
#: a data key serves one month: few enough to wrap anew quickly, many enough that one key never seals too much
NEWEST = "SELECT id, wrapped, master FROM data_key WHERE master = %s AND created_on >= %s ORDER BY id DESC LIMIT 1"


class KeysMissing(CommandError):
    """The key file, or a key that is needed from it, cannot be used: until it can, nothing is read or sealed."""


def key_file() -> Path:
    """Where the key file is, or would be."""
    return Path(os.environ.get("DUNKELWERK_KEY_FILE") or default_home() / "keys.json")


class MasterKeys:
    """The key file."""

    def __init__(self, path: Path, active: str, keys: dict[str, bytes]) -> None:
        self.path, self.active, self.keys = path, active, keys
        #: the secrets of PINs by id, and the one for new PINs ("" before there is any)
        self.pepper, self.peppers = "", dict[str, bytes]()

    @classmethod
    def open(cls, cursor: Any) -> MasterKeys:
        """Read the key file, or create it with one key where nothing is sealed yet.

        Raises KeysMissing where it cannot be used, or is missing although records were sealed with its keys.
        """
        path = key_file()
        if not path.exists():
            cursor.execute("SELECT EXISTS (SELECT FROM data_key)")
            if cursor.fetchone()[0]:
                message = _("{path}: die Schlüsseldatei fehlt; bitte aus der Sicherung zurückholen.")
                raise KeysMissing(message.format(path=path))
            keys = cls(path, "", {})
            keys.add()
            keys.write(exclusive=True)
        try:
            content = json.loads(path.read_text("utf-8"))
            decoded = decoded_keys(content["keys"])
            found = cls(path, content["active"], {content["active"]: decoded[content["active"]], **decoded})
            if section := content.get("peppers"):
                found.pepper, found.peppers = section["active"], decoded_keys(section["keys"])
                found.peppers[found.pepper]  # raises KeyError
            return found
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            message = _("{path}: die Schlüsseldatei ist nicht lesbar ({kind}); bitte aus der Sicherung zurückholen.")
            raise KeysMissing(message.format(path=path, kind=type(error).__name__)) from None

    def add(self) -> None:
        """Make a new key the active one; older ones stay, for backups."""
        self.active = f"k{len(self.keys) + 1}-{secrets.token_hex(4)}"
        self.keys[self.active] = secrets.token_bytes(KEY)

    def add_pepper(self) -> None:
        """Make a new pepper the one for new PINs; older ones stay, for the PINs made with them."""
        self.pepper = f"p{len(self.peppers) + 1}-{secrets.token_hex(4)}"
        self.peppers[self.pepper] = secrets.token_bytes(KEY)

    def write(self, *, exclusive: bool = False) -> None:
        """Write the file in one step; ``exclusive`` keeps one that somebody else made meanwhile."""
        content: dict[str, Any] = {"active": self.active, "keys": encoded_keys(self.keys)}
        if self.peppers:
            content["peppers"] = {"active": self.pepper, "keys": encoded_keys(self.peppers)}
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                json.dump(content, stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            if exclusive:
                link_new(part, self.path)
            else:
                part.replace(self.path)
        except OSError as error:
            message = _("{path}: die Schlüsseldatei ist nicht schreibbar ({reason}).")
            raise KeysMissing(message.format(path=self.path, reason=error.strerror)) from None
        finally:
            part.unlink(missing_ok=True)

    def unwrap(self, wrapped: bytes, master: str) -> bytes:
        """A data key; raises KeysMissing where its master key is missing or wrong."""
        if master not in self.keys:
            message = _("{path}: der Hauptschlüssel {master} fehlt; bitte die richtige Schlüsseldatei verwenden.")
            raise KeysMissing(message.format(path=self.path, master=master))
        try:
            return AESGCM(self.keys[master]).decrypt(wrapped[:NONCE], wrapped[NONCE:], master.encode())
        except InvalidTag:
            message = _("{path}: der Hauptschlüssel {master} passt nicht zu den Daten.")
            raise KeysMissing(message.format(path=self.path, master=master)) from None

    def wrap(self, key: bytes) -> bytes:
        """A data key wrapped by the active master key."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self.keys[self.active]).encrypt(nonce, key, self.active.encode())


def encoded_keys(keys: dict[str, bytes]) -> dict[str, str]:
    """Keys as the file holds them."""
    return {identity: base64.b64encode(key).decode() for identity, key in keys.items()}


def decoded_keys(keys: dict[str, str]) -> dict[str, bytes]:
    """Keys from the file; raises ValueError, TypeError, AttributeError where it holds something else."""
    return {identity: base64.b64decode(key) for identity, key in keys.items()}


def link_new(part: Path, path: Path) -> None:
    """Give the file its name unless another program was first."""
    try:
        os.link(part, path)
    except FileExistsError:
        return


class Vault:
    """Seals and opens records. One per process and connection; a data key is looked up once."""

    def __init__(self, cursor: Any, *, on: date, masters: MasterKeys | None = None) -> None:
        self.masters = masters or MasterKeys.open(cursor)
        self._keys: dict[int, AESGCM] = {}
        self._compress = zstandard.ZstdCompressor(level=3)
        self._decompress = zstandard.ZstdDecompressor()
        self.current = self._current(cursor, on)

    def _current(self, cursor: Any, on: date) -> int:
        cursor.execute(NEWEST, (self.masters.active, on.replace(day=1)))
        row = cursor.fetchone()
        if row is None:
            self._ensure_same_file(cursor)
            key = secrets.token_bytes(KEY)
            insert = "INSERT INTO data_key (wrapped, master, created_on) VALUES (%s, %s, %s) RETURNING id"
            cursor.execute(insert, (self.masters.wrap(key), self.masters.active, on))
            identity: int = cursor.fetchone()[0]
        else:
            identity, key = row[0], self.masters.unwrap(bytes(row[1]), row[2])
        self._keys[identity] = AESGCM(key)
        return identity

    def _ensure_same_file(self, cursor: Any) -> None:
        """Raise KeysMissing before a key of a foreign file seals anything: its records would be lost with it."""
        cursor.execute("SELECT id, wrapped, master FROM data_key ORDER BY id DESC LIMIT 1")
        for _identity, wrapped, master in cursor.fetchall():
            self.masters.unwrap(bytes(wrapped), master)

    def seal(self, data: bytes, *, about: str) -> bytes:
        """The data compressed and encrypted with the current key; it opens only ``about`` the same thing."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._keys[self.current].encrypt(nonce, self._compress.compress(data), about.encode())

    def prepare(self, cursor: Any, identities: set[int]) -> None:
        """Look up data keys, so that ``open`` can use them."""
        missing = list(identities - self._keys.keys())
        if missing:
            cursor.execute("SELECT id, wrapped, master FROM data_key WHERE id = ANY(%s)", (missing,))
            rows = cursor.fetchall()
            if not self.masters.keys.keys() >= {master for _id, _wrapped, master in rows}:
                self.masters = MasterKeys.open(cursor)  # somebody has rotated the keys since
            for identity, wrapped, master in rows:
                self._keys[identity] = AESGCM(self.masters.unwrap(bytes(wrapped), master))

    def open(self, sealed: bytes, *, key: int, about: str) -> bytes:
        """The data; ``key`` was prepared. Raises CommandError where the record was changed or belongs elsewhere."""
        try:
            return self._decompress.decompress(self._keys[key].decrypt(sealed[:NONCE], sealed[NONCE:], about.encode()))
        except (InvalidTag, ValueError, zstandard.ZstdError):
            raise CommandError(_("Ein verschlüsselter Satz ist verändert: {about}.").format(about=about)) from None


def rotate(cursor: Any, masters: MasterKeys) -> int:
    """Make a new master key and wrap every data key with it; the number of data keys. Records stay as they are.

    The new key is written to the file first: should the transaction fail, both keys are there.
    """
    masters.add()
    masters.write()
    cursor.execute("SELECT id, wrapped, master FROM data_key ORDER BY id FOR UPDATE")
    rows = [(identity, masters.wrap(masters.unwrap(bytes(old), by))) for identity, old, by in cursor.fetchall()]
    if rows:
        update = """UPDATE data_key k SET wrapped = u.wrapped, master = %s
            FROM unnest(%s::bigint[], %s::bytea[]) AS u (id, wrapped) WHERE k.id = u.id"""
        cursor.execute(update, (masters.active, *columns_of(rows)))
    return len(rows)
