"""What follow-up notices do to an open claim. Source: docs/rules.md section 4, "Then, per affected claim"."""

from __future__ import annotations

from typing import Any

from dunkelwerk.lines.credit_protection import actions, payout
from dunkelwerk.lines.credit_protection.affected import AffectedClaim
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters


def extend(claim: AffectedClaim, p: Parameters, *, ends_for: str | None) -> tuple[actions.Action, ...]:
    """The actions for one claim, in the order of the page. ``ends_for``: why the notice says that the claim is over."""
    number, contract = claim.claim.number, claim.contract.number
    proves_more = claim.claim.proven_until is None or claim.reach.proof_until > claim.claim.proven_until
    if not proves_more and not claim.releasing and ends_for is None:
        return (actions.FileNotice(contract=contract, claim=number),)
    done: list[Any] = []
    if proves_more:
        done.append(actions.RecordProof(contract=contract, claim=number, until=claim.reach.proof_until))
    paid, closing = payout.pay_out(claim, claim.terms, claim.cover, p, ends_for=ends_for)
    template = letter_for(claim, closing)
    if template is None:
        return (*done, *paid, actions.FileNotice(contract=contract, claim=number))
    return (*done, *paid, actions.SendLetter(contract=contract, claim=number, template=template))


def letter_for(claim: AffectedClaim, closing: str | None) -> str | None:
    """The one letter, or None: then the notice is filed."""
    if closing is not None:
        return "benefit_end"
    if claim.releasing:
        return "settlement"
    return "deferred_period" if claim.release_until < claim.terms.benefit_from else None
