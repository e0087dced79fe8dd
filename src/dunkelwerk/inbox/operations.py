"""Receiving notices: each once, whatever the number of deliveries, in the order of the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.inbox.door import Delivery, Refusal
from dunkelwerk.infra.bulk import take_ids
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

DELIVERIES_PER_BATCH = 1000
#: what is delivered is the first attempt; a clerk's re-run counts on
FIRST = 1
#: Adders take turns for the short time of writing: so the order of ids is the order of receipt, also for whoever
#: reads between two commits, and two that bring the same notices in another order do not wait for each other in vain.
TAKE_TURNS = "SELECT set_config('lock_timeout', '60s', true), pg_advisory_xact_lock(20250603)"
KNOWN = """
    SELECT external_id, digest FROM notice WHERE channel = %s AND attempt = %s AND external_id = ANY(%s)
"""
INSERT = """
    INSERT INTO notice
        (channel, attempt, received_at, data_key, state, external_id, process, case_key, digest, payload)
    SELECT %s, %s, %s, %s, 'waiting', new.external_id, new.process, new.case_key, new.digest, new.payload
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[]) WITH ORDINALITY
        AS new (external_id, process, case_key, digest, payload, position)
    ORDER BY new.position
    ON CONFLICT (channel, external_id, attempt) DO NOTHING
    RETURNING id, external_id
"""
#: the same for a cursor that writes its parameters into the statement
INSERT_ONE = INSERT.replace("%b", "%s")
TOUCH = """
    INSERT INTO toucher (notice, actor, deed, touched_at)
    SELECT received.notice, %s, 'received', %s FROM unnest(%s::bigint[]) AS received (notice)
"""
TOUCHERS = """
    SELECT DISTINCT t.actor FROM notice n
    JOIN notice every ON every.channel = n.channel AND every.external_id = n.external_id
    JOIN toucher t ON t.notice = every.id
    WHERE n.id = %s AND t.deed <> 'stale' ORDER BY 1
"""
ATTEMPTS = """
    SELECT n.channel, n.external_id, max(every.attempt) FROM notice n
    JOIN notice every ON every.channel = n.channel AND every.external_id = n.external_id
    WHERE n.id = %s GROUP BY 1, 2
