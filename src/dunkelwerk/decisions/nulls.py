"""Fields of JSON whose null means the same as their absence: the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional, TypeVar

from msgspec import Struct
from msgspec.structs import force_setattr

T = TypeVar("T")
if TYPE_CHECKING:
    #: null and absent both mean the default; after reading the field is never None
    NullIsDefault = Annotated[T, "null is default"]
else:
    NullIsDefault = Optional


def fill_nulls(struct: Struct, **defaults: object) -> None:
    """Put the default where null was read; called from ``__post_init__``."""
    for name, default in defaults.items():
        if getattr(struct, name) is None:
            force_setattr(struct, name, default)
