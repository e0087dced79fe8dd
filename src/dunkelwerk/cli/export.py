"""``dunkelwerk export``: what stands in the database, for other programs. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.tabular import Dataset, Format, write_table

app = typer.Typer(help="Daten für andere Programme.", no_args_is_help=True)


Contract = Annotated[str | None, typer.Option("--contract", metavar="N", help="Nur die Akte dieses Vertrags.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Erst ab diesem Geschäftstag, JJJJ-MM-TT.")]
Form = Annotated[Format, typer.Option("--format", help="Format.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Zieldatei statt der Standardausgabe.")]


class CaseLine(Enum):
    """The lines of business whose case files can be exported."""

    CREDIT_PROTECTION = "credit_protection"
    MEMBERS = "members"


def example(name: str, options: str = "--since 2026-11-01 --format csv") -> str:
    """The example below a subcommand's help."""
    return f"Beispiel: dunkelwerk export {name} {options} --out {name}.csv"


@app.callback()
def export() -> None:
    """Daten für andere Programme."""


@app.command("case-files", epilog="Beispiel: dunkelwerk export case-files --contract RS-100001")
def case_files(
    contract: Annotated[
        str | None, typer.Option("--contract", metavar="N", help="Nur die Akte zu diesem Vertrag oder Mitglied.")
    ] = None,
    line: Annotated[CaseLine, typer.Option("--line", help="Die Sparte.")] = CaseLine.CREDIT_PROTECTION,
    out: Out = None,
) -> None:
    """Die Akten, wie sie jetzt sind: JSON Lines, eine Zeile je Vertrag (Sparte members: je Mitglied)."""
    start_database()
    if line is CaseLine.MEMBERS:
        write_members(contract, out)
        return
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.credit_protection import queries

    with snapshot():
        if contract is not None and not queries.is_contract(contract):
            raise CommandError(_("Den Vertrag {contract} gibt es nicht.").format(contract=contract))
        total = queries.count_contracts() if contract is None else 1
        write_lines(queries.case_file_lines(contract), out, total=total)


def write_members(number: str | None, out: Path | None) -> None:
    """The case files of members."""
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.members import queries

    with snapshot():
        if number is not None and not queries.is_member(number):
            raise CommandError(_("Das Mitglied {number} gibt es nicht.").format(number=number))
        total = queries.count_members() if number is None else 1
        write_lines(queries.case_file_lines(number), out, total=total)


@app.command("decisions", epilog=example("decisions"))
def decisions(since: Since = None, form: Form = Format.JSONL, out: Out = None) -> None:
    """Die Entscheidungen: als JSON mit Gründen, Geschäftsvorfällen und Prüfspur, sonst eine Zeile je Entscheidung."""
    day = parse_since(since)
    if form is not Format.JSONL:
        write_dataset("runner", "DECISIONS", day, form, out)
        return
    start_database()
    from django.db import connection

    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.runner.queries import decision_lines

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=business_day())
    with snapshot():
        write_lines(decision_lines(vault, day), out)


@app.command("work-items", epilog=example("work-items"))
def work_items(since: Since = None, form: Form = Format.JSONL, out: Out = None) -> None:
    """Die Postkorbeinträge; --since nach dem Tag, an dem sie entstanden."""
    write_dataset("workitems", "WORK_ITEMS", parse_since(since), form, out)


@app.command("instalments", epilog=example("instalments"))
def instalments(since: Since = None, form: Form = Format.JSONL, out: Out = None) -> None:
    """Die Raten; --since nach dem Tag der Freigabe (übernommene Raten haben keinen)."""
    write_dataset("lines.credit_protection", "INSTALMENTS", parse_since(since), form, out)


@app.command("ledger", epilog=example("ledger"))
def ledger(
    since: Since = None,
    form: Form = Format.JSONL,
    out: Out = None,
    trial_balance: Annotated[bool, typer.Option("--trial-balance", help="Die Saldenliste aller Tage.")] = False,
) -> None:
    """Die Buchungssätze des Nebenbuchs, oder seine Saldenliste."""
    if trial_balance and since is not None:
        raise wrong_usage(_("--trial-balance umfasst alle Tage; bitte ohne --since aufrufen."))
    write_dataset("ledger", "TRIAL_BALANCE" if trial_balance else "POSTINGS", parse_since(since), form, out)


@app.command("movements", epilog=example("movements"))
def movements(since: Since = None, form: Form = Format.JSONL, out: Out = None) -> None:
    """Die Bewegungsdatensätze für das Data Warehouse."""
    write_dataset("feeds", "MOVEMENTS", parse_since(since), form, out)


@app.command("letters", epilog=example("letters"))
def letters(since: Since = None, form: Form = Format.JSONL, out: Out = None) -> None:
    """Die Briefaufträge."""
    write_dataset("letters", "LETTERS", parse_since(since), form, out)


def parse_since(since: str | None) -> date | None:
    """The day given; raises CommandError (wrong usage) for no date."""
    from dunkelwerk.infra.businessday import parse_day

    return None if since is None else parse_day(since, source="--since")


def start_database() -> None:
    """Reach the database."""
    from dunkelwerk.infra import database

    database.start()


def write_dataset(package: str, name: str, since: date | None, form: Format, out: Path | None) -> None:
    """Write a table that an app's ``queries`` declares, as it stands at this moment."""
    if form is Format.PARQUET and out is None and sys.stdout.isatty():
        raise wrong_usage(_("--format parquet: bitte mit --out eine Zieldatei nennen."))
    start_database()
    import importlib

    from dunkelwerk.cli.decide import output
    from dunkelwerk.infra.snapshot import snapshot, stream

    dataset: Dataset = getattr(importlib.import_module(f"dunkelwerk.{package}.queries"), name)
    with snapshot(), output(out) as target:
        batches = counted(stream(*dataset.select(since)))
        write_table(batches, dataset.columns, form, target)


def counted(batches: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The batches, with progress."""
    from dunkelwerk.infra.progress import progress

    with progress(_("exportiert")) as advance:
        for batch in batches:
            yield batch
            advance(len(batch))


def write_lines(batches: Iterable[Sequence[bytes]], out: Path | None, *, total: int | None = None) -> None:
    """Write lines that are JSON already, with progress."""
    from dunkelwerk.cli.decide import output
    from dunkelwerk.infra.progress import progress

    with output(out) as target, progress(_("exportiert"), total) as advance:
        for batch in batches:
            target.writelines(batch)
            advance(len(batch))
