"""A second implementation of follow_up_unemployment_proof, from sections 4 and 6 of docs/rules.md alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from oracle_catalogue import FOLLOW_UP_UNEMPLOYMENT_PROOF
from oracle_parts import (
    contract_findings,
    decide_one,
    has_disability,
    implausible_proof,
    proof_end,
)

import oracle


def follow_up_unemployment_proof(notice: Any, case_file: Any, parameters: Any, on: date) -> dict[str, Any]:
    """The decision; `on`, the business day, changes nothing here."""
    return decide_one("follow_up_unemployment_proof", decide, notice, case_file, parameters)


def look_at(contract: Any, claim: Any, tariffs: Any, person: Any, notice: Any, parameters: Any) -> dict[str, Any]:
    """What section 4 computes for an affected claim before the reasons; nothing is ever cut."""
    u, final = proof_end(notice, parameters)
    cover = tariffs[contract["tariff"]]["unemployment"]
    v = {"claim": claim, "contract": contract, "cover": cover, "u": u, "p": u, "final": final, "cut": False}
    return oracle.look_further(v, person, "new_job")


def person_findings(case: Any, person: Any, notice: Any, views: list[Any], parameters: Any) -> set[str]:
    """Findings of scope person."""
    total = sum((amount for v in views for _, amount in v["lines"]), Decimal(0))
    conditions = {
        "formally_defective": not notice["formally_correct"],
        "implausible_dates": implausible_proof(notice),
        "permanent_disability": has_disability(case, person),
        "person_deceased": person["deceased_on"] is not None,
        "above_authority": total > parameters["authority_limit"],
        "entitlement_suspended": notice["entitlement_suspended"],
    }
    return {code for code, holds in conditions.items() if holds}


def claim_findings(v: dict[str, Any], person: Any, notice: Any, parameters: Any) -> set[str]:
    """Findings on an affected claim."""
    claim = v["claim"]
    released, recovered, job = claim["released_until"], claim["recovered_on"], notice["new_job_on"]
    gap = oracle.working_days_strictly_between(claim["proven_until"], notice["proven_on"], parameters["federal_state"])
    conditions = {
        "different_onset": notice["unemployed_since"] != claim["onset"],
        "proof_gap": gap > parameters["gap_tolerance"],
        "payment_returned": oracle.unreplaced_return(claim),
        "recovery_recorded": recovered is not None and notice["proven_on"] > recovered,
        "released_beyond_recovery": None not in (job, released) and job - oracle.DAY < released,
        "amount_changed": oracle.amount_changed(v),
        "no_benefit_left": v["limit"] < claim["benefit_from"],
    }
    return contract_findings(v, person, "illness") | {code for code, holds in conditions.items() if holds}


def decide(notice: Any, raw_case: Any, parameters: Any) -> dict[str, Any]:
    """Of a notice that could be read."""
    try:
        case, person, ordered, tariffs = oracle.identify(notice, raw_case)
        claims = oracle.affected_claims(notice, person, ordered, "unemployment")
    except oracle.Ended as end:
        return end.args[0]
    views = [look_at(contract, claim, tariffs, person, notice, parameters) for contract, claim in claims]
    of_person = person_findings(case, person, notice, views, parameters)
    of_claim = [claim_findings(v, person, notice, parameters) for v in views]
    return oracle.judge(notice, FOLLOW_UP_UNEMPLOYMENT_PROOF, views, of_person, of_claim, parameters)
