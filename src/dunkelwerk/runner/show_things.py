"""What happened, as it is shown: notices, decisions, work items, proposals, letters, postings, deeds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct


class NoticeShown(Struct):
    """One attempt of a notice: what it says, who brought it, what became of it."""

    id: int
    channel: str
    external_id: str
    attempt: int
    process: str
    case_key: str
    received_at: datetime
    state: str
    decision: int | None
    said: dict[str, Any]
    brought_by: str | None = None
    #: received, or the deed that gave it again
    brought_how: str | None = None


class ReasonShown(Struct, frozen=True):
    """A reason in words, and what it is about."""

    code: str
    text: str
    contract: str | None
    claim: str | None


class ActionShown(Struct, frozen=True):
    """What was done, or is proposed. ``undone``: it took an earlier one back. ``said``: template or closing reason."""

    action: str
    contract: str | None
    claim: str | None
    amount: Decimal | None = None
    since: date | None = None
    until: date | None = None
    said: str | None = None
    undone: bool = False
    #: all that a sealed decision says of it
    details: dict[str, Any] = {}


class DecisionShown(Struct):
    """One decision record. ``hidden``: a shadow run that a clerk shall not know of."""

    id: int
    notice: int
    business_day: date
    at: datetime
    process: str
    outcome: str
    mode: str
    kind: str
    effective: bool
    actor: str | None
    reverses: int | None
    released: Decimal
    rules: str
    parameters: str
    reasons: list[ReasonShown]
    actions: list[ActionShown]
    reversed_by: int | None = None
    hidden: bool = False


class ItemShown(Struct, frozen=True):
    """One work item; the fields are the columns."""

    id: int
    basket: str
    task: str
    kind: str
    key: str
    contract: str | None
    claim: str | None
    reasons: list[str]
    priority: int
    created_on: date
    open_from: date
    due_on: date
    state: str
    decision: int | None


class ProposalShown(Struct, frozen=True):
    """One proposal; the fields are the columns."""

    id: int
    decision: int
    notice: int
    work_item: int
    kind: str
    state: str
    parts: list[str]
    adverse: bool
    proposed_by: str | None
    applied: int | None


class LetterShown(Struct, frozen=True):
    """One letter; the fields are the columns."""

    id: int
    decision: int
    template: str
    contract: str
    claim: str | None
    business_day: date
    state: str
    rendered_on: date | None
    pages: int | None
    file: str | None
    fault: str | None


class PostingShown(Struct, frozen=True):
    """One posting, contract and claim by number."""

    id: int
    decision: int
    business_day: date
    event: str
    debit: str
    credit: str
    amount: Decimal
    contract: str | None
    claim: str | None
    legal_entity: str


class DeedShown(Struct, frozen=True):
    """What a person did, in their own words."""

    at: datetime
    actor: str
    deed: str
    kind: str
    key: str
    words: str | None
