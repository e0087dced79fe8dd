"""Rendering letter orders: batches of one transaction each, in which files are written and their orders marked.

A batch that is killed leaves its orders as they were; its files are written over by the next run. Whatever run an
order names has, when it is finished, an index with exactly its letters (``runner.letter_runs``).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.decisions.failures import locate
from dunkelwerk.decisions.process import Line
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.progress import Advance
from dunkelwerk.letters import operations as letters
from dunkelwerk.letters.operations import Picked, Printed
from dunkelwerk.letters.queries import about_letter
from dunkelwerk.letters.rendering import Engine, LetterFault, text_of
from dunkelwerk.letters.source import LetterSource
from dunkelwerk.lines.registry import lines
from dunkelwerk.runner.queries import about_decision
from dunkelwerk.workitems import operations as workitems

#: locks are held for less than two seconds: a letter takes some 10 ms
BATCH = 50
RENDERED, FAILED = "rendered", "failed"
BASKET, TASK, KIND, DUE_DAYS, PRIORITY = "Postausgang", "letter", "letter", 2, 2
RECORDS = "SELECT id, data_key, payload FROM decision_record WHERE id = ANY(%s) AND business_day = ANY(%s)"
OPEN_ITEMS = "SELECT key FROM work_item WHERE kind = 'letter' AND state = 'open' AND key = ANY(%s)"
CLOSE_ITEMS = """
    UPDATE work_item SET state = 'done', version = version + 1
    WHERE kind = 'letter' AND task = 'letter' AND state = 'open' AND key = ANY(%s)
"""


class Post(Struct, frozen=True):
    """How to render: the run and its folder, the letters' date, whether those that failed before are tried again."""

    run: int
    folder: Path
    on: date
    retry: bool

    @property
    def states(self) -> list[str]:
        """The states of the orders that are taken."""
        return ["ordered", "failed"] if self.retry else ["ordered"]


def ensure_sender(source: LetterSource, engine: Engine, legal_entity: str) -> None:
    """Raise LetterFault for a letter that would go out in the name of another company than the one it is from."""
    if source.names_companies and not engine.insurer.knows(legal_entity):
        raise LetterFault(f"die Gesellschaft {legal_entity} steht nicht in insurer.yaml (legal_entities)")


class Draft(Struct, frozen=True):
    """An order with its filled data, or with why it has none."""

    order: Picked
    data: dict[str, Any]
    fault: str | None = None


def source_of(line: Line) -> LetterSource | None:
    """The letters of a line; None for a line that has none."""
    package = f"{line.package}.letters"
    if importlib.util.find_spec(package) is None:
        return None
    source: LetterSource = importlib.import_module(f"{package}.source").LETTERS
    return source


def sources() -> dict[str, LetterSource]:
    """The letters of every line that has some, by the line's name."""
    found = {name: source_of(line) for name, line in lines().items()}
    return {name: source for name, source in found.items() if source is not None}


def engine_of(source: LetterSource) -> Engine:
    """An engine whose templates were tried; raises CommandError where a sample letter cannot be made with them."""
    engine = Engine(source.folder)
    for template, (content, on) in source.samples().items():
        try:
            engine.render(template, engine.fill(content, legal_entity=content["legal_entity"]), on=on)
        except LetterFault as error:
            message = _("Die Briefvorlagen sind nicht brauchbar: {fault}.")
            raise CommandError(message.format(fault=error.fault)) from None
    return engine


