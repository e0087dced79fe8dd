"""``dunkelwerk types``: dialogue types checked, published, shown, and open dialogues moved to a new version."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli.dialogue_desk import act, outages, start
from dunkelwerk.cli.person import Actor
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.dialogues.forms.language import DialogueType

app = typer.Typer(help="Dialogtypen.", no_args_is_help=True)
NameOrFile = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="Mitgelieferter Typ, z. B. tax_id, oder eine YAML-Datei.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Dialogtyp, z. B. tax_id.")]


@app.callback()
def types() -> None:
    """Dialogtypen."""


@app.command("check", epilog="Beispiel: dunkelwerk types check mein_typ.yaml")
def check(
    files: Annotated[list[str], typer.Argument(metavar="NAME|FILE…", help="Mitgelieferte Typen oder YAML-Dateien.")],
) -> None:
    """Prüft Dialogtypen, ohne Datenbank: Verweise, Bedingungen, Erreichbarkeit, Texte, die Meldung des Prozesses."""
    from dunkelwerk.dialogues.shipped import problems_of, read_name_or_file

    faulty = 0
    for said in files:
        form = read_name_or_file(said)
        problems = problems_of(form)
        faulty += bool(problems)
        for each in problems:
            print(f"{said}: {each.path}: {each.text}", file=sys.stderr)
        if not problems:
            print(_("{name}: in Ordnung").format(name=said))
    if faulty:
        raise typer.Exit(1)


@app.command("publish", epilog="Beispiel: dunkelwerk types publish tax_id --actor f.admin")
def publish(said: NameOrFile, actor: Actor = None) -> None:
    """Veröffentlicht einen Dialogtyp als neue Version; sie gilt für neue Dialoge und ändert sich nie mehr."""
    from dunkelwerk.dialogues.shipped import read_name_or_file

    form = read_name_or_file(said)
    who = act(actor)
    from dunkelwerk.dialogues import type_versions

    with outages():
        version = type_versions.publish(form, actor=who)
    text = (
        _("{name}: Version {version} veröffentlicht.")
        if version.is_new
        else _("{name}: unverändert Version {version}.")
    )
    print(text.format(name=version.name, version=version.version))


@app.command("repin", epilog="Beispiel: dunkelwerk types repin tax_id --actor f.admin")
def repin(name: Name, actor: Actor = None) -> None:
    """Hebt offene Dialoge auf die neueste Version: anderen Wortlaut für alle, anderen Aufbau nur für ungeöffnete."""
    who = act(actor)
    from dunkelwerk.dialogues.repinning import repin

    with outages():
        done = repin(name, actor=who)
    text = _(
        "{name}, Version {version}: {wording} Dialoge mit neuem Wortlaut, {structural} mit neuem Aufbau; "
        "{left} bleiben dort, wo sie sind (schon geöffnet, oder ihnen fehlen Angaben)."
    )
    counts = {"wording": done.wording, "structural": done.structural, "left": done.left}
    print(text.format(name=name, version=done.version, **counts))


@app.command("list", epilog="Beispiel: dunkelwerk types list")
def list_types() -> None:
    """Die veröffentlichten Versionen und wie viele Dialoge sie haben, und was mitgeliefert wird."""
    start(None)
    from dunkelwerk.dialogues import type_versions
    from dunkelwerk.dialogues.shipped import shipped_names
    from dunkelwerk.infra.businessday import BERLIN
    from dunkelwerk.insight.casework import print_table

    with outages():
        rows = type_versions.list_versions()
    lines = [
        (
            each.name,
            each.version,
            f"{each.published_at.astimezone(BERLIN):%d.%m.%Y}",
            each.published_by,
            each.dialogues,
            each.open,
        )
        for each in rows
    ]
    headings = [_("Typ"), _("Version"), _("seit"), _("von"), _("Dialoge"), _("davon offen")]
    print_table(headings, lines, nothing=_("Noch ist kein Dialogtyp veröffentlicht."))
    waiting = [name for name in shipped_names() if name not in {each.name for each in rows}]
    if waiting:
        print(_("Mitgeliefert, noch nicht veröffentlicht: {names}").format(names=", ".join(waiting)))


@app.command("show", epilog="Beispiel: dunkelwerk types show tax_id")
def show(
    said: NameOrFile,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="Eine veröffentlichte Version statt der Datei.")
    ] = None,
) -> None:
    """Der Ablauf eines Dialogtyps: Seiten, Fragen, Bedingungen, Ausgänge."""
    from dunkelwerk.dialogues.forms.drawing import draw
    from dunkelwerk.dialogues.shipped import read_name_or_file, shipped_names

    if version is None and (Path(said).is_file() or said.replace("-", "_") in shipped_names()):
        form = read_name_or_file(said)
        print(draw(form))
        tell_columns(form)
        return
    start(None)
    from dunkelwerk.dialogues import type_versions

    with outages():
        form = type_versions.read_version(said.replace("-", "_"), version).form
    print(draw(form))
    tell_columns(form)


def tell_columns(form: DialogueType) -> None:
    """Which columns a file to import has, and which it may have."""
    from dunkelwerk.dialogues.forms.language import PERSON_FIELDS

    names = {f"prefill.{name}": field.required for name, field in form.prefill.items()}
    needed = [*PERSON_FIELDS, *(name for name, is_needed in names.items() if is_needed)]
    free = ["valid_until", *(name for name, is_needed in names.items() if not is_needed)]
    text = _("Spalten für dialogues import: {needed}; freiwillig: {free}")
    print(text.format(needed=", ".join(needed), free=", ".join(free)))
