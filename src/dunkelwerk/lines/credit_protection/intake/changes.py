"""What a line says about a contract that the register has: older (an error), the same, or news. Pure.

What is ours after the first load is never wound back; docs in ``intake``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from dunkelwerk.decisions.periods import Period, day_after, period
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection.casefile import Claim, ClaimStatus, Contract, Instalment
from dunkelwerk.lines.credit_protection.intake.instalments import InstalmentChange, compare_instalments
from dunkelwerk.lines.credit_protection.intake.known import KnownClaim, KnownContract, OwnRelease
from dunkelwerk.lines.line_faults import LineFault, Older

RANK = {"reported": 0, "accepted": 1, "declined": 2, "closed": 2}


class ClaimChange(Struct, frozen=True):
    """What is new about a claim that the register has, with the status ``before``."""

    id: int
    before: str
    claim: Claim
    columns: bool
    proof: date | None
    release: Period | None
    new_instalments: list[Instalment]
    instalments: list[InstalmentChange]

    def __bool__(self) -> bool:
        return self.columns or bool(self.new_instalments) or bool(self.instalments)

    @property
    def is_declined_now(self) -> bool:
        """Whether it was not declined before: its days no longer count."""
        return self.claim.is_declined and self.before != ClaimStatus.DECLINED.value

    @property
    def went_on(self) -> bool:
        """Whether it was merely reported, and is so no more: nobody waits for documents."""
        return self.before == ClaimStatus.REPORTED.value != self.claim.status.value


class ContractChange(Struct, frozen=True):
    """What is new about a contract whose content is not what was last loaded. ``insured``: the persons changed."""

    known: KnownContract
    contract: Contract
    insured: bool
    new_claims: list[Claim]
    claims: list[ClaimChange]


def compare(contract: Contract, known: KnownContract, *, digest: bytes, field: str) -> ContractChange | None:
    """What is new, or None for a contract as it was last loaded; raises LineFault where the register would go back."""
    if missing := known.claims.keys() - {claim.number for claim in contract.claims}:
        raise Older(_("der Leistungsfall {claim} fehlt").format(claim=min(missing)), field=f"{field}.claims")
    check_recourse(contract.recourse_open, known, field=f"{field}.recourse_open")
    new: list[Claim] = []
    changes: list[ClaimChange] = []
    for at, claim in enumerate(contract.claims):
        before = known.claims.get(claim.number)
        if before is None:
            new.append(claim)
        elif change := compare_claim(claim, before, field=f"{field}.claims[{at}]"):
            changes.append(change)
    if digest == known.digest:
        return None
    check_days(contract, known, field=field)
    check_declined(contract, known, field=field)
    insured = list(contract.insured) != known.insured
    return ContractChange(known, contract, insured, new, changes)


def check_recourse(amount: Decimal, known: KnownContract, *, field: str) -> None:
    """Raise Older where the amount is the one from before we set off part of it."""
    if amount == known.recourse_loaded and known.recourse_open != known.recourse_loaded:
        text = _("offener Regress des Vertrags {contract} aus der Zeit vor der Aufrechnung")
        raise Older(text.format(contract=known.number), field=field)


def compare_claim(claim: Claim, known: KnownClaim, *, field: str) -> ClaimChange | None:
    """What is new about a claim; raises LineFault where it would go back."""
    check_not_older(claim, known, field=field)
    if known.benefit_days is not None:
        check_settled(claim, known, field=field)
    new, changed = compare_instalments(claim, known, field=f"{field}.instalments")
    columns = columns_of_claim(claim) != columns_of_known(known)
    if not (columns or new or changed):
        return None
    proof = claim.proven_until if claim.proven_until != known.proven_until else None
    return ClaimChange(known.id, known.status, claim, columns, proof, days_released(claim, known), new, changed)


def check_not_older(claim: Claim, known: KnownClaim, *, field: str) -> None:
    """Raise Older for a status, a proof, a release or a closing that the register is beyond."""
    if RANK[claim.status.value] < RANK[known.status]:
        raise older("status", claim, field=field)
    for name in ("proven_until", "released_until"):
        before, now = getattr(known, name), getattr(claim, name)
        if before is not None and (now is None or now < before):
            raise older(name, claim, field=field)
    if brings_back(claim, known):
        raise older("released_until", claim, field=field)
    if claim.status.value == known.status == "closed":
        for name in ("recovered_on", "closed_on", "closing_reason"):
            if getattr(known, name) is not None and getattr(claim, name) is None:
                raise older(name, claim, field=field)


def brings_back(claim: Claim, known: KnownClaim) -> bool:
    """Whether the file releases days that a reversal took back here: it is from before."""
    now, ours, taken_back = claim.released_until, known.released_until, known.taken_back_until
    still_taken_back = taken_back is not None and (ours is None or ours < taken_back)
    return still_taken_back and now is not None and (ours is None or now > ours)


def older(name: str, claim: Claim, *, field: str) -> Older:
    """The fault of one field."""
    text = _("der Leistungsfall {claim} ist im Register schon weiter")
    return Older(text.format(claim=claim.number), field=f"{field}.{name}")


def check_settled(claim: Claim, known: KnownClaim, *, field: str) -> None:
    """Raise LineFault for a change of what the benefit released already was computed from."""
    fixed = (
        ("person", claim.person, known.person),
        ("cause", claim.cause.value, known.cause),
        ("onset", claim.onset, known.onset),
        ("benefit_from", claim.benefit_from, known.benefit_from),
    )
    for name, now, before in fixed:
        if now != before:
            raise settled(name, claim, field=field)
    limit = claim.benefit_limit
    if limit != known.benefit_limit and (limit is None or limit < known.released_until):  # type: ignore[operator]
        raise settled("benefit_limit", claim, field=field)


def settled(name: str, claim: Claim, *, field: str) -> LineFault:
    """The fault of a field that benefit already depends on."""
    text = _("für den Leistungsfall {claim} ist schon Leistung freigegeben, das Feld lässt sich nicht mehr ändern")
    todo = _("bitte den Stand des Registers übernehmen oder den Fall von Hand berichtigen")
    return LineFault(text.format(claim=claim.number), field=f"{field}.{name}", todo=todo)


def columns_of_claim(claim: Claim) -> tuple[object, ...]:
    """What stands in the claim's row."""
    return (
        claim.person,
        claim.cause.value,
        claim.status.value,
        claim.onset,
        list(claim.icd),
        claim.benefit_from,
        claim.benefit_limit,
        claim.proven_until,
        claim.released_until,
        claim.recovered_on,
        claim.closed_on,
        claim.closing_reason,
        claim.months_used_before,
    )


