"""Figures are counted once for some seconds, whoever asks; and longer where that takes long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from api_support import NOTE, Caller


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        """The seconds."""
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the figures, with nothing counted yet."""
    from dunkelwerk.api import metrics

    made = Clock()
    monkeypatch.setattr(metrics, "time", made)
    monkeypatch.setattr(metrics, "_counted", metrics.Counted())
    return made


def notices(caller: Caller) -> str:
    """What the figures say of notices."""
    response = caller.call("GET", "/metrics")
    assert response.status_code == 200
    return "".join(line for line in response.content.decode().splitlines() if line.startswith("dunkelwerk_notices{"))


def test_figures_are_good_for_some_seconds(caller: Caller, clock: Clock) -> None:
    from dunkelwerk.api import metrics

    assert notices(caller) == ""
    caller.post("/notices/follow_up_sick_note", NOTE)
    clock.at += metrics.FRESH - 0.1
    assert notices(caller) == ""
    clock.at += 0.1
    assert notices(caller).endswith('state="waiting"} 1.0')


def test_what_takes_long_is_counted_less_often(caller: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.api import metrics

    counts = 0

    def slowly() -> bytes:
        nonlocal counts
        counts += 1
        clock.at += 2
        return b""

    monkeypatch.setattr(metrics, "count", slowly)
    for passed in (0, 99, 1, 99, 1):
        clock.at += passed
        metrics.text()
    assert counts == 3


def test_many_who_ask_at_once_count_once(caller: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.api import metrics

    counted: list[Any] = []
    monkeypatch.setattr(metrics, "count", lambda: counted.append(1) or b"figures")
    with ThreadPoolExecutor(8) as pool:
        assert {each.result() for each in [pool.submit(metrics.text) for _time in range(40)]} == {b"figures"}
    assert counted == [1]


def test_an_outage_is_told_and_not_kept(caller: Caller, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from dunkelwerk.api import metrics

    def fail() -> bytes:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(metrics, "count", fail)
        assert caller.call("GET", "/metrics").status_code == 503
    assert caller.call("GET", "/metrics").status_code == 200
