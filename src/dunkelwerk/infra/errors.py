"""Errors that a person at the terminal reads: one clear sentence, an exit code, no traceback."""

from __future__ import annotations


class CommandError(Exception):
    """Something could not be done (exit code 1), or the command was used wrongly (2)."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def wrong_usage(message: str) -> CommandError:
    """The error of a wrong call."""
    return CommandError(message, code=2)
