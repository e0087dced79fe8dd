"""What differs between two versions of a type, and whether it is more than wording. Pure.

Wording is what a person reads; everything else decides what is asked, stored or sent on, and is structural.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, structs

from dunkelwerk.dialogues.forms.check_texts import LISTS, TEXTS
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.infra.i18n import _

#: texts, and what steers letters, deadlines and retention, none of which touches answers
WORDING: Final = (
    TEXTS
    | LISTS
    | frozenset(
        {"letter", "reminder", "reminder_days", "expiry_title", "basket", "autocomplete", "status_days", "languages"}
        | {"legal_entity"}
    )
)
#: texts that a person has agreed to: other words are another declaration
AGREED: Final = frozenset({"declaration", "signature"})
#: more lines than anybody reads
MOST: Final = 200


class Change(Struct, frozen=True):
    """What a new version changes. ``structural``: dialogues already opened must not be re-pinned to it.

    ``words``: one German line per change; () for none.
    """

    structural: bool
    words: tuple[str, ...]


class Difference(Struct, frozen=True):
    """One difference: where, whether it is structural, and a sentence."""

    path: str
    structural: bool
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def compare(old: DialogueType, new: DialogueType) -> Change:
    """What a new version changes."""
    found = list(differences(old, new, ""))
    words = tuple(str(each) for each in found[:MOST])
    return Change(structural=any(each.structural for each in found), words=words)


def differences(old: Any, new: Any, path: str) -> Iterator[Difference]:
    """Every difference between two parts of one kind."""
    if type(old) is not type(new):
        yield Difference(path, True, _("von anderer Art."))
        return
    for field in structs.fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after:
            yield from of_field(old, field.name, before, after, f"{path}.{field.name}".lstrip("."))


def of_field(part: Any, name: str, before: Any, after: Any, path: str) -> Iterator[Difference]:
    """The differences of one field."""
    if name in WORDING:
        agreed = name == "text" and getattr(part, "kind", None) in AGREED
        yield Difference(path, agreed, _("anderer Text, dem zugestimmt wird.") if agreed else _("anderer Wortlaut."))
    elif isinstance(before, Struct) and isinstance(after, Struct):
        yield from differences(before, after, path)
    elif is_named(before) or is_named(after):
        yield from of_list(by_name(before), by_name(after), path.rpartition(name)[0] + name)
    elif isinstance(before, dict) and isinstance(after, dict) and name in ("prefill", "notice"):
        yield from of_list(before, after, path)
    else:
        yield Difference(path, True, _("geändert."))


def is_named(value: Any) -> bool:
    """Whether it is a list of parts with names: pages, questions, options, checks, exits."""
    return isinstance(value, tuple) and bool(value) and all(hasattr(each, "name") for each in value)


def by_name(parts: Any) -> dict[str, Any]:
    """The parts by their names."""
    return {part.name: part for part in parts}


def of_list(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Difference]:
    """What was removed, added, moved and changed."""
    for name in before.keys() - after.keys():
        yield Difference(f"{path}.{name}", True, _("entfernt."))
    for name in after.keys() - before.keys():
        yield Difference(f"{path}.{name}", True, _("neu."))
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield Difference(path, True, _("andere Reihenfolge."))
    for name in kept:
        if isinstance(before[name], Struct):
            yield from differences(before[name], after[name], f"{path}.{name}")
