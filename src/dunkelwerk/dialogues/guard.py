"""Limits on guessing: failures are counted per network address, per selector and per PIN, whether or not they exist.

An attempt is counted before anything is verified, in one atomic statement each, so that guesses made at the same time
cannot exceed a limit; a login that succeeds gets its count back. Source: docs/dialogues.md section 4.

- *address*: so many are free (many people may sit behind one), then each further one waits a minute at most: whoever
  shares the address with a stranger is never kept out for long.
- *pin*: the very PIN that was typed, for its second secret: five, then waits, for everybody. Only who holds the letter
  can count it up.
- *selector*: guesses at one dialogue's PIN. Strangers can count it up; therefore it stops only addresses that have
  failed as often themselves, never the owner who comes with the right PIN from elsewhere.
- *all*: while all addresses together fail too often, one that has failed before waits longer; others never.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues.hashing import keyed_name
from dunkelwerk.dialogues.settings import LoginLimits

ADDRESS, SELECTOR, PIN, ALL = "address", "dialogue", "pin", "all"
#: IPv6 gives every household a /64
NETWORK = 64
#: what an address that has failed before waits while all together fail too often
CROWD_WAIT = 60
#: counts the attempt, unless it has to wait; ``failures`` are forgotten after a day without any
COUNT = """
    INSERT INTO login_guard AS g (scope, key, failures, last_at, refused, before, blocked_until)
    VALUES (%(scope)s, %(key)s, 1, %(at)s, false, 0,
        CASE WHEN %(free)s <= 1 THEN %(at)s + make_interval(secs => %(first)s) END)
    ON CONFLICT (scope, key) DO UPDATE SET
        failures = CASE WHEN g.blocked_until > %(at)s THEN g.failures
            WHEN g.last_at < %(forgotten)s THEN 1 ELSE g.failures + 1 END,
        blocked_until = CASE WHEN g.blocked_until > %(at)s THEN g.blocked_until
            WHEN g.last_at >= %(forgotten)s AND g.failures + 1 >= %(free)s
            THEN %(at)s + make_interval(
                secs => least(%(longest)s, %(first)s * power(2, least(g.failures + 1 - %(free)s, 20)))::float8)
            WHEN %(free)s <= 1 THEN %(at)s + make_interval(secs => %(first)s) END,
        refused = coalesce(g.blocked_until > %(at)s, false),
        before = CASE WHEN g.last_at < %(forgotten)s THEN 0 ELSE g.failures END,
        last_before = g.last_at,
        last_at = CASE WHEN g.blocked_until > %(at)s THEN g.last_at ELSE %(at)s END
    RETURNING refused, before, last_before, blocked_until
"""
GIVE_BACK = """
    UPDATE login_guard SET failures = greatest(failures - 1, 0), blocked_until = NULL WHERE scope = %s AND key = %s
"""
FORGET = "DELETE FROM login_guard WHERE scope = %s AND key = %s"
CROWD = "SELECT coalesce(sum(failures), 0) FROM login_guard WHERE scope = 'all' AND key = %s"
COUNT_CROWD = """
    INSERT INTO login_guard AS g (scope, key, failures, last_at, refused, before) VALUES ('all', %s, 1, %s, false, 0)
    ON CONFLICT (scope, key) DO UPDATE SET failures = g.failures + 1
"""
SWEEP = "DELETE FROM login_guard WHERE last_at < %s AND coalesce(blocked_until, last_at) < %s"


class Keys(Struct, frozen=True):
    """The keys of one attempt: hashes that nobody without the pepper can make or compare."""

    address: str
    selector: str
    pin: str


class Counted(Struct, frozen=True):
    """One attempt counted, or ``refused``; failures ``before`` it, and until when the next one waits."""

    refused: bool
    before: int
    last_before: datetime | None
    blocked_until: datetime | None


def keys_of(pepper: bytes, *, pin: str, selector: str, address: str) -> Keys:
    """The keys of an attempt."""
    return Keys(
        keyed_name(pepper, ADDRESS, network_of(address)),
        keyed_name(pepper, SELECTOR, selector),
        keyed_name(pepper, PIN, pin),
    )


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, the /64 of an IPv6 one; anything else as it is."""
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return address.strip()[:100]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, NETWORK), strict=False))
    return str(found)


