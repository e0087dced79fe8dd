"""Delivering: claim by lease, send outside of any transaction, keep what became of it. Never twice at the same time.

A claim counts the attempt and pushes the next one behind the lease, so that a deliverer that dies is followed by
another one after it. Whoever comes back later than that finds the attempt is not its own any more, and keeps nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.feeds.outbox import folder, webhook
from dunkelwerk.feeds.outbox.messages import DEAD, DELIVERED, PENDING, Message, about
from dunkelwerk.feeds.outbox.targets import FOLDER, WEBHOOK, Targets
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.keys import Vault

BATCH = 100
#: longer than a batch can take: its groups one after the other, each as long as an exchange may take
LEASE_SECONDS = 3 * webhook.SECONDS * BATCH / webhook.PARALLEL
SHORTEST_WAIT, LONGEST_WAIT = 60.0, 6 * 3600.0
JITTER = 0.2
UNSENT = "unsent"

CLAIM = """
    WITH due AS (
        SELECT id FROM outbox_message WHERE state = 'pending' AND next_attempt_at <= now()
        ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox_message m
    SET attempts = m.attempts + 1, leased_until = now() + make_interval(secs => %s),
        next_attempt_at = now() + make_interval(secs => %s)
    FROM due WHERE m.id = due.id
    RETURNING m.id, m.delivery, m.kind, m.key, m.at, m.attempts, m.target, m.data_key, m.payload
"""
#: nothing where the lease has run out and somebody else has the message
SETTLE = """
    UPDATE outbox_message
    SET state = %s, target = %s, last_error = %s, leased_until = NULL, attempts = attempts - %s,
        delivered_at = CASE WHEN %s = 'delivered' THEN now() END, given_up_at = CASE WHEN %s = 'dead' THEN now() END,
        next_attempt_at = now() + make_interval(secs => %s)
    WHERE id = %s AND attempts = %s AND leased_until IS NOT NULL AND state = 'pending'
"""


class Outcome(Struct, frozen=True):
    """What became of one attempt.

    ``sent`` is False where the receiver was away before it was this one's turn; ``away`` where a target as a whole
    does not work.
    """

    state: str
    target: Sequence[str]
    fault: str | None = None
    wait: float = 0.0
    sent: bool = True
    away: bool = False


class Batch(Struct, frozen=True):
    """Messages that are ours until the lease ends; ``broken`` are those whose content does not open."""

    messages: Sequence[Message]
    broken: Sequence[Message]


def deliver(targets: Targets, *, is_told: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Deliver until nothing is due or a target is away: messages by what became of them (pending: to be tried again).

    Nothing happens without a target. Raises CommandError where the key file cannot be used.
    """
    ends: Counter[str] = Counter()
    while targets.names and not is_told():
        batch = claim()
        outcomes = attempt(batch.messages, targets)
        outcomes |= {each.id: failed(each, targets, "unreadable", each.target) for each in batch.broken}
        settle([*batch.messages, *batch.broken], outcomes)
        ends += Counter(each.state if each.sent else UNSENT for each in outcomes.values())
        if all(each.away for each in outcomes.values()):
            break
    return ends


def claim() -> Batch:
    """The next messages that are due, leased, in the order of their ids."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        vault = Vault(cursor, on=business_day())
        cursor.execute(CLAIM, (BATCH, LEASE_SECONDS, LEASE_SECONDS))
        rows = sorted(cursor.fetchall())
        vault.prepare(cursor, {row[7] for row in rows})
    messages = [opened(vault, row) for row in rows]
    return Batch([each for each in messages if each.payload], [each for each in messages if not each.payload])


def opened(vault: Vault, row: Sequence[Any]) -> Message:
    """A message from its row; without payload where that was changed, which must not hold up the others."""
    number, delivery, kind, key, at, attempts, target, data_key, payload = row
    try:
        content = vault.open(bytes(payload), key=data_key, about=about(kind, key))
    except (CommandError, KeyError):
        content = b""
    return Message(number, delivery, kind, key, at, attempts, target, content)


def attempt(batch: Sequence[Message], targets: Targets) -> dict[int, Outcome]:
    """Send each message to the targets that lack it."""
    fault, answers = None, dict[int, webhook.Answer]()
    if targets.folder is not None and (lacking := [each for each in batch if FOLDER not in each.target]):
        fault = folder.write(lacking, targets.folder)
    if targets.webhook is not None:
        answers = webhook.send([each for each in batch if WEBHOOK not in each.target], targets.webhook)
    return {each.id: judge(each, targets, fault, answers) for each in batch}


def judge(
    message: Message, targets: Targets, folder_fault: str | None, answers: Mapping[int, webhook.Answer]
) -> Outcome:
    """What became of one message: it is delivered as soon as every target has it."""
    answer = answers.get(message.id)
    fresh = {FOLDER: folder_fault is None, WEBHOOK: answer is not None and answer.fault is None}
    arrived = [name for name in targets.names if name in message.target or fresh[name]]
    kept = sorted({*message.target, *arrived})
    if len(arrived) == len(targets.names):
        return Outcome(DELIVERED, kept)
    if folder_fault is None and answer is None:
        return Outcome(PENDING, kept, UNSENT, wait=SHORTEST_WAIT, sent=False, away=True)
    fault = (answer.fault if answer else None) or folder_fault or UNSENT
    away = answer is None or answer.fault is None or answer.away
    return failed(message, targets, fault, kept, asked=answer.wait if answer else 0, away=away)


def failed(
    message: Message, targets: Targets, fault: str, kept: Sequence[str], *, asked: int = 0, away: bool = False
) -> Outcome:
    """The end of an attempt that failed: another one later, or none after so many. ``asked`` seconds at least."""
    state = DEAD if message.attempts >= targets.attempts else PENDING
    seconds = max(wait(message.attempts), min(asked, LONGEST_WAIT))
    return Outcome(state, kept, fault, wait=seconds, away=away)


def wait(attempts: int) -> float:
    """Seconds until the next attempt: a minute, doubled each time, up to six hours; by chance a little less or more."""
    seconds = min(SHORTEST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return min(max(seconds * random.uniform(1 - JITTER, 1 + JITTER), SHORTEST_WAIT), LONGEST_WAIT)


def settle(batch: Sequence[Message], outcomes: Mapping[int, Outcome]) -> None:
    """Keep what became of messages, where they are still ours."""
    rows = []
    for each in batch:
        end = outcomes[each.id]
        uncounted = 0 if end.sent else 1
        facts = (end.state, list(end.target), end.fault, uncounted, end.state, end.state, end.wait)
        rows.append((*facts, each.id, each.attempts))
    if not rows:
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.executemany(SETTLE, rows)
