"""What a batch of lines will write: each line judged whole, in order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.counts import Counts
from dunkelwerk.lines.line_faults import LineFault, Older
from dunkelwerk.lines.members.casefile import Mandate, MandateStatus
from dunkelwerk.lines.members.intake.lines import Line
from dunkelwerk.lines.members.loader import COLUMNS


class KnownTaxId(Struct, frozen=True):
    """The tax ID on record; ``ours``: a decision recorded it."""

    id: int
    value: str
    ours: bool

    def __repr__(self) -> str:
        """Without what it holds."""
        return "KnownTaxId(…)"


class KnownMandate(Struct, frozen=True):
    """A mandate on record, with the number of its member."""

    id: int
    member: str
    iban: str
    recurrence: str
    signed_on: Any
    account_holder: str | None
    status: str
    ours: bool
    revoked_here: bool


class KnownMember(Struct, frozen=True):
    """A member on record: the columns, in their order, and the tax ID."""

    id: int
    columns: tuple[Any, ...]
    tax_id: KnownTaxId | None


class Known(Struct, frozen=True):
    """What the register holds of a batch: members by number, mandates by reference in capitals."""

    members: Mapping[str, KnownMember]
    mandates: Mapping[str, KnownMandate]


class Plan(Struct):
    """The rows to write, each with the member's number."""

    new: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    tax_ids: list[tuple[str, str]] = field(default_factory=list)
    cancelled_tax_ids: list[int] = field(default_factory=list)
    new_mandates: list[tuple[str, Mandate]] = field(default_factory=list)
    changed_mandates: list[tuple[int, Mandate]] = field(default_factory=list)
    members: Counts = field(default_factory=Counts)


class Wanted(Struct, frozen=True):
    """What one line changes."""

    tax_id: str | None
    cancels: int | None
    new: list[Mandate]
    changed: list[tuple[int, Mandate]]

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing but, perhaps, columns."""
        return self.tax_id is None and not self.new and not self.changed


def judge(lines: Sequence[Line], known: Known) -> tuple[Plan, list[tuple[Line, LineFault]]]:
    """The plan of a batch, and the lines that are refused; of two lines for one member the later is refused."""
    plan, faults = Plan(), []
    seen: dict[str, str] = {}
    references: dict[str, str] = {}
    for line in lines:
        number = line.case.member.number
        try:
            if number in seen:
                text = _("das Mitglied {number} steht schon in {line}").format(number=number, line=seen[number])
                raise LineFault(text, field="member.number")
            for mandate in line.case.mandates:
                if references.setdefault(mandate.reference.upper(), number) != number:
                    raise LineFault(taken(mandate), field="mandates")
            take(plan, line, known)
        except LineFault as fault:
            faults.append((line, fault))
        else:
            seen[number] = str(line.place)
    return plan, faults


def take(plan: Plan, line: Line, known: Known) -> None:
    """Add a line to the plan; raises LineFault, and then nothing is added."""
    member = line.case.member
    stands = known.members.get(member.number)
    wanted = changes(line, stands, known)
    columns = tuple(getattr(member, name) for name in COLUMNS)
    if stands is None:
        plan.new.append(columns)
        plan.members.new += 1
    elif columns != stands.columns or not wanted.is_empty:
        plan.changed.append((stands.id, columns))
        plan.members.changed += 1
    else:
        plan.members.unchanged += 1
    if wanted.tax_id is not None:
        plan.tax_ids.append((member.number, wanted.tax_id))
    if wanted.cancels is not None:
        plan.cancelled_tax_ids.append(wanted.cancels)
    plan.new_mandates += [(member.number, each) for each in wanted.new]
    plan.changed_mandates += wanted.changed


def changes(line: Line, stands: KnownMember | None, known: Known) -> Wanted:
    """What a line changes of tax ID and mandates; raises LineFault."""
    told = compact(line.case.member.tax_id or "") or None
    on_record = stands.tax_id if stands else None
    is_news = told is not None and (on_record is None or on_record.value != told)
    if is_news and on_record is not None and on_record.ours:
        raise Older(_("hier ist inzwischen eine andere Steuer-ID gespeichert"), field="member.tax_id")
    cancels = on_record.id if is_news and on_record is not None else None
    new, changed = [], []
    for mandate in line.case.mandates:
        existing = known.mandates.get(mandate.reference.upper())
        if existing is None:
            new.append(mandate)
        elif differs(mandate, existing, line.case.member.number):
            changed.append((existing.id, mandate))
    return Wanted(told if is_news else None, cancels, new, changed)


def differs(mandate: Mandate, existing: KnownMandate, number: str) -> bool:
    """Whether a mandate is news; raises LineFault where it contradicts what was recorded here."""
    if existing.member != number:
        raise LineFault(taken(mandate), field="mandates")
    said = (compact(mandate.iban), mandate.recurrence.value, mandate.signed_on, mandate.account_holder)
    same = said == (existing.iban, existing.recurrence, existing.signed_on, existing.account_holder)
    if existing.ours and not same:
        text = _("das Mandat {reference} wurde hier mit anderen Angaben gespeichert")
        raise Older(text.format(reference=mandate.reference), field="mandates")
    if existing.revoked_here and mandate.status is MandateStatus.ACTIVE:
        text = _("das Mandat {reference} ist hier inzwischen widerrufen")
        raise Older(text.format(reference=mandate.reference), field="mandates")
    return not same or mandate.status.value != existing.status


def taken(mandate: Mandate) -> str:
    """The sentence for a reference that another member has."""
    return _("die Mandatsreferenz {reference} hat schon ein anderes Mitglied").format(reference=mandate.reference)
