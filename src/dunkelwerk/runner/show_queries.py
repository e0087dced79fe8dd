"""What happened around a contract, a person, a claim or a notice: read by indexes, opened where it is sealed.

A shadow run is not told while its notice is with a clerk, who shall decide without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.inbox.operations import about as about_notice
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.keys import Vault
from dunkelwerk.runner.modes import SHADOW
from dunkelwerk.runner.queries import about_decision
from dunkelwerk.runner.show_things import (
    ActionShown,
    DecisionShown,
    DeedShown,
    ItemShown,
    LetterShown,
    NoticeShown,
    PostingShown,
    ProposalShown,
    ReasonShown,
)

#: contract and claim
Part = tuple[str | None, str | None]

#: states of a notice in which a shadow run is not told
WITH_A_CLERK = ("waiting", "referred", "joined", "replaced")
NOTICE_COLUMNS = "n.id, n.channel, n.external_id, n.attempt, n.process, n.case_key, n.received_at, n.state, n.decision"
NOTICES_ON = f"SELECT {NOTICE_COLUMNS}, n.data_key, n.payload FROM notice n WHERE case_key = ANY(%s) ORDER BY id"
NOTICES = f"""
    SELECT {NOTICE_COLUMNS}, n.data_key, n.payload
    FROM notice asked JOIN notice n ON (n.channel, n.external_id) = (asked.channel, asked.external_id)
    WHERE asked.id = ANY(%s) ORDER BY n.id
"""
#: the index begins with the channel, of which there are few
NOTICES_CALLED = """
    WITH RECURSIVE channels (channel) AS (
        SELECT min(channel) FROM notice
        UNION ALL
        SELECT (SELECT min(n.channel) FROM notice n WHERE n.channel > c.channel) FROM channels c
        WHERE c.channel IS NOT NULL
    )
    SELECT n.id FROM channels c JOIN notice n ON n.channel = c.channel AND n.external_id = %s
"""
DECISIONS = """
    SELECT d.id, d.notice, d.business_day, b.started_at, d.process, d.outcome, d.mode, d.kind, d.effective, d.actor,
           d.reverses, d.released, d.rules, d.parameters, d.data_key, d.payload
    FROM decision_record d JOIN batch b ON b.id = d.batch WHERE d.notice = ANY(%s) ORDER BY d.id
"""
#: decisions only grow, and their movements are found by the block
MOVEMENTS = """
    SELECT decision, action, contract, claim, amount, period_from, period_until, flag = 'S'
    FROM movement WHERE decision BETWEEN %s AND %s AND decision = ANY(%s) ORDER BY id
"""
#: the first who touched it: it came in, or somebody gave it again
BROUGHT = "SELECT DISTINCT ON (notice) notice, actor, deed FROM toucher WHERE notice = ANY(%s) ORDER BY notice, id"
PROPOSALS = """
    SELECT id, decision, notice, work_item, kind, state, parts, adverse, proposed_by, applied
    FROM proposal WHERE notice = ANY(%s) ORDER BY id
"""
ITEM_COLUMNS = """
    id, basket, task, kind, key, contract, claim, reasons, priority, created_on, open_from, due_on, state, decision
"""
ITEMS = f"""
    SELECT {ITEM_COLUMNS} FROM work_item WHERE kind = 'notice' AND key = ANY(%s)
    UNION SELECT {ITEM_COLUMNS} FROM work_item WHERE kind = 'claim' AND key = ANY(%s)
    UNION SELECT {ITEM_COLUMNS} FROM work_item WHERE kind = 'letter' AND key = ANY(%s)
    UNION SELECT {ITEM_COLUMNS} FROM work_item WHERE decision = ANY(%s)
    ORDER BY id
"""
LETTERS = """
    SELECT id, decision, template, contract, claim, business_day, state, rendered_on, pages, file, fault
    FROM letter_order WHERE decision = ANY(%s) ORDER BY id
"""
POSTING_COLUMNS = """
    p.id, p.decision, p.business_day, p.event, p.debit, p.credit, p.amount, m.contract, m.claim, p.legal_entity
"""
POSTINGS = f"SELECT {POSTING_COLUMNS} FROM posting p JOIN movement m ON m.id = p.action WHERE {{}} ORDER BY p.id"
OF_CLAIMS, OF_DECISIONS = POSTINGS.format("p.claim = ANY(%s)"), POSTINGS.format("p.decision = ANY(%s)")
DEEDS = """
    SELECT d.at, d.actor, d.deed, d.kind, d.key, d.data_key, d.words
    FROM unnest(%s::text[], %s::text[]) AS u (kind, key) JOIN deed d ON d.kind = u.kind AND d.key = u.key
    ORDER BY d.id
