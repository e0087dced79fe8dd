"""Runs of letters: several processes at work on one, and the index and control file that finish it.

The index is made from the database, after the last letter, and appears whole. A run that was broken off is finished by
whoever renders next: its letters that are marked are in its folder (or are made again), the others are still ordered.
"""

from __future__ import annotations

import csv
import hashlib
import io
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from django.db import Error, connection, transaction
from msgspec import Struct

from dunkelwerk.infra import database
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.progress import progress
from dunkelwerk.infra.stopping import stopped_by_signals
from dunkelwerk.infra.tabular import cell
from dunkelwerk.letters import operations, queries
from dunkelwerk.letters.queries import Rendered, Run
from dunkelwerk.letters.rendering import Engine, Letter
from dunkelwerk.runner.failures import explain
from dunkelwerk.runner.lettering import Post, Renderer, engine_of, sources, write_whole
from dunkelwerk.runner.work import is_orphan, obey

INDEX, CONTROL = "index.csv", "control.json"
ADDRESS_LINES = 6
COLUMNS = (
    *("document", "contract", "claim", "template", "version", "date", "recipient"),
    *(f"address_{number}" for number in range(1, ADDRESS_LINES + 1)),
    *("country", "pages", "legal_entity", "bundle", "file", "sha256"),
)
#: held by whoever renders a run, as long as it lives
ALIVE = 20_250_701


def render(out: Path, *, on: date, retry: bool, workers: int, complain: Callable[[str], None]) -> Counter[str]:
    """Finish what was broken off, then render what is ordered; the letters by their end.

    A broken-off run that cannot be finished (its folder is gone, say) is complained about, and left as it is.
    Raises CommandError for templates, fonts or a folder that cannot be used, and where the database fails.
    """
    ends: Counter[str] = Counter()
    with outages():
        engines = {name: engine_of(source) for name, source in sources().items()}
        with connection.cursor() as cursor:
            vault = Vault(cursor, on=on)
        for run in abandoned_runs():
            try:
                finish(run, engines, vault)
            except CommandError as error:
                complain(str(error))
        while total := count_waiting(retry=retry):
            run = begin(out, on)
            post = Post(run.id, Path(run.folder), on, retry)
            with progress(_("gerendert"), total) as advance:
                done = Renderer(post).run(advance) if workers == 1 else run_in_processes(post, workers)
            finish(run, engines, vault)
            ends += done
            if retry or not done:
                break
    return ends


@contextmanager
def outages() -> Iterator[None]:
    """Raises CommandError where the database fails: what is marked stays, the rest is still ordered."""
    try:
        yield
    except Error as error:
        message = _("Die Datenbank arbeitet nicht: {fault} Kein Brief ging verloren; derselbe Aufruf setzt fort.")
        raise CommandError(message.format(fault=explain(error))) from None


def count_waiting(*, retry: bool) -> int:
    """How many orders there are to render."""
    with connection.cursor() as cursor:
        return queries.count_orders(cursor, ["ordered", "failed"] if retry else ["ordered"])


def begin(out: Path, on: date) -> Run:
    """A new run, marked as alive, with a folder of its own."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        identity = operations.start_run(cursor, business_day=on, folder="", at=now())
        folder = str(out.resolve() / f"{on}-{identity:06d}")
        cursor.execute("UPDATE letter_run SET folder = %s WHERE id = %s", (folder, identity))
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (ALIVE, identity))
    return Run(identity, folder, on)


def abandoned_runs() -> list[Run]:
    """The unfinished runs that nobody works on any more; they are ours now."""
    with connection.cursor() as cursor:
        found = []
        for run in queries.unfinished_runs(cursor):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (ALIVE, run.id))
            if cursor.fetchone()[0]:
                found.append(run)
        return found


def run_in_processes(post: Post, workers: int) -> Counter[str]:
    """Several processes on one run; raises what one failed of."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with stopped_by_signals(stop.set):
        try:
            with ProcessPoolExecutor(workers, context, initializer=take_stop, initargs=(stop, os.getpid())) as pool:
                futures = [pool.submit(render_quietly, post) for _number in range(workers)]
                return sum((future.result() for future in futures), Counter())
        except BrokenProcessPool:
            message = _("Ein Arbeitsprozess brach ab. Kein Brief ging verloren; derselbe Aufruf setzt fort.")
            raise CommandError(message) from None


_stop: Any = None


