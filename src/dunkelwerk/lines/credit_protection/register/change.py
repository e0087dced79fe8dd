"""What a clerk records in the register by hand, as a notice: the change itself, sealed and kept like any other."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from dunkelwerk.lines.credit_protection import actions

Change = (
    actions.RecordRecovery
    | actions.SetPayee
    | actions.BlockAccount
    | actions.SetArrears
    | actions.SetRecourse
    | actions.SetAddress
)


class RegisterChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change. ``received_on`` is the business day on which it was recorded; ``change`` what it makes of it."""

    id: str | None = None
    process: str | None = None
    contract: str
    received_on: date
    change: Change
