"""What a batch of lines will write: each line judged whole, in order. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.counts import Counts
from dunkelwerk.lines.credit_protection.casefile import Contract, Person, Tariff
from dunkelwerk.lines.credit_protection.intake.changes import ContractChange, compare, overlaps
from dunkelwerk.lines.credit_protection.intake.known import Known, KnownContract, Row
from dunkelwerk.lines.credit_protection.intake.lines import CONTRACT, PERSON, TARIFF, Line
from dunkelwerk.lines.credit_protection.intake.seen import Mark
from dunkelwerk.lines.line_faults import LineFault


class Stamp(Struct, frozen=True):
    """Where the content of a row comes from."""

    line: str
    digest: bytes


class Plan(Struct):
    """The rows to write, by whether they are new; the marks of what stands in the lines; and the counts."""

    new_persons: list[tuple[Person, Stamp]] = field(default_factory=list)
    persons: list[tuple[int, Person, Stamp]] = field(default_factory=list)
    new_tariffs: list[tuple[Tariff, Stamp]] = field(default_factory=list)
    tariffs: list[tuple[int, Tariff, Stamp]] = field(default_factory=list)
    new_contracts: list[tuple[Contract, Stamp]] = field(default_factory=list)
    contracts: list[tuple[ContractChange, Stamp]] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    overlaps: list[tuple[str, str, str]] = field(default_factory=list)
    person_counts: Counts = field(default_factory=Counts)
    contract_counts: Counts = field(default_factory=Counts)


class Planner:
    """Judges the lines of a batch against the register and against what this load has taken over before."""

    def __init__(self, known: Known, earlier: Mapping[str, Mark], files: list[str]) -> None:
        self.plan = Plan()
        self._known, self._earlier, self._files = known, earlier, files

    def take(self, line: Line, *, file: int) -> None:
        """Plan everything in the line; raises LineFault, and then plans nothing of it."""
        fresh = self._agree(line)
        changes = self._compare(line, fresh)
        place = str(line.place)
        for key in fresh:
            self.plan.marks[key] = Mark(line.digests[key], file, line.place.number)
        for person in line.case.persons:
            if PERSON + person.id in fresh:
                self._take_person(person, Stamp(place, line.digests[PERSON + person.id]))
        for tariff in line.case.tariffs:
            if TARIFF + tariff.id in fresh:
                self._take_tariff(tariff, Stamp(place, line.digests[TARIFF + tariff.id]))
        for contract in line.case.contracts:
            if CONTRACT + contract.number in fresh:
                stamp = Stamp(place, line.digests[CONTRACT + contract.number])
                self._take_contract(contract, changes.get(contract.number), stamp)

    def _agree(self, line: Line) -> set[str]:
        """What stands in the line for the first time; raises LineFault where an earlier line says otherwise."""
        fresh = set()
        for key, digest in line.digests.items():
            mark = self.plan.marks.get(key) or self._earlier.get(key)
            if mark is None:
                fresh.add(key)
            elif mark.digest != digest:
                raise disagreement(key, Source(self._files[mark.file], mark.line))
        return fresh

    def _compare(self, line: Line, fresh: set[str]) -> dict[str, ContractChange]:
        """The changes of contracts that the register has; raises LineFault where it would go back."""
        changes = {}
        for at, contract in enumerate(line.case.contracts):
            known = self._known.contracts.get(contract.number)
            key = CONTRACT + contract.number
            if known is None or key not in fresh:
                continue
            if change := compare(contract, known, digest=line.digests[key], field=f"contracts[{at}]"):
                changes[contract.number] = change
        return changes

    def _take_person(self, person: Person, stamp: Stamp) -> None:
        row = self._known.persons.get(person.id)
        count(self.plan.person_counts, row, stamp)
        if row is None:
            self.plan.new_persons.append((person, stamp))
        elif row.digest != stamp.digest:
            self.plan.persons.append((row.id, person, stamp))

    def _take_tariff(self, tariff: Tariff, stamp: Stamp) -> None:
        row = self._known.tariffs.get(tariff.id)
        if row is None:
            self.plan.new_tariffs.append((tariff, stamp))
        elif row.digest != stamp.digest:
            self.plan.tariffs.append((row.id, tariff, stamp))

    def _take_contract(self, contract: Contract, change: ContractChange | None, stamp: Stamp) -> None:
        known = self._known.contracts.get(contract.number)
        count(self.plan.contract_counts, known, stamp)
        if known is None:
            self.plan.new_contracts.append((contract, stamp))
        elif change is not None:
            self.plan.contracts.append((change, stamp))
        if len(contract.claims) > 1:
            self.plan.overlaps.extend((contract.number, *pair) for pair in overlaps(contract))


def count(counts: Counts, row: Row | KnownContract | None, stamp: Stamp) -> None:
    """Count a thing as new, changed or unchanged."""
    if row is None:
        counts.new += 1
    elif row.digest != stamp.digest:
        counts.changed += 1
    else:
        counts.unchanged += 1


def disagreement(key: str, place: Source) -> LineFault:
    """The fault of a line that contradicts an earlier one of this load."""
    kinds = {PERSON: _("die Person"), TARIFF: _("der Tarif"), CONTRACT: _("der Vertrag")}
    fields = {PERSON: "persons", TARIFF: "tariffs", CONTRACT: "contracts"}
    text = _("{kind} {key} steht anders in {place}").format(kind=kinds[key[0]], key=key[1:], place=place)
    return LineFault(text, field=fields[key[0]], todo=_("bitte angleichen und die Datei noch einmal laden"))
