"""The door: a line of JSON becomes a notice that some process can read, or one sentence says why not.

Nothing is decided here; what a process could not even read must not wait in the inbox.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decimals import PlainDecoder
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.lines.registry import processes

#: the widths of the columns, in characters
LONGEST_ID = 200
LONGEST_KEY = 60


class Delivery(Struct, frozen=True):
    """One notice at the door: who is to read it, what it is known by, what it says (``digest`` knows it again)."""

    where: str
    external_id: str
    process: str
    case_key: str
    digest: bytes
    text: bytes


class Refusal(Struct, frozen=True):
    """A line that holds no notice: where, and what is wrong, in one sentence without its values."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Unreadable(ValueError):
    """What is wrong with a line, as a German phrase."""


class Door:
    """Reads lines strictly, by the type of notice of the process that each names."""

    def __init__(self) -> None:
        self._decoders = {name: PlainDecoder(process.notice) for name, process in processes().items()}
        self._keys = {name: process.line.key for name, process in processes().items()}

    def knows(self, process: str) -> bool:
        """Whether there is a process of this name."""
        return process in self._decoders

    def examine(self, line: FileLine, *, file: str) -> Delivery | Refusal:
        """The notice of a line, or what is wrong with it."""
        where = _("{file}, Zeile {number}").format(file=file, number=line.number)
        try:
            if line.fault is not None:
                raise Unreadable(line.fault)
            return self._read(line.text.strip(), where)
        except Unreadable as fault:
            return Refusal(where, str(fault))

    def _read(self, text: bytes, where: str) -> Delivery:
        loose = decode(msgspec.json.Decoder(), text)
        if not isinstance(loose, dict):
            raise Unreadable(_("kein JSON-Objekt"))
        process = self._process_of(loose)
        notice = decode(self._decoders[process], text)
        digest = digest_of(loose)
        identity = notice.id
        if identity is None:
            identity = f"sha256:{digest.hex()}"
        key = self._keys[process]
        return Delivery(
            where,
            storable("id", identity, LONGEST_ID),
            process,
            storable(key, getattr(notice, key), LONGEST_KEY),
            digest,
            text,
        )

    def _process_of(self, loose: dict[str, Any]) -> str:
        process = loose.get("process")
        if process is None:
            raise Unreadable(_("process: das Pflichtfeld fehlt"))
        if not isinstance(process, str):
            raise Unreadable(_("process: erwartet Text"))
        if process not in self._decoders:
            known = ", ".join(self._decoders)
            raise Unreadable(_("process: diesen Prozess gibt es nicht; bekannt sind {known}").format(known=known))
        return process


def decode(decoder: PlainDecoder[Any] | msgspec.json.Decoder[Any], text: bytes) -> Any:
    """What the text holds; raises Unreadable."""
    try:
        return decoder.decode(text)
    except RecursionError:
        raise Unreadable(_("kein lesbares JSON (zu tief verschachtelt)")) from None
    except UnicodeDecodeError:
        raise Unreadable(_("kein UTF-8")) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise Unreadable(fault_in_words(error)) from None


def digest_of(loose: dict[str, Any]) -> bytes:
    """The hash of what a notice says, whatever the order and spelling of its fields; null is the same as absent."""
    said = {name: value for name, value in loose.items() if value is not None}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).digest()


def storable(field: str, text: str, longest: int) -> str:
    """The text, if a column can hold it; raises Unreadable."""
    if not text:
        raise Unreadable(_("{field}: darf nicht leer sein").format(field=field))
    if len(text) > longest:
        raise Unreadable(_("{field}: länger als {longest} Zeichen").format(field=field, longest=longest))
    if "\0" in text:
        raise Unreadable(_("{field}: enthält das Zeichen NUL").format(field=field))
    return text
