"""``dunkelwerk persons``: tell a person what is stored about them (Art. 15 GDPR). Source: docs/retention.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.cli.person import Actor, Line, On, Reason, acting_person
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Auskunft an versicherte Personen.", no_args_is_help=True)


@app.callback()
def persons() -> None:
    """Auskunft an versicherte Personen."""


@app.command(
    "disclose",
    epilog="Beispiele: dunkelwerk persons disclose P-1 --actor d.schutz --out auskunft\n\n"
    "dunkelwerk persons disclose M-1 --dialogue D-7K2MA-9QXR4 --actor d.schutz",
)
def disclose(
    key: Annotated[
        str | None,
        typer.Argument(metavar="[PERSON]", help="Kennung der Person im Bestandssystem, oder Mitgliedsnummer."),
    ] = None,
    dialogue: Annotated[
        list[str] | None,
        typer.Option("--dialogue", metavar="DIALOG", help="Dieser Dialog ist von der Person; mehrfach möglich."),
    ] = None,
    line: Line = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Zielordner, nur für Sie lesbar.")] = None,
    actor: Actor = None,
    reason: Reason = "",
    on: On = None,
    terms: Annotated[
        Path | None,
        typer.Option("--terms", envvar="DUNKELWERK_TERMS", metavar="FILE", help="Eigene Aufbewahrungsfristen, YAML."),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", envvar="DUNKELWERK_DISCLOSURE", metavar="FILE", help="Eigene Texte, YAML."),
    ] = None,
) -> None:
    """Alles, was zu einer Person gespeichert ist: JSON, eine lesbare Seite, Briefe, Dateien (Art. 15 DSGVO)."""
    from dunkelwerk.lines.terms import read_terms

    found_terms = read_terms(terms)
    person = acting_person(actor, reason, on, None)
    from dunkelwerk.insight.disclosure import Asked
    from dunkelwerk.insight.disclosure import disclose as collect
    from dunkelwerk.insight.disclosure_files import folder_for, write_disclosure
    from dunkelwerk.insight.disclosure_texts import read_texts

    words, asked = read_texts(texts), Asked(key, line, dialogue or ())
    asked.ensure_somebody()
    with folder_for(out, asked.name) as folder:
        written = write_disclosure(collect(asked, person), folder, terms=found_terms, texts=words)
    message = _("Auskunft in {folder}: {page}, {data}, {letters} Briefe, {files} Dateien.")
    said = message.format(
        folder=folder, page=written.page, data=written.data, letters=written.letters, files=written.files
    )
    print(said)
    for sentence in written.hints:
        print(sentence)
