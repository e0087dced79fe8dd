"""What a process may do: the actions of credit protection, frozen. The same action serves dark process and clerk.

Their JSON is fixed in docs/interfaces.md section 1.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

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


class ResumeInstalments(ClaimAction, frozen=True, tag="resume_instalments"):
    """Instalments of a claim that were held back are paid after all: nobody died, or nothing stands against them."""

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


class RegisterAction(ClaimAction, frozen=True, kw_only=True):
    """What a clerk records in the register by hand. ``claim`` is None where it concerns the contract or a person."""

    #: what it is called, beside the contract or person
    label: ClassVar[str] = ""
    claim: str | None = None

    @property
    def part(self) -> str:
        """The name by which proposals and people refer to what is changed."""
        return f"{self.contract} · {self.label}"

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The days that its movement carries."""
        return None, None


class RecordRecovery(RegisterAction, frozen=True, kw_only=True, tag="record_recovery"):
    """The last day of incapacity or unemployment was reported; ``on`` None: it was not, after all."""

    on: date | None

    @property
    def part(self) -> str:
        """The claim."""
        return f"{self.contract}/{self.claim}"

    @property
    def days(self) -> tuple[date | None, date | None]:
        """That day."""
        return self.on, self.on


class SetPayee(RegisterAction, frozen=True, kw_only=True, tag="set_payee"):
    """Who gets the money of a contract, from now on; a new account is not blocked."""

    label = "Zahlungsempfänger"
    four_eyes = True
    name: str | None
    iban: str | None
    reference: str | None


class BlockAccount(RegisterAction, frozen=True, kw_only=True, tag="block_account"):
    """The payee's account is blocked since a day; None: no longer."""

    label = "Kontosperre"
    since: date | None

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first day of the block."""
        return self.since, None


class SetArrears(RegisterAction, frozen=True, kw_only=True, tag="set_arrears"):
    """A reminder for premium is open (§ 38 VVG); both None: it is settled."""

    label = "Beitragsrückstand"
    reminded_on: date | None
    deadline: date | None

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The day of the reminder, and its deadline."""
        return self.reminded_on, self.deadline


class SetRecourse(RegisterAction, frozen=True, kw_only=True, tag="set_recourse"):
    """So many euros of recourse are open on the contract."""

    label = "Regress"
    amount: Decimal


class SetAddress(RegisterAction, frozen=True, kw_only=True, tag="set_address"):
    """Where a person lives, by their key. ``contract``: one under which the person is insured."""

    label = "Anschrift"
    person: str
    street: str | None
    house_number: str | None
    postal_code: str | None
    city: str | None
    country: str | None

    @property
    def part(self) -> str:
        """The person."""
        return f"{self.person} · {self.label}"


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
    | ResumeInstalments
    | EndContract
    | Undo
    | RecordRecovery
    | SetPayee
    | BlockAccount
    | SetArrears
    | SetRecourse
    | SetAddress
)
