"""Which line is meant where a key alone does not say: ids of persons are each line's own, two may be alike."""

from __future__ import annotations

from collections.abc import Sequence

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import lines


def ensure_line(name: str | None) -> None:
    """Raise CommandError (wrong usage) for a line that there is not; None is any."""
    if name is not None and name not in lines():
        message = _("--line: die Sparte {name} gibt es nicht; bekannt sind {known}.")
        raise wrong_usage(message.format(name=name, known=", ".join(sorted(lines()))))


def several_lines(key: str, found: Sequence[str]) -> CommandError:
    """The sentence for a key that several lines know: nobody shall take two persons for one."""
    message = _("{key} gibt es in mehreren Sparten ({lines}); bitte mit --line sagen, welche gemeint ist.")
    return CommandError(message.format(key=key, lines=", ".join(found)))
