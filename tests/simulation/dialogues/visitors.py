"""Events of the people who got a letter: they log in, answer, come back, submit twice, leave; and of strangers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from ..world import Broken
from .browser import Browser, home_of, wrong_pin
from .deeds import deed
from .letters import Letter, expected_answer
from .place import Outage, Place

#: wrong second secrets that a PIN bears
FREE = 5


def some_letter(place: Place, rng: Random, *, open_: float = 0.8) -> Letter | None:
    """A letter that is out, mostly one that can be answered."""
    letters = list(place.memory.letters.values())
    pool = [each for each in letters if each.is_open] if rng.random() < open_ else letters
    return rng.choice(pool or letters) if letters else None


def arrive(place: Place, letter: Letter) -> Browser | None:
    """Somebody with both secrets logs in; None where there is nothing to see. Raises Broken for another answer."""
    browser = Browser(home_of(letter))
    said, expected = browser.log_in(letter.pin, letter.born), expected_answer(letter, place.day)
    place.counts[f"login: {said}"] += 1
    if said == "wait" and letter.wrong >= FREE:
        return None
    if expected == "wrong":
        letter.wrong += 1
    if said != expected:
        raise Broken(f"{letter.reference} ({letter.state}): the login says {said}, expected {expected}")
    if said != "in":
        return None
    letter.wrong = 0
    if letter.is_open:
        letter.open_up()
    return browser


@deed(14, person=True)
def answer(place: Place, rng: Random) -> None:
    """Somebody answers: some pages, or all of them, and submits."""
    letter = some_letter(place, rng, open_=0.95)
    if letter is None or (browser := arrive(place, letter)) is None or not letter.is_open:
        return
    whole = rng.random() < 0.6
    where = browser.fill(letter, **({} if whole else {"pages": rng.choice([1, 1, 1, 2, 3, 5])}))
    place.tell(f"  {letter.reference} ({letter.kind}) got to {where}")
    place.counts["interrupted" if where != "/pruefen" else "filled in"] += 1
    if where == "/pruefen" and rng.random() < 0.8:
        submit(place, rng, letter, browser)


def submit(place: Place, rng: Random, letter: Letter, browser: Browser) -> None:
    """Press the button: once, twice, or on two devices at once; now and then the server's process dies of it."""
    ways: tuple[Callable[[Place, Random, Letter, Browser], None], ...] = (once, twice, at_once, killed)
    rng.choices(ways, (6, 2, 2 * place.steady, 2 * place.steady))[0](place, rng, letter, browser)
    place.memory.told.clear()


def once(place: Place, rng: Random, letter: Letter, browser: Browser) -> None:
    """The usual way, to the receipt."""
    fields = browser.checked()
    try:
        path, _page = browser.post("/pruefen", fields)
    except Outage:
        if place.steady:
            raise
        return came_through(place, letter)
    if path != "/fertig":
        raise Broken(f"{letter.reference}: submitting leads to {path}")
    note_submitted(place, letter)
    _path, paper = browser.get("/quittung")
    if not paper.content.startswith(b"%PDF"):
        raise Broken(f"{letter.reference} has no receipt")


def twice(place: Place, rng: Random, letter: Letter, browser: Browser) -> None:
    """The same page is sent again."""
    fields = browser.checked()
    once(place, rng, letter, browser)
    path, _page = browser.post("/pruefen", fields)
    place.counts["submitted again"] += 1
    if path != "/stand":
        raise Broken(f"{letter.reference}: submitting again leads to {path}")


def at_once(place: Place, rng: Random, letter: Letter, browser: Browser) -> None:
    """Two devices submit at the same moment; one of them may be killed."""
    other = arrive(place, letter)
    if other is None:
        raise Broken(f"{letter.reference} cannot be opened on another device")
    ready = [(each, each.checked()) for each in (browser, other)]
    children = [place.fork(partial(each.post, "/pruefen", fields)) for each, fields in ready]
    kill = rng.random() < 0.3
    place.finish(children, kill_after=rng.random() * 0.15 if kill else None)
    place.counts["submitted at once"] += 1
    note_submitted(place, letter)
    place.settle(letter, "submitted")


def killed(place: Place, rng: Random, letter: Letter, browser: Browser) -> None:
    """The process that takes it is killed: it is submitted whole, or not at all."""
    fields = browser.checked()
    place.attempt(lambda: browser.post("/pruefen", fields), kill_after=rng.random() * 0.2)
    came_through(place, letter)


def came_through(place: Place, letter: Letter) -> None:
    """Whether it was submitted, says the database."""
    if place.settle(letter, "opened", "submitted") == "submitted":
        note_submitted(place, letter)
    place.counts["submission interrupted"] += 1


def note_submitted(place: Place, letter: Letter) -> None:
    """It is with us."""
    letter.submit(place.day)
    place.counts[f"submitted: {letter.kind}"] += 1


