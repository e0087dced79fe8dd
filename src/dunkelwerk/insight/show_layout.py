"""Headings, lists, facts and tables of ``dunkelwerk show``; nothing is cut off, at any width."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.casework import console, shown, width

#: rows of a table that are shown without --all; of each of several tables
ROWS, FEW = 12, 6
#: a cell that stays in one line
SHORT = 12
Facts = list[tuple[str, str]]


def plain(text: str) -> str:
    """A text from outside as it may go to a terminal: neither markup nor control signs do anything."""
    return escape("".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text))


def print_heading(text: str, *, first: bool = False) -> None:
    """A heading with a line under it; the first one of a page stands by itself."""
    grid = Table.grid()
    grid.add_row(plain(text))
    if not first:
        print()
    print_grid(grid)
    if not first:
        print("─" * min(len(text), width()))


def print_list(heading: str, lines: Sequence[str], *, nothing: str) -> None:
    """Sentences under a heading; without any ``nothing``, or not even the heading."""
    if not lines and not nothing:
        return
    print_heading(heading)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    if not lines:
        print(nothing)
        return
    for line in lines:
        grid.add_row("•", plain(line))
    print_grid(grid)


def print_facts(heading: str, facts: Facts) -> None:
    """Labels and values under a heading; what is not known is left out."""
    print_heading(heading)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in facts:
        if value and value != "–":
            grid.add_row(plain(label), plain(value))
    print_grid(grid)


def print_grid(grid: Table) -> None:
    """A grid without spaces at the ends of lines."""
    with console() as out, out.capture() as capture:
        out.print(grid)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_cut(headings: Sequence[str], rows: Sequence[Sequence[Any]], *, everything: bool, most: int = ROWS) -> None:
    """A table of the newest rows; how many older ones there are stands before."""
    older = 0 if everything or len(rows) <= most + 1 else len(rows) - most
    if older:
        print(_("… {count} weitere, ältere (--all)").format(count=older))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, cells in zip(headings, zip(*rows, strict=True), strict=True):
        texts = [shown(cell) for cell in (heading, *cells)]
        number = all(isinstance(cell, Decimal | int) for cell in cells)
        whole = max(map(len, texts)) <= SHORT
        table.add_column(heading, overflow="fold", no_wrap=whole, justify="right" if number else "left")
    for row in rows[older:]:
        table.add_row(*(plain(shown(cell)) for cell in row))
    print_grid(table)


def flow(texts: Sequence[str]) -> list[str]:
    """Short texts side by side, as many as fit in a line."""
    lines = [""]
    for each in texts:
        longer = f"{lines[-1]}   {each}" if lines[-1] else each
        lines = [*lines[:-1], longer] if len(longer) <= width() else [*lines, each]
    return lines
