"""Figures for Prometheus: what waits, what is stuck, what the dialogues are at. Read from the database at each call.

So every web process gives the same, and nothing has to be added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

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
        "Messages to the core system by state",
        ("state",),
        "SELECT state, count(*) FROM outbox_message GROUP BY 1",
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


def text() -> bytes:
    """The exposition."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)
