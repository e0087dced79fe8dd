"""Finding processes: every folder under ``lines/LINE/processes`` is one, and so is what a customer's package offers.

A customer's own line or process is an entry point of the group ``dunkelwerk.processes`` that names its ``PROCESS``;
docs/new-process.md builds one.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import pkgutil
from collections.abc import Collection
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import dunkelwerk.lines
from dunkelwerk.decisions.failures import locate
from dunkelwerk.decisions.process import Line, Process
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.effects import Store
from dunkelwerk.lines.own_tables import OWN_TABLES, use_own_tables

AnyProcess = Process[Any, Any, Any, Any]
GROUP = "dunkelwerk.processes"


@cache
def processes() -> dict[str, AnyProcess]:
    """Every process by its name (underscores), e.g. ``follow_up_sick_note``.

    Raises CommandError for a customer's process that cannot be loaded, or whose name is taken: without it its notices
    would be refused at the door, and of two with one name nobody could say which decides.
    """
    own = (importlib.import_module(f"{module}.decide").PROCESS for module in process_folders())
    found: dict[str, AnyProcess] = {process.name: process for process in own}
    for entry in entry_points(group=GROUP):
        process = load_offered(entry)
        if process.name in found:
            message = _("Den Prozess {name} gibt es schon; bitte das Paket {package} unter anderem Namen anbieten.")
            raise CommandError(message.format(name=process.name, package=package_of(entry)))
        found[process.name] = process
    introduce({id(process.line): process.line for process in found.values()}.values())
    use_own_tables(found.values())
    return found


def introduce(lines: Collection[Line]) -> None:
    """Let the lines know of one another's parameters and reasons: one file of an insurer serves all of them."""
    for line, other in itertools.permutations(lines, 2):
        line.declared.update(other.declared, set(other.parameters.__struct_fields__))
        line.foreign.update(reason.code for reason in other.catalogue if line.catalogue.get(reason.code) is None)


@cache
def recorders() -> dict[str, AnyProcess]:
    """By name, what people record by hand: notices of a line that no rules decide (its package ``register``)."""
    found = (f"{line.package}.register" for line in lines().values())
    modules = (importlib.import_module(name) for name in found if importlib.util.find_spec(name) is not None)
    return {module.PROCESS.name: module.PROCESS for module in modules}


def procedure(name: str) -> AnyProcess | None:
    """The process, or what is recorded by hand, of this name; None where it is not installed."""
    return processes().get(name) or recorders().get(name)


def choose_tables(folder: Path | None) -> None:
    """Decide by the tables in a folder, here and in every process started from here (None: as it was)."""
    if folder is not None:
        os.environ[OWN_TABLES] = str(folder.resolve())
        processes.cache_clear()
    processes()


def load_offered(entry: EntryPoint) -> AnyProcess:
    """The process of a customer's package; raises CommandError, which says where loading it failed."""
    try:
        process = entry.load()
        if not isinstance(process, Process):
            raise TypeError(_("{value} ist kein Process").format(value=entry.value))
    except Exception as error:  # whatever a package raises at import; it has seen no notice yet
        message = _("Paket {package}: der Prozess {name} lässt sich nicht laden ({kind} in {where}: {fault}).")
        kind, where = type(error).__name__, locate(error)["where"]
        fault = next(iter(str(error).splitlines()), "")
        text = message.format(package=package_of(entry), name=entry.name, kind=kind, where=where, fault=fault)
        raise CommandError(text) from error
    return process


def package_of(entry: EntryPoint) -> str:
    """The name of the package that offers it."""
    return entry.dist.name if entry.dist else entry.module


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


def scenarios_module(line: Line) -> Any:
    """What reads, decides and compares the scenarios of a line; raises CommandError for a line that has none."""
    try:
        return importlib.import_module(f"{line.package}.scenarios")
    except ModuleNotFoundError as error:
        if error.name != f"{line.package}.scenarios":
            raise
        message = _("Die Sparte {line} kann keine Szenarien lesen: ihr fehlt das Modul scenarios.")
        raise CommandError(message.format(line=line.name)) from None
