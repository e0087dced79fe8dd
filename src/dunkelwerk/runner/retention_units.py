"""Units of retention: a notice in all its attempts, with everything that was decided, ordered and done about it.

A unit goes as a whole or not at all, but its letters may go before the rest. Source: docs/retention.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.lines.registry import lines
from dunkelwerk.lines.terms import EFFECTIVE, LETTER, UNSETTLED, Ends, Hold, Keeper, Reach, Terms

#: a notice in one of these states still waits for somebody
WAITS = frozenset({"waiting", "referred", "proposed", "joined"})
#: letter orders that nobody has to print any more
SENT = frozenset({"rendered", "cancelled"})
DUE, RUNNING, NEEDED, HELD = "due", "running", "needed", "held"
#: the year is Berlin's: 00:30 on 1 January there is still the old year in UTC
BERLIN_YEAR = "extract(year FROM {} AT TIME ZONE 'Europe/Berlin')::int"
NOTICES = f"""
    SELECT id, channel, external_id, state, case_key, {BERLIN_YEAR.format("received_at")} FROM notice
    WHERE (channel, external_id) IN (SELECT * FROM unnest(%s::text[], %s::text[])) ORDER BY id FOR UPDATE
"""
DECISIONS = """
    SELECT id, notice, business_day, batch, line, process, contract, effective FROM decision_record
    WHERE notice = ANY(%s) ORDER BY id
"""
#: decisions only grow, and their movements are found by the block: one look at the index for each span
MOVEMENTS = """
    SELECT DISTINCT m.decision, m.contract, coalesce(m.claim, ''), m.action
    FROM unnest(%s::bigint[], %s::bigint[]) AS span (first, last)
    JOIN movement m ON m.decision BETWEEN span.first AND span.last WHERE m.contract IS NOT NULL
"""
#: numbers so near to one another lie in the same block
NEAR = 100
ITEMS = """
    SELECT id, decision, state, contract, coalesce(claim, ''), CASE WHEN kind = 'notice' THEN key::bigint END
    FROM work_item WHERE kind = 'notice' AND key = ANY(%s)
    UNION
    SELECT id, decision, state, contract, coalesce(claim, ''), NULL FROM work_item
    WHERE decision = ANY(%s) AND kind <> 'notice'
"""
LETTERS = f"""
    SELECT o.id, decision, action, state, contract, coalesce(claim, ''), {BERLIN_YEAR.format("r.started_at")},
           extract(year FROM coalesce(rendered_on, o.business_day))::int, run, file
    FROM letter_order o LEFT JOIN letter_run r ON r.id = o.run WHERE o.decision = ANY(%s) ORDER BY o.id
