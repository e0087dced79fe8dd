"""The dialogues that letters are written for: read some at once, each opened by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.queries import FROM, HEAD, Dialogue, filled, unknown
from dunkelwerk.dialogues.type_versions import forms_of
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.vaults import vault_of

#: version and data key of ``HEAD``
VERSION, DATA_KEY = 4, 14
READ = f"""
    SELECT {HEAD}, d.selector,
        (SELECT e.event FROM dialogue_event e WHERE e.dialogue = d.id AND e.event IN ('reminded', 'reissued')
            ORDER BY e.id DESC LIMIT 1)
    {FROM} WHERE d.reference = ANY(%s)
"""


class Lettered(Struct, frozen=True):
    """A dialogue, and the selector of the PIN that opens it (None: none).

    ``renewed``: the event that gave it its last PIN, ``reminded`` or ``reissued``; None: it still has the first.
    """

    dialogue: Dialogue
    selector: str | None
    renewed: str | None

    @property
    def is_reminder(self) -> bool:
        """Whether the PIN is that of a reminder."""
        return self.renewed == "reminded"

    @property
    def is_reissue(self) -> bool:
        """Whether the desk gave the PIN out."""
        return self.renewed == "reissued"


class Forms:
    """The forms of versions, each read and decoded once: versions are immutable."""

    def __init__(self) -> None:
        self._known: dict[int, DialogueType] = {}

    def look_up(self, cursor: Any, versions: Iterable[int]) -> None:
        """Make sure that these are known."""
        if missing := set(versions) - self._known.keys():
            self._known.update(forms_of(cursor, sorted(missing)))

    def __getitem__(self, version: int) -> DialogueType:
        return self._known[version]


class Batch:
    """Some dialogues as they stood when they were read."""

    def __init__(self, references: Sequence[str], forms: Forms) -> None:
        with connection.cursor() as cursor:
            cursor.execute(READ, ([plain(each) for each in references],))
            self._rows = {row[1]: row for row in cursor.fetchall()}
            forms.look_up(cursor, (row[VERSION] for row in self._rows.values()))
            self._vault, self._forms = vault_of(cursor, on=business_day()), forms
            self._vault.prepare(cursor, {row[DATA_KEY] for row in self._rows.values()})

    def open(self, reference: str) -> Lettered:
        """One of them; raises CommandError where there is none, or what is stored of it was changed."""
        row = self._rows.get(plain(reference))
        if row is None:
            raise unknown(reference)
        *head, selector, renewed = row
        return Lettered(filled(head, self._vault, self._forms[head[VERSION]]), selector, renewed)


def plain(reference: str) -> str:
    """A reference as it is stored; what no column can hold is found nowhere."""
    return reference.strip().upper().replace("\0", "")
