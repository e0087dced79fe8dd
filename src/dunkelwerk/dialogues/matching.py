"""Whose a dialogue is: for telling a person what is stored about them. Two persons are never taken for one.

What a dialogue knows of its person is sealed, so that those whose person is not deleted yet are opened one after the
other. What fits in part is neither told nor forgotten: a person looks at it. Source: docs/retention.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from dunkelwerk.decisions.names import same_first_name, same_last_name
from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.enrolling import Newcomer, key_of
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.queries import COLUMNS, FROM, Dialogue, opened
from dunkelwerk.dialogues.records import Person
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import stream
from dunkelwerk.lines.disclosing import MINE, OTHERS, UNCLEAR
from dunkelwerk.lines.registry import processes

BATCH = 1000
SEALED = "SELECT id, reference, data_key, person FROM dialogue WHERE person IS NOT NULL"
#: by the unique index, type by type; of those whose person is deleted nothing but these leads to anybody
BY_NAMES = """
    SELECT id FROM dialogue WHERE reference = ANY(%s)
    UNION
    SELECT id FROM dialogue
    WHERE type = ANY(ARRAY(SELECT DISTINCT name FROM dialogue_type_version)) AND external_id = ANY(%s)
"""
THESE = f"SELECT {COLUMNS} {FROM} WHERE d.id = ANY(%s) ORDER BY d.id"
#: few first names are so many persons'
fits_first = lru_cache(maxsize=10_000)(same_first_name)


class Sought(Struct, frozen=True):
    """A person as one line's register knows them.

    ``keys``: the case files that name them; ``notices``: whose the notices of dialogues are, by reference; ``whose``
    says that of a notice on a case file.
    """

    line: str
    key: str
    first_name: str
    last_name: str
    birth_date: date
    keys: frozenset[str]
    notices: Mapping[str, str]
    whose: Callable[[Mapping[str, Any], str], str]


class Matched(Struct, frozen=True):
    """The dialogues of a person; ``unclear``: references of those that somebody has to look at.

    ``changed``: references of those that do not open, so that nobody can say whose they are.
    """

    mine: list[Dialogue]
    unclear: list[str]
    changed: list[str]


def match(cursor: Any, vault: Vault, sought: Sequence[Sought], named: Sequence[str] = ()) -> Matched:
    """The dialogues of a person, within a snapshot; ``named``: references that somebody says are theirs.

    Raises CommandError for a named one that there is not, and for one that is another person's.
    """
    wanted, changed = [each.strip().upper() for each in named], list[str]()
    found = {each.reference: each for each in read(cursor, vault, candidates(cursor, vault, sought, wanted, changed))}
    if strangers := [each for each in wanted if each not in found]:
        raise CommandError(_("Den Dialog {reference} gibt es nicht.").format(reference=strangers[0]))
    ensure_same_person([found[each] for each in wanted], sought)
    verdicts = {name: MINE if name in wanted else verdict(each, sought) for name, each in found.items()}
    mine = [each for name, each in found.items() if verdicts[name] == MINE]
    return Matched(mine, [name for name in found if verdicts[name] == UNCLEAR], changed)


def called(cursor: Any, key: str) -> list[str]:
    """The references of dialogues with this external_id, of whatever type."""
    cursor.execute(BY_NAMES.replace("SELECT id", "SELECT reference"), ([], [key]))
    return sorted(row[0] for row in cursor.fetchall())


def candidates(
    cursor: Any, vault: Vault, sought: Sequence[Sought], wanted: Sequence[str], changed: list[str]
) -> list[int]:
    """The dialogues that may be a person's, by their row; those that do not open are added to ``changed``."""
    references = [*wanted, *(name for each in sought for name in each.notices)]
    cursor.execute(BY_NAMES, (references, [each.key for each in sought]))
    found = {row[0] for row in cursor.fetchall()}
    if sought:
        found.update(resembling(cursor, vault, sought, changed))
    return sorted(found)


