"""``dunkelwerk tokens``: who may call the HTTP API, and what for."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from dunkelwerk.cli.person import Actor
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Zugänge zur HTTP-Schnittstelle.", no_args_is_help=True)
EXAMPLE = (
    "Beispiel: dunkelwerk tokens create kernsystem --scope dialogues:write --scope notices:read --until 2027-12-31"
)


@app.callback()
def tokens() -> None:
    """Zugänge zur HTTP-Schnittstelle."""


@app.command("create", epilog=EXAMPLE)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Wer ihn benutzt, z. B. kernsystem.")],
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="RECHT", help="Was erlaubt ist; mehrfach möglich (siehe scopes)."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TAG", help="Letzter Tag (JJJJ-MM-TT).")] = None,
    actor: Actor = None,
) -> None:
    """Gibt ein neues Token aus. Es wird nur dieses eine Mal gezeigt."""
    from dunkelwerk.api import tokens as operations
    from dunkelwerk.cli.inbox import current_user
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import parse_day

    expires_on: date | None = None if until is None else parse_day(until, source="--until")
    database.start()
    identity, token = operations.create(name, scopes or [], actor=actor or current_user(), expires_on=expires_on)
    typer.echo(_("Token {number} für {name}; es wird nie wieder gezeigt:").format(number=identity, name=name), err=True)
    print(token)


@app.command("list", epilog="Beispiel: dunkelwerk tokens list")
def list_tokens() -> None:
    """Alle Tokens: Name, Rechte, bis wann, zuletzt benutzt."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from dunkelwerk.api import tokens as operations
    from dunkelwerk.infra import database

    database.start()
    table = Table(*(_("Nummer"), _("Name"), _("Rechte"), _("gültig bis"), _("zuletzt benutzt"), _("Stand")))
    for each in operations.tokens():
        state = _("widerrufen") if each.revoked_at else _("gültig")
        until, used = (str(day) if day else "–" for day in (each.expires_on, each.used_on))
        table.add_row(str(each.id), escape(each.name), ", ".join(each.scopes), until, used, state)
    Console().print(table)


@app.command("scopes", epilog="Beispiel: dunkelwerk tokens scopes")
def list_scopes() -> None:
    """Die Rechte, die ein Token haben kann."""
    from dunkelwerk.api.tokens import SCOPES

    for scope, meaning in SCOPES.items():
        print(f"{scope:<18} {_(meaning)}")


@app.command("revoke", epilog="Beispiel: dunkelwerk tokens revoke 3")
def revoke(number: Annotated[int, typer.Argument(metavar="NUMMER", help="Die Nummer des Tokens.")]) -> None:
    """Beendet ein Token sofort."""
    from dunkelwerk.api import tokens as operations
    from dunkelwerk.infra import database

    database.start()
    operations.revoke(number)
    print(_("Token {number} gilt nicht mehr.").format(number=number))
