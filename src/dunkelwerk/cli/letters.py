"""``dunkelwerk letters``: letter orders become PDF files with an index. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Briefe an versicherte Personen.", no_args_is_help=True)


@app.callback()
def letters() -> None:
    """Briefe an versicherte Personen."""


@app.command("render", epilog="Beispiel: dunkelwerk letters render --out briefe --workers 2")
def render(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Ordner; jeder Lauf bekommt darin seinen eigenen.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Datum der Briefe, JJJJ-MM-TT.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Arbeitsprozesse.")] = 1,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Auch Briefe, die zuletzt nicht gedruckt werden konnten.")
    ] = False,
) -> None:
    """Rendert die bestellten Briefe als PDF, mit Index und Kontrolldatei; was nicht geht, kommt in den Postkorb."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.embedded import default_home

    day = business_day(on)
    folder = out or default_home() / "letters"
    database.start()
    from dunkelwerk.runner.letter_runs import render as render_letters

    ends = render_letters(folder, on=day, retry=retry_failed, workers=workers, complain=complain)
    print(summarise(ends, folder))
    if not os.environ.get("DUNKELWERK_LETTERS"):
        print(
            _("Absender ist ein erfundener Versicherer; DUNKELWERK_LETTERS nennt den Ordner mit Ihrem."),
            file=sys.stderr,
        )


def complain(sentence: str) -> None:
    """Say what could not be done, and go on."""
    print(sentence, file=sys.stderr)


def summarise(ends: Counter[str], folder: Path) -> str:
    """The counts as one line."""
    if not ends:
        return _("Kein Brief wartet.")
    if not ends["failed"]:
        message = _("1 Brief in {folder}") if ends["rendered"] == 1 else _("{rendered} Briefe in {folder}")
        return message.format(rendered=ends["rendered"], folder=folder)
    message = _("{rendered} Briefe in {folder}; {failed} ließen sich nicht drucken (Postkorb Postausgang)")
    return message.format(rendered=ends["rendered"], folder=folder, failed=ends["failed"])


@app.command("show", epilog="Beispiel: dunkelwerk letters show 4711 --out brief.pdf")
def show(
    order: Annotated[int, typer.Argument(help="Nummer des Briefauftrags, wie in Index und Export.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Zieldatei.")],
) -> None:
    """Ein gerenderter Brief noch einmal, aus seinem Inhalt: dieselbe Datei, solange die Vorlagen dieselben sind."""
    from dunkelwerk.infra import database

    database.start()
    from dunkelwerk.runner.letter_copies import copy_of

    if not copy_of(order, out):
        complain(_("Die Vorlagen haben sich seitdem geändert: die Datei gleicht nicht der gedruckten."))


@app.command("sample", epilog="Beispiel: DUNKELWERK_LETTERS=unsere-vorlagen dunkelwerk letters sample --out muster")
def sample(out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Ordner.")]) -> None:
    """Ein erfundener Brief je Vorlage: so sehen sie aus, auch mit eigenen Vorlagen."""
    from dunkelwerk.runner.letter_copies import write_samples

    count = write_samples(out)
    print(_("{count} Musterbriefe in {folder}").format(count=count, folder=out))
