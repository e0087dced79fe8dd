"""Events of the processes: workers, jobs, killed at any moment; the server killed under people and under processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from random import Random

from ..world import COMMAND, Broken, quiet
from .deeds import DEEDS, PEOPLE, deed
from .letters import KEPT, OPEN
from .place import Place

SIZES = (1, 2, 7, 500)
WORK, OUTCOMES, DEADLINES, RETENTION = "work", "dialogue-outcomes", "dialogue-deadlines", "dialogue-retention"
STANDS = """
    SELECT d.reference, d.state, d.reminded_at, d.selector, d.person IS NULL AS forgotten,
        coalesce((SELECT s.answers IS NULL FROM dialogue_submission s WHERE s.dialogue = d.id), false) AS unanswered,
        EXISTS (SELECT FROM dialogue_draft r WHERE r.dialogue = d.id) AS saved,
        (SELECT count(*) FROM dialogue_upload u WHERE u.dialogue = d.id) AS uploads
    FROM dialogue d ORDER BY d.id
"""

#: the last exit of each, since its last new PIN
EXITS = """
    SELECT DISTINCT ON (d.id) d.reference, e.event FROM dialogue d JOIN dialogue_event e ON e.dialogue = d.id
    WHERE e.event LIKE 'exit%' AND NOT EXISTS (SELECT FROM dialogue_event r
        WHERE r.dialogue = d.id AND r.event = 'reissued' AND r.id > e.id)
    ORDER BY d.id, e.id DESC
"""


def run_worker(place: Place, size: int) -> None:
    """``work --once``."""
    from dunkelwerk.runner.work import Job, Worker

    with quiet():
        Worker(Job({}, place.day.isoformat(), size, True, 60.0)).run(lambda count: None)


def run_job(name: str) -> None:
    """One job, due or not; raises Broken where it fails."""
    from dunkelwerk.jobs.registry import find
    from dunkelwerk.jobs.running import run

    with quiet():
        end = run(find(name), due=None)
    if end.state not in ("done", "busy"):
        raise Broken(f"{name}: {end}")


def perhaps_killed(place: Place, rng: Random, work: Callable[[], None]) -> bool:
    """In this process; or two at once, or killed, in processes of their own. Whether it came to its end."""
    chance = rng.random()
    if chance < 0.6:
        work()
        return True
    if chance < 0.75:
        return place.finish([place.fork(work) for _n in range(2)])
    return place.attempt(work, kill_after=rng.random() * 0.08)


@deed(3)
def work(place: Place, rng: Random) -> None:
    """The dark processes decide what waits."""
    size = rng.choice(SIZES)
    if perhaps_killed(place, rng, lambda: run_worker(place, size)):
        place.memory.told.append(WORK)


@deed(2)
def outcomes(place: Place, rng: Random) -> None:
    """The outcomes are told to the core system."""
    if perhaps_killed(place, rng, lambda: run_job(OUTCOMES)):
        place.memory.told.append(OUTCOMES)


@deed(0.6)
def deadlines(place: Place, rng: Random) -> None:
    """Dialogues expire, reminders are printed."""
    ended = perhaps_killed(place, rng, lambda: run_job(DEADLINES))
    note_deadlines(place, ended=ended)
    if ended:
        place.memory.ran[DEADLINES] = place.day


def note_deadlines(place: Place, *, ended: bool) -> None:
    """What must have expired and been reminded has; where the job was killed, whatever the database says."""
    stands, pins = {each["reference"]: each for each in place.rows(STANDS)}, place.read_prints()
    for letter in place.memory.letters.values():
        row = stands[letter.reference]
        if letter.is_past(place.day) and (ended or row["state"] == "expired"):
            letter.expire(place.day)
            place.counts["expired"] += 1
        elif letter.is_due(place.day) and not letter.pin.replace("-", "").startswith(row["selector"] or "-"):
            if letter.reference not in pins:
                raise Broken(f"{letter.reference} has a new PIN, and no letter says which")
            letter.remind(pins[letter.reference])
            place.counts["reminded"] += 1
        elif letter.is_due(place.day) and ended and row["state"] in OPEN:
            raise Broken(f"{letter.reference} was to be reminded on {letter.remind_on}")


@deed(0.4)
def retention(place: Place, rng: Random) -> None:
    """What is over its term is deleted."""
    ended = perhaps_killed(place, rng, lambda: run_job(RETENTION))
    note_retention(place, ended=ended)


def note_retention(place: Place, *, ended: bool) -> None:
    """What must be gone is; where the job was killed, whatever the database says."""
    told = {each["key"] for each in place.rows("SELECT key FROM outbox_message WHERE kind = 'dialogue.processed'")}
    for row in place.rows(STANDS):
        letter = place.memory.letters.get(row["reference"])
        if letter is None:
            continue
        gone = {"prefill": row["forgotten"], "answers": row["unanswered"], "uploads": not row["uploads"]}
        for what in KEPT:
            decided = what == "prefill" or letter.state != "submitted" or letter.reference in told
            has = what not in letter.deleted and not (what == "answers" and letter.state != "submitted")
            if has and decided and letter.may_be_deleted(what, place.day) and (ended or gone[what]):
                letter.forget(what)
                place.counts[f"deleted: {what}"] += 1


@deed(1)
def rush(place: Place, rng: Random) -> None:
    """People do things while workers and the outcomes' job work."""
    jobs = (lambda: run_worker(place, 1), lambda: run_worker(place, 2), lambda: run_job(OUTCOMES))
    children = [place.fork(each) for each in jobs]
    act(place, rng, deeds=rng.randint(2, 5))
    place.finish(children)


