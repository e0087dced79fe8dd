"""Decimals that come as texts are written plainly: ``312.50``. Source: docs/interfaces.md section 1.

msgspec reads them as Python does, and so takes ``3e2``, ``1_000.00``, blanks around and digits of other scripts. Each
of these may be a typing error, or mean another amount to whoever wrote it. JSON's own numbers are as JSON defines them.
"""

from __future__ import annotations

import re
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Final, Generic, TypeVar, cast

import msgspec
from msgspec import Meta, inspect

T = TypeVar("T")
PLAIN: Final = r"^-?[0-9]+(\.[0-9]+)?\Z"
#: as msgspec words it, so that ``faults`` tells both alike
INVALID: Final = "Invalid decimal string"
#: a decimal as it may be written
WRITTEN: Final[Any] = Annotated[str, Meta(pattern=PLAIN)] | int | float | None


def is_plain(text: str) -> bool:
    """Whether a decimal is written plainly, e.g. ``312.50``."""
    return re.search(PLAIN, text) is not None


class PlainDecoder(Generic[T]):
    """``msgspec.json.Decoder`` of a type, whose decimals must be written plainly where they are texts."""

    def __init__(self, kind: type[T]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._look = looker(cast("Any", kind))

    def decode(self, text: bytes) -> T:
        """What the text holds; raises msgspec.DecodeError, and ValidationError for a decimal written otherwise."""
        found = self._decode(text)
        if self._look is not None:
            look(self._look, text)
        return found


def ensure_plain(kind: Any, data: Any) -> None:
    """Raise ValidationError for a decimal in data of this type that is a text and not written plainly.

    The data (dicts, lists, numbers, texts) have been read as that type before.
    """
    decoder = looker(kind)
    if decoder is not None:
        look(decoder, msgspec.json.encode(data))


def look(decoder: msgspec.json.Decoder[Any], text: bytes) -> None:
    """Raise ValidationError with the place of a decimal that is not written plainly."""
    try:
        decoder.decode(text)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(INVALID + "".join(str(error).rpartition(" - at ")[1:])) from None


@cache
def looker(kind: Any) -> msgspec.json.Decoder[Any] | None:
    """What reads nothing but the decimals of a type; None where it has none. Made once: that takes milliseconds."""
    shape = shape_of(inspect.type_info(kind), ())
    return None if shape is None else msgspec.json.Decoder(shape)


def shape_of(kind: inspect.Type, above: tuple[type, ...]) -> Any:
    """A type that holds nothing but the decimals of a kind, as texts or numbers; None where it has none.

    Of a union of structs it is one of all their fields: which of them it is does not matter here.
    """
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    if any(isinstance(each, inspect.DecimalType) for each in kinds):
        return WRITTEN
    structs = [each for each in kinds if isinstance(each, inspect.StructType) and each.cls not in above]
    fields: dict[str, Any] = {}
    for each in structs:
        inner = ((field.encode_name, shape_of(field.type, (*above, each.cls))) for field in each.fields)
        fields |= {name: shape for name, shape in inner if shape is not None}
    if fields:
        parts = [(f"f{at}", shape | None, None) for at, shape in enumerate(fields.values())]
        names = {f"f{at}": name for at, name in enumerate(fields)}
        return msgspec.defstruct("Shape", parts, rename=names)
    items = (each.item_type for each in kinds if isinstance(each, inspect.ListType | inspect.VarTupleType))
    inside = next((shape for item in items if (shape := shape_of(item, above)) is not None), None)
    return None if inside is None else GenericAlias(list, (inside,))
