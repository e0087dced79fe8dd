"""Guessing is slowed, never past a limit, from one address and from a thousand; the owner still gets in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from dialogue_support import AT, BORN, import_rows, person_row

from dunkelwerk.dialogues import pins

OWNER, STRANGER = "192.0.2.1", "198.51.100.7"
WRONG_DAY = "1981-03-01"


@pytest.fixture
def pin(proof: str, folder: Path) -> str:
    """The PIN of the one dialogue."""
    _counts, [letter] = import_rows(folder, [person_row(1)])
    return letter["pin"]


def log_in(pin: str, secret: str = BORN, *, address: str = OWNER, at: datetime = AT) -> object:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, secret, address=address, at=at)


def kind(found: object) -> str:
    return getattr(found, "kind", "session")


def guess(pin: str, number: int) -> str:
    """A wrong PIN of the same dialogue."""
    compact = pins.normalise(pin)
    base, tail = len(pins.ALPHABET), []
    while len(tail) < 6:
        number, rest = divmod(number, base)
        tail.append(pins.ALPHABET[rest])
    wrong = pins.with_check(compact[:5] + "".join(tail))
    return wrong if wrong != compact else pins.with_check(compact[:5] + "ZZZZZZ")


def test_typing_errors_cost_nothing(pin: str) -> None:
    typo = pin[:-1] + ("2" if pin[-1] != "2" else "3")
    assert {kind(log_in(typo)) for _ in range(30)} == {"typing_error"}
    assert kind(log_in(pin)) == "session"


def test_the_fifth_failure_is_free_and_the_sixth_waits(pin: str) -> None:
    assert [kind(log_in(pin, WRONG_DAY)) for _ in range(5)] == ["wrong"] * 5
    blocked = log_in(pin)
    assert (kind(blocked), blocked.wait) == ("wait", 30)  # type: ignore[attr-defined]
    assert kind(log_in(pin, at=AT + timedelta(seconds=29))) == "wait"
    assert kind(log_in(pin, at=AT + timedelta(seconds=30))) == "session"


def test_waits_grow_to_an_hour_and_no_further(pin: str) -> None:
    at, waits = AT, []
    for _ in range(14):
        found = log_in(pin, WRONG_DAY, address=f"10.1.{len(waits)}.1", at=at)
        assert kind(found) == "wrong"
        waits.append(found.wait)  # type: ignore[attr-defined]
        at += timedelta(seconds=waits[-1])
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert kind(log_in(pin, at=at)) == "session"


def test_waiting_is_not_prolonged_by_trying(pin: str) -> None:
    for _ in range(5):
        log_in(pin, WRONG_DAY)
    assert {kind(log_in(pin, WRONG_DAY, at=AT + timedelta(seconds=n))) for n in range(29)} == {"wait"}
    assert kind(log_in(pin, at=AT + timedelta(seconds=30))) == "session"


def test_a_success_gives_back(pin: str) -> None:
    for _ in range(4):
        log_in(pin, WRONG_DAY)
    assert kind(log_in(pin)) == "session"
    assert [kind(log_in(pin, WRONG_DAY)) for _ in range(5)] == ["wrong"] * 5


def test_a_letter_of_ones_own_does_not_clear_an_address(proof: str, folder: Path) -> None:
    _counts, [mine, other] = import_rows(folder, [person_row(1), person_row(2)])
    kinds = []
    for number in range(40):
        kinds.append(kind(log_in(guess(other["pin"], number + 1000 * number), address=STRANGER)))
        log_in(mine["pin"], address=STRANGER)
    assert kinds.count("wrong") < 20
    assert kinds[-1] == "wait"


def test_a_thousand_guesses_of_one_address_are_slowed_and_the_owner_gets_in(pin: str) -> None:
    found = [kind(log_in(guess(pin, n), address=STRANGER, at=AT + timedelta(seconds=n))) for n in range(1000)]
    assert found.count("wrong") <= 20
    assert set(found) == {"wrong", "wait"}
    assert kind(log_in(pin, at=AT + timedelta(seconds=1000))) == "session"


def test_a_thousand_addresses_are_slowed_and_the_owner_gets_in(pin: str) -> None:
    for number in range(1000):
        log_in(guess(pin, number), address=f"2001:db8:{number:x}::{number:x}", at=AT)
    later = [kind(log_in(guess(pin, n), address=f"2001:db8:{n:x}::1", at=AT + timedelta(seconds=1))) for n in range(50)]
    assert set(later) == {"wait"}
    assert kind(log_in(pin, at=AT + timedelta(seconds=1))) == "session"


def test_a_household_is_one_address(pin: str) -> None:
    kinds = [kind(log_in(guess(pin, n), address=f"2001:db8:1:2:{n + 1:x}::1")) for n in range(30)]
    assert kinds.count("wrong") <= 20
    assert kind(log_in(guess(pin, 99), address="2001:db8:1:3::1")) == "wrong"


@pytest.mark.usefixtures("patient_sessions")
def test_guesses_at_the_same_time_do_not_exceed(pin: str) -> None:
    from django.db import connection

    def attempt(number: int) -> str:
        try:
            return kind(log_in(pin, WRONG_DAY, address=f"10.9.{number}.1"))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=12) as pool:
        kinds = list(pool.map(attempt, range(36)))
    assert kinds.count("wrong") == 5
    assert kinds.count("wait") == 31


def test_unknown_and_known_are_told_alike(pin: str) -> None:
    unknown = pins.grouped(pins.with_check("ZZZZZZZZZZZ"))
    for number in range(8):
        at = AT + timedelta(seconds=number)
        known = log_in(pin, WRONG_DAY, address="10.2.0.1", at=at)
        wrong = log_in(guess(pin, 4711), address="10.2.0.2", at=at)
        nobody = log_in(unknown, address="10.2.0.3", at=at)
        assert known == wrong == nobody


def test_the_same_time_is_spent(pin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_LOGIN_MILLISECONDS", "60")
    monkeypatch.setenv("DUNKELWERK_LOGIN_PER_DIALOGUE", "1000")
    monkeypatch.setenv("DUNKELWERK_LOGIN_PER_ADDRESS", "1000")
    cases = {
        "unknown": (pins.with_check("ZZZZZZZZZZZ"), BORN),
        "wrong pin": (guess(pin, 4711), BORN),
        "wrong secret": (pin, WRONG_DAY),
    }
    for _attempt in range(6):  # another program may be in the way of one of them, not each time
        medians, noise = measure(cases)
        assert min(medians.values()) >= 0.06
        if max(medians.values()) - min(medians.values()) < 0.03 + 4 * noise:
            return
    pytest.fail(f"one takes longer: {medians}, {noise}")


def measure(cases: dict[str, tuple[str, str]]) -> tuple[dict[str, float], float]:
    """The middle of some seconds that each case takes, one case after the other; and how far apart they lie."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(15):
        for name, (typed, secret) in cases.items():
            begun = perf_counter()
            log_in(typed, secret)
            times[name].append(perf_counter() - begun)
    medians = {name: median(each) for name, each in times.items()}
    return medians, max(median(abs(each - medians[name]) for each in many) for name, many in times.items())


