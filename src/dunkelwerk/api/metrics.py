"""Figures for Prometheus: what waits, what is stuck, what the dialogues are at. Counted in the database.

So every web process gives the same, and nothing has to be added up. What was counted is good for some seconds, longer
where counting takes long: whoever asks often, or of many processes, does not keep the database busy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

#: seconds for which figures are good
FRESH = 15.0
#: and as many times as long as it took to count them: counting takes no more than a fiftieth of the time
TIMES = 50
#: name, help, labels, and the statement that gives the labels and the value
FIGURES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "dunkelwerk_notices",
        "Notices by process and state",
        ("process", "state"),
        "SELECT process, state, count(*) FROM notice GROUP BY 1, 2",
    ),
    (
        "dunkelwerk_oldest_waiting_notice_seconds",
        "Age of the oldest notice that waits",
        (),
        "SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM notice WHERE state = 'waiting'",
    ),
    (
        "dunkelwerk_work_items_open",
        "Open work items by basket and task",
        ("basket", "task"),
        "SELECT basket, task, count(*) FROM work_item WHERE state <> 'done' GROUP BY 1, 2",
    ),
    (
        "dunkelwerk_dialogues",
        "Dialogues by type and state",
        ("type", "state"),
        "SELECT type, state, count(*) FROM dialogue GROUP BY 1, 2",
    ),
    (
        "dunkelwerk_outbox_messages",
        "Messages to the core system by state, as long as they have content",
        ("state",),
        # each by its own index; what has no content grows for a year, and nobody waits for it
        """SELECT 'pending', count(*) FROM outbox_message WHERE state = 'pending' UNION ALL
           SELECT 'delivered', count(*) FROM outbox_message WHERE state = 'delivered' AND payload IS NOT NULL UNION ALL
           SELECT 'dead', count(*) FROM outbox_message WHERE state = 'dead' AND payload IS NOT NULL""",
    ),
    (
        "dunkelwerk_logins_blocked",
        "Dialogues and addresses that have to wait after failed logins",
        ("scope",),
        "SELECT scope, count(*) FROM login_guard WHERE blocked_until > now() GROUP BY 1",
    ),
)


class Figures(Collector):
    """What the database says now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure with its labels."""
        with connection.cursor() as cursor:
            for name, help_text, labels, sql in FIGURES:
                family = GaugeMetricFamily(name, help_text, labels=labels)
                cursor.execute(sql)
                for row in cursor.fetchall():
                    add(family, row)
                yield family


def add(family: GaugeMetricFamily, row: tuple[Any, ...]) -> None:
    """One row: its labels, then the value."""
    *labels, value = row
    family.add_metric([str(label) for label in labels], float(value))


class Counted:
    """The figures of a database as they were counted last; one thread counts, others wait for it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._place: tuple[str, str] | None = None
        self._until, self._text = 0.0, b""

    def text(self) -> bytes:
        """The exposition, counted anew where it is no longer good."""
        place = (connection.settings_dict["HOST"], connection.settings_dict["NAME"])
        with self._turn:
            began = time.monotonic()
            if place != self._place or began >= self._until:
                self._text = count()
                took = time.monotonic() - began
                self._place, self._until = place, began + took + max(FRESH, TIMES * took)
            return self._text


def count() -> bytes:
    """The exposition as the database is now."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


_counted = Counted()


def text() -> bytes:
    """The exposition, some seconds old at most where counting is quick."""
    return _counted.text()