def resembling(cursor: Any, vault: Vault, sought: Sequence[Sought], changed: list[str]) -> Iterator[int]:
    """Every dialogue whose person has the birth date and one of the names, or both names."""
    for rows in stream(SEALED, size=BATCH):
        vault.prepare(cursor, {row[2] for row in rows})
        for identity, reference, key, sealed in rows:
            try:
                person = records.unseal(vault, sealed, Person, key=key, reference=reference, column=records.PERSON)
            except CommandError:  # somebody changed this very row: nobody else shall be told less for it
                changed.append(reference)
                continue
            if any(resembles(person, each) for each in sought):
                yield identity


def resembles(person: Person, known: Sought) -> bool:
    """Whether two of birth date, first name and last name are the same; most persons have none."""
    if person.birth_date != known.birth_date and not fits_first(person.first_name, known.first_name):
        return False
    return sum(likeness(person, known)) > 1


def read(cursor: Any, vault: Vault, ids: Sequence[int]) -> list[Dialogue]:
    """These dialogues, opened."""
    cursor.execute(THESE, (list(ids),))
    rows = cursor.fetchall()
    vault.prepare(cursor, {row[14] for row in rows})
    return [opened(row, vault) for row in rows]


def likeness(person: Person, known: Sought) -> tuple[bool, bool, bool]:
    """Whether birth date, first name and last name are the same."""
    born = person.birth_date == known.birth_date
    first = fits_first(person.first_name, known.first_name)
    return born, first, same_last_name(person.last_name, known.last_name)


def verdict(dialogue: Dialogue, sought: Iterable[Sought]) -> str:
    """MINE where some line says so, for another line knows nothing of its case files; else UNCLEAR or OTHERS."""
    said = {verdict_of(dialogue, each) for each in sought}
    return next((each for each in (MINE, UNCLEAR) if each in said), OTHERS)


def verdict_of(dialogue: Dialogue, known: Sought) -> str:
    """What one line's register says: its notice decides, else what the dialogue itself says of person and case.

    A notice is also the person's where a sole insured person's contract was named: a dialogue with another is not.
    """
    if (said := known.notices.get(dialogue.reference)) is not None:
        doubtful = dialogue.person is not None and not all(likeness(dialogue.person, known)[:2])
        return UNCLEAR if said == MINE and doubtful else said
    process = processes().get(dialogue.form.process)
    of_line = process is not None and process.line.name == known.line
    same_id = of_line and dialogue.external_id == known.key
    if dialogue.person is None:
        return UNCLEAR if same_id else OTHERS
    key = case_key(dialogue.form, dialogue.person, dialogue.prefill) if of_line else None
    linked = same_id or key in known.keys
    whose = known.whose(dialogue.facts, key) if key in known.keys and key is not None else MINE
    born, first, last = likeness(dialogue.person, known)
    if not linked:
        return UNCLEAR if born and first and last else OTHERS
    if whose != MINE:
        return whose
    return MINE if born and first else UNCLEAR if born or (first and last) else OTHERS


def case_key(form: DialogueType, person: Person, prefill: Mapping[str, Any]) -> str:
    """The case file that its notice names, or would name."""
    return key_of(form.notice.get(processes()[form.process].line.key), Newcomer(person, prefill))


def ensure_same_person(named: Sequence[Dialogue], sought: Sequence[Sought]) -> None:
    """Raise CommandError where what somebody named is another person's: by birth date and first name.

    Without a person of a register, that of the first one counts. What is deleted contradicts nothing.
    """
    known = [(each.birth_date, each.first_name) for each in sought]
    for each in named:
        if (who := each.person) is None:
            continue
        known = known or [(who.birth_date, who.first_name)]
        if not any(who.birth_date == born and same_first_name(who.first_name, name) for born, name in known):
            message = _("{reference}: nach Geburtsdatum und Vorname ist das der Dialog einer anderen Person.")
            raise CommandError(message.format(reference=each.reference))