def take_stop(stop: Any, parent: int) -> None:
    """In one of several processes: remember how the parent says that it is enough."""
    global _stop
    _stop = stop
    obey(stop, parent)


def render_quietly(post: Post) -> Counter[str]:
    """What one of several processes does."""
    database.start()
    with outages():
        ends = Renderer(post).run(lambda count: None, is_told=lambda: is_orphan() or _stop.is_set())
    if is_orphan():
        os._exit(1)  # nobody takes the answer, and the pool would wait for the next call for ever
    return ends


def finish(run: Run, engines: dict[str, Engine], vault: Vault) -> None:
    """Write the run's index, then its control file, then say so; nothing in the folder of a run without letters."""
    folder = Path(run.folder)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM letter_run WHERE id = %s AND finished_at IS NULL FOR UPDATE", (run.id,))
        if cursor.fetchone() is None:
            return  # somebody took it for broken off, and finished it
        index = index_of(cursor, run, engines, vault)
        sweep(folder, index.files)
        if index.files:
            write_whole(folder / INDEX, index.content)
            write_whole(folder / CONTROL, control_of(run, index, failed=queries.count_failed(cursor, run.id)))
        operations.finish_run(cursor, run.id, at=now())
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (ALIVE, run.id))


def sweep(folder: Path, files: set[str]) -> None:
    """Remove what a batch that was broken off wrote: nobody shall print it, the letter comes in a later run."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in files and (path.suffix == ".pdf" or path.name.startswith(".")):
                path.unlink()
        if not files:
            with suppress(OSError):
                folder.rmdir()


class Index(Struct):
    """The index of a run as CSV, the files it names, their pages, and the letters by template."""

    content: bytes
    files: set[str]
    pages: int
    templates: Counter[str]


def index_of(cursor: Any, run: Run, engines: dict[str, Engine], vault: Vault) -> Index:
    """The index, from the database. A letter whose file is gone is made again."""
    index = Index(b"", set(), 0, Counter())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for rows in queries.rendered_in(cursor, run.id):
        vault.prepare(cursor, {row.data_key for row in rows})
        for row in rows:
            data = open_content(vault, row)
            ensure_file(Path(run.folder), row, data, engines)
            writer.writerow(map(cell, index_row(row, data)))
            index.files.add(row.file)
            index.pages += row.pages
            index.templates[row.template] += 1
    index.content = text.getvalue().encode()
    return index


def open_content(vault: Vault, row: Rendered) -> dict[str, Any]:
    """What a letter says; its data key was prepared."""
    about = queries.about_letter(row.id)
    content: dict[str, Any] = msgspec.json.decode(vault.open(row.content, key=row.data_key, about=about))
    return content


def index_row(row: Rendered, data: dict[str, Any]) -> Sequence[Any]:
    """One line of the index. ``bundle``: letters with the same number go to the same person."""
    address = [*data["recipient"], *[""] * ADDRESS_LINES][:ADDRESS_LINES]
    head = (row.id, row.contract, row.claim, row.template, row.version, row.rendered_on, data["name"])
    return (*head, *address, data["country"], row.pages, row.legal_entity, row.person, row.file, row.sha256)


def ensure_file(folder: Path, row: Rendered, data: dict[str, Any], engines: dict[str, Engine]) -> None:
    """Make a letter's file again where it is missing or broken; raises CommandError where templates changed since."""
    path = folder / row.file
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256:
        return
    letter = render_again(row, data, engines)
    if letter.sha256 != row.sha256:
        message = _("Brief {order}: die Datei fehlt in {folder}, und die Vorlagen haben sich seitdem geändert.")
        raise CommandError(message.format(order=row.id, folder=folder))
    write_whole(path, letter.pdf)


def render_again(row: Rendered, data: dict[str, Any], engines: dict[str, Engine]) -> Letter:
    """The letter from its kept content: the same file while the templates are the same."""
    return engines[row.line].render(row.template, data, on=row.rendered_on)


def control_of(run: Run, index: Index, *, failed: int) -> bytes:
    """The control file: what must be in the folder. Who takes the letters over checks it, and waits for it."""
    control = {
        "run": run.id,
        "business_day": run.business_day,
        "letters": len(index.files),
        "pages": index.pages,
        "templates": dict(sorted(index.templates.items())),
        "failed": failed,
        "index": INDEX,
        "index_sha256": hashlib.sha256(index.content).hexdigest(),
    }
    return msgspec.json.format(msgspec.json.encode(control), indent=2) + b"\n"
