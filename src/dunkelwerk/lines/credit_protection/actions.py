"""What a process may do: the actions of credit protection, frozen. The same action serves dark process and clerk.

Their JSON is fixed in docs/interfaces.md section 1.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import UNSET, UnsetType

from dunkelwerk.decisions import decision

#: closing for one of these takes something from the customer that a person may have to look at
ADVERSE_CLOSINGS = frozenset({"max_duration", "contract_end", "age_limit"})


class ClaimAction(decision.Action, frozen=True, kw_only=True):
    """An action on one claim of one contract; ``claim`` is None for a claim not opened yet."""

    contract: str
    claim: str | None


class FileNotice(ClaimAction, frozen=True, tag="file_notice"):
    """The notice is filed; nothing else follows from it."""


class RecordProof(ClaimAction, frozen=True, kw_only=True, tag="record_proof"):
    """The claim is proven up to a day."""

    until: date


class ExtendBenefit(ClaimAction, frozen=True, kw_only=True, tag="extend_benefit"):
    """The benefit is released up to a day."""

    until: date


class ReleaseInstalment(ClaimAction, frozen=True, kw_only=True, tag="release_instalment"):
    """One instalment is freed for payment, gross."""

    due: date
    amount: Decimal


class OffsetRecourse(ClaimAction, frozen=True, kw_only=True, tag="offset_recourse"):
    """Part or all of an instalment is set off against the contract's open recourse."""

    adverse = True
    due: date
    amount: Decimal


class ReviewOn(ClaimAction, frozen=True, kw_only=True, tag="review_on"):
    """On that day a work item asks whether to release the rest of the proven days."""

    on: date


class CloseClaim(ClaimAction, frozen=True, kw_only=True, tag="close_claim"):
    """The claim is closed with a closing reason."""

    reason: str

    @property
    def is_adverse(self) -> bool:
        """Adverse unless the person is well again."""
        return self.reason in ADVERSE_CLOSINGS


class SendLetter(ClaimAction, frozen=True, kw_only=True, tag="send_letter"):
    """A letter to the insured person."""

    template: str


class OpenClaim(ClaimAction, frozen=True, kw_only=True, tag="open_claim"):
    """A new claim, ``accepted``, or ``reported`` where documents are missing."""

    status: Literal["accepted", "reported"]


class AcceptClaim(ClaimAction, frozen=True, kw_only=True, tag="accept_claim"):
    """The claim is accepted, with its days fixed; a death claim has none."""

    four_eyes = True
    benefit_from: date | UnsetType = UNSET
    benefit_limit: date | UnsetType = UNSET
    months_used_before: int | UnsetType = UNSET


class PayLumpSum(ClaimAction, frozen=True, kw_only=True, tag="pay_lump_sum"):
    """The lump sum of a death claim is freed for payment."""

    amount: Decimal


class CancelInstalments(ClaimAction, frozen=True, tag="cancel_instalments"):
    """Released instalments of a claim that fall due after the death are not paid."""

    four_eyes = True


class HoldInstalments(ClaimAction, frozen=True, tag="hold_instalments"):
    """Released instalments of a claim that fall due after a reported death wait for the certificate."""

    four_eyes = True


class EndContract(ClaimAction, frozen=True, kw_only=True, tag="end_contract"):
    """The contract ends."""

    four_eyes = True
    on: date


class Undo(ClaimAction, frozen=True, kw_only=True, tag="undo"):
    """An action that took effect is reversed: its mirrored posting, its release, instalment or closing cancelled.

    ``movement`` and ``action`` are those of the undone one, with its amount in euros and days. ``how``: ``cancelled``,
    or ``recovered`` where an instalment was paid already: what was paid is then owed back.
    """

    adverse = True
    movement: int
    action: str
    how: Literal["cancelled", "recovered"]
    due: date | None = None
    amount: Decimal | None = None
    since: date | None = None
    until: date | None = None


Action = (
    FileNotice
    | RecordProof
    | ExtendBenefit
    | ReleaseInstalment
    | OffsetRecourse
    | ReviewOn
    | CloseClaim
    | SendLetter
    | OpenClaim
    | AcceptClaim
    | PayLumpSum
    | CancelInstalments
    | HoldInstalments
    | EndContract
    | Undo
)
