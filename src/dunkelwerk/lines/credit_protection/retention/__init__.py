"""What credit protection keeps, for how long, and what a hold reaches. Not part of what decides."""

from dunkelwerk.lines.credit_protection.retention.keeping import KEEPER

__all__ = ["KEEPER"]
