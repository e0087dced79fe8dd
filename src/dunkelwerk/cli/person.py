"""What commands of a person have in common: who acts, why, on which day, with which parameters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.acting import Person

Actor = Annotated[str | None, typer.Option("--actor", envvar="DUNKELWERK_ACTOR", metavar="NAME", help="Wer handelt.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Begründung in eigenen Worten.")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="Geschäftstag, JJJJ-MM-TT.")]
Line = Annotated[str | None, typer.Option("--line", metavar="SPARTE", help="Die Sparte, wo mehrere die Kennung haben.")]
Parameters = Annotated[
    Path | None, typer.Option("--parameters", envvar="DUNKELWERK_PARAMETERS", help="Eigene Parameter, YAML.")
]
Version = Annotated[
    int | None, typer.Option("--version", metavar="N", help="Nur, wenn der Eintrag noch diesen Stand hat.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines statt einer Tabelle.")]
Actions = Annotated[
    list[str] | None,
    typer.Option(
        "--action", metavar="TEXT", help="Geschäftsvorfall: TYP FELD=WERT …, oder JSON wie in einer Entscheidung."
    ),
]


def acting_person(actor: str | None, reason: str, on: str | None, parameters: Path | None) -> Person:
    """Who acts; the database is reached. Raises CommandError (wrong usage) without a name."""
    from dunkelwerk.cli.work import read_line_overrides
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day

    database.start()
    from dunkelwerk.runner.acting import Person, clean_actor

    day = business_day(on)
    return Person(clean_actor(actor), day, reason, read_line_overrides(parameters, day))


def onlooker(on: str | None, parameters: Path | None) -> Person:
    """Somebody who only looks."""
    return acting_person("–", "", on, parameters)


def read_actions(texts: Sequence[str] | None) -> list[dict[str, Any]]:
    """The actions given as ``TYPE FIELD=VALUE …`` or JSON; raises CommandError (wrong usage)."""
    if not texts:
        raise wrong_usage(_("Bitte mit --action mindestens einen Geschäftsvorfall angeben."))
    return [read_action(text) for text in texts]


def read_action(text: str) -> dict[str, Any]:
    """One action."""
    if text.lstrip().startswith(("{", "[")):
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise wrong_usage(_("--action: kein lesbares JSON-Objekt: {text}").format(text=text))
        return {str(name): value for name, value in said.items()}
    if not text.strip():
        raise wrong_usage(_("Bitte mit --action mindestens einen Geschäftsvorfall angeben."))
    kind, *fields = text.split()
    return {"type": kind.replace("-", "_"), **read_fields(fields, option="--action")}


def read_fields(fields: Sequence[str], *, option: str) -> dict[str, str]:
    """``FIELD=VALUE`` pairs; raises CommandError (wrong usage)."""
    found = {}
    for field in fields:
        name, separator, value = field.partition("=")
        if not separator or not name.strip():
            raise wrong_usage(_("{option}: erwartet FELD=WERT, gefunden {field}.").format(option=option, field=field))
        found[name.strip()] = value.strip()
    return found


def typed(value: str) -> Any:
    """What a person typed, as JSON would say it: true, false, null, lists; everything else is text."""
    if value in ("true", "false", "null") or value.startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError:
            raise wrong_usage(_("--set: kein lesbares JSON: {value}").format(value=value)) from None
    return value
