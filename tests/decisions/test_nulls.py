"""Null and absent both mean the default, in every line."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Struct

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls


class Note(Struct, frozen=True):
    """A notice with a flag and a list."""

    final: NullIsDefault[bool] = False
    icd: NullIsDefault[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        fill_nulls(self, final=False, icd=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"{}", Note()),
        (b'{"final": null, "icd": null}', Note()),
        (b'{"final": true, "icd": null}', Note(final=True)),
        (b'{"icd": ["A"]}', Note(icd=("A",))),
    ],
)
def test_null_is_the_default(text: bytes, expected: Note) -> None:
    read = msgspec.json.decode(text, type=Note)
    assert read == expected
    assert read.final is not None
    assert read.icd is not None


def test_another_type_is_still_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"final": "no"}', type=Note)