def columns_of_known(known: KnownClaim) -> tuple[object, ...]:
    """The same of a row."""
    return (
        known.person,
        known.cause,
        known.status,
        known.onset,
        known.icd,
        known.benefit_from,
        known.benefit_limit,
        known.proven_until,
        known.released_until,
        known.recovered_on,
        known.closed_on,
        known.closing_reason,
        known.months_used_before,
    )


def days_released(claim: Claim, known: KnownClaim | None) -> Period | None:
    """The days with benefit that the register does not know as released yet; all, where the claim was declined."""
    first, last = claim.benefit_from, claim.released_until
    counts = known is not None and (claim.is_declined or known.status != ClaimStatus.DECLINED.value)
    before = known.benefit_days if known is not None and counts else None
    if first is None or last is None or before is None or last <= before.end:
        return period(first, last) if before is None else None
    return period(max(first, day_after(before.end)), last)


def check_days(contract: Contract, known: KnownContract, *, field: str) -> None:
    """Raise LineFault where days that the line releases were released here, for the claim or for another cause."""
    for at, claim in enumerate(contract.claims if known.releases else ()):
        before = known.claims.get(claim.number)
        days = None if claim.is_declined else days_released(claim, before)
        if days and any(clashes(days, claim, before, own) for own in known.releases):
            text = _("Tage des Leistungsfalls {claim} sind hier schon freigegeben")
            todo = _("bitte im Bestandssystem berichtigen")
            raise LineFault(text.format(claim=claim.number), field=f"{field}.claims[{at}].released_until", todo=todo)


def check_declined(contract: Contract, known: KnownContract, *, field: str) -> None:
    """Raise LineFault where a claim would be declined that was closed, or for which we released benefit."""
    for at, claim in enumerate(contract.claims):
        before = known.claims.get(claim.number)
        if before is None or claim.status is not ClaimStatus.DECLINED:
            continue
        if before.status == "closed" or any(own.claim == before.id for own in known.releases):
            text = _("der Leistungsfall {claim} ist hier bezahlt oder geschlossen").format(claim=claim.number)
            todo = _("bitte den Fall von Hand berichtigen")
            raise LineFault(text, field=f"{field}.claims[{at}].status", todo=todo)


def clashes(days: Period, claim: Claim, known: KnownClaim | None, own: OwnRelease) -> bool:
    """Whether the database would refuse the days: released twice for a claim, or for two causes of a person."""
    same_claim = known is not None and own.claim == known.id
    other_cause = own.person == claim.person and own.cause != claim.cause.value
    return (same_claim or other_cause) and days.meets(own.days)


def overlaps(contract: Contract) -> list[tuple[str, str]]:
    """Pairs of claims of one person with different causes, none declined, whose benefit days meet."""
    paid = [(claim, days) for claim in contract.claims if (days := claim.benefit_days) and not claim.is_declined]
    return [
        (one.number, other.number)
        for at, (one, days) in enumerate(paid)
        for other, others in paid[at + 1 :]
        if one.person == other.person and one.cause is not other.cause and days.meets(others)
    ]
