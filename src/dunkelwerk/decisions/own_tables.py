"""An insurer's own decision tables: a folder whose tables go before those of a process. Pure.

``FOLDER/PROCESS/TABLE.csv`` goes before ``FOLDER/TABLE.csv`` (which serves every process that has such a table), and
that before the product's own. A file that is nobody's table is an error: it was meant for something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.tables import Column, Problem, Table, TableError, parse_table
from dunkelwerk.infra.i18n import _


class Sourced(Struct, frozen=True):
    """A table with the very bytes that it was read from, for the rules version."""

    table: Table
    content: bytes


def read_tables(folder: Path) -> dict[str, Sourced]:
    """The tables of a process's folder by name; raises TableError."""
    return {path.stem: read_sourced(path) for path in sorted((folder / "tables").glob("*.csv"))}


def read_own(folder: Path, process: str, ours: Mapping[str, Sourced]) -> dict[str, Sourced]:
    """The insurer's tables for a process, by name; raises TableError for one that must not stand in for ours."""
    own = {}
    for name, each in ours.items():
        paths = [path for path in (folder / process / f"{name}.csv", folder / f"{name}.csv") if path.exists()]
        if paths:
            own[name] = read_sourced(paths[0])
            if fault := find_difference(own[name].table, each.table):
                raise TableError([Problem(file=str(paths[0]), text=fault)])
    return own


def read_sourced(path: Path) -> Sourced:
    """The table of a CSV file, read once; raises TableError, which names the file with its folder."""
    try:
        content = path.read_bytes()
        return Sourced(parse_table(content.decode("utf-8-sig"), name=path.stem), content)
    except TableError as error:
        raise TableError(msgspec.structs.replace(each, file=str(path)) for each in error.problems) from None
    except OSError:
        text = _("Die Datei lässt sich nicht lesen; Ort und Rechte prüfen")
    except UnicodeDecodeError:
        text = _("Die Datei ist nicht in UTF-8 gespeichert; als „CSV UTF-8“ speichern")
    raise TableError([Problem(file=str(path), text=text)])


def find_difference(own: Table, ours: Table) -> str | None:
    """Why a table cannot stand in for ours, or None: same columns, and a value wherever ours always has one."""
    if columns_of(own.inputs) != columns_of(ours.inputs) or columns_of(own.outputs) != columns_of(ours.outputs):
        wanted = ", ".join(
            [*map("in {}".format, map(tell, ours.inputs)), *map("out {}".format, map(tell, ours.outputs))]
        )
        return _("Die Spalten müssen diese sein: {columns}").format(columns=wanted)
    for column in ours.outputs:
        empty = [row.line for row in own.rows if row.outputs[column.name] is None]
        if empty and all(row.outputs[column.name] is not None for row in ours.rows):
            text = _("Spalte {column}, Zeile {row}: ein Wert fehlt; ihn eintragen")
            return text.format(column=column.name, row=empty[0])
    return None


def columns_of(columns: Iterable[Column]) -> dict[str, tuple[str, frozenset[str]]]:
    """What must be the same; the order of columns, and of the texts of a ``one of``, need not."""
    return {column.name: (column.type, frozenset(column.domain)) for column in columns}


def tell(column: Column) -> str:
    """The column as its heading says it."""
    return f"{column.name} {column.type}" + (f" {'|'.join(column.domain)}" if column.domain else "")


def find_stranger(folder: Path, known: Mapping[str, Iterable[str]]) -> str | None:
    """One sentence for what is no table of a process (``known``: tables by process), or for no table at all, or None.

    What begins with a point is the file system's own.
    """
    files = {f"{name}.csv" for tables in known.values() for name in tables}
    allowed = sorted(files | {f"{process}/{name}.csv" for process, tables in known.items() for name in tables})
    try:
        inside = [path for each in folder.iterdir() for path in (each.iterdir() if each.is_dir() else [each])]
    except OSError as error:
        return _("{folder}: nicht lesbar ({reason}).").format(folder=folder, reason=error.strerror)
    found = sorted(path.relative_to(folder).as_posix() for path in inside)
    found = [name for name in found if not name.startswith(".") and "/." not in name]
    if not found:
        return _("{folder}: der Ordner enthält keine Tabelle.").format(folder=folder)
    for name in found:
        if name not in allowed:
            text = _("{path}: keine Tabelle dieses Namens; bekannt sind: {known}.")
            return text.format(path=folder / name, known=", ".join(allowed))
    return None
