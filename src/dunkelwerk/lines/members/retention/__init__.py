"""How long what members told is kept, and what a hold keeps. Not part of what decides."""

from dunkelwerk.lines.members.retention.keeping import KEEPER

__all__ = ["KEEPER"]
