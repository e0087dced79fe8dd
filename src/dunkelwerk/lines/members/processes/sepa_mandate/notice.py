"""The notice of this process. Source: docs/members.md section 3."""

from __future__ import annotations

from datetime import date
from typing import Literal

from dunkelwerk.lines.members.notices import MemberNotice

Recurrence = Literal["one_off", "recurring"]


class SepaMandateNotice(MemberNotice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member allows the fund to collect by SEPA direct debit."""

    #: blanks and case do not matter
    iban: str
    #: whether the account is the member's own
    own_account: bool
    recurrence: Recurrence
    #: the typed signature, and its day
    signed_name: str
    signed_on: date
    #: the version of the mandate text that was signed, e.g. "2026-1"; those in force: parameter ``mandate_texts``
    mandate_text: str
    #: the creditor identifier that stands in the text that was signed; None where the channel does not tell
    creditor_identifier: str | None = None
    #: who holds the account, where it is not the member's own
    account_holder: str | None = None
