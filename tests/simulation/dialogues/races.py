"""Events in which two things happen to one letter at the same moment: the second finds what the first one did."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from ..world import Broken
from .browser import Browser
from .clock import DEADLINES, note_deadlines, run_job
from .deeds import deed
from .letters import Letter
from .place import Place
from .visitors import arrive, note_submitted, some_letter

ENDS = {"revoke": "revoked", "answered_on_paper": "answered_on_paper", "returned_by_post": "returned_by_post"}


def ready(place: Place, rng: Random) -> tuple[Letter, Browser] | None:
    """Somebody who has answered everything and is about to submit."""
    letter = some_letter(place, rng, open_=1)
    if letter is None or (browser := arrive(place, letter)) is None or not letter.is_open:
        return None
    return (letter, browser) if browser.fill(letter) == "/pruefen" else None


@deed(2.5)
def submit_against_desk(place: Place, rng: Random) -> None:
    """Somebody submits while the desk ends the dialogue, or issues a new PIN: one after the other, in either order."""
    found = ready(place, rng)
    if found is None:
        return
    letter, browser = found
    fields, what = browser.checked(), rng.choice([*ENDS, "reissue"])
    answer = place.folder / "desk.json"
    answer.unlink(missing_ok=True)
    children = [
        place.fork(lambda: browser.post("/pruefen", fields)),
        place.fork(lambda: answer.write_text(json.dumps(act(what, letter.reference)))),
    ]
    place.finish(children if rng.random() < 0.5 else reversed(children))
    done = json.loads(answer.read_text())
    if done is None or what == "reissue":
        state = place.settle(letter, "submitted", *(["opened"] if done else []))
    else:
        state = place.settle(letter, ENDS[what])
    place.counts[f"submitted against {what}: {state}"] += 1
    place.memory.told.clear()
    if done and what == "reissue":
        letter.renew(done, place.day)
    if state == "submitted":
        note_submitted(place, letter)
    elif what != "reissue":
        letter.end(ENDS[what], place.day)
        letter.items -= {"paper_form"} if what in ("answered_on_paper", "revoke") else set()


def act(what: str, reference: str) -> Any:
    """At the desk: the new PIN, or that it is done; None where it was refused."""
    from dunkelwerk.dialogues import operations
    from dunkelwerk.infra.errors import CommandError

    reason = {} if what in ("answered_on_paper", "returned_by_post") else {"reason": "gleichzeitig"}
    try:
        made = getattr(operations, what)(reference, actor="s.desk", **reason)
    except CommandError:
        return None
    return made.pin if what == "reissue" else True


@deed(1.2)
def submit_against_clock(place: Place, rng: Random) -> None:
    """Somebody submits while reminders are printed: a letter too many at most; the PIN that was printed last counts."""
    due = [each for each in place.memory.letters.values() if each.is_due(place.day)]
    found = ready(place, rng) if not due else None
    if due:
        letter = rng.choice(due)
        browser = arrive(place, letter)
        found = (letter, browser) if browser is not None and browser.fill(letter) == "/pruefen" else None
    if found is None:
        return
    letter, browser = found
    fields = browser.checked()
    place.finish([place.fork(lambda: run_job(DEADLINES)), place.fork(lambda: browser.post("/pruefen", fields))])
    note_deadlines(place, ended=True)
    place.settle(letter, "submitted")
    note_submitted(place, letter)
    place.memory.told.clear()
    place.counts["submitted against the clock"] += 1


@deed(1.2)
def two_logins(place: Place, rng: Random) -> None:
    """A page is saved on two devices at the same moment: one after the other, neither is lost, nothing fails."""
    letter = some_letter(place, rng, open_=1)
    if letter is None or (one := arrive(place, letter)) is None or not letter.is_open:
        return
    other = arrive(place, letter)
    if other is None:
        raise Broken(f"{letter.reference} cannot be opened on another device")
    if letter.kind == "sick_note_upload":
        return
    place.finish([place.fork(lambda each=each: each.fill(letter, pages=2)) for each in (one, other)])
    letter.saved = True
    place.counts["saved at once"] += 1
