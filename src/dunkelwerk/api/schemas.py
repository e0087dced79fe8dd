"""What the API takes and gives, for its documentation and for checking requests. Dates are YYYY-MM-DD."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

MOST_ITEMS = 500
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_alone(value: Any) -> Any:
    """A text that is YYYY-MM-DD; numbers, moments and other ways to write a day are refused."""
    if value is None or (isinstance(value, str) and ISO.fullmatch(value)):
        return value
    raise ValueError("a day as YYYY-MM-DD is expected")


Day = Annotated[date, BeforeValidator(iso_alone)]
Text = Annotated[str, Field(max_length=200)]


class Strict(Schema):
    """A request: what is unknown is an error."""

    model_config = ConfigDict(extra="forbid")


class DialogueIn(Strict):
    """One dialogue to be asked, by the rules of an import. ``prefill``: by the names of the type."""

    type: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,59}$")]
    external_id: Annotated[str, Field(min_length=1, max_length=200)]
    salutation: Text = ""
    first_name: Text = ""
    last_name: Annotated[str, Field(min_length=1, max_length=200)]
    street: Text = ""
    house_number: Text = ""
    postal_code: Text = ""
    city: Text = ""
    birth_date: Day
    valid_until: Day | None = None
    prefill: dict[str, Any] = {}


class DialogueCreated(Schema):
    """The new dialogue. ``pin``, ``link`` and ``qr`` are told this once, and nowhere again."""

    id: str
    state: str
    valid_until: date
    pin: str | None = None
    link: str | None = None
    qr: str | None = None


class Event(Schema):
    """One change of a dialogue."""

    at: datetime
    actor: str
    event: str


class DialogueOut(Schema):
    """A dialogue as it stands, without the person's answers. ``outcome``: of the dark process, once it has ended."""

    id: str
    type: str
    version: int
    external_id: str
    state: str
    valid_until: date
    created_at: datetime
    submitted_at: datetime | None
    notice: int | None
    outcome: str | None
    events: list[Event]


class Why(Strict):
    """Why a person did it; kept with the event. ``despite_exit``: also after *deceased* or *not me*."""

    reason: Annotated[str, Field(max_length=300)] = ""
    despite_exit: StrictBool = False


class PinOut(Schema):
    """A new PIN; the old one is dead. Told this once."""

    id: str
    pin: str | None = None
    link: str | None = None
    qr: str | None = None


class Received(Schema):
    """A notice or document in the inbox; ``known``: it was there already."""

    id: int
    state: str
    known: bool


class NoticeOut(Schema):
    """A notice and what was decided (docs/interfaces.md section 1); ``decision`` is null while it waits."""

    id: int
    external_id: str
    channel: str
    process: str
    attempt: int
    state: str
    received_at: datetime
    decision: dict[str, Any] | None


class WorkItemOut(Schema):
    """A piece of work for a person; ``kind`` and ``key`` say what it is about."""

    id: int
    basket: str
    task: str
    kind: str
    key: str
    contract: str | None
    claim: str | None
    reasons: list[str]
    priority: int
    open_from: date
    due_on: date
    state: str
    created_on: date


class WorkItemFilter(Strict):
    """Which work items. ``due``: only those that are shown on that day; ``after``: the number of the one before."""

    state: Literal["open", "in_check", "done"] = "open"
    basket: Annotated[str, Field(max_length=200)] | None = None
    due: Day | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 100


class WorkItemsOut(Schema):
    """Some work items in the order of their numbers; ``next``: the ``after`` of the next page, null at the end."""

    work_items: list[WorkItemOut]
    next: int | None


class ProblemOut(Schema):
    """RFC 9457. ``errors``: which fields, and what is wrong with each."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class Health(Schema):
    """``ok``, or what is missing."""

    status: str
