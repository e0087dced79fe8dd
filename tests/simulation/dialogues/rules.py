"""What must be true after every day: every answer arrived once and got one outcome, every state followed another.

Neither the product's code nor its invariants, but for opening what is sealed; each rule yields what is wrong.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from .browser import LOG
from .clock import OUTCOMES, WORK
from .letters import Letter, follow
from .place import Place

Rule = Callable[[Place], Iterator[str]]
DIALOGUES = """
    SELECT d.id, d.reference, d.type, d.external_id, d.state, d.valid_until, d.remind_on, d.end_on, d.held,
        d.person IS NULL AS forgotten, d.reminded_at IS NOT NULL AS reminded,
        EXISTS (SELECT FROM dialogue_draft r WHERE r.dialogue = d.id) AS saved,
        (SELECT count(*) FROM dialogue_upload u WHERE u.dialogue = d.id) AS uploads,
        (SELECT count(*) FROM dialogue_upload u WHERE u.dialogue = d.id AND u.submitted) AS kept,
        (SELECT array_agg(e.event ORDER BY e.id) FROM dialogue_event e WHERE e.dialogue = d.id) AS events,
        (SELECT count(*) FROM dialogue_submission s WHERE s.dialogue = d.id) AS submissions,
        (SELECT s.answers IS NULL FROM dialogue_submission s WHERE s.dialogue = d.id) AS unanswered,
        (SELECT count(*) FROM portal_session p WHERE p.dialogue = d.id) AS sessions
    FROM dialogue d ORDER BY d.id
"""
NOTICES = """
    SELECT id, external_id, attempt, state, process, data_key, payload FROM notice
    WHERE channel = 'dialogue' ORDER BY id
"""
ITEMS = "SELECT key, task, count(*) AS n FROM work_item WHERE kind = 'dialogue' AND state <> 'done' GROUP BY 1, 2"
MESSAGES = "SELECT key, kind, count(*) AS n FROM outbox_message WHERE kind LIKE 'dialogue.%%' GROUP BY 1, 2"
DECISIONS = """
    SELECT n.external_id AS key, count(*) AS n FROM decision_record d JOIN notice n ON n.id = d.notice
    WHERE n.channel = 'dialogue' AND d.kind = 'decision' GROUP BY 1
"""
GROWN = """
    SELECT count(*) AS n, coalesce(max(id), 0) AS last,
        md5(string_agg(md5(ROW({columns})::text), '' ORDER BY id)) AS sum
    FROM {table} t WHERE id <= %s
