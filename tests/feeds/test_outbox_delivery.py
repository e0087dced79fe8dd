"""Delivery by webhook: at least once, never twice at once, whatever the core system does."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import psycopg
import pytest
from outbox_support import PAYLOAD, Outbox, Receiver, is_uuid

from dunkelwerk.feeds.outbox import delivery
from dunkelwerk.feeds.outbox import webhook as sending
from dunkelwerk.feeds.outbox.delivery import LONGEST_WAIT, SHORTEST_WAIT, deliver, wait
from dunkelwerk.feeds.outbox.targets import Targets, Webhook


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange may take half a second."""
    monkeypatch.setattr(sending, "SECONDS", 0.5)


def test_a_message_is_part_of_its_transaction(outbox: Outbox) -> None:
    from django.db import transaction

    with transaction.atomic():
        outbox.put("D-1")
        transaction.set_rollback(True)
    assert outbox.rows() == []


def test_a_fact_has_one_message(outbox: Outbox) -> None:
    first, second, other = (
        outbox.put("D-1", "D-1"),
        outbox.put("D-1", payload={"other": 1}),
        outbox.put("D-1", kind="x.y"),
    )
    assert first[0] is not None
    assert (first[1], second) == (None, [None])
    assert other[0] is not None
    assert len(outbox.rows()) == 2


@pytest.mark.parametrize(("kind", "key"), [("", "a"), ("a\r\nb", "a"), ("A.b", "a"), ("a", ""), ("a", "k" * 201)])
def test_an_unusable_kind_or_key_is_refused(outbox: Outbox, kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="outbox"):
        outbox.put(key, kind=kind)


def test_the_content_is_sealed(outbox: Outbox) -> None:
    outbox.put("D-1")
    stored = repr(outbox.rows()).encode() + bytes(outbox.rows()[0]["payload"])
    assert b"Wolkenstein" not in stored
    assert b"86095742719" not in stored


def test_the_application_role_deletes_nothing(outbox: Outbox) -> None:
    outbox.put("D-1")
    with psycopg.connect(outbox.url) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SET ROLE dunkelwerk_app; DELETE FROM outbox_message")


