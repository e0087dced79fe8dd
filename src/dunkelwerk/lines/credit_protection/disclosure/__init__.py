"""What credit protection tells of one person. Not part of what decides."""

from dunkelwerk.lines.credit_protection.disclosure.register import DISCLOSER

__all__ = ["DISCLOSER"]
