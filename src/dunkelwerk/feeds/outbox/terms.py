"""How long messages are kept, by settings. Source: docs/outbox.md section 2."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from dunkelwerk.feeds.outbox.messages import delete_rows, erase_dead, erase_delivered, expiring
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

DELIVERED, DEAD, ROWS = (f"DUNKELWERK_OUTBOX_{name}_DAYS" for name in ("KEEP", "DEAD", "ROW"))
USUAL = {DELIVERED: 30, DEAD: 90, ROWS: 400}
LONGEST = 9999
#: days before which it is told that the content of a message that was given up will be erased
NOTICE_DAYS = 7


class Terms(Struct, frozen=True):
    """For how many days is kept: the content of ``delivered`` and ``dead`` messages, and ``rows`` without any."""

    delivered: int
    dead: int
    rows: int


class Erased(Struct, frozen=True):
    """How many messages lost their content (``delivered``, ``dead``), went (``rows``), and will lose it ``soon``."""

    delivered: int
    dead: int
    rows: int
    soon: int


def read_terms(environment: Mapping[str, str] = os.environ) -> Terms:
    """The terms of this installation; raises CommandError for a setting that cannot be used."""
    terms = Terms(*(read_days(environment, name) for name in USUAL))
    if terms.rows < max(terms.delivered, terms.dead):
        message = _("{name}: erwartet wird eine Frist, die nicht kürzer ist als {others}.")
        raise CommandError(message.format(name=ROWS, others=", ".join((DELIVERED, DEAD))))
    return terms


def read_days(environment: Mapping[str, str], name: str) -> int:
    """One term; raises CommandError for no such number."""
    text = environment.get(name, str(USUAL[name]))
    if not (text.isascii() and text.isdecimal() and int(text) <= LONGEST):
        raise CommandError(
            _("{name}: erwartet wird eine Zahl von Tagen, höchstens {most}.").format(name=name, most=LONGEST)
        )
    return int(text)


def begin_of(day: date) -> datetime:
    """When a day begins in Berlin."""
    return datetime.combine(day, time.min, BERLIN)


def erase(cursor: Any, terms: Terms, *, on: date) -> Erased:
    """Erase and delete what its term is over for, in the caller's transaction."""
    delivered = erase_delivered(cursor, begin_of(on - timedelta(days=terms.delivered)))
    dead = erase_dead(cursor, begin_of(on - timedelta(days=terms.dead)))
    rows = delete_rows(cursor, begin_of(on - timedelta(days=terms.rows)))
    return Erased(delivered, dead, rows, count_expiring(cursor, terms, on=on))


def count_expiring(cursor: Any, terms: Terms, *, on: date) -> int:
    """How many messages that were given up will lose their content within ``NOTICE_DAYS``."""
    return expiring(cursor, begin_of(on + timedelta(days=NOTICE_DAYS - terms.dead)))


def erased_on(given_up_at: datetime, terms: Terms) -> date:
    """The day on which a message that was given up loses its content."""
    return given_up_at.astimezone(BERLIN).date() + timedelta(days=terms.dead + 1)
