"""What first and follow-up unemployment proofs have in common. Source: docs/rules.md section 6."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Identified, Reach


class UnemploymentProof(Protocol):
    """The dates of an unemployment proof."""

    @property
    def unemployed_since(self) -> date: ...
    @property
    def proven_on(self) -> date: ...
    @property
    def award_ends_on(self) -> date | None: ...
    @property
    def new_job_on(self) -> date | None: ...
    @property
    def received_on(self) -> date: ...


def reach_of(proof: UnemploymentProof, p: Parameters) -> Reach:
    """How far a proof reaches: some days from its issue, not past the end of the award, nor into the new job."""
    ends = [proof.proven_on + timedelta(days=p.proof_reach_days)]
    if proof.award_ends_on is not None:
        ends.append(max(proof.award_ends_on, proof.proven_on))
    if proof.new_job_on is not None:
        ends.append(day_before(proof.new_job_on))
    return Reach(min(ends), min(ends), was_cut=False)


def ending(proof: UnemploymentProof, reach: Reach) -> str | None:
    """The closing reason of a proof that reaches up to the new job; None for any other."""
    if proof.new_job_on is None or reach.cut_until != day_before(proof.new_job_on):
        return None
    return "new_job"


def implausible_dates(proof: UnemploymentProof, case: Identified, p: Parameters) -> Looked:
    faults = []
    if proof.proven_on > proof.received_on:
        faults.append("ausgestellt nach dem Eingang")
    if proof.unemployed_since > proof.proven_on:
        faults.append("Beginn nach der Ausstellung")
    if proof.new_job_on is not None and proof.new_job_on <= proof.unemployed_since:
        faults.append("neue Arbeit nicht später als der Beginn der Arbeitslosigkeit")
    return when(bool(faults), faults=faults, issued_on=proof.proven_on, received_on=proof.received_on)
