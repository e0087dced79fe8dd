"""One folder per line and per process, always of the same shape; and who may import whom inside a line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from source import SOURCE, trees

from dunkelwerk.decisions.process import Process
from dunkelwerk.lines.registry import process_folders, processes

LINES = [path.parent for path in sorted(SOURCE.glob("lines/*/processes"))]
INSIDE = [path for line in LINES for path in sorted((line / "processes").iterdir())]
FOLDERS = [path for path in INSIDE if (path / "__init__.py").is_file()]
#: what decides, what the database side needs; docs/design: "Lines of business"
OF_A_LINE = {"line.py", "casefile.py", "actions.py", "reasons.py", "parameters.py", "parameters.yaml", "processes"}
OF_A_LINE |= {"models.py", "queries.py", "loader.py", "appliers.py", "store.py"}
OF_A_PROCESS = {"__init__.py", "notice.py", "decide.py", "parameters.yaml", "scenarios.yaml"}
MAY_HAVE = {"tables", "__pycache__"}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("line", LINES, ids=name)
def test_a_line_has_its_files(line: Path) -> None:
    assert OF_A_LINE - {path.name for path in line.iterdir()} == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_process_has_its_files_and_no_other(folder: Path) -> None:
    files = {path.name for path in folder.iterdir()}
    assert OF_A_PROCESS - files == set()
    assert files - OF_A_PROCESS - MAY_HAVE == set()
    assert [path.name for path in (folder / "tables").glob("*") if path.suffix != ".csv"] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_process_is_found_under_the_name_of_its_folder(folder: Path) -> None:
    process = processes()[folder.name]
    assert isinstance(process, Process)
    assert (process.name, process.folder) == (folder.name, folder)
    assert process.line.folder == folder.parents[1]
    assert process.title


def test_every_folder_of_processes_is_a_process() -> None:
    assert {path.name for path in INSIDE if path.is_dir() and path not in FOLDERS} - {"__pycache__"} == set()
    assert sorted(module.rpartition(".")[2] for module in process_folders()) == sorted(path.name for path in FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_check_is_a_named_function_of_its_reason(folder: Path) -> None:
    """Its name says what is true when it finds something: so it is the reason's code."""
    checks = processes()[folder.name].checks
    names = {bound.reason.code: bound.check.__name__ for bound in checks}
    assert {code: name for code, name in names.items() if name != code} == {}
    codes = [bound.reason.code for bound in checks]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_bound_reason_stands_in_the_catalogue_of_its_line(folder: Path) -> None:
    process = processes()[folder.name]
    for bound in process.checks:
        assert process.line.catalogue.get(bound.reason.code) is bound.reason
        assert not bound.reason.retired


def imports(path: str) -> Iterator[str]:
    """What a module imports, as dotted names: ``from a import b`` gives ``a`` and ``a.b``."""
    for node in ast.walk(trees()[path]):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{each.name}" for each in node.names)


def reached(path: str) -> dict[str, str]:
    """Every module of the same line that a module reaches by imports, with one that imports it."""
    home = "/".join(path.split("/")[:2])
    found, todo = {path: path}, [path]
    while todo:
        current = todo.pop()
        for module in imports(current):
            file = module.removeprefix("dunkelwerk.").replace(".", "/") + ".py"
            if file in trees() and file.startswith(home) and file not in found:
                found[file] = current
                todo.append(file)
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_what_decides_imports_the_core_and_its_own_line_alone(folder: Path) -> None:
    start = str((folder / "decide.py").relative_to(SOURCE))
    line = f"dunkelwerk.lines.{folder.parents[1].name}"
    foreign = {
        f"{path}: {module}"
        for path in reached(start)
        for module in imports(path)
        if module.startswith(("dunkelwerk", "django", "psycopg"))
        and not module.startswith(("dunkelwerk.decisions", line))
        and module not in ("dunkelwerk", "dunkelwerk.infra.i18n", "dunkelwerk.infra.i18n._")
    }
    assert foreign == set()


@pytest.mark.parametrize("line", LINES, ids=name)
def test_codes_of_a_line_are_snake_case_and_titled(line: Path) -> None:
    catalogue = import_module(f"dunkelwerk.lines.{line.name}.reasons").CATALOGUE
    reasons = list(catalogue)
    assert [reason.code for reason in reasons if not reason.code.replace("_", "").islower()] == []
    assert [reason.code for reason in reasons if not (reason.title and reason.text and reason.source)] == []
    assert len({reason.title for reason in reasons}) == len(reasons)