@deed(2, person=True)
def two_devices(place: Place, rng: Random) -> None:
    """Somebody goes on on another device: what the first one would submit was not seen by anybody."""
    letter = some_letter(place, rng, open_=1)
    if letter is None or letter.kind != "tax_id" or (first := arrive(place, letter)) is None or not letter.is_open:
        return
    if first.fill(letter) != "/pruefen":
        raise Broken(f"{letter.reference}: not everything is answered")
    fields, second = first.checked(), arrive(place, letter)
    if second is None:
        raise Broken(f"{letter.reference} cannot be opened on another device")
    other = {**letter.answers, "tax_id": "86095742719"}
    other.pop("tax_id.unknown", None)
    _path, page = second.get("/fragen/1")
    second.answer(letter, "/fragen/1", page, other)
    letter.answers = other
    path, answer_ = first.post("/pruefen", fields)
    place.counts["overtaken on another device"] += 1
    if path != "/pruefen" or answer_.status_code != 409:
        raise Broken(f"{letter.reference}: what nobody saw was submitted ({path}, {answer_.status_code})")
    submit(place, rng, letter, first)


@deed(2, person=True)
def mistype(place: Place, rng: Random) -> None:
    """Somebody fills in what cannot be, and interrupts: it is kept, and nothing is submitted of it."""
    letter = some_letter(place, rng, open_=1)
    if letter is None or (browser := arrive(place, letter)) is None or not letter.is_open:
        return
    wrong = {"tax_id": "123", "iban": "DE00", "issued_on.day": "41", "occurred_on.month": "13"}
    browser.fill(letter, pages=2, answers={**letter.answers, **wrong})
    place.counts["answered wrongly"] += 1


@deed(2.5, person=True)
def leave(place: Place, rng: Random) -> None:
    """Somebody leaves by another door: not me, deceased, on paper."""
    letter = some_letter(place, rng, open_=0.95)
    if letter is None or (browser := arrive(place, letter)) is None or not letter.is_open:
        return
    if rng.random() < 0.4:
        browser.fill(letter, pages=1)
    way = rng.choice(["not_me", "deceased", "on_paper", "on_paper"])
    _path, page = browser.get(f"/ausgang/{way}")
    from dunkelwerk.cli.portal_client import Sheet, flat

    fields = {**flat(Sheet(page.content.decode())), "words": "unbekannt verzogen", "go": "leave"}
    browser.post(f"/ausgang/{way}", fields)
    letter.leave(way, place.day)
    place.counts[f"left: {way}"] += 1
    place.tell(f"  {letter.reference} left: {way}")
    path, _page = browser.get("/start")
    if path != "/sitzung-beendet":
        raise Broken(f"{letter.reference} left by {way}, and is still at {path}")


@deed(4, person=True)
def come_again(place: Place, rng: Random) -> None:
    """Somebody looks how it stands, or tries a letter that is over."""
    over = [each for each in place.memory.letters.values() if not each.is_open]
    if not over:
        return
    letter = rng.choice(over)
    browser = arrive(place, letter)
    if browser is None:
        return
    path, page = browser.get("/stand")
    if path != "/stand" or letter.reference not in page.content.decode():
        raise Broken(f"{letter.reference} is submitted, and the page at {path} does not say so")
    _path, paper = browser.get("/quittung")
    if not paper.content.startswith(b"%PDF"):
        raise Broken(f"{letter.reference} has no receipt")


@deed(3, person=True)
def guess(place: Place, rng: Random) -> None:
    """A stranger without the letter guesses; the owner is not kept out by that."""
    letter = some_letter(place, rng)
    if letter is None:
        return
    stranger = Browser(f"203.0.113.{rng.randint(1, 250)}")
    for _n in range(rng.randint(1, 7)):
        said = stranger.log_in(wrong_pin(rng, letter.pin), letter.born)
        place.counts[f"guess: {said}"] += 1
        if said not in ("wrong", "wait"):
            raise Broken(f"a stranger's guess at {letter.reference} is told {said}")
    if letter.is_open:
        arrive(place, letter)


@deed(2, person=True)
def forget_birthday(place: Place, rng: Random) -> None:
    """Somebody who has the letter types another birth date, again and again."""
    letter = some_letter(place, rng)
    if letter is None:
        return
    browser = Browser(home_of(letter))
    for _n in range(rng.choice([1, 2, 3, 7])):
        said = browser.log_in(letter.pin, letter.born - timedelta(days=rng.randint(1, 9000)))
        place.counts[f"wrong birth date: {said}"] += 1
        if said not in ("wrong", "wait") or (said == "wait" and letter.wrong < FREE):
            raise Broken(f"{letter.reference}: a wrong birth date is told {said}, after {letter.wrong}")
        letter.wrong += said == "wrong"
    if letter.wrong > FREE + 1:
        raise Broken(f"{letter.reference}: {letter.wrong} birth dates could be tried")


@deed(2, person=True)
def old_letter(place: Place, rng: Random) -> None:
    """Somebody takes the letter whose PIN was replaced."""
    replaced = [each for each in place.memory.letters.values() if each.dead]
    if not replaced:
        return
    letter = rng.choice(replaced)
    said = Browser(home_of(letter)).log_in(rng.choice(letter.dead), letter.born)
    place.counts["old PIN"] += 1
    if said not in ("wrong", "wait"):
        raise Broken(f"{letter.reference}: a PIN that was replaced is told {said}")
