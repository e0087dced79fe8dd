"""Trying to get in: each failure has its one sentence and nothing more, and takes as long as any other."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta

import pytest
from route_support import OTHER_TAX_ID, TAX_ID
from site_support import TODAY, Letter, Site
from web_support import NEUTRAL, SYMBOLS, Person, guess, sentence, with_check

#: a telephone number, with whose it is where the portal serves several companies
ONE_PHONE = r"[0-9 +()/-]{5,}(\([^)]*\))?"
PHONE = rf"{ONE_PHONE}( (oder|und) {ONE_PHONE})* ?"


@pytest.fixture(scope="module")
def site_settings() -> dict[str, str]:
    """Many addresses of one balancer, so that the limits stay out of the way; a login's time is not stretched."""
    return {"DUNKELWERK_TRUSTED_PROXIES": "127.0.0.1", "DUNKELWERK_LOGIN_MILLISECONDS": "0"}


@pytest.fixture(scope="module")
def letters(site: Site) -> dict[str, Letter]:
    """One letter for each end that a dialogue may have before it is answered."""
    return {name: site.letter("tax_id") for name in ("good", "revoked", "paper", "returned", "expired", "ended")}


def other_day(letter: Letter) -> dict[str, str]:
    """A birth date that is another person's."""
    return {**letter.birth, "birth.year": str(letter.born.year - 1)}


def unknown_pin(letter: Letter) -> str:
    """A well-formed PIN that belongs to nobody."""
    plain = letter.pin.replace("-", "")
    return with_check(SYMBOLS[(SYMBOLS.index(plain[0]) + 7) % 31] + plain[1:11])


def stripped(page: str, letter: Letter) -> str:
    """A page without its token and what was typed."""
    page = re.sub(r'value="\w{64}"', "", page)
    return re.sub(r' value="[^"]*"', "", page).replace(letter.pin, "")


def test_whatever_is_wrong_is_told_alike(site: Site, letters: dict[str, Letter]) -> None:
    """Wrong PIN, wrong birth date, no such dialogue, a dead one with a wrong birth date: the same page, to the byte."""
    letter = letters["good"]
    site.run("dialogues", "revoke", letters["revoked"].reference, "--reason", "Irrtum", "--actor", "desk")
    attempts = [
        (guess(letter.pin, 1), letter.birth),
        (letter.pin, other_day(letter)),
        (unknown_pin(letter), letter.birth),
        (unknown_pin(letter), other_day(letter)),
        (letters["revoked"].pin, other_day(letters["revoked"])),
        (letter.pin, {"birth.day": "31", "birth.month": "1", "birth.year": "1901"}),
    ]
    pages = []
    for number, (pin, birth) in enumerate(attempts):
        with Person(site, address=f"192.0.2.{number}") as person:
            answer = person.try_pin(pin, birth)
            assert (answer.status_code, sentence(answer)) == (200, NEUTRAL)
            assert "visit" not in answer.cookies
            pages.append(stripped(answer.text, letter))
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("revoked", rf"Dieser Fragebogen wird nicht mehr gebraucht. Sie müssen nichts tun. Fragen\? {PHONE}."),
        ("paper", "Ihre Antwort auf Papier ist bei uns angekommen. Sie müssen nichts mehr tun."),
        ("returned", rf"Diese PIN gilt nicht mehr, der Brief kam zurück. Bitte rufen Sie uns an: {PHONE}."),
        ("expired", rf"Die Frist für diesen Fragebogen ist abgelaufen. Bitte rufen Sie uns an: {PHONE}."),
        ("ended", "Ihre Antworten sind längst bei uns. Die Quittung kann hier nicht mehr abgerufen werden."),
    ],
)
def test_only_the_owner_learns_why_it_has_ended(site: Site, letters: dict[str, Letter], end: str, said: str) -> None:
    letter = letters[end]
    bring_to_an_end(site, letter, end)
    with Person(site, address="198.51.100.1") as owner:
        answer = owner.try_pin(letter.pin, letter.birth)
        assert re.fullmatch(said, sentence(answer)), sentence(answer)
        assert owner.http.get("/start").headers["location"] == "/sitzung-beendet"
        assert letter.reference not in answer.text
    with Person(site, address="198.51.100.2") as stranger:
        assert sentence(stranger.try_pin(letter.pin, other_day(letter))) == NEUTRAL


