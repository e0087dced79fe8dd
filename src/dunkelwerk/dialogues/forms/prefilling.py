"""Prefilled values as they come in an import or by API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.posted import LONGEST
from dunkelwerk.infra.i18n import _


def read_prefill(type: DialogueType, texts: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(values by prefill name, stored as answers are; one clause per fault, which does not name the value).

    ``texts``: by prefill name, as in a CSV cell; empty is no value. Dates ``2026-03-02`` or ``02.03.2026``, amounts
    ``312.50`` or ``312,50``, yes/no as ja, nein, true, false.
    """
    values: dict[str, Any] = {}
    faults = [
        _("{name} gibt es in dieser Vorgangsart nicht").format(name=f"prefill.{name}")
        for name in sorted(texts.keys() - type.prefill.keys())
    ]
    for name, field in type.prefill.items():
        text = texts.get(name, "").strip()
        if not text:
            if field.required:
                faults.append(_("{name} fehlt").format(name=f"prefill.{name}"))
            continue
        value = kind_of(field).prefill(field, text) if len(text) <= LONGEST else None
        if value is None:
            faults.append(_("{name} ist kein Wert der Art {kind}").format(name=f"prefill.{name}", kind=field.kind))
        else:
            values[name] = value
    return values, tuple(faults)
