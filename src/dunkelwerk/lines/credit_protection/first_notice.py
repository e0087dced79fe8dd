"""A first notice: the claim that it would open, with everything that its checks and actions compare.

Source: docs/rules.md section 5. A reported claim with the same onset is taken up instead of a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from dunkelwerk.decisions.days import add_months, birthday
from dunkelwerk.decisions.decision import Looked, carrying, when
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection import actions, benefits, payout
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    ClaimStatus,
    Contract,
    ContractStatus,
    Cover,
    Person,
    Tariff,
)
from dunkelwerk.lines.credit_protection.checks import account_faults
from dunkelwerk.lines.credit_protection.identification import NamesPerson
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Benefit, Identified, Part, Reach

GERMAN = {Cause.ILLNESS: "Arbeitsunfähigkeit", Cause.UNEMPLOYMENT: "Arbeitslosigkeit", Cause.DEATH: "Tod"}


class NewClaim(Benefit, frozen=True, kw_only=True):
    """The claim as it would be. ``terms`` are None where the tariff lacks the cover.

    ``taken_up``: the reported claim that the notice belongs to; ``former``: the claim whose relapse this is;
    ``missing``: the documents that are not there yet.
    """

    tariff: Tariff
    cause: Cause
    onset: date
    cover: Cover | None
    taken_up: Claim | None
    former: Claim | None
    months_used_before: int
    terms: benefits.Terms | None
    missing: tuple[str, ...]

    @property
    def claim_number(self) -> str | None:
        """The number of the claim that is taken up; a new one has none yet."""
        return self.taken_up.number if self.taken_up else None

    @property
    def facts(self) -> dict[str, Any]:
        """What was computed, for the trace."""
        return {
            "onset": self.onset,
            "taken_up": self.claim_number,
            "relapse_of": self.former.number if self.former else None,
            "months_used_before": self.months_used_before,
            "benefit_from": self.terms.benefit_from if self.terms else None,
            "limit": self.terms.limit if self.terms else None,
            "proof_until": self.reach.proof_until,
            "cut_until": self.reach.cut_until,
            "days": self.days,
            "gross": self.gross,
            "documents_missing": self.missing,
        }


class FirstNotice(Identified, frozen=True):
    """An identified first notice: it concerns the named contract alone."""

    parts: tuple[NewClaim, ...]


# The claim as it would be


def find_first(
    note: NamesPerson,
    file: CaseFile,
    *,
    cause: Cause,
    onset: date,
    missing: Sequence[str],
    reach_of: Callable[[Claim | None], Reach],
    former_of: Callable[[Contract, Person, Cover], Claim | None] = lambda contract, person, cover: None,
) -> FirstNotice | Stop:
    """The named contract and person, and the claim as it would be; or why they cannot be found."""
    named = identify.find_named(note, file)
    if isinstance(named, Stop):
        return named
    contract, person = named
    tariff = next(each for each in file.tariffs if each.id == contract.tariff)
    cover = tariff.cover(cause)
    taken_up = next(iter(reported_claims(contract, person, cause, onset)), None)
    former = former_of(contract, person, cover) if cover else None
    used = months_used(former) if former else 0
    terms = None
    if cover is not None:
        terms = benefits.new_terms(contract, person, cover, onset=onset, deferred=former is None, used=used)
    reach = reach_of(taken_up)
    days = benefits.days_to_release(terms, reach.cut_until) if terms and not missing else None
    new = NewClaim(
        contract=contract,
        tariff=tariff,
        person=person,
        cause=cause,
        onset=onset,
        cover=cover,
        taken_up=taken_up,
        former=former,
        months_used_before=used,
        terms=terms,
        reach=reach,
        missing=tuple(missing),
        days=days,
        lines=benefits.instalment_lines(terms, days) if terms and days else (),
    )
    return FirstNotice(contract, person, file, (new,))


def reported_claims(contract: Contract, person: Person, cause: Cause, onset: date) -> Iterator[Claim]:
    """The person's reported claims of the cause with this onset, in the order of the file."""
    for each in contract.claims:
        same = each.person == person.id and each.cause is cause and each.onset == onset
        if same and each.status is ClaimStatus.REPORTED:
            yield each


def months_used(former: Claim) -> int:
    """The months that a claim was paid for: those before it, and the whole months of its own benefit."""
    months = 0
    if former.benefit_from is not None and former.released_until is not None:
        while day_before(add_months(former.benefit_from, months + 1)) <= former.released_until:
            months += 1
    return former.months_used_before + months


