"""Sessions of the portal: a random token that the browser keeps, its hash here, 30 minutes without any page."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.dialogues.settings import session_seconds
from dunkelwerk.infra.businessday import now

TOKEN = 32
#: however long somebody goes on
LONGEST = timedelta(hours=12)
START = "INSERT INTO portal_session (token, dialogue, started_at, seen_at) VALUES (%s, %s, %s, %s)"
#: so often it is written down that somebody is still there: a write for each page would cost more than the page
SEEN_EVERY = 30
FIND = "SELECT dialogue, seen_at FROM portal_session WHERE token = %s AND seen_at > %s AND started_at > %s"
SEE = "UPDATE portal_session SET seen_at = %s WHERE token = %s AND seen_at < %s"
LEFT = "SELECT seen_at FROM portal_session WHERE token = %s AND started_at > %s"
SWEEP = "DELETE FROM portal_session WHERE seen_at < %s OR started_at < %s"


class Session(Struct, frozen=True):
    """A login to one dialogue (its id). ``token`` goes into a cookie and nowhere else."""

    token: str
    dialogue: int

    def __repr__(self) -> str:
        return f"Session(dialogue {self.dialogue})"


def start(cursor: Any, dialogue: int, *, at: datetime) -> Session:
    """A new session."""
    token = secrets.token_urlsafe(TOKEN)
    cursor.execute(START, (hashed(token), dialogue, at, at))
    return Session(token, dialogue)


def session_of(token: str, *, at: datetime | None = None, counts: bool = True) -> Session | None:
    """The session of a token; None: none, ended, or idle for too long. ``counts``: somebody is there at this moment."""
    moment = at or now()
    with connection.cursor() as cursor:
        idle = session_seconds()
        cursor.execute(FIND, (hashed(token), moment - timedelta(seconds=idle), moment - LONGEST))
        row = cursor.fetchone()
        if row is None:
            return None
        if counts and moment - row[1] > timedelta(seconds=min(SEEN_EVERY, idle // 20)):
            cursor.execute(SEE, (moment, hashed(token), moment))
    return Session(token, row[0])


def extend(token: str, *, at: datetime | None = None) -> int:
    """Go on: seconds until it ends now; 0: it has ended."""
    return session_seconds() if session_of(token, at=at) else 0


def seconds_left(token: str, *, at: datetime | None = None) -> int:
    """Seconds until it ends if nothing happens; 0: it has ended. Does not count as a page."""
    moment = at or now()
    with connection.cursor() as cursor:
        cursor.execute(LEFT, (hashed(token), moment - LONGEST))
        row = cursor.fetchone()
    return max(0, session_seconds() - int((moment - row[0]).total_seconds())) if row else 0


def end(token: str) -> None:
    """Log out."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_session WHERE token = %s", (hashed(token),))


def end_all(cursor: Any, dialogue: int) -> None:
    """End every session of a dialogue, within the caller's transaction."""
    cursor.execute("DELETE FROM portal_session WHERE dialogue = %s", (dialogue,))


def sweep(cursor: Any, *, at: datetime) -> int:
    """Delete sessions that have ended; how many."""
    cursor.execute(SWEEP, (at - timedelta(seconds=session_seconds()), at - LONGEST))
    return int(cursor.rowcount)


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
