"""Prefilled values as they come in an import or by API. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.posted import LONGEST
from dunkelwerk.infra.i18n import _


class PrefillFlaw(Struct, frozen=True):
    """What is wrong with a prefilled value; ``name`` is ``prefill.…``, ``expected`` the kind it should have."""

    name: str
    kind: Literal["unknown", "missing", "unfit"]
    expected: str = ""


def read_prefill(type: DialogueType, texts: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(values by prefill name, stored as answers are; one clause per fault, which does not name the value).

    ``texts``: by prefill name, as in a CSV cell; empty is no value. Dates ``2026-03-02`` or ``02.03.2026``, amounts
    ``312.50`` or ``312,50``, yes/no as ja, nein, true, false.
    """
    values, flaws = check_prefill(type, texts)
    return values, tuple(map(in_words, flaws))


def in_words(flaw: PrefillFlaw) -> str:
    """What is wrong with a prefilled value, as one clause."""
    texts = {
        "unknown": _("{name} gibt es in diesem Dialogtyp nicht"),
        "missing": _("{name} fehlt"),
        "unfit": _("{name} ist kein Wert der Art {kind}"),
    }
    return texts[flaw.kind].format(name=flaw.name, kind=flaw.expected)


def check_prefill(type: DialogueType, texts: Mapping[str, str]) -> tuple[dict[str, Any], tuple[PrefillFlaw, ...]]:
    """The same with what is wrong as flaws, for whoever words them in another way."""
    flaws = [PrefillFlaw(f"prefill.{name}", "unknown") for name in sorted(texts.keys() - type.prefill.keys())]
    values = dict(read_values(type, texts, flaws))
    return values, tuple(flaws)


def read_values(type: DialogueType, texts: Mapping[str, str], flaws: list[PrefillFlaw]) -> Iterator[tuple[str, Any]]:
    """What can be read; ``flaws`` gets the rest."""
    for name, field in type.prefill.items():
        text = texts.get(name, "").strip()
        if not text:
            if field.required:
                flaws.append(PrefillFlaw(f"prefill.{name}", "missing"))
            continue
        value = kind_of(field).prefill(field, text) if len(text) <= LONGEST else None
        if value is None:
            flaws.append(PrefillFlaw(f"prefill.{name}", "unfit", field.kind))
        else:
            yield name, value
