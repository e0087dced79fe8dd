"""What a dialogue's sealed columns hold, and how they are sealed: each opens in its own dialogue and column alone."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from dunkelwerk.infra.keys import Vault

T = TypeVar("T")
PERSON, PREFILL, DRAFT, ANSWERS, RECEIPT, FILE, FILE_NAME, EXIT_WORDS = (
    "person",
    "prefill",
    "draft",
    "answers",
    "receipt",
    "file",
    "file_name",
    "exit_words",
)


class Person(Struct, frozen=True, kw_only=True):
    """Whom a dialogue asks, as the core system says it. The fields are ``forms.language.PERSON_FIELDS``."""

    external_id: str
    last_name: str
    birth_date: date
    salutation: str = ""
    first_name: str = ""
    street: str = ""
    house_number: str = ""
    postal_code: str = ""
    city: str = ""

    def __repr__(self) -> str:
        return "Person(…)"


def about(reference: str, column: str) -> str:
    """What a sealed column belongs to."""
    return f"dialogue:{reference}:{column}"


def seal(vault: Vault, value: Any, *, reference: str, column: str) -> bytes:
    """Anything that JSON can say, sealed; bytes are sealed as they are."""
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return vault.seal(data, about=about(reference, column))


def unseal(vault: Vault, sealed: Any, kind: type[T], *, key: int, reference: str, column: str) -> T:
    """What was sealed; ``key`` was prepared. Raises CommandError where it was changed or belongs elsewhere."""
    data = vault.open(bytes(sealed), key=key, about=about(reference, column))
    return data if kind is bytes else msgspec.json.decode(data, type=kind)  # type: ignore[return-value]
