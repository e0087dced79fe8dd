"""Stopping when told: signals are noticed, what is in progress is finished first, no wait outlasts them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: how long whoever waits for something else takes to notice that it shall stop
NOTICE_SECONDS = 0.2


@contextmanager
def stopped_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """SIGTERM and Ctrl-C call ``stop``, which lets what is in progress be finished."""
    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, lambda _signal, _frame: stop()) for each in wanted}  # type: ignore[misc]
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def pause(seconds: float, is_told: Callable[[], bool]) -> None:
    """Wait, unless told to stop."""
    end = time.monotonic() + seconds
    while not is_told() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, NOTICE_SECONDS))