"""
PROPOSALS = "SELECT id, notice, state, parts FROM proposal WHERE notice = ANY(%s)"
HOLDS = "SELECT line, kind, key FROM legal_hold WHERE lifted_at IS NULL ORDER BY id"


class Letter(Struct, frozen=True):
    """A letter order; ``file`` lies in the folder of its run."""

    id: int
    action: int
    state: str
    year: int
    run: int | None
    file: str | None


class Unit(Struct):
    """What is kept and deleted together. ``places``: contracts with claim, or with "" where no claim is named.

    ``processes`` decided it, ``actions`` are what took effect.
    """

    notices: list[int] = []
    states: set[str] = set()
    received: int = 0
    decisions: dict[int, date] = {}
    batches: dict[int, int] = {}
    lines: set[str] = set()
    processes: set[str] = set()
    actions: set[str] = set()
    effective: bool = False
    places: set[tuple[str, str]] = set()
    items: list[int] = []
    proposals: list[int] = []
    letters: list[Letter] = []
    busy: bool = False

    @property
    def claims(self) -> set[tuple[str, str]]:
        """The claims that it names."""
        return {place for place in self.places if place[1]}

    @property
    def waits(self) -> bool:
        """Whether somebody has still to do something about it."""
        unsent = any(letter.state not in SENT for letter in self.letters)
        return self.busy or unsent or not WAITS.isdisjoint(self.states)


class Facts(Struct, frozen=True):
    """What judging units needs, of one moment: terms and day, and by line when claims ended and what is held.

    ``standing``: by line and decision, when the rows of the register ended that rest on it (None: one stands).
    """

    terms: Mapping[str, Terms]
    keepers: Mapping[str, Keeper]
    on: date
    ends: Mapping[str, Ends]
    standing: Mapping[str, Mapping[int, date | None]]
    reach: Mapping[str, Reach]

    def term(self, unit: Unit) -> str:
        """The term that applies to a unit of one line, which has terms."""
        (line,) = unit.lines
        names = self.keepers[line].term(unit.processes, unit.actions, effective=unit.effective)
        return self.terms[line].longest(names, self.on)


class Verdict(Struct, frozen=True):
    """What becomes of a unit or its letters, and the year with whose end the term started; which term."""

    what: str
    year: int
    term: str = UNSETTLED


def read_units(cursor: Any, families: Sequence[tuple[str, str]]) -> list[Unit]:
    """The units of these channels and external ids, their notices locked."""
    cursor.execute(NOTICES, tuple(map(list, zip(*families, strict=True))))
    rows = cursor.fetchall()
    units: dict[tuple[str, str], Unit] = defaultdict(Unit)
    by_notice: dict[int, Unit] = {}
    for identity, channel, external_id, state, case_key, year in rows:
        unit = by_notice[identity] = units[channel, external_id]
        unit.notices.append(identity)
        unit.states.add(state)
        unit.received = max(unit.received, year)
        unit.places.add((case_key, ""))
    by_decision = read_decisions(cursor, by_notice)
    read_movements(cursor, by_decision)
    read_items(cursor, by_notice, by_decision)
    read_letters(cursor, by_decision)
    read_proposals(cursor, by_notice)
    return list(units.values())


def read_decisions(cursor: Any, by_notice: Mapping[int, Unit]) -> dict[int, Unit]:
    """Add the decisions; the units by decision."""
    cursor.execute(DECISIONS, (list(by_notice),))
    by_decision = {}
    for identity, notice, day, batch, line, process, contract, effective in cursor.fetchall():
        unit = by_decision[identity] = by_notice[notice]
        unit.decisions[identity] = day
        unit.batches[batch] = unit.batches.get(batch, 0) + 1
        unit.lines.add(line)
        unit.processes.add(process)
        unit.effective |= effective
        if contract:
            unit.places.add((contract, ""))
    return by_decision


def read_movements(cursor: Any, by_decision: Mapping[int, Unit]) -> None:
    """Add the claims that decisions moved, and how."""
    spans = spans_of(by_decision)
    cursor.execute(MOVEMENTS, ([first for first, _last in spans], [last for _first, last in spans]))
    for decision, contract, claim, action in cursor.fetchall():
        if decision in by_decision:
            by_decision[decision].places.add((contract, claim))
            by_decision[decision].actions.add(action)


def spans_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of the numbers that lie near to one another."""
    spans: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if spans and number - spans[-1][1] <= NEAR:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def read_items(cursor: Any, by_notice: Mapping[int, Unit], by_decision: Mapping[int, Unit]) -> None:
    """Add the work items, of the notices and of whatever followed from the decisions."""
    cursor.execute(ITEMS, ([str(each) for each in by_notice], list(by_decision)))
    for identity, decision, state, contract, claim, notice in cursor.fetchall():
        unit = by_decision[decision] if notice is None else by_notice[notice]
        unit.items.append(identity)
        unit.busy |= state != "done"
        if contract:
            unit.places.add((contract, claim))


def read_letters(cursor: Any, by_decision: Mapping[int, Unit]) -> None:
    """Add the letter orders."""
    cursor.execute(LETTERS, (list(by_decision),))
    for identity, decision, action, state, contract, claim, started, year, run, file in cursor.fetchall():
        unit = by_decision[decision]
        unit.letters.append(Letter(identity, action, state, max(year, started or year), run, file))
        unit.places.add((contract, claim))