# What may stand against any first notice


def claim_exists(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> list[Looked]:
    """One reason per claim that is there, which carries it."""
    return [
        carrying(
            new.subject_of(each.number),
            number=each.number,
            state=each.status.german,
            onset=each.onset,
        )
        for each in new.contract.claims
        if each.person == case.person.id and each.cause is new.cause and stands_against(each, new)
    ]


def stands_against(claim: Claim, new: NewClaim) -> bool:
    """Whether a claim of the same person and cause keeps a new one from being opened."""
    if claim is new.taken_up:
        return False
    if claim.status is ClaimStatus.CLOSED:
        return new.days is not None and new.days.meets(claim.benefit_days)
    return claim.status is not ClaimStatus.DECLINED


def cover_missing(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    return when(new.cover is None, tariff=new.tariff.id, cause=GERMAN[new.cause])


def outside_term(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    start, end = new.contract.start, new.contract.end
    return when(not start <= new.onset <= end, onset=new.onset, start=start, end=end)


def before_waiting_ends(day: date, new: NewClaim) -> Looked | None:
    """Whether a day lies in the waiting time, which runs once from the contract's start."""
    if new.cover is None:
        return None
    waits_until = add_months(new.contract.start, new.cover.waiting_months)
    return when(day < waits_until, day=day, waits_until=waits_until)


def age_limit_reached(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    if new.cover is None or new.cover.age_limit is None:
        return None
    reached_on = birthday(case.person.birth_date, new.cover.age_limit)
    return when(new.onset >= reached_on, onset=new.onset, reached_on=reached_on)


def reported_late(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    if new.taken_up is not None:
        return None
    deadline = add_months(new.onset, p.report_months)
    return when(note.received_on > deadline, received_on=note.received_on, deadline=deadline)


def payment_returned(note: Any, part: Part, case: Identified, p: Parameters) -> Looked:
    """Nothing was paid yet that could have come back: the payee's account alone may be at fault."""
    faults, blocked_since = account_faults(part.contract)
    return when(bool(faults), faults=faults, blocked_since=blocked_since)


def no_benefit_left(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    if new.terms is None:
        return None
    limit, benefit_from = new.terms.limit, new.terms.benefit_from
    return when(limit < benefit_from, limit=limit, benefit_from=benefit_from)


def further_cover(note: Any, case: FirstNotice, p: Parameters) -> Looked:
    (new,) = case.parts
    tariffs = {tariff.id: tariff for tariff in case.file.tariffs}
    contracts = [
        each.number
        for each in case.file.contracts
        if each.number != case.contract.number
        and each.status is ContractStatus.ACTIVE
        and case.person.id in each.insured
        and tariffs[each.tariff].cover(new.cause) is not None
        and not identify.open_claims(case.person, each, new.cause)
    ]
    return when(bool(contracts), contracts=contracts)


def documents_missing(note: Any, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    return when(bool(new.missing), documents=list(new.missing))


# What is done


def open_and_pay(new: NewClaim, p: Parameters, *, ends_for: str | None) -> tuple[actions.Action, ...]:
    """Open the claim and pay, or ask for what is missing. Nothing where the tariff lacks the cover."""
    contract, claim = new.contract.number, new.claim_number
    if new.cover is None or new.terms is None:
        return ()
    done: list[Any] = []
    if new.missing:
        if new.taken_up is None:
            done.append(actions.OpenClaim(contract=contract, claim=claim, status="reported"))
        return (*done, actions.SendLetter(contract=contract, claim=claim, template="documents_requested"))
    if new.taken_up is None:
        done.append(actions.OpenClaim(contract=contract, claim=claim, status="accepted"))
    done.append(
        actions.AcceptClaim(
            contract=contract,
            claim=claim,
            benefit_from=new.terms.benefit_from,
            benefit_limit=new.terms.limit,
            months_used_before=new.months_used_before,
        )
    )
    done.append(actions.RecordProof(contract=contract, claim=claim, until=new.reach.proof_until))
    paid, closing = payout.pay_out(new, new.terms, new.cover, p, ends_for=ends_for)
    template = "acceptance" if new.days else "benefit_end" if closing else "deferred_period"
    return (*done, *paid, actions.SendLetter(contract=contract, claim=claim, template=template))
