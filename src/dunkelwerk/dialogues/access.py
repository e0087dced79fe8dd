"""Who may see a dialogue: login with PIN and second secret, limits on guessing, sessions.

Source: docs/dialogues.md section 4.
The parts: ``guard`` (limits), ``sessions``. Nothing here tells whether a dialogue exists, nor which secret was wrong.
"""

from __future__ import annotations

from dunkelwerk.dialogues.logins import (
    ENDED,
    EXPIRED,
    PAPER,
    RETURNED,
    REVOKED,
    TYPING_ERROR,
    WAIT,
    WRONG,
    Failure,
    log_in,
)
from dunkelwerk.dialogues.sessions import Session, end, end_all, extend, seconds_left, session_of

__all__ = [
    "ENDED",
    "EXPIRED",
    "PAPER",
    "RETURNED",
    "REVOKED",
    "TYPING_ERROR",
    "WAIT",
    "WRONG",
    "Failure",
    "Session",
    "end",
    "end_all",
    "extend",
    "log_in",
    "seconds_left",
    "session_of",
]