def read_proposals(cursor: Any, by_notice: Mapping[int, Unit]) -> None:
    """Add the proposals."""
    cursor.execute(PROPOSALS, (list(by_notice),))
    for identity, notice, state, parts in cursor.fetchall():
        unit = by_notice[notice]
        unit.proposals.append(identity)
        unit.busy |= state == "pending"
        for part in parts:
            contract, slash, claim = part.rpartition("/")
            if slash:  # else it is about a contract or person as such
                unit.places.add((contract, claim))


def read_facts(cursor: Any, units: Iterable[Unit], keepers: Mapping[str, Keeper], terms: Any, on: date) -> Facts:
    """What judging these units needs; their contracts stay as they are until the transaction ends."""
    contracts = sorted({contract for unit in units for contract, _claim in unit.places})
    decisions = sorted({decision for unit in units for decision in unit.decisions})
    reach = read_reach(cursor, keepers)
    for keeper in keepers.values():
        keeper.lock(cursor, contracts)
    ends = {name: keeper.ends(cursor, contracts) for name, keeper in keepers.items()}
    standing = {name: keeper.standing(cursor, decisions) for name, keeper in keepers.items()}
    return Facts(terms, keepers, on, ends, standing, reach)


def read_reach(cursor: Any, keepers: Mapping[str, Keeper]) -> dict[str, Reach]:
    """What is held, by line."""
    cursor.execute(HOLDS)
    holds: dict[str, list[Hold]] = defaultdict(list)
    for line, kind, key in cursor.fetchall():
        holds[line].append(Hold(kind, key))
    return {name: keeper.reach(cursor, holds[name]) for name, keeper in keepers.items()}


def judge(unit: Unit, facts: Facts) -> Verdict:
    """What becomes of a unit: all of it, but letters that were judged due before."""
    (line,) = unit.lines if len(unit.lines) == 1 else (None,)
    year = max([unit.received, *(day.year for day in unit.decisions.values())])
    if line is None or line not in facts.terms or line not in lines():
        return Verdict(NEEDED, year, EFFECTIVE if unit.effective else UNSETTLED)
    term = facts.term(unit)
    ended = ended_in(unit, facts, line) if unit.effective else year
    if unit.waits or ended is None:
        return Verdict(NEEDED, year, term)
    return weigh(unit, facts, line, term, max(year, ended))


def judge_letters(unit: Unit, facts: Facts) -> Verdict:
    """What becomes of its letters alone."""
    whole = judge(unit, facts)
    if whole.what == NEEDED or not unit.letters:
        return Verdict(NEEDED, whole.year, LETTER)
    (line,) = unit.lines
    ended = ended_in(unit, facts, line) or 0
    return weigh(unit, facts, line, LETTER, max([ended, *(letter.year for letter in unit.letters)]))


def weigh(unit: Unit, facts: Facts, line: str, term: str, year: int) -> Verdict:
    """Whether the term has passed, and whether a hold keeps it all the same."""
    if year > facts.terms[line].last_year(term, facts.on):
        return Verdict(RUNNING, year, term)
    return Verdict(HELD if is_held(unit, facts.reach[line]) else DUE, year, term)


def ended_in(unit: Unit, facts: Facts, line: str) -> int | None:
    """The year in which the last of its claims, and of what rests on it, ended; None while one is open, 0 for none."""
    ends, standing = facts.ends[line], facts.standing[line]
    days = [ends[place] for place in unit.claims if place in ends]
    days += [standing[decision] for decision in unit.decisions if decision in standing]
    known = [day.year for day in days if day is not None]
    return max(known, default=0) if len(known) == len(days) else None


def is_held(unit: Unit, reach: Reach) -> bool:
    """Whether a hold reaches it; a hold on one claim leaves alone what is about another one of the contract."""
    named = unit.claims
    loose = {(contract, claim) for contract, claim in unit.places if not named or claim}
    contracts = {contract for contract, _claim in unit.places}
    return not loose.isdisjoint(reach) or any((contract, None) in reach for contract in contracts)
