"""Everything that a line and the runner store about one person, for the person (Art. 15 GDPR).

Read as one moment, by indexes; other persons, and the names of staff, are kept out. Source: docs/retention.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dunkelwerk.inbox.operations import about as about_notice
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.letters.queries import about_letter
from dunkelwerk.lines.choosing import ensure_line, several_lines
from dunkelwerk.lines.disclosing import MINE, UNCLEAR, Concerned, disclosers
from dunkelwerk.runner.disclosure_rows import (
    DECISIONS,
    DEEDS,
    ITEMS,
    ITEMS_ABOUT,
    LETTERS,
    MOVEMENTS,
    NOTICES,
    POSTINGS,
    PROPOSALS,
    TOUCHERS,
    Staff,
    rows,
)
from dunkelwerk.runner.queries import about_decision

Thing = dict[str, Any]
#: the channel of notices that come from dialogues
DIALOGUE = "dialogue"
#: what makes a person of two lines the same one
IDENTITY = ("first_name", "last_name", "birth_date")


class UnknownPerson(CommandError):
    """No line knows a person of this id."""


def find(cursor: Any, key: str, line: str | None = None) -> dict[str, Concerned]:
    """The person of this id as each line (or the named one) knows them.

    Raises UnknownPerson where none does, CommandError where several do that give it another name or birth date.
    """
    ensure_line(line)
    known = {name: each.find(cursor, key) for name, each in disclosers().items() if line in (None, name)}
    found = {name: each for name, each in known.items() if each is not None}
    if not found:
        raise UnknownPerson(_("Die Person {key} gibt es nicht.").format(key=key))
    if len({tuple(each.register["person"][name] for name in IDENTITY) for each in found.values()}) > 1:
        raise several_lines(key, list(found))
    return found


def read_deeds(
    cursor: Any, vault: Vault, staff: Staff, *, kind: str, key: str, scrub: Callable[[str], str] = str
) -> list[Thing]:
    """What people did to a thing, and why in their words."""
    found = rows(cursor, DEEDS, (kind, key))
    for row in found:
        data_key, sealed = row.pop("data_key"), row.pop("words")
        row["words"] = None
        if sealed is not None:
            vault.prepare(cursor, {data_key})
            words = vault.open(bytes(sealed), key=data_key, about=f"deed:{kind}:{key}:{row['deed']}")
            row["words"] = scrub(words.decode()) or None
        row["actor"] = staff.name(row["actor"])
    return found


def items_about(cursor: Any, vault: Vault, staff: Staff, *, kind: str, key: str) -> list[Thing]:
    """The work items about a thing, with what people did to them."""
    found = rows(cursor, ITEMS_ABOUT, (kind, key))
    for row in found:
        row["deeds"] = read_deeds(cursor, vault, staff, kind="work_item", key=str(row["id"]))
    return found


class Collector:
    """Collects what one line and the runner store about a person."""

    def __init__(
        self,
        cursor: Any,
        vault: Vault,
        concerned: Concerned,
        files: list[tuple[str, str, str]],
        staff: Staff | None = None,
    ) -> None:
        self.cursor, self.vault, self.concerned, self.files = cursor, vault, concerned, files
        self.redaction, self.staff = concerned.redaction, staff or Staff()
        #: whose the notices of dialogues are, by the dialogue's reference: the person's if any attempt is
        self.of_dialogues: dict[str, str] = {}

    def collect(self) -> Thing:
        """Register, notices with all that followed, movements and postings; and how much is left out, and why."""
        every = self.read_notices()
        mine = [each for each in every if each["whose"] == MINE]
        decisions = self._decisions([each["id"] for each in mine])
        known = sorted({each["id"] for each in decisions} | self.concerned.decisions)
        letters = self._letters(known)
        items = self._items([each["id"] for each in mine], [each["id"] for each in decisions])
        proposals = self._proposals([each["id"] for each in mine])
        self._hide_withheld(decisions, items)
        return {
            **self.concerned.register,
            "notices": [self._notice(each, decisions, items, proposals) for each in mine],
            "letters": letters,
            "movements": self._movements(known, decisions),
            "postings": self._rows(POSTINGS, list(self.concerned.claim_ids)),
            "left_out": {
                "notices_of_others": sum(each["whose"] not in (MINE, UNCLEAR) for each in every),
                "unclear_notices": [each["id"] for each in every if each["whose"] == UNCLEAR],
            },
        }

    def _rows(self, statement: str, *values: Any) -> list[Thing]:
        return rows(self.cursor, statement, values)

    def _open(self, row: Thing, sealed: str, about: str) -> Any:
        """What a sealed column holds; the row keeps neither it nor its key."""
        key, payload = row.pop("data_key"), row.pop(sealed)
        if payload is None:
            return None
        self.vault.prepare(self.cursor, {key})
        return self.vault.open(bytes(payload), key=key, about=about)

    def read_notices(self) -> list[Thing]:
        """Every notice on these case files, opened, and whose it is."""
        found = self._rows(NOTICES, list(self.concerned.related))
        for row in found:
            about = about_notice(row["channel"], row["external_id"], row["attempt"])
            row["content"] = msgspec.json.decode(self._open(row, "payload", about))
            row["whose"] = self.redaction.whose(row["content"], row["case_key"])
            if row["channel"] == DIALOGUE and self.of_dialogues.get(row["external_id"]) != MINE:
                self.of_dialogues[row["external_id"]] = row["whose"]
        return found

    def _notice(
        self, row: Thing, decisions: Sequence[Thing], items: Sequence[Thing], proposals: Sequence[Thing]
    ) -> Thing:
        """One notice of the person with what followed from it."""
        own = [each for each in decisions if each["notice"] == row["id"]]
        ids = {each["id"] for each in own}
        told = {name: value for name, value in row.items() if name != "whose"}
        mine = [each for each in items if each["key"] == str(row["id"]) or each["decision"] in ids]
        theirs = [each for each in proposals if each["notice"] == row["id"]]
        told["handled_by"] = [self._touched(each) for each in self._rows(TOUCHERS, row["id"])]
        told["decisions"] = own
        told["proposals"] = [{**each, "deeds": self._deeds("proposal", each["id"])} for each in theirs]
        told["work_items"] = [{**each, "deeds": self._deeds("work_item", each["id"])} for each in mine]
        told["deeds"] = self._deeds("notice", row["id"])
        return told

    def _touched(self, row: Thing) -> Thing:
        return {**row, "actor": self.staff.name(row["actor"])}

    def _decisions(self, notices: list[int]) -> list[Thing]:
        """The decision records of these notices, opened, without what concerns others alone."""
        found = self._rows(DECISIONS, notices)
        for row in found:
            content = msgspec.json.decode(self._open(row, "payload", about_decision(row["id"])))
            row["actor"] = self.staff.name(row["actor"])
            row.update(self.redaction.decision(content["decision"]))
            file = content.get("case_file")
            row["case_file"] = self.redaction.scrub(self.redaction.case_file(file)) if file else None
            if content.get("request"):
                row["request"] = self.redaction.decision(content["request"])["actions"]
            row["deeds"] = self._deeds("decision", row["id"])
        return found

    def _deeds(self, kind: str, key: int) -> list[Thing]:
        return read_deeds(self.cursor, self.vault, self.staff, kind=kind, key=str(key), scrub=self.redaction.scrub)

    def _letters(self, decisions: list[int]) -> list[Thing]:
        """The letters to the person, with what they say."""
        found = self._rows(LETTERS, decisions, self.concerned.id)
        for row in found:
            content = self._open(row, "content", about_letter(row["id"]))
            row["content"] = msgspec.json.decode(content) if content else None
            folder = row.pop("folder")
            if folder and row["file"]:
                self.files.append((folder, row["file"], row["sha256"]))
        return found

    def _items(self, notices: list[int], decisions: list[int]) -> list[Thing]:
        found = self._rows(ITEMS, [str(each) for each in notices], decisions)
        return [each for each in found if self._is_mine(each)]

    def _proposals(self, notices: list[int]) -> list[Thing]:
        found = self._rows(PROPOSALS, notices)
        for row in found:
            row["proposed_by"] = self.staff.name(row["proposed_by"])
            row["parts"] = self.redaction.scrub(row["parts"])
        return found

    def _movements(self, known: list[int], decisions: Iterable[Thing]) -> list[Thing]:
        """The movements of the person's claims, and those of their notices that name no claim."""
        if not known:
            return []
        own = {each["id"] for each in decisions}
        found = self._rows(MOVEMENTS, known[0], known[-1], known)
        return [each for each in found if self._is_mine(each) and (each["claim"] or each["decision"] in own)]

    def _is_mine(self, row: Mapping[str, Any]) -> bool:
        return row["claim"] is None or (row["contract"], row["claim"]) in self.concerned.claims

    def _hide_withheld(self, decisions: Iterable[Thing], items: Iterable[Thing]) -> None:
        """A work item names no reason that its decision withholds."""
        told = {each["id"]: {reason["code"] for reason in each["reasons"]} for each in decisions}
        for item in items:
            item["reasons"] = [code for code in item["reasons"] if code in told.get(item["decision"], ())]
