"""``dunkelwerk show``: everything about a contract, a person, a claim or a notice. Source: docs/show.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli.person import On

if TYPE_CHECKING:
    from datetime import date

    from dunkelwerk.runner.showing import Page

app = typer.Typer(
    help="Alles zu einem Vertrag, einer Person, einem Leistungsfall, einer Meldung.", no_args_is_help=True
)
Everything = Annotated[bool, typer.Option("--all", help="Auch ältere Raten, Buchungen, Briefe und Ereignisse.")]
AsJson = Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt statt einer Seite.")]


@app.callback()
def show() -> None:
    """Alles zu einem Vertrag, einer Person, einem Leistungsfall, einer Meldung."""


@app.command("contract", epilog="Beispiel: dunkelwerk show contract RS-100001")
def contract(
    number: Annotated[str, typer.Argument(metavar="NUMMER", help="Die Vertragsnummer.")],
    everything: Everything = False,
    as_json: AsJson = False,
    on: On = None,
) -> None:
    """Ein Vertrag: was offen ist, die Leistungsfälle, Raten, Buchungen, Briefe, der Verlauf."""
    day = reach_database(on)
    from dunkelwerk.runner.showing import show_contract

    answer(show_contract(number, day), everything=everything, as_json=as_json)


@app.command("person", epilog="Beispiel: dunkelwerk show person P-1")
def person(
    key: Annotated[str, typer.Argument(metavar="KENNUNG", help="Kennung der Person im Bestandssystem.")],
    everything: Everything = False,
    as_json: AsJson = False,
    on: On = None,
) -> None:
    """Eine Person: ihre Verträge und Leistungsfälle, und was zu ihr geschah."""
    day = reach_database(on)
    from dunkelwerk.runner.showing import show_person

    answer(show_person(key, day), everything=everything, as_json=as_json)


@app.command("claim", epilog="Beispiel: dunkelwerk show claim RS-100001/C-1")
def claim(
    name: Annotated[str, typer.Argument(metavar="VERTRAG/FALL", help="Oder der Fall allein, wo er eindeutig ist.")],
    everything: Everything = False,
    as_json: AsJson = False,
    on: On = None,
) -> None:
    """Ein Leistungsfall: belegte und freigegebene Tage, Raten, Buchungen, Briefe, der Verlauf."""
    day = reach_database(on)
    from dunkelwerk.runner.showing import show_claim

    answer(show_claim(name, day), everything=everything, as_json=as_json)


@app.command("notice", epilog="Beispiel: dunkelwerk show notice N-1")
def notice(
    name: Annotated[str, typer.Argument(metavar="NUMMER", help="Nummer im Posteingang, oder die eigene Kennung.")],
    everything: Everything = False,
    as_json: AsJson = False,
    on: On = None,
) -> None:
    """Eine Meldung mit allen Versuchen: was sie sagt, was entschieden wurde, was daraus folgte."""
    day = reach_database(on)
    from dunkelwerk.runner.showing import show_notice

    answer(show_notice(name, day), everything=everything, as_json=as_json)


def reach_database(on: str | None) -> date:
    """The business day; the database is reached."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day

    day = business_day(on)
    database.start()
    return day


def answer(page: Page, *, everything: bool, as_json: bool) -> None:
    """Print it for a person, or for a program."""
    if as_json:
        import msgspec

        print(msgspec.json.encode(page).decode())
        return
    from dunkelwerk.insight.show import print_page

    print_page(page, everything=everything)
