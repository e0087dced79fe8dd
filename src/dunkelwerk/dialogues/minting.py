"""Minting: PINs with their hashes, made ahead by threads, and unique selectors and references. No PIN is kept here."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.hashing import Hashed, Hasher
from dunkelwerk.dialogues.settings import portal_url

#: PINs that a thread makes in one go
CHUNK = 64
TAKEN = "SELECT selector FROM dialogue WHERE selector = ANY(%s)"


class Minted(Struct, frozen=True):
    """A PIN and what is stored of it."""

    pin: str
    hashed: Hashed

    def __repr__(self) -> str:
        return f"Minted({self.hashed.selector}…)"


class Mint:
    """Makes PINs, some ahead of their use where ``ahead`` says how many: argon2 works beside the main thread."""

    def __init__(self, hasher: Hasher, *, ahead: int = 0) -> None:
        self._hasher, self._ahead = hasher, ahead
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1) if ahead else None
        self._coming: deque[Future[list[Minted]]] = deque()
        self._ready: list[Minted] = []

    def __enter__(self) -> Mint:
        self._order()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def take(self, cursor: Any, count: int) -> list[Minted]:
        """As many PINs, whose selectors are unlike one another's and every dialogue's in the database."""
        found: dict[str, Minted] = {}
        while len(found) < count:
            more = [self._next() for _ in range(count - len(found))]
            cursor.execute(TAKEN, ([each.hashed.selector for each in more],))
            taken = {row[0] for row in cursor.fetchall()}
            for each in more:
                if each.hashed.selector not in taken:
                    found.setdefault(each.hashed.selector, each)
        return list(found.values())

    def _next(self) -> Minted:
        if not self._ready:
            self._ready = self._coming.popleft().result() if self._coming else mint(self._hasher, 1)
            self._order()
        return self._ready.pop()

    def _order(self) -> None:
        while self._pool and len(self._coming) * CHUNK < self._ahead:
            self._coming.append(self._pool.submit(mint, self._hasher, CHUNK))


def mint(hasher: Hasher, count: int) -> list[Minted]:
    """PINs with their hashes."""
    return [Minted(pin, hasher.hash(pin)) for pin in (pins.generate() for _ in range(count))]


def new_reference() -> str:
    """A dialogue's public name, e.g. ``D-7K2MA-9QXR4``: by chance, unlike a PIN, and no count of dialogues."""
    symbols = pins.random_symbols(10)
    return f"D-{symbols[:5]}-{symbols[5:]}"


def link_to(pin: str) -> str:
    """Where the portal takes this PIN: in the fragment, which no server ever sees."""
    return f"{portal_url()}/#{pins.grouped(pin)}"


def is_by_chance(error: BaseException) -> bool:
    """Whether two were given the same selector or reference at the same time: once more, and all is well."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    return name.startswith(("dialogue_selector", "dialogue_reference"))
