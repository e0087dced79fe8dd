"""docs/second-check.md is typed as it stands, and shows what the program says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from first_support import first_note, insured
from work_support import TODAY, Thing, case_file, claim, contract, household, note, write_lines

from pages import Command, Shell, steps

ADDRESS = {"salutation": "Herr", "street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln"}
RULES = 'adverse_needs_human: true\nauthority_limit: "600.00"\ndispositions: {recourse_open: offset}\n'
#: for half a year nobody told us
LATE: Thing = {"incapacity_from": "2026-04-01", "incapacity_until": "2026-06-10", "issued_on": "2026-06-01"}


def addressed(file: Thing) -> Thing:
    """A case file with addresses: letters are shown."""
    return file | {"persons": [each | ADDRESS for each in file["persons"]]}


def test_the_page_shows_what_the_program_says(database_url: str, tmp_path: Path) -> None:
    owing = case_file(contract("RS-2", [2], claim("C-2", 2), recourse_open="100.00"))
    files = (household(1), owing, household(3), household(4, benefit_limit="2026-11-29"), insured(5))
    write_lines(tmp_path / "cases.jsonl", map(addressed, files))
    unstamped = (note(n, formally_correct=n not in (1, 3)) for n in (1, 2, 3, 4))
    write_lines(tmp_path / "notices.jsonl", unstamped)
    write_lines(tmp_path / "first-notice.jsonl", [first_note(5, id="N-5", **LATE)])
    (tmp_path / "ours.yaml").write_text(RULES, "utf-8")
    environment = {
        **{"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DATABASE_URL": database_url},
        **{"DUNKELWERK_TODAY": TODAY, "DUNKELWERK_PARAMETERS": str(tmp_path / "ours.yaml"), "COLUMNS": "100"},
    }
    typed = [step for step in steps("second-check.md") if isinstance(step, Command)]
    with Shell(tmp_path, environment) as shell:
        shell.type("dunkelwerk load cases.jsonl && dunkelwerk inbox add notices.jsonl --actor poststelle")
        differences = [difference for step in typed if (difference := step.difference(shell.type(step.line)))]
    assert "\n\n".join(differences) == ""
    assert len(typed) > 12
