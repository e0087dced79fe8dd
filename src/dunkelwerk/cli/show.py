"""``dunkelwerk show``: everything about a contract, a person, a claim or a notice. Source: docs/show.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.cli.framing import framed
from dunkelwerk.cli.person import Line, On

if TYPE_CHECKING:
    from dunkelwerk.runner.showing import Page

#: the page of a day
Reads = Callable[..., Any]
app = typer.Typer(
    help="Alles zu einem Vertrag, einer Person, einem Leistungsfall, einer Meldung.", no_args_is_help=True
)
Everything = Annotated[bool, typer.Option("--all", help="Auch ältere Raten, Buchungen, Briefe und Ereignisse.")]
AsJson = Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt statt einer Seite.")]


@app.callback()
def show() -> None:
    """Alles zu einem Vertrag, einer Person, einem Leistungsfall, einer Meldung."""


def answer(reads: Reads, everything: Everything = False, as_json: AsJson = False, on: On = None) -> None:
    """Reach the database, read the page of the day, and print it for a person, or for a program."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day

    day = business_day(on)
    database.start()
    page: Page = reads(day=day)
    if as_json:
        import msgspec

        print(msgspec.json.encode(page).decode())
        return
    from dunkelwerk.insight.show import print_page

    print_page(page, everything=everything)


def shows(name: str, *, example: str) -> Callable[[Callable[..., Reads]], Callable[..., Reads]]:
    """A subcommand: the function says what is read, ``answer`` does the rest."""

    def add(inner: Callable[..., Reads]) -> Callable[..., Reads]:
        app.command(name, epilog=f"Beispiel: dunkelwerk show {name} {example}")(framed(inner, answer))
        return inner

    return add


@shows("contract", example="RS-100001")
def contract(number: Annotated[str, typer.Argument(metavar="NUMMER", help="Die Vertragsnummer.")]) -> Reads:
    """Ein Vertrag: was offen ist, die Leistungsfälle, Raten, Buchungen, Briefe, der Verlauf."""
    from dunkelwerk.runner.showing import show_contract

    return partial(show_contract, number)


@shows("person", example="P-1")
def person(
    key: Annotated[str, typer.Argument(metavar="KENNUNG", help="Kennung im Bestandssystem, oder Mitgliedsnummer.")],
    line: Line = None,
) -> Reads:
    """Eine Person: ihre Verträge und Leistungsfälle, oder Mandate und Unfälle, und was zu ihr geschah."""
    from dunkelwerk.runner.showing import show_person

    return partial(show_person, key, line=line)


@shows("claim", example="RS-100001/C-1")
def claim(
    name: Annotated[str, typer.Argument(metavar="VERTRAG/FALL", help="Oder der Fall allein, wo er eindeutig ist.")],
) -> Reads:
    """Ein Leistungsfall: belegte und freigegebene Tage, Raten, Buchungen, Briefe, der Verlauf."""
    from dunkelwerk.runner.showing import show_claim

    return partial(show_claim, name)


@shows("notice", example="N-1")
def notice(
    name: Annotated[str, typer.Argument(metavar="NUMMER", help="Nummer im Posteingang, oder die eigene Kennung.")],
) -> Reads:
    """Eine Meldung mit allen Versuchen: was sie sagt, was entschieden wurde, was daraus folgte."""
    from dunkelwerk.runner.showing import show_notice

    return partial(show_notice, name)