def test_it_arrives_as_documented(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1")
    assert deliver(webhook) == Counter(delivered=1)
    (request,), (row,) = receiver.requests, outbox.rows()
    assert request.content["data"] == PAYLOAD
    assert (request.content["event"], request.content["key"]) == ("dialogue.submitted", "D-1")
    assert request.content["at"].endswith("Z")
    assert request.content["id"] == request.delivery == str(row["delivery"])
    assert is_uuid(request.delivery)
    assert request.headers["Dunkelwerk-Event"] == "dialogue.submitted"
    assert request.headers["Content-Type"] == "application/json"
    assert (row["state"], row["attempts"], row["target"], row["last_error"]) == ("delivered", 1, ["webhook"], None)
    assert row["delivered_at"] is not None
    assert deliver(webhook) == Counter()
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(("answer", "fault"), [
    ("500", "status 500"), ("404", "status 404"), ("200", None), ("204", None), ("299", None),
    ("300", "status 300"), ("302 Location: /elsewhere", "status 302"), ("429", "status 429"),
    ("kill", "unreachable RemoteProtocolError"), ("silent", "timeout"), ("drip", "timeout"), ("cut", None),
])  # fmt: skip
def test_only_an_answer_of_2xx_is_a_delivery(
    outbox: Outbox,
    receiver: Receiver,
    webhook: Targets,
    request: pytest.FixtureRequest,
    answer: str,
    fault: str | None,
) -> None:
    if fault == "timeout":
        request.getfixturevalue("short")
    outbox.put("D-1")
    receiver.answers = [answer]
    deliver(webhook)
    (row,) = outbox.rows()
    assert (row["state"], row["last_error"]) == ("delivered" if fault is None else "pending", fault)
    assert len(receiver.requests) == 1, "no redirect is followed"


def test_nobody_there(outbox: Outbox, receiver: Receiver) -> None:
    outbox.put("D-1")
    gone = Targets(webhook=Webhook("http://127.0.0.1:1/in", b"x" * 32))
    assert deliver(gone) == Counter(pending=1)
    assert outbox.rows()[0]["last_error"] == "unreachable ConnectError"


def test_a_failure_is_tried_again_with_the_same_id_and_content(
    outbox: Outbox, receiver: Receiver, webhook: Targets
) -> None:
    outbox.put("D-1")
    receiver.answers = ["500", "kill", "200"]
    for _n in range(3):
        deliver(webhook)
        deliver(webhook)
        outbox.skip_waits()
    assert len(receiver.requests) == 3, "not before its time"
    assert len({(each.delivery, each.body) for each in receiver.requests}) == 1
    assert outbox.states() == ["delivered"]


def test_waits_grow_up_to_six_hours_and_differ() -> None:
    random.seed(5)
    for attempts in range(1, 40):
        found = {wait(attempts) for _n in range(200)}
        middle = min(60 * 2 ** (attempts - 1), 6 * 3600)
        assert min(found) >= SHORTEST_WAIT
        assert max(found) <= LONGEST_WAIT
        assert len(found) > 10
        assert all(0.79 * middle <= each <= 1.21 * middle for each in found)


def test_a_receiver_may_ask_for_a_longer_wait(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1", "D-2", "D-3")
    receiver.answers = ["503 Retry-After: 1800", "503 Retry-After: 5", "503 Retry-After: 9999999"]
    deliver(webhook)
    low, middle, high = sorted(outbox.waits())
    # all three were kept at the same moment, whenever they are looked at
    assert low <= 72
    assert 1800 - 72 <= middle - low <= 1800 - SHORTEST_WAIT
    assert high - middle == pytest.approx(LONGEST_WAIT - 1800)


def test_a_dead_letter_after_so_many_attempts_and_again_by_hand(
    outbox: Outbox, receiver: Receiver, webhook: Targets
) -> None:
    from django.db import connection

    from dunkelwerk.feeds.outbox.messages import resend, resend_dead

    outbox.put("D-1", "D-2")
    receiver.answers = ["500"] * 24
    for attempts in range(1, 13):
        assert outbox.states() == ["pending", "pending"], attempts
        deliver(webhook)
        outbox.skip_waits()
    assert outbox.states() == ["dead", "dead"]
    assert deliver(webhook) == Counter()
    first, second = outbox.rows()
    with connection.cursor() as cursor:
        assert resend(cursor, [first["id"], 4711], actor="betrieb") == {first["id"]}
    assert outbox.states() == ["pending", "dead"]
    deliver(webhook)
    assert outbox.states() == ["delivered", "dead"]
    with connection.cursor() as cursor:
        assert resend_dead(cursor, actor="betrieb") == 1
    deliver(webhook)
    assert outbox.states() == ["delivered", "delivered"]
    assert set(receiver.deliveries) == {str(first["delivery"]), str(second["delivery"])}
    assert outbox.rows()[0]["resent_by"] == "betrieb"


def test_what_arrived_is_sent_anew_only_by_hand_and_only_while_it_has_content(
    outbox: Outbox, receiver: Receiver, webhook: Targets
) -> None:
    from datetime import timedelta

    from django.db import connection, transaction

    from dunkelwerk.feeds import outbox as public
    from dunkelwerk.feeds.outbox.messages import resend
    from dunkelwerk.infra.businessday import now

    outbox.put("D-1", "D-2")
    deliver(webhook)
    first, second = (row["id"] for row in outbox.rows())
    with connection.cursor() as cursor:
        resend(cursor, [first], actor="betrieb")
    deliver(webhook)
    assert Counter(receiver.deliveries).most_common(1)[0][1] == 2
    outbox.run(f"UPDATE outbox_message SET delivered_at = now() - interval '40 days' WHERE id = {second}")
    outbox.put("D-3")
    with transaction.atomic(), connection.cursor() as cursor:
        assert public.erase_delivered(cursor, now() - timedelta(days=30)) == 1
        assert resend(cursor, [second], actor="betrieb") == set()
    assert [row["payload"] is None for row in outbox.rows()] == [False, True, False]
    assert outbox.put("D-2") == [None], "that it was sent stays known"


def test_a_crash_between_sending_and_keeping_it_repeats_after_the_lease(
    outbox: Outbox, receiver: Receiver, webhook: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put("D-1")
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "settle", lambda *_arguments: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            deliver(webhook)
    assert deliver(webhook) == Counter(), "the lease holds"
    assert 60 < outbox.waits()[0] <= delivery.LEASE_SECONDS
    outbox.skip_waits()
    assert deliver(webhook) == Counter(delivered=1)
    assert len(set(receiver.deliveries)) == 1
    assert len(receiver.requests) == 2


def test_who_comes_back_after_the_lease_changes_nothing(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1")
    late = delivery.claim()
    outbox.skip_waits()
    deliver(webhook)
    (message,) = late.messages
    delivery.settle(late.messages, {message.id: delivery.failed(message, webhook, "timeout", ())})
    assert [(row["state"], row["last_error"]) for row in outbox.rows()] == [("delivered", None)]


def test_what_is_under_way_is_not_sent_anew_by_hand(outbox: Outbox, receiver: Receiver) -> None:
    from django.db import connection

    from dunkelwerk.feeds.outbox.messages import resend

    (number,) = outbox.put("D-1")
    delivery.claim()
    with connection.cursor() as cursor:
        assert resend(cursor, [number], actor="betrieb") == set()
        outbox.skip_waits()
        assert resend(cursor, [number], actor="betrieb") == {number}


def test_no_transaction_is_open_while_it_is_sent(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1")
    query = """SELECT count(*) AS count FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""
    receiver.watchers.append(lambda: outbox.rows(query)[0]["count"])
    deliver(webhook)
    assert receiver.during == [0]


def test_a_receiver_that_is_away_costs_few_messages_an_attempt(outbox: Outbox, receiver: Receiver) -> None:
    outbox.put(*(f"D-{n}" for n in range(150)))
    gone = Targets(webhook=Webhook("http://127.0.0.1:1/in", b"x" * 32))
    ends = deliver(gone)
    assert ends == Counter(pending=10, unsent=90)
    assert sum(row["attempts"] for row in outbox.rows()) == 10
    assert all(left > 0 for left in outbox.waits()[:100])


def test_messages_that_are_refused_do_not_hold_up_the_others(
    outbox: Outbox, receiver: Receiver, webhook: Targets
) -> None:
    outbox.put(*(f"D-{n}" for n in range(130)))
    receiver.answers = ["400"] * 100 + ["held"] * 30
    assert deliver(webhook) == Counter(pending=100, delivered=30)
    assert receiver.most > 1


def test_a_changed_record_does_not_hold_up_the_others(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1", "D-2")
    outbox.run("UPDATE outbox_message SET payload = set_byte(payload, 20, get_byte(payload, 20) # 1) WHERE key = 'D-1'")
    assert deliver(webhook) == Counter(pending=1, delivered=1)
    assert [row["last_error"] for row in outbox.rows()] == ["unreadable", None]


def test_without_a_target_everything_waits(outbox: Outbox) -> None:
    outbox.put("D-1")
    assert deliver(Targets()) == Counter()
    assert [(row["state"], row["attempts"]) for row in outbox.rows()] == [("pending", 0)]


def test_figures(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    from django.db import connection

    from dunkelwerk.feeds import outbox as public

    def figures() -> Any:
        with connection.cursor() as cursor:
            return public.figures(cursor)

    assert figures() == public.Figures(0, 0, 0, 0.0)
    outbox.put("D-1", "D-2", "D-3")
    receiver.answers = ["500", "200", "200"]
    deliver(webhook)
    outbox.run("UPDATE outbox_message SET at = at - interval '1 hour' WHERE state = 'pending'")
    found = figures()
    assert (found.pending, found.dead, found.attempts) == (1, 0, 1)
    assert 3600 <= found.oldest_seconds < 3600 + 300
