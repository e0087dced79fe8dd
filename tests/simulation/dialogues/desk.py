"""Events of the desk and of the core system: letters go out, come back, are revoked, replaced, answered on paper."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from dunkelwerk.cli.demo_people import Asked, asked_members, row_of

from ..world import Broken, quiet
from .deeds import deed
from .letters import KINDS, OPEN, Letter
from .place import Batch, Place
from .visitors import some_letter

SESSIONS = "SELECT p.token FROM portal_session p JOIN dialogue d ON d.id = p.dialogue WHERE d.reference = %s"
DESK = ("s.desk", "p.post", "k.kern")


def small_photo() -> bytes:
    """A small picture of a paper."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (160, 220), "#f4f1ea").save(target, "JPEG")
    return target.getvalue()


@deed(1)
def import_persons(place: Place, rng: Random) -> None:
    """A file of persons comes, with a row that is wrong, or with some that came before; or one that was broken off."""
    broken_off = [each for each in place.memory.batches if not each.done]
    if broken_off and rng.random() < 0.6:
        return run_import(place, rng, rng.choice(broken_off))
    kind = rng.choices(KINDS, (5, 3, 3, 2))[0]
    people = new_people(place, rng, kind, rng.randint(2, 7))
    rows = [each.row for each in people]
    bad = rng.random() < 0.3
    if bad:
        rows.append({**rows[0], "external_id": "X-1", "birth_date": "30.02.1980"})
    before = [each for each in place.memory.batches if each.kind == kind]
    if before and rng.random() < 0.4:
        rows = [rng.choice(before).rows[0], *rows]
    batch = Batch(len(place.memory.batches), kind, {each.row["external_id"]: each for each in people}, rows, int(bad))
    place.memory.batches.append(batch)
    run_import(place, rng, batch)


def new_people(place: Place, rng: Random, kind: str, count: int) -> list[Asked]:
    """People who were not asked before, each with answers of their own."""
    first, seed = place.memory.people, rng.getrandbits(30)
    place.memory.people += count
    made = (
        sick(place, rng, count) if kind == "sick_note_upload" else asked_members(kind, count, on=place.day, seed=seed)
    )
    return [
        Asked({**each.row, "external_id": f"S-{first + number}"}, each.born, each.answers, each.files)
        for number, each in enumerate(made)
    ]


def sick(place: Place, rng: Random, count: int) -> list[Asked]:
    """Customers with an open claim, with the note that comes next."""
    found = []
    for file in rng.choices(place.households, k=count):
        contract = file["contracts"][0]
        claims = [each for each in contract["claims"] if each["cause"] == "illness"]
        person = next(each for each in file["persons"] if each["id"] == contract["insured"][0])
        onset = claims[0]["onset"] if claims else place.day.isoformat()
        until = place.day + timedelta(days=rng.randint(5, 25))
        answers = {"complete": "yes", "incapacity_from.confirm": "yes", "final": "no", "correct": "yes"}
        answers |= {**day("issued_on", place.day), **day("incapacity_until", until), "confirm.very_long": "yes"}
        prefill = {"prefill.contract": contract["number"], "prefill.incapacity_from": onset}
        row = row_of(person, "") | prefill
        born = date.fromisoformat(person["birth_date"])
        found.append(Asked(row, born, answers, {"sick_note": ("foto.jpg", small_photo())}))
    return found


def day(name: str, value: date) -> dict[str, str]:
    """A date in three fields."""
    return {f"{name}.day": str(value.day), f"{name}.month": str(value.month), f"{name}.year": str(value.year)}


def run_import(place: Place, rng: Random, batch: Batch) -> None:
    """Import a file, or go on where it was broken off; it may be killed."""
    folder = place.folder / "imports"
    folder.mkdir(exist_ok=True)
    path, out = folder / f"{batch.number}.csv", folder / f"{batch.number}-pins.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, batch.rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(batch.rows)
    kill = rng.random() * 0.12 if rng.random() < 0.4 else None
    ended = place.attempt(lambda: import_now(place, batch, path, out), kill_after=kill)
    place.counts["imported" if ended else "imports killed"] += 1
    batch.done = batch.done or ended
    adopt(place, batch, out)
    if ended:
        missing = [
            name for name in batch.people if name not in {each.external_id for each in place.memory.letters.values()}
        ]
        if missing:
            raise Broken(f"import {batch.number} ended, and {missing} have no letter")


def import_now(place: Place, batch: Batch, path: Path, out: Path) -> None:
    """``dialogues import``; raises Broken where it does not add up."""
    from dunkelwerk.dialogues.importing.run import Order, import_file

    with quiet():
        counts = import_file(
            Order(batch.kind, path, out, "k.kern", place.day, None, None),
            advance=lambda count: None,
            complain=lambda bad: None,
        )
    if counts.read != len(batch.rows) or counts.bad != batch.bad:
        raise Broken(f"import {batch.number}: {counts}, expected {len(batch.rows)} rows, {batch.bad} bad")


