"""What is wrong with a call, in one sentence of the user's language, and where its help is.

The parser of command lines speaks English and draws a box; what it found stands in the attributes of its exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import typer

from dunkelwerk.infra.i18n import _

#: a command without anything is asked for its help: the message is the help itself
HELP = "NoArgsIsHelpError"


def sentence(error: typer.TyperException) -> str:
    """What is wrong with the call; help where that is all that was asked for."""
    kind = type(error).__name__
    if kind == HELP:
        return error.message
    said = WORDS.get(kind, other)(error)
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    return _("{said} Hilfe: {command} --help").format(said=said, command=context.command_path)


def missing(error: Any) -> str:
    """An argument or option that was not given."""
    return _("Es fehlt {name}.").format(name=name_of(error.param))


def unfit(error: Any) -> str:
    """A value that is none of its parameter's kind."""
    if (bounds := bounds_of(error.param)) is not None:
        return _("{name}: erwartet wird eine ganze Zahl{bounds}.").format(name=name_of(error.param), bounds=bounds)
    text = _("{name}: dieser Wert passt nicht ({why}).")
    return text.format(name=name_of(error.param), why=error.message.rstrip("."))


def bounds_of(param: Any) -> str | None:
    """From where to where a whole number may go; None for other kinds of values."""
    if getattr(getattr(param, "type_descriptor", None), "annotation", None) is not int:
        return None
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if least is not None and most is not None:
        return _(" von {least} bis {most}").format(least=least, most=most)
    if least is not None:
        return _(" ab {least}").format(least=least)
    return "" if most is None else _(" bis {most}").format(most=most)


def unknown_option(error: Any) -> str:
    """An option that there is not."""
    said = _("Die Option {name} gibt es nicht").format(name=error.option_name)
    near = ", ".join(sorted(error.possibilities or ()))
    return _("{said}; gemeint ist vielleicht {near}.").format(said=said, near=near) if near else f"{said}."


def unfit_option(error: Any) -> str:
    """An option without its value, or with one that it does not take."""
    if "requires" in error.message:
        return _("Der Option {name} fehlt ihr Wert.").format(name=error.option_name)
    return _("Die Option {name} nimmt keinen Wert.").format(name=error.option_name)


def other(error: Any) -> str:
    """What the parser tells by a text alone: an unknown command, or too many arguments."""
    context, text = getattr(error, "ctx", None), error.message
    if context is not None and text.startswith("No such command"):
        known = ", ".join(sorted(getattr(context.command, "commands", ())))
        return _("Den Befehl {name} gibt es nicht; es gibt: {known}.").format(name=quoted(text), known=known)
    if "unexpected extra argument" in text:
        return _("Zu viele Angaben: {which}.").format(which=text.rpartition("(")[2].rstrip(")."))
    return text if text.endswith(".") else f"{text}."


def quoted(text: str) -> str:
    """What stands in quotation marks."""
    return text.partition("'")[2].partition("'")[0]


def name_of(param: Any) -> str:
    """An option by its longest name, an argument by what the help calls it."""
    if param is None:
        return "?"
    names: list[str] = list(names_of(param))
    return max(names, key=len)


def names_of(param: Any) -> Iterator[str]:
    """The names that a person may know it by."""
    if param.param_type_name == "argument":
        yield str(param.metavar or param.name)
    else:
        yield from (each for each in param.opts)


WORDS: dict[str, Callable[[Any], str]] = {
    "MissingParameter": missing,
    "BadParameter": unfit,
    "NoSuchOption": unknown_option,
    "BadOptionUsage": unfit_option,
}
