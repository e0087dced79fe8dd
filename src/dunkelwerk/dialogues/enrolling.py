"""Enrolling: the persons that dialogues bring become known to the line of their process, where it keeps a register.

A line's store may offer ``enrol(cursor, persons)``; it never overwrites what stands.

Source: docs/dialogues.md section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues.forms.language import DialogueType, Source
from dunkelwerk.dialogues.postal import parts_of
from dunkelwerk.dialogues.records import Person
from dunkelwerk.inbox.door import LONGEST_KEY
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import processes, store_of


class Newcomer(Struct, frozen=True):
    """A person whom a dialogue asks, with its prefill."""

    person: Person
    prefill: Mapping[str, Any]


@cache
def enroller(process: str) -> Callable[[Any, Sequence[Any]], Any] | None:
    """What enrols persons in the line of a process; None where it keeps no such register."""
    found = processes().get(process)
    return None if found is None else getattr(store_of(found.line), "enrol", None)


def enrol(cursor: Any, form: DialogueType, newcomers: Sequence[Newcomer]) -> None:
    """Make persons known, within the caller's transaction."""
    offered = enroller(form.process)
    if offered is None or not newcomers:
        return
    line = processes()[form.process].line
    kind, key = import_module(f"{line.package}.enrolment").Enrolled, form.notice.get(line.key)
    offered(cursor, [enrolled(kind, each, key_of(key, each)) for each in newcomers])


def key_fault(form: DialogueType, newcomer: Newcomer) -> str | None:
    """What is wrong with the key that the notice would name: no inbox takes it. None: nothing."""
    process = processes().get(form.process)
    key = key_of(form.notice.get(process.line.key), newcomer) if process else ""
    if len(key) <= LONGEST_KEY:
        return None
    return _("die Kennung der Akte ist länger als {longest} Zeichen").format(longest=LONGEST_KEY)


def key_of(source: Source | None, newcomer: Newcomer) -> str:
    """The key of the person's case file, as the notice will name it; the external_id where that cannot be known yet."""
    for each in (source.first or (source,)) if source else ():
        if each.prefill and newcomer.prefill.get(each.prefill):
            return str(newcomer.prefill[each.prefill])
        if each.person:
            return str(getattr(newcomer.person, each.person))
    return newcomer.person.external_id


def enrolled(kind: Any, newcomer: Newcomer, key: str) -> Any:
    """The person as the line's register takes it."""
    person = newcomer.person
    country, postal_code = parts_of(person.postal_code)
    return kind(
        member=key,
        salutation=person.salutation,
        first_name=person.first_name,
        last_name=person.last_name,
        street=person.street,
        house_number=person.house_number,
        postal_code=postal_code,
        city=person.city,
        birth_date=person.birth_date,
        country=country,
    )
