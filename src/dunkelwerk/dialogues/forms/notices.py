"""The notice that a filled form becomes: what the type's mapping takes from answers, prefill and person. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import UNSET

from dunkelwerk.dialogues.forms.filled import Filled
from dunkelwerk.dialogues.forms.language import FILLED_BY, FILLED_BY_VALUES, Source
from dunkelwerk.dialogues.forms.values import CONFIRM, CONFIRM_CHECK


def notice_of(form: Filled, *, reference: str, submitted_on: date) -> dict[str, Any]:
    """The notice for the type's process, JSON-able: what ``notice`` maps, null where a source gives nothing.

    ``id`` (the reference), ``process`` and ``received_on`` (the day of submission) are always there.
    """
    mapped = {name: value_of(form, source, submitted_on) for name, source in form.type.notice.items()}
    return {"id": reference, "process": form.type.process, "received_on": submitted_on.isoformat(), **mapped}


def value_of(form: Filled, source: Source, submitted_on: date) -> Any:
    """What one source gives; None for nothing."""
    if source.first is not None:
        found = (value_of(form, each, submitted_on) for each in source.first)
        return next((value for value in found if value is not None), None)
    if source.answer is not None:
        return form.walk.values[FILLED_BY] if source.answer == FILLED_BY else form.value(source.answer)
    if source.prefill is not None:
        return _plain(form.prefill.get(source.prefill))
    if source.person is not None:
        return _plain(form.person.get(source.person) or None)
    if source.holds is not None:
        return form.plan.holds[id(source.holds)](form.walk.values, form.today)
    if source.confirmed is not None:
        return form.answers.get(source.confirmed + CONFIRM)
    if source.submitted is not None:
        return submitted_on.isoformat()
    return all_answers(form) if source.answers is not None else None if source.value is UNSET else source.value


def all_answers(form: Filled) -> dict[str, Any]:
    """Every answer that counts, by question; ``NAME.confirm`` says which prefilled ones were confirmed or corrected."""
    found = {name: value for name, value in form.answers.items() if not name.startswith(CONFIRM_CHECK)}
    confirmed = [name.removesuffix(CONFIRM) for name, value in found.items() if name.endswith(CONFIRM) and value]
    found |= {name: _plain(form.value(name)) for name in confirmed}
    return found | {FILLED_BY: form.answers.get(FILLED_BY, FILLED_BY_VALUES[0])}


def _plain(value: Any) -> Any:
    """Dates as ISO texts, everything else as it is."""
    return value.isoformat() if isinstance(value, date) else value
