"""What a process may do: the actions of the members line, frozen. The same action serves dark process and clerk.

``contract`` is the member number, as in every line the key of the case file; ``claim`` is the topic (``TOPIC_OF``),
and, once a mandate was recorded, its reference. Their JSON: docs/members.md section 1.
"""

from __future__ import annotations

from typing import Literal

from dunkelwerk.decisions import decision

TAX_ID, MANDATE, ACCIDENT = "tax_id", "mandate", "accident"
#: of each action but filing, which any may be about
TOPIC_OF = {
    "record_tax_id": TAX_ID,
    "record_mandate": MANDATE,
    "revoke_mandate": MANDATE,
    "send_letter": MANDATE,
    "open_work_item": ACCIDENT,
}

Task = Literal["reimbursement", "recourse"]


class MemberAction(decision.Action, frozen=True, kw_only=True):
    """An action on one topic of one member."""

    contract: str
    claim: str


class FileNotice(MemberAction, frozen=True, tag="file_notice"):
    """The notice is filed; nothing else follows from it."""


class RecordTaxId(MemberAction, frozen=True, tag="record_tax_id"):
    """The tax ID that the notice tells is recorded; the action does not repeat it."""

    four_eyes = True


class RecordMandate(MemberAction, frozen=True, kw_only=True, tag="record_mandate"):
    """The mandate that the notice gives is recorded; its reference is given when it is written.

    ``creditor``: the creditor identifier of the fund, which is part of the mandate.
    """

    four_eyes = True
    creditor: str


class RevokeMandate(MemberAction, frozen=True, kw_only=True, tag="revoke_mandate"):
    """A mandate may no longer be used: another one takes its place."""

    four_eyes = True
    reference: str


class SendLetter(MemberAction, frozen=True, kw_only=True, tag="send_letter"):
    """A letter to the member."""

    template: str


class OpenWorkItem(MemberAction, frozen=True, kw_only=True, tag="open_work_item"):
    """A task with all data ready goes to the team that does it: that is where the dark process ends."""

    task: Task
    #: 1 is the most urgent
    priority: int


class Undo(MemberAction, frozen=True, kw_only=True, tag="undo"):
    """An action that took effect is reversed. ``movement`` and ``action`` are those of the undone one."""

    adverse = True
    movement: int
    action: str
    how: Literal["cancelled"] = "cancelled"


Action = FileNotice | RecordTaxId | RecordMandate | RevokeMandate | SendLetter | OpenWorkItem | Undo
