"""Guessing in earnest: slowed as docs/dialogues.md section 4 says, and the owner of the letter still gets in."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from site_support import Letter, Site
from web_support import NEUTRAL, SYMBOLS, Person, guess, sentence, with_check

GUESSES = 1000
#: failures of an address, at a dialogue, and of all within a minute, before something waits. The last is less than
#: usual (``tests/dialogues/test_login_limits.py`` has the usual ones): also a slow machine makes more in a minute
ADDRESS, DIALOGUE, CROWD = 20, 5, 25
#: seconds of the first wait; so long that no wait is over before the next attempts, however slow the machine is.
#: Doubled three times it is the longest one, an hour
SHORTEST = 450
LADDER = [450, 900, 1800, 3600]
#: seconds that an address waits at most
MOST = 300
#: addresses that come a second time
LATE = 5
MINUTE = "SELECT floor(extract(epoch FROM now()) / 60)::bigint"
FAILED = "SELECT coalesce(sum(failures), 0)::int FROM login_guard WHERE scope = 'all' AND key = %s"
WAIT = re.compile(r"Das waren viele Versuche. Bitte warten Sie \d+ (Sekunden?|Minuten?|Stunden?), dann geht es weiter.")


#: seconds; a thousand guesses take their time
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def site_settings() -> dict[str, str]:
    """The test is the balancer, which says who comes; no answer is slept over."""
    return {
        "DUNKELWERK_TRUSTED_PROXIES": "127.0.0.0/8",
        "DUNKELWERK_LOGIN_MILLISECONDS": "0",
        "DUNKELWERK_LOGIN_PER_MINUTE": str(CROWD),
        "DUNKELWERK_LOGIN_FIRST_WAIT": str(SHORTEST),
        "DUNKELWERK_LOGIN_ADDRESS_WAIT": str(MOST),
    }


@pytest.fixture(autouse=True)
def nobody_has_failed_yet(site: Site) -> None:
    """What one test counted is not held against the next."""
    site.change("DELETE FROM login_guard")


def kind_of(answer: httpx.Response) -> str:
    """``verified`` or ``waits``; fails for anything else, and for a page that gets in."""
    if answer.status_code == 429:
        assert WAIT.fullmatch(sentence(answer)), sentence(answer)
        return "waits"
    assert (answer.status_code, sentence(answer)) == (200, NEUTRAL)
    return "verified"


def guess_often(site: Site, letter: Letter, addresses: list[str], *, first: int = 0) -> Counter[str]:
    """A different wrong PIN of this dialogue from each of these addresses, in turn; the first is of this number."""
    with Person(site) as person:
        person.token()
        found = Counter[str]()
        for number, address in enumerate(addresses, first):
            fields = {"pin": guess(letter.pin, number), **letter.birth}
            found[kind_of(person.post("/", fields, headers={"X-Forwarded-For": address}))] += 1
    return found


def test_from_one_address(site: Site) -> None:
    letter, other = site.letter("tax_id"), site.letter("tax_id")
    begun = time.monotonic()
    found = guess_often(site, letter, ["192.0.2.7"] * GUESSES)
    # at one dialogue an address has five, and one more after each wait; at others it has more until it has failed
    # twenty times
    waited = int((time.monotonic() - begun) / SHORTEST)
    assert DIALOGUE <= found["verified"] <= DIALOGUE + waited
    assert found["verified"] + found["waits"] == GUESSES
    with Person(site, address="192.0.2.8") as owner:
        owner.log_in(letter)
    with Person(site, address="192.0.2.7") as neighbour:
        neighbour.log_in(other)


def test_one_address_at_many_dialogues(site: Site) -> None:
    """An address fails twenty times, whichever dialogue it tries; then even what is right waits there, for a while."""
    owned = site.letter("tax_id")
    with Person(site, address="192.0.2.77") as person:
        for number in range(ADDRESS):
            assert kind_of(person.try_pin(with_check(f"{SYMBOLS[number]}ZZZZZZZZZZ"), owned.birth)) == "verified"
        assert kind_of(person.try_pin(owned.pin, owned.birth)) == "waits"
        let_pass(site, MOST + 1)
        person.log_in(owned)


def test_from_a_thousand_addresses(site: Site) -> None:
    """A guess from each is verified: nobody waits who has not failed. In the crowd a second one waits; an owner not."""
    letter, other = site.letter("tax_id"), site.letter("tax_id")
    addresses = [f"203.0.{number // 250}.{number % 250}" for number in range(GUESSES)]
    assert guess_often(site, letter, addresses) == {"verified": GUESSES}
    with Person(site, address="198.51.100.9") as owner:
        owner.log_in(letter)
    assert guess_again_in_a_crowd(site, letter) == {"waits": LATE}
    with Person(site, address="198.51.100.10") as owner:
        owner.log_in(other)


def guess_again_in_a_crowd(site: Site, letter: Letter) -> Counter[str]:
    """Second guesses of addresses that failed just now, all within one minute in which too many have failed."""
    for number in range(200):
        minute = site.value(MINUTE)
        addresses = [f"198.18.{number}.{each}" for each in range(LATE)]
        assert guess_often(site, letter, addresses, first=GUESSES + LATE * number) == {"verified": LATE}
        if site.value(FAILED, str(minute)) > CROWD:
            found = guess_often(site, letter, addresses, first=GUESSES + LATE * number)
            if site.value(MINUTE) == minute:
                return found
    raise AssertionError(f"there were never {CROWD} failures in a minute")


def test_one_household_is_one_address(site: Site) -> None:
    """Whoever has a whole /64 of IPv6 addresses has no more guesses than one."""
    letter = site.letter("tax_id")
    found = guess_often(site, letter, [f"2001:db8:7::{number:x}" for number in range(1, 30)])
    assert found["verified"] == DIALOGUE
    assert guess_often(site, letter, ["2001:db8:8::1"]) == {"verified": 1}


def let_pass(site: Site, seconds: int) -> None:
    """Let so much time pass for whoever waits."""
    site.change(
        "UPDATE login_guard SET last_at = last_at - %(s)s, blocked_until = blocked_until - %(s)s,"
        " last_before = last_before - %(s)s".replace("%(s)s", f"interval '{seconds} seconds'")
    )


def test_who_holds_the_letter_waits_longer_and_longer(site: Site) -> None:
    """The right PIN with wrong birth dates: five are free, then a wait, doubled each time, never more than an hour."""
    letter, waits = site.letter("tax_id"), []
    wrong = {**letter.birth, "birth.year": "1901"}
    for number in range(DIALOGUE + 9):
        with Person(site, address=f"198.18.{number}.1") as person:
            assert kind_of(person.try_pin(letter.pin, wrong)) == "verified"
        blocked = site.value(
            "SELECT max(blocked_until - last_at) FROM login_guard WHERE scope = 'pin' AND blocked_until > now()"
        )
        waits.append(round(blocked.total_seconds()) if blocked else 0)
        with Person(site, address=f"198.18.{number}.2") as owner:
            if blocked:
                assert kind_of(owner.try_pin(letter.pin, letter.birth)) == "waits"
        let_pass(site, 3601)
    assert waits == [0] * (DIALOGUE - 1) + LADDER + [LADDER[-1]] * 6
    with Person(site, address="198.18.99.9") as owner:
        owner.log_in(letter)


def test_a_day_later_it_is_forgotten(site: Site) -> None:
    letter = site.letter("tax_id")
    assert guess_often(site, letter, ["192.0.2.200"] * 7)["waits"] == 2
    let_pass(site, int(timedelta(days=1, seconds=1).total_seconds()))
    assert guess_often(site, letter, ["192.0.2.200"]) == {"verified": 1}
    assert (
        site.value(
            "SELECT failures FROM login_guard WHERE scope = 'address' AND failures = 1 ORDER BY last_at DESC LIMIT 1"
        )
        == 1
    )