def admit(cursor: Any, keys: Keys, limits: LoginLimits, *, at: datetime) -> int:
    """Count an attempt at all three; 0: it may be verified. Else the seconds to wait, and the caller rolls back."""
    most = limits.address_wait
    address = count(cursor, ADDRESS, keys.address, free=limits.address_free, limits=limits, at=at, longest=most)
    selector = count(cursor, SELECTOR, keys.selector, free=limits.dialogue_free, limits=limits, at=at)
    pin = count(cursor, PIN, keys.pin, free=limits.dialogue_free, limits=limits, at=at)
    waits = [seconds(each, at) for each in (address, pin) if each.refused]
    if selector.refused and address.before >= limits.dialogue_free:
        waits.append(seconds(selector, at))
    if address.before and address.last_before and is_crowded(cursor, limits, at=at):
        waits.append(CROWD_WAIT - int((at - address.last_before).total_seconds()))
    return max([0, *waits])


def count(
    cursor: Any, scope: str, key: str, *, free: int, limits: LoginLimits, at: datetime, longest: int | None = None
) -> Counted:
    """Count an attempt of one scope, unless it has to wait; ``longest`` seconds at most (None: as for a dialogue)."""
    most = limits.longest_wait if longest is None else min(longest, limits.longest_wait)
    said = {"scope": scope, "key": key, "at": at, "free": free, "first": min(limits.first_wait, most)}
    said |= {"longest": most, "forgotten": at - timedelta(seconds=limits.memory)}
    cursor.execute(COUNT, said)
    return Counted(*cursor.fetchone())


def seconds(counted: Counted, at: datetime) -> int:
    """Whole seconds until the next attempt."""
    return 0 if counted.blocked_until is None else max(1, int((counted.blocked_until - at).total_seconds() + 0.999))


def succeed(cursor: Any, keys: Keys) -> None:
    """Both secrets were right: the dialogue's counts are over, the address gets this one attempt back.

    Not all of them: a guesser with a letter of his own could otherwise clear his address again and again.
    """
    cursor.execute(GIVE_BACK, (ADDRESS, keys.address))
    cursor.execute(FORGET, (SELECTOR, keys.selector))
    cursor.execute(FORGET, (PIN, keys.pin))


def fail(cursor: Any, *, at: datetime) -> None:
    """A login failed: one more over all."""
    cursor.execute(COUNT_CROWD, (minute(at), at))


def is_crowded(cursor: Any, limits: LoginLimits, *, at: datetime) -> bool:
    """Whether too many logins failed within this minute, of all addresses together."""
    cursor.execute(CROWD, (minute(at),))
    return bool(cursor.fetchone()[0] > limits.total_per_minute)


def minute(at: datetime) -> str:
    """The key of a minute."""
    return f"{int(at.timestamp()) // 60}"


def wait_after(cursor: Any, keys: Keys, *, at: datetime) -> int:
    """Seconds until this address may try this PIN again (0: at once), to be told after a failure."""
    query = "SELECT max(blocked_until) FROM login_guard WHERE (scope, key) IN ((%s, %s), (%s, %s))"
    cursor.execute(query, (ADDRESS, keys.address, PIN, keys.pin))
    until = cursor.fetchone()[0]
    return 0 if until is None else max(0, int((until - at).total_seconds() + 0.999))


def sweep(cursor: Any, limits: LoginLimits, *, at: datetime) -> int:
    """Delete what is forgotten; how many rows."""
    cursor.execute(SWEEP, (at - timedelta(seconds=limits.memory), at))
    return int(cursor.rowcount)