def test_the_work_is_the_same_without_the_floor(pin: str) -> None:
    """What the floor covers is small: the same hash, as many statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    log_in(guess(pin, 2), address="10.3.9.1")  # the keys are read once, whoever comes first
    counts = []
    for typed, secret in ((pins.with_check("ZZZZZZZZZZZ"), BORN), (guess(pin, 1), BORN), (pin, WRONG_DAY)):
        with CaptureQueriesContext(connection) as queries:
            log_in(typed, secret, address=f"10.3.{len(counts)}.1")
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("typed", ["29.2.1980", "29.02.1980", "1980-02-29", " 29 . 02 . 1980 ", "29/02/1980"])
def test_the_birth_date_may_be_typed_in_many_ways(pin: str, typed: str) -> None:
    assert kind(log_in(pin, typed)) == "session"


@pytest.mark.parametrize("typed", ["", "29.02.80", "28.02.1980", "x" * 10_000, "\udcff", "1980-02-29'--"])
def test_anything_else_is_wrong(pin: str, typed: str) -> None:
    assert kind(log_in(pin, typed)) == "wrong"


def test_a_postal_code_may_be_the_second_secret(proof: str, folder: Path) -> None:
    from dialogue_support import publish_proof

    publish_proof(second_secret="postal_code")
    _counts, [letter] = import_rows(folder, [person_row(1)])
    assert kind(log_in(letter["pin"], BORN)) == "wrong"
    assert kind(log_in(letter["pin"], "D-50667")) == "session"


def test_only_who_has_both_secrets_learns_why(proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.dialogues import operations

    _counts, letters = import_rows(folder, [person_row(number) for number in range(4)])
    revoked, paper, returned, expired = letters
    operations.revoke(revoked["dialogue"], actor="test", reason="irrtümlich")
    operations.answered_on_paper(paper["dialogue"], actor="test")
    operations.returned_by_post(returned["dialogue"], actor="test")
    later = AT + timedelta(days=31)
    expected = {"revoked": revoked, "paper": paper, "returned": returned, "expired": expired}
    for name, letter in expected.items():
        at = later if name == "expired" else AT
        monkeypatch.setenv("DUNKELWERK_TODAY", at.date().isoformat())
        assert kind(log_in(letter["pin"], at=at)) == name
        assert kind(log_in(letter["pin"], WRONG_DAY, at=at)) == "wrong"
    monkeypatch.setenv("DUNKELWERK_TODAY", (AT + timedelta(days=30)).date().isoformat())
    assert kind(log_in(expired["pin"], at=AT + timedelta(days=30))) == "session"


def test_a_session_ends_after_half_an_hour_without_a_page(pin: str) -> None:
    from dunkelwerk.dialogues import access

    token = log_in(pin).token  # type: ignore[attr-defined]
    minutes = timedelta(minutes=1)
    assert access.session_of(token, at=AT + 29 * minutes) is not None
    assert access.seconds_left(token, at=AT + 39 * minutes) == 20 * 60
    assert access.extend(token, at=AT + 58 * minutes) == 30 * 60
    assert access.session_of(token, at=AT + 88 * minutes + timedelta(seconds=1)) is None
    fresh = log_in(pin).token  # type: ignore[attr-defined]
    access.end(fresh)
    assert access.session_of(fresh, at=AT) is None
    assert access.session_of("nonsense", at=AT) is None