def test_what_was_used_is_shown_to_its_owner_and_to_nobody_else(site: Site) -> None:
    """After the submission the same two secrets show the state; whoever lacks one learns nothing, not even that."""
    letter = site.letter("tax_id")
    with Person(site, address="198.51.100.11") as owner:
        owner.log_in(letter)
        owner.answer_tax_id(TAX_ID)
        assert owner.submit().headers["location"] == "/fertig"
    with Person(site, address="198.51.100.12") as late:
        late.log_in(letter)
        late.mark = owner.mark
        assert late.http.get("/start").headers["location"] == "/stand"
        assert letter.reference in late.http.get("/stand").text
        assert late.http.get("/fragen/1").headers["location"] == "/stand"
        assert late.answer(1, {"asked": "tax_id", "tax_id": OTHER_TAX_ID}).headers["location"] == "/stand"
        assert late.http.get("/quittung").content.startswith(b"%PDF-")
    for pin, birth in ((letter.pin, other_day(letter)), (guess(letter.pin, 5), letter.birth)):
        with Person(site, address="198.51.100.13") as stranger:
            answer = stranger.try_pin(pin, birth)
            assert (answer.status_code, sentence(answer)) == (200, NEUTRAL)
            assert letter.reference not in answer.text


def bring_to_an_end(site: Site, letter: Letter, end: str) -> None:
    """By the commands of the service desk where there is one, else by the calendar."""
    reference = letter.reference
    if end == "revoked" and site.state(letter) != "revoked":
        site.run("dialogues", "revoke", reference, "--reason", "Irrtum", "--actor", "desk")
    if end in ("paper", "returned"):
        site.run("dialogues", end, reference, "--actor", "desk")
    if end == "expired":
        site.change("UPDATE dialogue SET valid_until = %s WHERE reference = %s", TODAY - timedelta(days=1), reference)
    if end == "ended":
        with Person(site, address="198.51.100.3") as owner:
            owner.log_in(letter)
            owner.answer_tax_id(TAX_ID)
            assert owner.submit().headers["location"] == "/fertig"
        site.change(
            "UPDATE dialogue SET submitted_at = submitted_at - interval '15 days', end_on = end_on - 15"
            " WHERE reference = %s",
            reference,
        )


def test_a_typing_error_costs_no_attempt(site: Site) -> None:
    """Each single wrong symbol and each swap of neighbours is told as what it is, however often."""
    letter = site.letter("tax_id")
    plain = letter.pin.replace("-", "")
    slips = [plain[:at] + SYMBOLS[(SYMBOLS.index(plain[at]) + 3) % 31] + plain[at + 1 :] for at in range(12)]
    slips += [
        plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(11) if plain[at] != plain[at + 1]
    ]
    slips += [plain[:-1], plain + "2", "0O1I-LLLL-AAAA"]
    with Person(site, address="203.0.113.1") as person:
        for slip in slips:
            answer = person.try_pin(slip, letter.birth)
            assert sentence(answer).startswith("Da ist ein Tippfehler in der PIN."), slip
        assert person.try_pin("", letter.birth).status_code == 200
        person.log_in(letter)


@pytest.mark.parametrize("shape", ["{a}{b}{c}", "{a} {b} {c}", " {a}–{b}—{c} ", "{a}\u00a0{b}\u200b{c}"])
def test_a_pin_is_taken_as_people_type_it(site: Site, shape: str) -> None:
    letter = site.letter("tax_id")
    a, b, c = letter.pin.lower().split("-")
    with Person(site, address="203.0.113.2") as person:
        assert person.try_pin(shape.format(a=a, b=b, c=c), letter.birth).headers.get("location") == "/start"


def test_failures_take_the_same_time(site: Site) -> None:
    """What is compared is the work itself, nothing is slept over it. A difference of the login's is there each time."""
    letter, seen = site.letter("tax_id"), []
    for number in range(4):
        medians, noise = time_failures(site, letter, round_=number)
        if max(medians.values()) - min(medians.values()) < 4 * noise + 0.005:
            return
        seen.append((medians, noise))  # it may have been the machine's
    pytest.fail(f"one failure takes longer than another: {seen}")


def time_failures(site: Site, letter: Letter, *, round_: int) -> tuple[dict[str, float], float]:
    """Medians in seconds of many attempts of each kind, in turn, and how far single ones usually are from them."""
    spent: dict[str, list[float]] = {"unknown": [], "pin": [], "birth": []}
    for number, kind in enumerate(list(spent) * 25, round_ * 100):
        pin = {"unknown": unknown_pin(letter), "pin": guess(letter.pin, number), "birth": letter.pin}[kind]
        # one failed attempt for each PIN and address: no limit is met
        site.change("DELETE FROM login_guard")
        with Person(site, address=f"10.1.{number // 250}.{number % 250}") as person:
            person.token()
            begun = time.perf_counter()
            answer = person.try_pin(pin, other_day(letter))
            spent[kind].append(time.perf_counter() - begun)
            assert sentence(answer) == NEUTRAL
    medians = {kind: statistics.median(times) for kind, times in spent.items()}
    noise = max(statistics.median(abs(each - medians[kind]) for each in times) for kind, times in spent.items())
    return medians, noise
