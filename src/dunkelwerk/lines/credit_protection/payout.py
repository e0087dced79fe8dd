"""What releasing a benefit brings with it: the steps 2 to 5 that every process of illness or unemployment shares.

Source: docs/rules.md section 4, "in this order".
"""

from __future__ import annotations

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import day_after
from dunkelwerk.lines.credit_protection import actions, benefits, reasons
from dunkelwerk.lines.credit_protection.casefile import Cover
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Benefit


def pay_out(
    benefit: Benefit, terms: benefits.Terms, cover: Cover, p: Parameters, *, ends_for: str | None
) -> tuple[list[actions.ClaimAction], str | None]:
    """Extension, instalments, offsets, review and closing of one claim; and why it closes, or None.

    ``ends_for``: the closing reason of a notice that says the claim is over, where nothing ends it before.
    """
    contract, claim = benefit.contract.number, benefit.claim_number
    closing = closing_reason(benefit, terms, cover, ends_for)
    done: list[actions.ClaimAction] = []
    if benefit.days is not None:
        done.append(actions.ExtendBenefit(contract=contract, claim=claim, until=benefit.days.end))
        done += [
            actions.ReleaseInstalment(contract=contract, claim=claim, due=line.due, amount=line.amount)
            for line in benefit.lines
        ]
    if p.dispositions.get(reasons.RECOURSE_OPEN.code) == reasons.OFFSET.name:
        done += offsets(benefit)
    if benefit.reach.was_cut and closing is None:
        done.append(actions.ReviewOn(contract=contract, claim=claim, on=day_after(benefit.reach.cut_until)))
    if closing is not None:
        done.append(actions.CloseClaim(contract=contract, claim=claim, reason=closing))
    return done, closing


def offsets(benefit: Benefit) -> list[actions.OffsetRecourse]:
    """One per instalment touched, oldest due first, until the contract's open recourse is used up."""
    left, done = benefit.contract.recourse_open, []
    for line in benefit.lines:
        amount = min(left, line.amount)
        if amount > ZERO:
            contract, claim = benefit.contract.number, benefit.claim_number
            done.append(actions.OffsetRecourse(contract=contract, claim=claim, due=line.due, amount=amount))
        left -= amount
    return done


def closing_reason(benefit: Benefit, terms: benefits.Terms, cover: Cover, ends_for: str | None) -> str | None:
    """Why the claim ends with this notice, or None."""
    if benefit.reach.cut_until >= terms.limit:
        return benefits.closing_reason_at_limit(terms, contract=benefit.contract, cover=cover, person=benefit.person)
    return ends_for