"""
END_STATES = ("settled", "referred", "partial", "proposed", "joined")


def stands(place: Place) -> dict[str, dict[str, Any]]:
    """Every dialogue by its reference."""
    return {each["reference"]: each for each in place.rows(DIALOGUES)}


def as_it_should(place: Place) -> Iterator[str]:
    """State, last day, deadlines, drafts, files and what was deleted are what was done with each letter."""
    rows = stands(place)
    for letter in place.memory.letters.values():
        row = rows[letter.reference]
        found = {
            name: row[name] for name in ("state", "valid_until", "remind_on", "end_on", "held", "saved", "uploads")
        }
        found["forgotten"] = row["forgotten"]
        wanted = {name: getattr(letter, name) for name in found if name != "forgotten"}
        wanted["forgotten"] = "prefill" in letter.deleted
        for name, value in wanted.items():
            if found[name] != value:
                yield f"{letter.reference} ({letter.kind}): {name} is {found[name]}, expected {value}"
        if letter.state == "submitted":
            if row["unanswered"] != ("answers" in letter.deleted):
                yield f"{letter.reference}: answers deleted: {row['unanswered']}"
            if row["kept"] != row["uploads"]:
                yield f"{letter.reference}: {row['uploads']} files, of which {row['kept']} were submitted"
        if row["sessions"] and letter.state not in ("opened", "submitted"):
            yield f"{letter.reference} is {letter.state}, and somebody is still logged in"


def nobody_else(place: Place) -> Iterator[str]:
    """There is one dialogue of each person who was asked; what is not out yet waits for its import."""
    rows = stands(place).values()
    for key, count in Counter((each["type"], each["external_id"]) for each in rows).items():
        if count > 1:
            yield f"{key} has {count} dialogues"
    waiting = {name for batch in place.memory.batches if not batch.done for name in batch.people}
    for row in rows:
        if row["reference"] not in place.memory.letters and row["state"] != "created":
            yield f"{row['reference']} is {row['state']}, and no letter is known"
        if row["state"] == "created" and row["external_id"] not in waiting:
            yield f"{row['reference']} was never exported"


def moves_allowed(place: Place) -> Iterator[str]:
    """The events of each dialogue may follow one another, and lead to its state."""
    for row in stands(place).values():
        try:
            state = follow(row["events"] or [])
        except ValueError as error:
            yield f"{row['reference']}: {error} in {row['events']}"
            continue
        if state != row["state"] and not (state == "reissued" and row["state"] in ("exported", "opened")):
            yield f"{row['reference']} is {row['state']}, its events lead to {state}"


def arrived_once(place: Place) -> Iterator[str]:
    """Each submitted dialogue has one submission, one notice, one message; no other has any."""
    notices = Counter(each["external_id"] for each in place.rows(NOTICES) if each["attempt"] == 1)
    messages = {(each["key"], each["kind"]): each["n"] for each in place.rows(MESSAGES)}
    for row in stands(place).values():
        once, key = int(row["state"] == "submitted"), row["reference"]
        for what, count in (
            ("submissions", row["submissions"]),
            ("notices", notices.pop(key, 0)),
            ("messages", messages.get((key, "dialogue.submitted"), 0)),
        ):
            if count != once:
                yield f"{key} is {row['state']}, with {count} {what}"
    for key in notices:
        yield f"notice {key} belongs to no dialogue"


def one_outcome(place: Place) -> Iterator[str]:
    """No notice is decided twice; after work each is decided, after the job each outcome was told once."""
    decided = {each["key"]: each["n"] for each in place.rows(DECISIONS)}
    messages = {each["key"]: each["n"] for each in place.rows(MESSAGES) if each["kind"] == "dialogue.processed"}
    events = {key: (row["events"] or []).count("processed") for key, row in stands(place).items()}
    worked = place.memory.told[-2:] == [WORK, OUTCOMES]
    for each in place.rows(NOTICES):
        key = each["external_id"]
        count, told = decided.get(key, 0), messages.get(key, 0)
        if count != (each["state"] != "waiting") or each["state"] not in (*END_STATES, "waiting"):
            yield f"{key}: {count} decisions, its notice is {each['state']}"
        if told > 1 or told != events[key] or (told and not count):
            yield f"{key}: {count} decisions, {told} messages, {events[key]} events"
        if worked and (each["state"] == "waiting" or not told):
            yield f"{key} is {each['state']} after work, its outcome was told {told} times"
    place.counts["days with every outcome told"] += worked


def as_answered(place: Place) -> Iterator[str]:
    """A notice that arrived today says what its person typed."""
    from django.db import connection

    from dunkelwerk.infra.keys import Vault

    fresh = {each.reference: each for each in place.memory.letters.values() if each.unread}
    if not fresh:
        return
    import json

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=place.day)
        rows = [each for each in place.rows(NOTICES) if each["external_id"] in fresh and each["attempt"] == 1]
        vault.prepare(cursor, {each["data_key"] for each in rows})
        for each in rows:
            about = f"notice:dialogue:{each['external_id']}:1"
            said = json.loads(vault.open(bytes(each["payload"]), key=each["data_key"], about=about))
            letter = fresh[each["external_id"]]
            for name, value in typed(letter).items():
                if str(said.get(name)) != value:
                    yield f"{letter.reference} says {name} {said.get(name)}, typed was {value}"
            letter.unread = False


def typed(letter: Letter) -> dict[str, str]:
    """What must stand in its notice."""
    said = letter.answers
    if letter.kind == "tax_id":
        return {"tax_id": said.get("tax_id", "None")}
    if letter.kind == "sepa_mandate":
        return {"iban": said["iban"], "account_holder": said.get("account_holder", "None")}
    if letter.kind == "accident":
        return {"process": "accident"}
    day = (int(said[f"incapacity_until.{part}"]) for part in ("year", "month", "day"))
    return {"incapacity_until": "{:04}-{:02}-{:02}".format(*day)}


def in_baskets(place: Place) -> Iterator[str]:
    """A clerk has each paper form, each wrong person, each death, once; and nothing that is settled otherwise."""
    found = {(each["key"], each["task"]): each["n"] for each in place.rows(ITEMS)}
    wanted = {(letter.reference, task) for letter in place.memory.letters.values() for task in letter.items}
    for key in found.keys() | wanted:
        if found.get(key, 0) != (key in wanted):
            yield f"{key} is {found.get(key, 0)} times in a basket, expected {int(key in wanted)}"


def only_grows(place: Place) -> Iterator[str]:
    """Events, submissions and dialogues of yesterday are there as they were."""
    before: dict[str, Any] = place.memory.before
    for table in ("dialogue_event", "dialogue_submission"):
        columns = "t.id, t.dialogue" + (", t.event, t.at, t.actor" if table == "dialogue_event" else ", t.notice")
        query = GROWN.format(columns=columns, table=table)
        if table in before and (now := place.rows(query, before[table]["last"])[0]) != before[table]:
            yield f"{table} changed: {before[table]} -> {now}"
        before[table] = place.rows(query, 2**62)[0]
    gone = before.get("references", set()) - stands(place).keys()
    if gone:
        yield f"dialogues are gone: {sorted(gone)}"
    before["references"] = set(stands(place))


TEXT = re.compile(r"[2-9A-HJKMNP-Z]{4}-?[2-9A-HJKMNP-Z]{4}-?[2-9A-HJKMNP-Z]{4}", re.IGNORECASE)
BYTES = re.compile(TEXT.pattern.encode(), re.IGNORECASE)
TABLES = "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def no_pin(place: Place) -> Iterator[str]:
    """No PIN, good or dead, stands in any column of any table, on some days."""
    if place.number % 3:
        return
    pins = {pin.replace("-", "") for each in place.memory.letters.values() for pin in (each.pin, *each.dead)}
    for table in place.rows(TABLES):
        where: defaultdict[str, int] = defaultdict(int)
        for row in place.rows(f"SELECT * FROM {table['name']}"):
            for column, value in row.items():
                where[column] += any(each in pins for each in pins_in(value))
        for column, count in where.items():
            if count:
                yield f"{table['name']}.{column} holds {count} PINs"
    written = LOG.getvalue()
    if any(each in pins for each in pins_in(written)):
        yield "the portal's log holds a PIN"
    place.counts["lines of the portal's log"] += written.count("\n")
    LOG.seek(0)
    LOG.truncate()
    place.counts["PINs looked for"] += len(pins)


def pins_in(value: Any) -> Iterator[str]:
    """What may be a PIN in a value."""
    if isinstance(value, bytes | memoryview):
        for each in BYTES.findall(bytes(value)):
            yield each.decode().replace("-", "").upper()
    elif isinstance(value, str | list | dict):
        for said in TEXT.findall(str(value)):
            yield said.replace("-", "").upper()


RULES: tuple[Rule, ...] = (
    *(as_it_should, nobody_else, moves_allowed, arrived_once, one_outcome, as_answered, in_baskets, only_grows),
    no_pin,
)


def judge(place: Place) -> list[str]:
    """Everything that is wrong today."""
    return [f"{rule.__name__}: {what}" for rule in RULES for what in rule(place)]
