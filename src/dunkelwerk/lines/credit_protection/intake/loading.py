"""Case files into the register: ``dunkelwerk load``. A line is taken over whole or not at all.

1. ``read_batches`` reads and checks lines, some thousand at a time (``lines``, ``checks``).
2. ``Intake.take`` settles a batch in one transaction: it locks and reads what the register holds (``known``),
   judges each line (``plan``, ``changes``, ``instalments``) and writes each table once
   (``writes``). A batch that is committed stays, whatever happens later; loading again completes the rest.
3. Meanwhile the next batch is read.

What is news, and what is refused:

- Persons, tariffs and contracts are the core system's: what it says now holds, and what it says again changes
  nothing. They are global: two lines of one run that disagree about one of them are found (``seen``), and the
  later is refused. A person, tariff or contract that no line names is left alone.
- Releases, instalments, proofs and the status of claims are ours after the first load. Later ones are taken over
  (further released days as a row of their own with origin 0, further proofs, new instalments). A line is refused as
  older where a claim or an instalment is missing, where a status, ``proven_until`` or ``released_until`` is behind,
  where a closed claim has lost its ``closed_on``, ``closing_reason`` or ``recovered_on``, and where ``recourse_open``
  is what it was before we set off part of it (any other amount is news). A line equal to the one loaded last is
  never news: it is refused where the register moved on, and else changes nothing.
- A claim that is closed, or for which days were released here, is not declined from outside. What was released for a
  declined claim elsewhere counts as cancelled: its days stand against no other claim, as the rules have it. Closed
  instead of declined, it holds them again.
- An instalment's amount and due date never change. The status of one that was released here never comes from
  outside, for postings speak of it; payments and returns come by ``dunkelwerk payouts``.
- Of a claim, ICD codes, ``months_used_before`` and dates of closing may always be corrected; person, cause, onset and
  ``benefit_from`` until benefit was released for it; ``benefit_limit`` afterwards, too, but not to before the last
  day released.
- Days that were released here are never released again by a line, for the same claim or under another cause of the
  person on the contract. Such overlaps among loaded claims are the core system's history: reported, not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from django.db import Error as DjangoError
from django.db import connection, transaction
from msgspec import Struct, field
from psycopg import Error as PsycopgError

from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine, read_lines
from dunkelwerk.infra.progress import Advance
from dunkelwerk.lines.counts import Counts
from dunkelwerk.lines.credit_protection.intake.known import read_known
from dunkelwerk.lines.credit_protection.intake.lines import Line, LineReader
from dunkelwerk.lines.credit_protection.intake.plan import Plan, Planner
from dunkelwerk.lines.credit_protection.intake.seen import Seen
from dunkelwerk.lines.credit_protection.intake.writes import Writer
from dunkelwerk.lines.line_faults import LineFault
from dunkelwerk.lines.retry import constraint_of, patiently

BATCH_LINES = 1000
BATCH_BYTES = 4 * 1024 * 1024
OVERLAPS_NAMED = 5
READER = LineReader()
SET_ACTOR = "SELECT set_config('app.actor', %s, true)"
OPEN_LOAD = "INSERT INTO register_load (started_at, actor, files) VALUES (%s, %s, %s) RETURNING id"
CLOSE_LOAD = "UPDATE register_load SET finished_at = %s WHERE id = %s"

Complain = Callable[[str], None]


class Totals(Struct):
    """What a load did. ``overlapping``: the first few; ``refused``: lines and files with an error."""

    lines: int = 0
    refused: int = 0
    persons: Counts = field(default_factory=Counts)
    contracts: Counts = field(default_factory=Counts)
    overlaps: int = 0
    overlapping: list[tuple[str, str, str]] = field(default_factory=list)


class Batch(Struct):
    """Some lines of one file, numbered ``file``, and the sentences about those, and about a file, that are refused."""

    file: int
    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    unreadable: str | None = None
    size: int = 0

    @property
    def count(self) -> int:
        """How many lines it stands for."""
        return len(self.lines) + len(self.faults)

    @property
    def is_full(self) -> bool:
        """Whether it is worth a transaction."""
        return self.count >= BATCH_LINES or self.size >= BATCH_BYTES


def load_files(files: Sequence[Path], *, actor: str, complain: Complain, advance: Advance) -> Totals:
    """Load case files; ``complain`` gets a sentence for each line and file that is refused.

    Raises CommandError where the database stays away; what was committed before stays.
    """
    names = [shown(file) for file in files]
    load = patiently(lambda: open_load(names, actor), tell=complain)
    intake = Intake(names, load=load, actor=actor, complain=complain)
    try:
        with ThreadPoolExecutor(1) as executor:
            try:
                settle_all(read_batches(files), intake, executor, advance)
            finally:
                executor.submit(close_connection)
    finally:
        intake.seen.close()
    patiently(lambda: close_load(load, actor), tell=complain)
    return intake.totals


def shown(file: Path) -> str:
    """The file's name as text that can be recorded, whatever bytes it has."""
    return str(file).encode("utf-8", "replace").decode()


