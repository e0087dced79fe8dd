"""``dunkelwerk persons``: tell a person what is stored about them (Art. 15 GDPR). Source: docs/retention.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.cli.person import Actor, On, Reason, acting_person
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Auskunft an versicherte Personen.", no_args_is_help=True)


@app.callback()
def persons() -> None:
    """Auskunft an versicherte Personen."""


@app.command("disclose", epilog="Beispiel: dunkelwerk persons disclose P-1 --actor d.schutz --out auskunft")
def disclose(
    key: Annotated[str, typer.Argument(metavar="PERSON", help="Kennung der Person im Bestandssystem.")],
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
    """Alles, was zu einer Person gespeichert ist: JSON, eine lesbare Seite, ihre Briefe (Art. 15 DSGVO)."""
    from dunkelwerk.lines.terms import read_terms

    found_terms = read_terms(terms)
    person = acting_person(actor, reason, on, None)
    from dunkelwerk.insight.disclosure_files import prepare_folder, write_disclosure
    from dunkelwerk.insight.disclosure_texts import read_texts
    from dunkelwerk.runner.disclosure import disclose as collect

    words = read_texts(texts)
    folder = prepare_folder(out, key)
    told = collect(key, person)
    written = write_disclosure(told, folder, terms=found_terms, texts=words)
    message = _("Auskunft in {folder}: {page}, {data}, {letters} Briefe.")
    print(message.format(folder=folder, page=written.page, data=written.data, letters=written.letters))
    for sentence in written.hints:
        print(sentence)
