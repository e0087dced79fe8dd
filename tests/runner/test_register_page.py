"""docs/register.md is typed as it stands, and shows what the program says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from work_support import TODAY, household, note, write_lines

from pages import Command, Shell, steps


def test_the_page_shows_what_the_program_says(database_url: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "cases.jsonl", [household(1)])
    write_lines(tmp_path / "notices.jsonl", [note(1)])
    environment = {
        **{"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DATABASE_URL": database_url},
        **{"DUNKELWERK_TODAY": TODAY, "COLUMNS": "100"},
    }
    typed = [step for step in steps("register.md") if isinstance(step, Command)]
    with Shell(tmp_path, environment) as shell:
        shell.type("dunkelwerk load cases.jsonl && dunkelwerk inbox add notices.jsonl --actor poststelle")
        differences = [difference for step in typed if (difference := step.difference(shell.type(step.line)))]
    assert "\n\n".join(differences) == ""
    assert len(typed) > 7
