"""docs/new-process.md, followed as it stands: its files written, its commands typed, what it shows compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from package_support import clean_environment, install, stop_database

from pages import Command, File, Shell, steps

pytestmark = pytest.mark.timeout(1000)
PAGE = "new-process.md"
#: what somebody who follows it has done at the end, each at least once
STEPS = (
    *("pip install", "dunkelwerk decide", "dunkelwerk scenarios", "dunkelwerk load", "dunkelwerk inbox add"),
    *(
        "dunkelwerk work --once",
        "dunkelwerk export",
        "dunkelwerk check",
        "dunkelwerk processes set",
        "dunkelwerk replay",
    ),
)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The folder in which somebody followed the page, and where the page said something else than the commands."""
    folder = tmp_path_factory.mktemp("process")
    differences = []
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch)
        with Shell(folder, install(folder)) as shell:
            for step in steps(PAGE):
                if isinstance(step, File):
                    step.write(folder)
                elif difference := step.difference(shell.type(step.line)):
                    differences.append(difference)
        yield folder, differences
    stop_database(folder / "try")


def test_what_the_page_shows_is_what_one_sees(followed: tuple[Path, list[str]]) -> None:
    _folder, differences = followed
    if differences:
        pytest.fail("\n\n".join(differences), pytrace=False)


def test_the_page_goes_all_the_way() -> None:
    typed = [step.line for step in steps(PAGE) if isinstance(step, Command)]
    for start in STEPS:
        assert any(line.startswith(start) for line in typed), start
    assert sum(isinstance(step, File) for step in steps(PAGE)) >= 10


def test_the_case_is_settled_dark_by_the_process_of_the_page(followed: tuple[Path, list[str]]) -> None:
    """What the page leaves out (``…``) is right, too: read from the database and not from the page."""
    folder, _differences = followed
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch)
        environment = install(folder) | {"DUNKELWERK_HOME": str(folder / "try"), "DUNKELWERK_TODAY": "2026-11-13"}
        with Shell(folder, environment) as shell:
            decisions = [json.loads(line) for line in shell.type("dunkelwerk export decisions").split("\n") if line]
            movements = [json.loads(line) for line in shell.type("dunkelwerk export movements").split("\n") if line]
    first, shadowed = decisions
    assert (first["notice"], first["outcome"], first["reasons"]) == ("G-1", "apply", [])
    assert (shadowed["notice"], shadowed["outcome"]) == ("G-2", "apply")
    checked = [check["code"] for traced in first["trace"] for check in traced["checks"]]
    own, ours = {"bv_recovery_ahead", "bv_benefit_left"}, {"person_deceased", "released_beyond_recovery"}
    assert set(checked) == own | ours
    assert [each["action"] for each in movements] == ["close_claim", "send_letter"]
    assert {(each["mode"], each["process"]) for each in movements} == {("dark", "recovery_notice")}
