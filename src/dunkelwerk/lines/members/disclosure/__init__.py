"""What the members line tells of one person. Not part of what decides."""

from dunkelwerk.lines.members.disclosure.register import DISCLOSER

__all__ = ["DISCLOSER"]