def adopt(place: Place, batch: Batch, out: Path) -> None:
    """The letters of a complete file are out; those of a file whose import did not take effect open nothing."""
    if not out.exists():
        return
    known = {each.external_id for each in place.memory.letters.values()}
    # one of an earlier file that was broken off is completed by whichever file names it
    people = {name: each for one in place.memory.batches for name, each in one.people.items()}
    with out.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter=";"):
            stands = place.state_of(batch.kind, row["external_id"])
            if row["external_id"] in known or stands is None or stands["state"] == "created":
                continue
            place.adopt(batch.kind, people[row["external_id"]], reference=row["dialogue"], pin=row["pin"])


@deed(1.5, person=True)
def order_one(place: Place, rng: Random) -> None:
    """The core system asks one person by the API; its process may be killed, and the letter is then issued anew."""
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.operations import AlreadyThere
    from dunkelwerk.dialogues.records import Person

    [asked] = new_people(place, rng, "tax_id", 1)
    facts = {name: value for name, value in asked.row.items() if name != "birth_date" and value}
    person = Person(birth_date=asked.born, **facts)

    def create() -> Any:
        return operations.create_dialogue("tax_id", person, prefill={}, actor="api")

    if rng.random() < 0.4:
        place.attempt(create, kill_after=rng.random() * 0.06)
    try:
        made: Any = create()
        place.adopt("tax_id", asked, reference=made.reference, pin=made.pin)
    except AlreadyThere as there:
        letter = place.adopt("tax_id", asked, reference=there.reference, pin="?")
        letter.renew(operations.reissue(there.reference, actor="api", reason="keine Antwort").pin, place.day)
        letter.dead.clear()
        place.counts["ordered twice"] += 1


def ask(place: Place, letter: Letter, what: str, deed_: Any, *, allowed: bool) -> Any:
    """What somebody at the desk does; raises Broken where it must be refused and is not, or the reverse."""
    from dunkelwerk.infra.errors import CommandError

    try:
        with quiet():
            done = deed_() or True
    except CommandError as error:
        if allowed:
            raise Broken(f"{what} of {letter.reference} ({letter.state}) was refused: {error}") from None
        place.counts[f"{what} refused"] += 1
        return None
    if not allowed:
        raise Broken(f"{what} of {letter.reference} ({letter.state}) must be refused")
    place.counts[what] += 1
    place.tell(f"  {what} {letter.reference}")
    return done


@deed(4, person=True)
def reissue(place: Place, rng: Random) -> None:
    """A new PIN: the letter was lost, came back, the deadline was missed, the revocation was wrong."""
    from dunkelwerk.dialogues import operations

    letter = some_letter(place, rng, open_=0.4)
    if letter is None:
        return
    despite = rng.random() < 0.3
    allowed = letter.state in (*OPEN, "returned_by_post", "revoked", "expired") and "prefill" not in letter.deleted
    allowed = allowed and (not letter.left or despite)
    reason = rng.choice(["verloren", "verloren", "verloren", "verloren", " "])
    made = ask(
        place,
        letter,
        "reissue",
        lambda: operations.reissue(letter.reference, actor=rng.choice(DESK), reason=reason, despite_exit=despite),
        allowed=allowed and reason.strip() != "",
    )
    if made:
        letter.renew(made.pin, place.day)
        if place.rows(SESSIONS, letter.reference):
            raise Broken(f"{letter.reference} has a new PIN, and somebody is still logged in with the old one")


@deed(1.2, person=True)
def revoke(place: Place, rng: Random) -> None:
    """Nobody is to answer any more."""
    from dunkelwerk.dialogues import operations

    letter = some_letter(place, rng)
    if letter is None:
        return
    allowed = letter.state in (*OPEN, "returned_by_post")
    reference, actor = letter.reference, rng.choice(DESK)
    if ask(
        place, letter, "revoke", lambda: operations.revoke(reference, actor=actor, reason="Irrtum"), allowed=allowed
    ):
        letter.end("revoked", place.day)
        letter.items.discard("paper_form")


@deed(1.2, person=True)
def answered_on_paper(place: Place, rng: Random) -> None:
    """The answers came on paper."""
    from dunkelwerk.dialogues import operations

    letter = some_letter(place, rng, open_=0.6)
    if letter is None:
        return
    allowed = letter.state in (*OPEN, "expired", "returned_by_post")
    reference, actor = letter.reference, rng.choice(DESK)
    if ask(place, letter, "paper", lambda: operations.answered_on_paper(reference, actor=actor), allowed=allowed):
        letter.end("answered_on_paper", place.day)
        letter.items.discard("paper_form")


@deed(1.2, person=True)
def returned_by_post(place: Place, rng: Random) -> None:
    """The letter came back."""
    from dunkelwerk.dialogues import operations

    letter = some_letter(place, rng)
    if letter is None:
        return
    reference, actor = letter.reference, rng.choice(DESK)
    if ask(
        place, letter, "returned", lambda: operations.returned_by_post(reference, actor=actor), allowed=letter.is_open
    ):
        letter.end("returned_by_post", place.day)


@deed(0.8, person=True)
def hold(place: Place, rng: Random) -> None:
    """Nothing of a dialogue may be deleted, or may again."""
    from dunkelwerk.dialogues import operations

    letter = some_letter(place, rng, open_=0.2)
    if letter is None:
        return
    reference, held = letter.reference, not letter.held

    def set_() -> None:
        operations.hold(reference, held=held, actor="recht", reason="Rechtsstreit")

    if ask(place, letter, "hold", set_, allowed=True):
        letter.held = held
