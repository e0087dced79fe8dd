"""Planted bugs of dialogues: a simulation that does not find them proves nothing. Each replaces a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def told_again() -> None:
    """Nobody writes down that an outcome was told."""
    from dunkelwerk.dialogues import outcomes

    outcomes.REPORT = "UPDATE dialogue_submission SET notice = notice WHERE %s IS NOT NULL AND id = %s"
    outcomes.READY = outcomes.READY.replace("LIMIT %s", "LIMIT least(%s, 3)")
    outcomes.BATCH = 1_000_000


def any_pin() -> None:
    """Every PIN of a dialogue is good, for whoever knows the birth date."""
    from dunkelwerk.dialogues.hashing import Hasher

    Hasher.verify = lambda self, pin, stored: True  # type: ignore[method-assign]


def draft_left() -> None:
    """What was submitted stays as a draft, too."""
    from dunkelwerk.dialogues import submitting

    submitting.DROP_DRAFT = "SELECT %s::bigint"


def other_answer() -> None:
    """A submission that somebody overtook on another device goes through all the same."""
    from dunkelwerk.dialogues import submitting
    from dunkelwerk.portal import review

    submitting.ensure_revision = lambda cursor, dialogue, revision: None
    right = review.submit

    def careless(request: Any, visit: Any, sheet: Any) -> Any:
        request.POST = request.POST.copy()
        request.POST["revision"] = str(sheet.revision)
        return right(request, visit, sheet)

    review.submit = careless


def pin_noted() -> None:
    """The PIN stands in the event of its re-issue."""
    from dunkelwerk.dialogues import creating, pins

    made, right, note = [], pins.generate, creating.note

    def remembered() -> str:
        made.append(right())
        return made[-1]

    pins.generate = remembered
    creating.note = lambda *what, detail="", **more: note(*what, detail=detail + (made[-1] if made else ""), **more)


def session_stays() -> None:
    """A new PIN ends no session."""
    from dunkelwerk.dialogues import creating

    creating.end_all = lambda cursor, dialogue: None


def deleted_early() -> None:
    """Retention deletes what can still be seen."""
    from dunkelwerk.dialogues import retention

    retention.seen_for = lambda form, days: 0


def no_paper() -> None:
    """What expires is asked of nobody on paper."""
    from dunkelwerk.dialogues import deadlines

    deadlines.ask_on_paper = lambda cursor, rows, on: 0


def two_letters() -> None:
    """A reminder goes out, and its PIN does not count."""
    from dunkelwerk.dialogues import reminding

    reminding.TAKE = reminding.TAKE.replace(
        "selector = s.selector, pin_hash = s.hash, pepper = s.pepper", "selector = d.selector"
    )


def nobody_counts() -> None:
    """Failed logins are not counted."""
    from dunkelwerk.dialogues import guard

    guard.admit = lambda *what, **more: 0


PLANTED = (told_again, any_pin, draft_left, other_answer, pin_noted, session_stays, deleted_early, no_paper)
MUTANTS: dict[str, Callable[[], None]] = {each.__name__: each for each in (*PLANTED, two_letters, nobody_counts)}


def plant(name: str) -> None:
    """Plant one of them, in this process and in those that it forks."""
    MUTANTS[name]()
