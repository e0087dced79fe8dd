"""Logging in: PIN and second secret, one neutral answer for whatever was wrong, and the same time spent.

Source: docs/dialogues.md section 4.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from msgspec import Struct, structs

from dunkelwerk.dialogues import guard, pins, records, sessions
from dunkelwerk.dialogues.events import PERSON, note
from dunkelwerk.dialogues.forms.reading import decode
from dunkelwerk.dialogues.hashing import Hashed, Hasher
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.postal import parts_of
from dunkelwerk.dialogues.records import Person
from dunkelwerk.dialogues.sessions import Session
from dunkelwerk.dialogues.settings import login_limits, login_milliseconds
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.vaults import vault_of

#: no PIN at all: costs no attempt
TYPING_ERROR = "typing_error"
#: unknown, wrong PIN or wrong second secret: nobody learns which
WRONG = "wrong"
#: too many failures: ``wait`` seconds
WAIT = "wait"
#: only where both secrets are right
EXPIRED, REVOKED, PAPER, RETURNED, ENDED = "expired", "revoked", "paper", "returned", "ended"
CLOSED = {"expired": EXPIRED, "revoked": REVOKED, "answered_on_paper": PAPER, "returned_by_post": RETURNED}
FIND = """
    SELECT d.id, d.reference, d.state, d.selector, d.pin_hash, d.pepper, d.valid_until, d.end_on, d.person,
        d.data_key, v.content
    FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version WHERE d.selector = %s
"""
#: whether what was verified still stands: a new PIN may have been given out meanwhile, or the dialogue have ended
STANDS = "SELECT state, valid_until, end_on FROM dialogue WHERE id = %s AND pin_hash = %s FOR UPDATE"
OPEN = "UPDATE dialogue SET state = 'opened' WHERE id = %s AND state IN ('created', 'exported')"
GERMAN_DAY = re.compile(r"\s*(\d{1,2})\s*[.\-/ ]\s*(\d{1,2})\s*[.\-/ ]\s*(\d{4})\s*")
NOBODY = Person(external_id="-", last_name="-", birth_date=date(1900, 1, 1))


class Failure(Struct, frozen=True):
    """No login. ``kind``: one of the above; ``wait``: seconds until the next attempt may be made (0: at once)."""

    kind: str
    wait: int = 0


class Found(Struct, frozen=True):
    """The dialogue that a selector finds."""

    id: int
    reference: str
    state: str
    hashed: Hashed | None
    valid_until: date
    end_on: date | None
    person: Any
    data_key: int
    content: bytes

    def __repr__(self) -> str:
        return f"Found({self.reference})"


def log_in(pin_text: str, second_secret: str, *, address: str, at: datetime | None = None) -> Session | Failure:
    """Log in with what was typed. ``second_secret``: a date as ``YYYY-MM-DD`` or ``DD.MM.YYYY``, or a postal code.

    ``address``: the client's network address, as the portal trusts it. The first login makes the dialogue ``opened``.
    A submitted dialogue is shown (``answers.status``) for the type's ``status_days``; then the kind is ``ended``.
    Raises CommandError where the key file cannot be used.
    """
    pin = pins.normalise(pin_text)
    if pins.is_typing_error(pin):
        return Failure(TYPING_ERROR)
    begun, moment = time.monotonic(), at or now()
    try:
        return attempt(pin, second_secret, address, moment)
    finally:
        # whatever was looked up: the answer takes as long
        time.sleep(max(0.0, login_milliseconds() / 1000 - (time.monotonic() - begun)))


def attempt(pin: str, second_secret: str, address: str, at: datetime) -> Session | Failure:
    """Count, verify, and give back the count where it was right."""
    with connection.cursor() as cursor:
        hasher = Hasher.open(cursor)
        selector = pins.selector_of(pin)
        keys = guard.keys_of(hasher.peppers.oldest, pin=pin, selector=selector, address=address)
        wait = admit(cursor, keys, at)
        if wait:
            return Failure(WAIT, wait)
        found = verified(cursor, hasher, pin, second_secret)
        if found is None:
            return refuse(cursor, keys, at)
        return enter(cursor, found, keys, at)


def refuse(cursor: Any, keys: guard.Keys, at: datetime) -> Failure:
    """The neutral failure; the attempt was counted before."""
    guard.fail(cursor, at=at)
    return Failure(WRONG, guard.wait_after(cursor, keys, at=at))


def admit(cursor: Any, keys: guard.Keys, at: datetime) -> int:
    """Count the attempt for good before anything is verified; the seconds to wait, and then nothing is counted."""
    with transaction.atomic(durable=True):
        wait = guard.admit(cursor, keys, login_limits(), at=at)
        if wait:
            transaction.set_rollback(True)
    return wait


def verified(cursor: Any, hasher: Hasher, pin: str, second_secret: str) -> Found | None:
    """The dialogue, where both secrets are right. Unknown, or without its person: the same work, for nothing."""
    found = find(cursor, pins.selector_of(pin))
    vault = vault_of(cursor, on=business_day())
    if found is not None and found.person is not None:
        vault.prepare(cursor, {found.data_key})
        who = (found.person, found.data_key, found.reference)
        kind = decode(found.content).second_secret
    else:
        who = (records.seal(vault, NOBODY, reference="-", column=records.PERSON), vault.current, "-")
        kind = "birth_date"
    sealed, key, reference = who
    person = records.unseal(vault, sealed, Person, key=key, reference=reference, column=records.PERSON)
    secret_good = same_secret(kind, person, second_secret)
    pin_good = hasher.verify(pin, found.hashed if found is not None else None)
    return found if found is not None and found.person is not None and pin_good & secret_good else None


def find(cursor: Any, selector: str) -> Found | None:
    """The dialogue of a selector."""
    cursor.execute(FIND, (selector,))
    row = cursor.fetchone()
    if row is None:
        return None
    identity, reference, state, selector, hashed, pepper, *rest, content = row
    stored = Hashed(selector, hashed, pepper) if hashed and pepper else None
    return Found(identity, reference, state, stored, *rest, bytes(content))


def same_secret(kind: str, person: Person, typed: str) -> bool:
    """Whether it is the person's second secret, compared in constant time. A postal code that is none opens nothing."""
    if kind == "postal_code":
        # a letter abroad says the code without its sign; both are looked at, whichever was typed
        stored, bare = plain(person.postal_code), plain(parts_of(person.postal_code)[1])
        said = plain(typed).encode()
        same = hmac.compare_digest(stored.encode(), said) | hmac.compare_digest(bare.encode(), said)
        return same & bool(stored)
    return hmac.compare_digest(person.birth_date.isoformat().encode(), day_of(typed).encode("utf-8", "replace"))