"""


class Desk:
    """Reads it, within one snapshot; what is sealed is opened."""

    def __init__(self, cursor: Any, vault: Vault) -> None:
        self.cursor, self.vault = cursor, vault

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        self.cursor.execute(statement, values)
        rows: list[Any] = self.cursor.fetchall()
        return rows

    def _open(self, sealed: Any, key: int, about: str) -> bytes:
        self.vault.prepare(self.cursor, {key})
        return self.vault.open(bytes(sealed), key=key, about=about)

    def notices_on(self, keys: Iterable[str]) -> list[NoticeShown]:
        """Every notice that named one of these contracts."""
        return self._read_notices(self._rows(NOTICES_ON, list(keys)))

    def notices_called(self, name: str) -> list[NoticeShown]:
        """All attempts of the notice of this number, else of those with this external id."""
        number = int(name) if name.isascii() and name.isdecimal() and len(name) < 19 else 0
        found = self._read_notices(self._rows(NOTICES, [number]))
        if not found:
            ids = [identity for (identity,) in self._rows(NOTICES_CALLED, name)]
            found = self._read_notices(self._rows(NOTICES, ids))
        return list({each.id: each for each in found}.values())

    def _read_notices(self, rows: Iterable[Any]) -> list[NoticeShown]:
        found = []
        for *row, key, payload in rows:
            text = self._open(payload, key, about_notice(*row[1:4]))
            found.append(NoticeShown(*row, msgspec.json.decode(text)))
        brought = {notice: (actor, how) for notice, actor, how in self._rows(BROUGHT, [each.id for each in found])}
        for each in found:
            each.brought_by, each.brought_how = brought.get(each.id, (None, None))
        return found

    def decisions(self, notices: Sequence[NoticeShown]) -> tuple[list[DecisionShown], dict[int, set[Part]]]:
        """Every decision on these notices, what took effect as it was written; and what each notice is about."""
        states, parts = {each.id: each.state for each in notices}, defaultdict[int, set[Part]](set)
        found = [self._read_decision(parts, *row) for row in self._rows(DECISIONS, list(states))]
        moved = self._movements([each.id for each in found if each.effective])
        reversed_by = {each.reverses: each.id for each in found if each.reverses is not None and each.effective}
        for each in found:
            each.reversed_by = reversed_by.get(each.id)
            each.actions = written(each.actions, moved.get(each.id, []))
            parts[each.notice] |= {(action.contract, action.claim) for action in each.actions}
            if each.mode == SHADOW and states[each.notice] in WITH_A_CLERK:
                each.hidden, each.outcome, each.reasons, each.actions = True, "", [], []
                each.released = ZERO
        return found, parts

    def _read_decision(self, parts: dict[int, set[Part]], identity: int, *row: Any) -> DecisionShown:
        *head, key, payload = row
        try:
            said = msgspec.json.decode(self._open(payload, key, about_decision(identity)))["decision"]
        except CommandError as error:  # somebody changed this very record: the others are shown all the same
            return DecisionShown(identity, *head, [ReasonShown("", str(error), None, None)], [])
        names = ReasonShown.__struct_fields__
        reasons = [ReasonShown(**{name: each.get(name) for name in names}) for each in said["reasons"]]
        parts[head[0]] |= {(each["contract"], each.get("claim")) for each in (*said["reasons"], *said["referred"])}
        return DecisionShown(identity, *head, reasons, [read_action(each) for each in said["actions"]])

    def _movements(self, decisions: list[int]) -> dict[int, list[ActionShown]]:
        found: dict[int, list[ActionShown]] = defaultdict(list)
        if decisions:
            for decision, action, contract, claim, amount, since, until, undone in self._rows(
                MOVEMENTS, min(decisions), max(decisions), decisions
            ):
                found[decision].append(ActionShown(action, contract, claim, amount, since, until, None, undone))
        return found

    def proposals(self, notices: Sequence[int]) -> list[ProposalShown]:
        """The proposals for these notices."""
        return [ProposalShown(*row) for row in self._rows(PROPOSALS, list(notices))]

    def letters(self, decisions: Sequence[int]) -> list[LetterShown]:
        """The letters of these decisions."""
        return [LetterShown(*row) for row in self._rows(LETTERS, list(decisions))]

    def items(
        self, notices: Sequence[int], parts: Sequence[str], letters: Sequence[int], decisions: Sequence[int]
    ) -> list[ItemShown]:
        """The work items of these notices, claims, letters and decisions."""
        keys = [str(each) for each in notices], list(parts), [str(each) for each in letters]
        return [ItemShown(*row) for row in self._rows(ITEMS, *keys, list(decisions))]

    def postings(self, *, claims: Sequence[int] = (), decisions: Sequence[int] = ()) -> list[PostingShown]:
        """The postings of these claims, or of these decisions."""
        statement, ids = (OF_CLAIMS, claims) if claims else (OF_DECISIONS, decisions)
        return [PostingShown(*row) for row in self._rows(statement, list(ids))]

    def deeds(self, things: Iterable[tuple[str, int]]) -> list[DeedShown]:
        """What people did to these things, by kind and number."""
        pairs = sorted(set(things))
        rows = self._rows(DEEDS, [kind for kind, _ in pairs], [str(key) for _, key in pairs])
        found = []
        for at, actor, deed, kind, key, data_key, sealed in rows:
            words = self._open(sealed, data_key, f"deed:{kind}:{key}:{deed}").decode() if sealed is not None else None
            found.append(DeedShown(at, actor, deed, kind, key, " ".join(words.split()) if words else None))
        return found


def written(said: list[ActionShown], moved: list[ActionShown]) -> list[ActionShown]:
    """What was decided as it was written: a claim that was opened has its number, released days their first."""
    if len(said) != len(moved):
        return moved or said
    return [
        msgspec.structs.replace(
            each,
            contract=row.contract,
            claim=row.claim,
            since=row.since if each.action == "extend_benefit" else each.since,
        )
        for each, row in zip(said, moved, strict=True)
    ]


def read_action(said: dict[str, Any]) -> ActionShown:
    """An action of a sealed decision, in which days and amounts are texts."""
    undone = said["type"] == "undo"
    since = said.get("due") or said.get("on") or said.get("since") or said.get("benefit_from")
    until = said.get("until") or said.get("benefit_limit")
    return ActionShown(
        action=said["action"] if undone else said["type"],
        contract=said.get("contract"),
        claim=said.get("claim"),
        amount=Decimal(said["amount"]) if said.get("amount") else None,
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
        said=said.get("template") or said.get("reason") or said.get("task") or said.get("reference"),
        undone=undone,
        details=said,
    )
