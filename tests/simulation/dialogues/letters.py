"""What the simulation knows of each letter: who got it, which PIN opens it, what must stand about it by now.

Reckoned from docs/dialogues.md, by nothing of the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

OPEN = ("exported", "opened")
KINDS = ("tax_id", "sepa_mandate", "accident", "sick_note_upload")
#: shorter than the shipped ones, so that all of a dialogue's life happens within some weeks; days
VALID, REMINDER, STATUS = 14, 5, 3
KEPT = {"prefill": 4, "answers": 9, "uploads": 7}
#: which events may follow one another, by the state before; what is not named changes no state
MOVES: dict[str | None, dict[str, str]] = {
    None: {"created": "created"},
    "created": {"exported": "exported", "expired": "expired"},
    "exported": {"opened": "opened"},
    "opened": {"submitted": "submitted"},
    "expired": {"reissued": "reissued", "answered_on_paper": "answered_on_paper"},
    "revoked": {"reissued": "reissued"},
    "returned_by_post": {"reissued": "reissued", "revoked": "revoked", "answered_on_paper": "answered_on_paper"},
    "submitted": {},
    "answered_on_paper": {},
}
LEAVES = {
    "expired": "expired",
    "revoked": "revoked",
    "exit_not_me": "revoked",
    "exit_deceased": "revoked",
    "answered_on_paper": "answered_on_paper",
    "returned_by_post": "returned_by_post",
    "reissued": "reissued",
}
STILL = (
    *("reminded", "exit_on_paper", "processed", "held", "hold_lifted", "repinned"),
    *(f"{each}_deleted" for each in KEPT),
)


@dataclass
class Letter:
    """One dialogue. ``pin``: the one that is good, as it was printed; ``dead``: those before it."""

    kind: str
    external_id: str
    reference: str
    pin: str
    born: date
    answers: dict[str, Any]
    files: dict[str, tuple[str, bytes]]
    valid_until: date
    remind_on: date | None
    state: str = "exported"
    end_on: date | None = None
    dead: list[str] = field(default_factory=list)
    saved: bool = False
    uploads: int = 0
    #: asked for paper ever, and since the last new PIN
    wanted_paper: bool = False
    paper_since: bool = False
    left: bool = False
    reminded: bool = False
    held: bool = False
    #: what must lie in a basket
    items: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    #: second secrets guessed wrong with this PIN today
    wrong: int = 0
    #: dialogues that were submitted and whose notice was not looked at yet
    unread: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody may answer."""
        return self.state in OPEN

    def end(self, state: str, day: date) -> None:
        """It is over."""
        self.state, self.end_on, self.remind_on = state, day, None

    def open_up(self) -> None:
        """Somebody logged in."""
        if self.state == "exported":
            self.state = "opened"

    def leave(self, way: str, day: date) -> None:
        """By an exit."""
        task = {"not_me": "wrong_person", "deceased": "deceased", "on_paper": "paper_form"}[way]
        self.items.add(task)
        if way == "on_paper":
            self.wanted_paper = self.paper_since = True
            self.remind_on = None
        else:
            self.left = True
            self.end("revoked", day)
            self.items.discard("paper_form")

    def submit(self, day: date) -> None:
        """It was submitted."""
        self.end("submitted", day)
        self.items.discard("paper_form")
        self.saved, self.unread = False, True

    def renew(self, pin: str, day: date) -> None:
        """A new PIN."""
        was_open = self.is_open
        self.replace_pin(pin)
        if self.valid_until < day:
            self.valid_until = day + timedelta(days=VALID)
        self.state = "opened" if self.state == "opened" or self.saved else "exported"
        over = was_open and (self.reminded or self.wanted_paper)
        self.remind_on = None if over else reminder_day(day, self.valid_until)
        self.end_on, self.left, self.paper_since = None, False, False
        self.items.discard("paper_form")

    def replace_pin(self, pin: str) -> None:
        """The old one is dead."""
        self.dead.append(self.pin)
        self.pin, self.wrong = pin, 0

    def remind(self, pin: str) -> None:
        """A reminder with a new PIN."""
        self.replace_pin(pin)
        self.reminded, self.remind_on = True, None

    def expire(self, day: date) -> None:
        """Nobody answered in time."""
        self.end("expired", day)
        if not self.paper_since:
            self.items.add("paper_form")

    def is_past(self, day: date) -> bool:
        """Whether it is to expire."""
        return self.is_open and self.valid_until < day

    def is_due(self, day: date) -> bool:
        """Whether a reminder is to go out."""
        return self.is_open and self.remind_on is not None and self.remind_on <= day <= self.valid_until

    def may_be_deleted(self, what: str, day: date) -> bool:
        """Whether its term is over."""
        if self.end_on is None or self.held:
            return False
        term = KEPT[what] if what == "uploads" else max(KEPT[what], STATUS)
        return self.end_on < day - timedelta(days=term)

    def forget(self, what: str) -> None:
        """Retention took it."""
        self.deleted.add(what)
        if what == "prefill":
            self.saved = False
        if what == "uploads":
            self.uploads = 0


def reminder_day(exported: date, until: date) -> date | None:
    """When a reminder is due, if before the end."""
    day = exported + timedelta(days=REMINDER)
    return day if day < until else None


def expected_answer(letter: Letter, day: date) -> str:
    """What the login says to somebody with both secrets: ``in``, or which sentence."""
    if "prefill" in letter.deleted:
        return "wrong"
    if letter.is_open:
        return "in" if letter.valid_until >= day else "expired"
    if letter.state == "submitted":
        assert letter.end_on is not None
        return "in" if letter.end_on + timedelta(days=STATUS) >= day else "ended"
    return {"answered_on_paper": "paper", "returned_by_post": "returned"}.get(letter.state, letter.state)


def follow(events: list[str]) -> str | None:
    """The state after these events, in their order; raises ValueError for one that may not follow."""
    state: str | None = None
    for event in events:
        if event in STILL:
            continue
        moves: Mapping[str, str] = MOVES.get(state, {})
        if state in (*OPEN, "reissued"):
            moves = {**moves, **LEAVES}
        if state == "reissued":  # opened before, or not: either may go on
            moves = {**moves, **MOVES["exported"], **MOVES["opened"]}
        if event not in moves:
            raise ValueError(f"{event} after {state}")
        state = moves[event]
    return state
