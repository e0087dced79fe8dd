"""``dunkelwerk keys``: the master keys that wrap the data keys of all sealed records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.infra.keys import MasterKeys

#: one rotation at a time: two that read the same key file would each write it without the other's key
TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250604)"
DATA_KEYS = "SELECT id, wrapped, master FROM data_key ORDER BY id"
COUNTS = "SELECT master, count(*) FROM data_key GROUP BY master ORDER BY min(id)"

app = typer.Typer(help="Die Hauptschlüssel der Verschlüsselung.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Die Hauptschlüssel der Verschlüsselung."""


@app.command("list", epilog="Beispiel: dunkelwerk keys list")
def list_keys() -> None:
    """Die Hauptschlüssel der Schlüsseldatei: Kennung, welcher aktiv ist, wie viele Datenschlüssel jeder schützt."""
    from dunkelwerk.infra.keys import MasterKeys

    with session() as cursor:
        masters = MasterKeys.open(cursor)
        cursor.execute(COUNTS)
        counts: dict[str, int] = dict(cursor.fetchall())
    for identity in masters.keys:
        state = _("aktiv") if identity == masters.active else _("abgelöst")
        line = _("{key}  {state}  {count} Datenschlüssel")
        print(line.format(key=identity, state=state, count=counts.pop(identity, 0)))
    if counts:
        message = _("{path}: {missing} fehlt; so geschützte Sätze lassen sich nicht öffnen.")
        print(message.format(path=masters.path, missing=", ".join(counts)), file=sys.stderr)
        raise typer.Exit(1)


@app.command("rotate", epilog="Beispiel: dunkelwerk keys rotate")
def rotate_keys(
    peppers: Annotated[
        bool, typer.Option("--peppers", help="Stattdessen ein neues Geheimnis für neue PINs anlegen.")
    ] = False,
) -> None:
    """Schützt alle Datenschlüssel mit einem neuen Hauptschlüssel, der aktiv wird; die Sätze bleiben, wie sie sind."""
    if peppers:
        rotate_pin_secrets()
        return
    from dunkelwerk.infra.keys import MasterKeys, rotate

    with session() as cursor:
        cursor.execute(TAKE_TURNS)
        masters = MasterKeys.open(cursor)
        ensure_all_open(cursor, masters)
        count = rotate(cursor, masters)
    message = _(
        "Neuer aktiver Hauptschlüssel {key}; er schützt {count} Datenschlüssel. Bitte {path} sichern, getrennt von der "
        "Datenbank, und an alle Rechner verteilen."
    )
    print(message.format(key=masters.active, count=count, path=masters.path))


def rotate_pin_secrets() -> None:
    """A new pepper for new PINs; those that are out stay good."""
    from dunkelwerk.infra.keys import key_file
    from dunkelwerk.infra.peppers import rotate_peppers

    with session() as cursor:
        identity = rotate_peppers(cursor)
    message = _(
        "Neues Geheimnis {key} für neue PINs; ausgegebene PINs gelten weiter. Bitte {path} sichern, getrennt von der "
        "Datenbank, und an alle Rechner verteilen."
    )
    print(message.format(key=identity, path=key_file()))


@contextmanager
def session() -> Iterator[Any]:
    """A cursor in one transaction; raises CommandError where the database is away."""
    from dunkelwerk.infra import database

    database.start()
    from django.db import OperationalError, connection, transaction

    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            yield cursor
    except OperationalError as error:
        fault = " ".join(str(error).split())
        raise CommandError(_("Die Datenbank arbeitet nicht: {fault}").format(fault=fault)) from None


def ensure_all_open(cursor: Any, masters: MasterKeys) -> None:
    """Raise CommandError, before anything changes, where a data key is not wrapped by a key of this file."""
    cursor.execute(DATA_KEYS)
    for _identity, wrapped, master in cursor.fetchall():
        masters.unwrap(bytes(wrapped), master)