def act(place: Place, rng: Random, *, deeds: int) -> None:
    """What people do, whatever else happens."""
    for name in rng.choices(list(PEOPLE), list(PEOPLE.values()), k=deeds):
        place.tell(f"  meanwhile {name}")
        DEEDS[name][0](place, Random(rng.getrandbits(40)))


@deed(0.4)
def kill_server_under_work(place: Place, rng: Random) -> None:
    """The server falls while workers and the outcomes' job work; workers go on by themselves, a job is run again."""
    worker = place.fork(lambda: run_worker(place, 1))
    time.sleep(rng.random() * 0.08)
    place.home.kill_server(9)
    place.counts["server killed"] += 1
    place.finish([worker])
    place.home.revive()


@deed(0.6)
def kill_server_under_people(place: Place, rng: Random) -> None:
    """The server falls while somebody answers: each page is saved or not, and nothing is half."""
    for name in rng.choices(["answer", "leave", "come_again"], (6, 2, 1), k=rng.randint(1, 2)):
        place.tell(f"  meanwhile {name}")
        place.outage(rng, lambda name=name: DEEDS[name][0](place, Random(rng.getrandbits(40))))
        reconcile(place)


def reconcile(place: Place) -> None:
    """After an outage: what was answered with an error may have happened all the same."""
    place.memory.told.clear()
    exits = {each["reference"]: each["event"] for each in place.rows(EXITS)}
    for row in place.rows(STANDS):
        letter = place.memory.letters.get(row["reference"])
        if letter is None or not letter.is_open:
            continue
        if row["state"] == "opened":
            letter.open_up()
        if row["state"] == "submitted":
            letter.submit(place.day)
        way = exits.get(letter.reference, "").removeprefix("exit_")
        if way and (row["state"] == "revoked" or (way == "on_paper" and not letter.paper_since)):
            letter.leave(way, place.day)
        letter.saved, letter.uploads = letter.is_open and row["saved"], row["uploads"]


@deed(0.15)
def command(place: Place, rng: Random) -> None:
    """The installed commands, all of their processes killed now and then."""
    import signal
    import subprocess

    arguments = rng.choice((["work", "--once"], ["jobs", "run", OUTCOMES]))
    place.home.hang_up()
    started = subprocess.Popen(
        [COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ},
    )
    kill = rng.random() < 0.5
    if kill:
        time.sleep(0.5 + rng.random())
    kill = kill and started.poll() is None
    if kill:
        os.killpg(started.pid, signal.SIGKILL)
    _out, complaint = started.communicate(timeout=600)
    if started.returncode != 0 and not kill:
        raise Broken(f"{arguments} ended with {started.returncode}: {complaint.decode()[-600:]}")
    place.counts["commands killed" if kill else "commands"] += 1
