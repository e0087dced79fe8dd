"""The insurer's own decision tables: ``DUNKELWERK_TABLES`` names their folder (docs/decision-tables.md)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dunkelwerk.decisions.own_tables import find_stranger
from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.tables import TableError
from dunkelwerk.infra.errors import wrong_usage

#: the environment reaches worker processes, too
OWN_TABLES = "DUNKELWERK_TABLES"


def use_own_tables(found: Iterable[Process[Any, Any, Any, Any]]) -> None:
    """Give each process its tables; raises CommandError (wrong usage) for a folder that must not be used."""
    own = os.environ.get(OWN_TABLES)
    folder = Path(own) if own else None
    found = list(found)
    if folder and (stranger := find_stranger(folder, {process.name: process.tables for process in found})):
        raise wrong_usage(stranger)
    try:
        for process in found:
            process.use_tables(folder)
    except TableError as error:
        raise wrong_usage(str(error)) from None