class Renderer:
    """One process that renders the orders of a run. Raises CommandError where templates or fonts cannot be used."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.sources = sources()
        self.engines = {name: engine_of(source) for name, source in self.sources.items()}
        with connection.cursor() as cursor:
            self.vault = Vault(cursor, on=post.on)

    def run(self, advance: Advance, *, is_told: Callable[[], bool] = lambda: False) -> Counter[str]:
        """Batch after batch, until nothing is left or somebody ended the run; the letters by their end."""
        ends: Counter[str] = Counter()
        while not is_told() and (done := self.batch()):
            ends += done
            advance(done.total())
        return ends

    def batch(self) -> Counter[str]:
        """One transaction; empty where nothing was left."""
        post = self.post
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            orders = letters.pick(cursor, run=post.run, states=post.states, size=BATCH)
            if not orders:
                return Counter()
            printed: list[Printed] = []
            faults: list[tuple[Picked, str]] = []
            for draft in self._draft(cursor, orders):
                try:
                    printed.append(self._print(draft))
                except LetterFault as error:
                    faults.append((draft.order, error.fault))
            settle(post.folder)
            self._mark(cursor, printed, faults)
            return Counter({RENDERED: len(printed), FAILED: len(faults)})

    def _mark(self, cursor: Any, printed: Sequence[Printed], faults: Sequence[tuple[Picked, str]]) -> None:
        run, on = self.post.run, self.post.on
        letters.mark_rendered(cursor, printed, run=run, business_day=on, data_key=self.vault.current)
        letters.mark_failed(cursor, [(order.id, fault) for order, fault in faults], run=run)
        open_items(cursor, [order for order, _fault in faults], on=on)
        if self.post.retry:
            cursor.execute(CLOSE_ITEMS, ([str(each.order) for each in printed],))

    def _draft(self, cursor: Any, orders: Sequence[Picked]) -> list[Draft]:
        """What each letter says: from its decision record, to the present address."""
        drafts = []
        for name in dict.fromkeys(order.line for order in orders):
            own = [order for order in orders if order.line == name]
            drafts += self._draft_line(cursor, name, own)
        return sorted(drafts, key=lambda draft: draft.order.id)

    def _draft_line(self, cursor: Any, name: str, orders: Sequence[Picked]) -> list[Draft]:
        if name not in self.sources:
            return [Draft(order, {}, "die Sparte hat keine Briefe") for order in orders]
        source = self.sources[name]
        people = source.recipients(cursor, [order.person for order in orders if order.person is not None])
        records = self._records(cursor, orders)
        return [self._draft_one(source, order, records.get(order.decision), people) for order in orders]

    def _draft_one(self, source: LetterSource, order: Picked, record: bytes | None, people: Any) -> Draft:
        recipient = people.get(order.person)
        if record is None or recipient is None:
            return Draft(order, {}, "die Entscheidung fehlt" if record is None else "die Person fehlt im Bestand")
        engine = self.engines[order.line]
        try:
            ensure_sender(source, engine, order.legal_entity)
            content = source.content(
                source.read(record),
                template=order.template,
                contract=order.contract,
                claim=order.claim,
                on=self.post.on,
                recipient=recipient,
            )
        except LetterFault as error:
            return Draft(order, {}, error.fault)
        except Exception as error:  # whatever a content function raises concerns this letter alone
            return Draft(order, {}, "unerwarteter Fehler {what} in {where}".format(**locate(error)))
        return Draft(order, engine.fill(content, legal_entity=order.legal_entity))

    def _records(self, cursor: Any, orders: Sequence[Picked]) -> dict[int, bytes]:
        """The decision records, opened, by decision."""
        cursor.execute(RECORDS, ([order.decision for order in orders], list({order.business_day for order in orders})))
        rows = cursor.fetchall()
        self.vault.prepare(cursor, {key for _identity, key, _payload in rows})
        return {
            identity: self.vault.open(bytes(payload), key=key, about=about_decision(identity))
            for identity, key, payload in rows
        }

    def _print(self, draft: Draft) -> Printed:
        """Write the letter's file; raises LetterFault."""
        order = draft.order
        if draft.fault is not None:
            raise LetterFault(draft.fault)
        engine = self.engines[order.line]
        letter = engine.render(order.template, draft.data, on=self.post.on)
        name = f"{order.id:010d}-{order.template}.pdf"
        write_whole(self.post.folder / name, letter.pdf)
        sealed = self.vault.seal(msgspec.json.encode(draft.data), about=about_letter(order.id))
        return Printed(order.id, engine.version, name, letter.pages, letter.sha256, sealed)


def open_items(cursor: Any, orders: Sequence[Picked], *, on: date) -> None:
    """A work item for each letter that could not be printed, unless one is open already."""
    cursor.execute(OPEN_ITEMS, ([str(order.id) for order in orders],))
    known = {row[0] for row in cursor.fetchall()}
    items = [
        workitems.Item(
            basket=BASKET,
            task=TASK,
            kind=KIND,
            key=str(order.id),
            decision=order.decision,
            contract=order.contract,
            claim=order.claim,
            reasons=[],
            priority=PRIORITY,
            open_from=on,
            due_on=add_working_days(on, DUE_DAYS, None),
            created_on=on,
        )
        for order in orders
        if str(order.id) not in known
    ]
    workitems.open_items(cursor, items)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, readable by its owner alone; raises CommandError."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=path, reason=error.strerror)) from None


def settle(folder: Path) -> None:
    """Wait until the disk holds the names of the folder's files."""
    if folder.is_dir():
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@cache
def preview_engine(templates: Path, _own: str | None) -> Engine:
    """An engine that stays warm for previews; another where the insurer's folder changes."""
    return Engine(templates)


def letters_text(
    line: Line,
    *,
    case_file: Any,
    actions: Sequence[Any],
    notice: Any = None,
    on: date,
    orders: Sequence[tuple[str, str, str | None]] | None = None,
) -> list[str]:
    """The plain text of each letter of a decision, as it would be printed. Needs no database.

    ``case_file`` as before the decision; it, actions and notice are structs or their JSON objects. ``orders``:
    template, contract, claim; None: every ``send_letter`` among the actions. A letter that cannot be printed gives one
    sentence.
    """
    source = source_of(line)
    if source is None:
        return []
    engine = preview_engine(source.folder, os.environ.get("DUNKELWERK_LETTERS"))
    if orders is None:
        wanted = [msgspec.to_builtins(action) for action in actions]
        orders = [
            (each["template"], each["contract"], each["claim"]) for each in wanted if each["type"] == "send_letter"
        ]
    matter = source.matter(case_file=case_file, actions=actions, notice=notice)
    return [preview(source, engine, matter, order, on) for order in orders]


def preview(source: LetterSource, engine: Engine, matter: Any, order: tuple[str, str, str | None], on: date) -> str:
    """The text of one letter, or why it cannot be printed."""
    template, contract, claim = order
    try:
        content = source.content(matter, template=template, contract=contract, claim=claim, on=on, recipient=None)
        ensure_sender(source, engine, content["legal_entity"])
        data = engine.fill(content, legal_entity=content["legal_entity"])
        return text_of(engine.render(template, data, on=on).pdf)
    except LetterFault as error:
        fault = error.fault
    except Exception as error:  # as in rendering: it concerns this letter alone
        fault = "unerwarteter Fehler {what} in {where}".format(**locate(error))
    return _("Dieser Brief lässt sich nicht drucken: {fault}.").format(fault=fault)
