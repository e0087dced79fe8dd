"""Finding processes: every folder under ``lines/LINE/processes`` is one, and so is what a customer's package offers.

A customer's own line or process is an entry point of the group ``dunkelwerk.processes`` that names its ``PROCESS``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import dunkelwerk.lines
from dunkelwerk.decisions.process import Line, Process
from dunkelwerk.lines.effects import Store

AnyProcess = Process[Any, Any, Any, Any]


@cache
def processes() -> dict[str, AnyProcess]:
    """Every process by its name (underscores), e.g. ``follow_up_sick_note``."""
    found = [importlib.import_module(f"{module}.decide").PROCESS for module in process_folders()]
    found += [entry.load() for entry in entry_points(group="dunkelwerk.processes")]
    return {process.name: process for process in found}


def process_folders() -> list[str]:
    """The import names of all process folders, sorted."""
    folders = []
    for line in pkgutil.iter_modules(dunkelwerk.lines.__path__, "dunkelwerk.lines."):
        if line.ispkg:
            package = importlib.import_module(f"{line.name}.processes")
            folders += [each.name for each in pkgutil.iter_modules(package.__path__, f"{line.name}.processes.")]
    return sorted(folders)


def store_of(line: Line) -> Store:
    """The database side of a line; needs Django configured."""
    module = importlib.import_module(f"{line.package}.store")
    store: Store = module.STORE
    return store


def lines() -> dict[str, Line]:
    """Every line of business that has a process, by name."""
    return {process.line.name: process.line for process in processes().values()}