"""
AGAIN = """
    INSERT INTO notice
        (channel, external_id, attempt, received_at, data_key, process, case_key, digest, payload, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting') RETURNING id
"""
RECORD = """
    INSERT INTO notice
        (id, channel, external_id, attempt, received_at, data_key, process, case_key, digest, payload, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting')
"""


#: of the program itself, each id in them is given by it: what anybody else brought under one would stand in the way
OWN_CHANNELS = frozenset({"api", "dialogue", "register"})


class Origin(Struct, frozen=True):
    """Where notices come from: the channel, and who brought them."""

    channel: str
    actor: str


class AlreadyThere(CommandError):
    """The channel has another notice under this id."""


class Receipt(Struct, frozen=True):
    """What became of some deliveries: how many are new, how many were there already, and which were refused."""

    added: int
    known: int
    refused: tuple[Refusal, ...]

    @property
    def count(self) -> int:
        """The number of deliveries that it is about."""
        return self.added + self.known + len(self.refused)


def receive(examined: Iterable[Delivery | Refusal], origin: Origin, vault: Vault) -> Iterator[Receipt]:
    """Put the notices into the inbox, a transaction per batch; a receipt for each batch once it is committed."""
    remaining = iter(examined)
    while batch := list(islice(remaining, DELIVERIES_PER_BATCH)):
        refused = [each for each in batch if isinstance(each, Refusal)]
        first, known, again = meet_again([each for each in batch if isinstance(each, Delivery)], {})
        stored = read_digests(origin, list(first))
        new, known_before, other = meet_again(first.values(), stored)
        added, overtaken = add(list(new.values()), origin, vault, at=now())
        here_now, other_now = settle_overtaken(overtaken, origin)
        conflicts = [Refusal(each.where, other_content(origin)) for each in (*again, *other, *other_now)]
        yield Receipt(added, known + known_before + here_now, (*refused, *conflicts))


def meet_again(
    deliveries: Iterable[Delivery], known: dict[str, bytes]
) -> tuple[dict[str, Delivery], int, list[Delivery]]:
    """Those with an id not met before, the number of those that say the same again, and those that say otherwise."""
    digests, new, same, other = dict(known), {}, 0, []
    for each in deliveries:
        digest = digests.setdefault(each.external_id, each.digest)
        if each.external_id not in known and each.external_id not in new:
            new[each.external_id] = each
        elif digest == each.digest:
            same += 1
        else:
            other.append(each)
    return new, same, other


def read_digests(origin: Origin, external_ids: list[str]) -> dict[str, bytes]:
    """The digests of the notices of these ids that are there."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, (origin.channel, FIRST, external_ids))
        return {external_id: bytes(digest) for external_id, digest in cursor.fetchall()}


def add(deliveries: Sequence[Delivery], origin: Origin, vault: Vault, *, at: datetime) -> tuple[int, list[Delivery]]:
    """Write new notices and who brought them; how many, and those that somebody else wrote a moment before."""
    if not deliveries:
        return 0, []
    rows = [
        [each.external_id for each in deliveries],
        [each.process for each in deliveries],
        [each.case_key for each in deliveries],
        [each.digest for each in deliveries],
        [vault.seal(each.text, about=about(origin.channel, each.external_id, FIRST)) for each in deliveries],
    ]
    with connection.wrap_database_errors, transaction.atomic(durable=True), binding_cursor() as cursor:
        cursor.execute(TAKE_TURNS)
        cursor.execute(INSERT, (origin.channel, FIRST, at, vault.current, *rows))
        added = {external_id: notice for notice, external_id in cursor.fetchall()}
        cursor.execute(TOUCH, (origin.actor, at, list(added.values())))
    return len(added), [each for each in deliveries if each.external_id not in added]


def add_one(cursor: Any, delivery: Delivery, origin: Origin, vault: Vault, *, at: datetime) -> int:
    """Write one new notice and who brought it, within the caller's transaction; its number.

    Adders wait until that transaction ends: call it last. Raises AlreadyThere where the channel has this id already.
    """
    cursor.execute(TAKE_TURNS)
    sealed = vault.seal(delivery.text, about=about(origin.channel, delivery.external_id, FIRST))
    row = ([delivery.external_id], [delivery.process], [delivery.case_key], [delivery.digest], [sealed])
    cursor.execute(INSERT_ONE, (origin.channel, FIRST, at, vault.current, *row))
    added = cursor.fetchone()
    if added is None:
        raise AlreadyThere(other_content(origin))
    identity: int = added[0]
    touch(cursor, identity, actor=origin.actor, deed="received", at=at)
    return identity


def touch(cursor: Any, notice: int, *, actor: str, deed: str, at: datetime) -> None:
    """Write down that somebody touched a notice."""
    values = (notice, actor, deed, at)
    cursor.execute("INSERT INTO toucher (notice, actor, deed, touched_at) VALUES (%s, %s, %s, %s)", values)


def touchers_of(cursor: Any, notice: int) -> list[str]:
    """Everybody who touched a notice, in any of its attempts; who only met a stale proposal did not."""
    cursor.execute(TOUCHERS, (notice,))
    return [row[0] for row in cursor.fetchall()]


def add_attempt(cursor: Any, notice: int, delivery: Delivery, vault: Vault) -> int:
    """A corrected notice as the next attempt of the same; its number. It waits as if it had just come."""
    cursor.execute(TAKE_TURNS)
    cursor.execute(ATTEMPTS, (notice,))
    channel, external_id, last = cursor.fetchone()
    sealed = vault.seal(delivery.text, about=about(channel, external_id, last + 1))
    said = (delivery.process, delivery.case_key, delivery.digest, sealed)
    cursor.execute(AGAIN, (channel, external_id, last + 1, now(), vault.current, *said))
    identity: int = cursor.fetchone()[0]
    return identity


def record(cursor: Any, delivery: Delivery, origin: Origin, vault: Vault) -> int:
    """What somebody records by hand, as a notice that is decided in this very transaction; its number.

    Its id is the delivery's, and its own number behind it. Whoever calls holds the locks of its case file already.
    """
    cursor.execute(TAKE_TURNS)
    (identity,) = take_ids(cursor, "notice", 1)
    external_id = f"{delivery.external_id}{identity}"
    sealed = vault.seal(delivery.text, about=about(origin.channel, external_id, FIRST))
    said = (delivery.process, delivery.case_key, delivery.digest, sealed)
    cursor.execute(RECORD, (identity, origin.channel, external_id, FIRST, now(), vault.current, *said))
    return identity


def binding_cursor() -> Any:
    """A cursor that sends its parameters beside the statement: large arrays need not be quoted and parsed."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def settle_overtaken(overtaken: Sequence[Delivery], origin: Origin) -> tuple[int, list[Delivery]]:
    """Of those that somebody else wrote: how many say the same, and those that say otherwise."""
    if not overtaken:
        return 0, []
    _new, same, other = meet_again(overtaken, read_digests(origin, [each.external_id for each in overtaken]))
    return same, other


def about(channel: str, external_id: str, attempt: int) -> str:
    """What a notice's sealed payload belongs to."""
    return f"notice:{channel}:{external_id}:{attempt}"


def other_content(origin: Origin) -> str:
    """The sentence for an id that stands for something else already."""
    message = _("id: im Kanal {channel} gibt es unter dieser Kennung schon eine Meldung mit anderem Inhalt")
    return message.format(channel=origin.channel)