def plain(code: str) -> str:
    """A postal code without what is typed around it."""
    return re.sub(r"[^0-9A-Z]", "", code.upper().removeprefix("D-"))[:20]


def day_of(typed: str) -> str:
    """The day that was typed as ``YYYY-MM-DD``; anything else as it is."""
    parts: Sequence[str] | None = None
    if match := GERMAN_DAY.fullmatch(typed[:40]):
        parts = match.groups()[::-1]
    return "-".join(each.zfill(2) for each in parts) if parts else typed.strip()[:40]


def enter(cursor: Any, found: Found, keys: guard.Keys, at: datetime) -> Session | Failure:
    """Both secrets are right: a session, or the sentence about why there is nothing to answer any more.

    The dialogue is locked and looked at once more: a PIN that a new one has replaced meanwhile opens nothing.
    """
    with transaction.atomic(durable=True):
        cursor.execute(STANDS, (found.id, found.hashed.hash if found.hashed else None))
        row = cursor.fetchone()
        if row is None:
            return refuse(cursor, keys, at)
        found = structs.replace(found, state=row[0], valid_until=row[1], end_on=row[2])
        guard.succeed(cursor, keys)
        kind = ending(found, business_day())
        if kind is not None:
            return Failure(kind)
        cursor.execute(OPEN, (found.id,))
        if cursor.rowcount:
            note(cursor, found.id, "opened", actor=PERSON, at=at)
        return sessions.start(cursor, found.id, at=at)


def ending(found: Found, today: date) -> str | None:
    """Why a dialogue cannot be entered any more on the business day ``today``, None where it can."""
    if found.state in CLOSED:
        return CLOSED[found.state]
    if found.state in OPEN_STATES:
        return EXPIRED if found.valid_until < today else None
    if found.end_on is None:
        raise RuntimeError(f"dialogue {found.id} is submitted without its last day")
    last = found.end_on + timedelta(days=decode(found.content).status_days)
    return ENDED if last < today else None