def settle_all(batches: Iterator[Batch], intake: Intake, executor: ThreadPoolExecutor, advance: Advance) -> None:
    """Settle one batch after the other, each while the next is read."""
    under_way: Future[int] | None = None
    for batch in batches:
        if under_way is not None:
            advance(under_way.result())
        under_way = executor.submit(intake.take, batch)
    if under_way is not None:
        advance(under_way.result())


def open_load(names: list[str], actor: str) -> int:
    """Record the run; its id."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SET_ACTOR, (actor,))
        cursor.execute(OPEN_LOAD, (now(), actor, names))
        load: int = cursor.fetchone()[0]
        return load


def close_load(load: int, actor: str) -> None:
    """Record that the run came to its end."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SET_ACTOR, (actor,))
        cursor.execute(CLOSE_LOAD, (now(), load))


def close_connection() -> None:
    """Close the connection of the thread that calls: ``connection`` stands for another one in each thread."""
    connection.close()


def read_batches(files: Sequence[Path]) -> Iterator[Batch]:
    """The lines of all files, in order, in batches; a file that cannot be read is refused, the others go on."""
    for number, file in enumerate(files):
        batch = Batch(number)
        try:
            for line in read_lines(file):
                read_into(batch, line, Source(shown(file), line.number))
                if batch.is_full:
                    yield batch
                    batch = Batch(number)
        except CommandError as error:
            batch.unreadable = str(error)
        except OSError as error:
            batch.unreadable = _("{path}: nicht lesbar ({reason}).").format(path=file, reason=error.strerror)
        if batch.count or batch.unreadable:
            yield batch


def read_into(batch: Batch, line: FileLine, place: Source) -> None:
    """Add a line, or the sentence about it."""
    batch.size += len(line.text)
    try:
        batch.lines.append(READER.read(line, place))
    except LineFault as fault:
        batch.faults.append((line.number, fault.sentence(place)))


class Intake:
    """One run: what it has taken over, and the totals."""

    def __init__(self, names: list[str], *, load: int, actor: str, complain: Complain) -> None:
        self.totals, self.seen = Totals(), Seen()
        self._names, self._load, self._actor, self._complain = names, load, actor, complain

    def _refuse(self, sentence: str) -> None:
        self.totals.refused += 1
        self._complain(sentence)

    def take(self, batch: Batch) -> int:
        """Settle a batch; the number of its lines."""
        faults = [*batch.faults, *self._settle(batch.lines, batch.file)]
        self.totals.lines += batch.count
        for _number, sentence in sorted(faults):
            self._refuse(sentence)
        if batch.unreadable:
            self._refuse(batch.unreadable)
        return batch.count

    def _settle(self, lines: Sequence[Line], file: int) -> list[tuple[int, str]]:
        """Settle lines; where the database refuses their data, by halves down to the line at fault."""
        if not lines:
            return []
        try:
            plan, faults = patiently(lambda: self._attempt(lines, file), tell=self._complain)
        except (DjangoError, PsycopgError) as error:
            if len(lines) > 1:
                middle = len(lines) // 2
                return [*self._settle(lines[:middle], file), *self._settle(lines[middle:], file)]
            return [refused_by_database(lines[0], error)]
        self._account(plan)
        return faults

    def _attempt(self, lines: Sequence[Line], file: int) -> tuple[Plan, list[tuple[int, str]]]:
        """One transaction: lock, read, judge, write."""
        faults = []
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(SET_ACTOR, (self._actor,))
            known = read_known(cursor, lines)
            planner = Planner(known, self.seen.find(key for line in lines for key in line.digests), self._names)
            for line in lines:
                try:
                    planner.take(line, file=file)
                except LineFault as fault:
                    faults.append((line.place.number, fault.sentence(line.place)))
            Writer(cursor, known, load=self._load).write(planner.plan)
        return planner.plan, faults

    def _account(self, plan: Plan) -> None:
        """Keep in mind what was committed."""
        self.seen.add(plan.marks)
        totals = self.totals
        totals.persons.add(plan.person_counts)
        totals.contracts.add(plan.contract_counts)
        totals.overlaps += len(plan.overlaps)
        totals.overlapping.extend(plan.overlaps[: OVERLAPS_NAMED - len(totals.overlapping)])


def refused_by_database(line: Line, error: BaseException) -> tuple[int, str]:
    """The sentence about a line whose data the database does not accept."""
    text = _("die Datenbank nimmt die Zeile nicht an (Regel {rule})").format(rule=constraint_of(error))
    return line.place.number, LineFault(text).sentence(line.place)
