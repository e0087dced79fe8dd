"""Mutation testing of the checks and of what they compute: ``python tools/mutants.py [--children N] [PART …]``.

mutmut leaves decorated functions alone, and a check is bound to its reason by a decorator. So it runs on a copy where
``@finds(…)`` above a function has become ``finds(…)(function)`` below it: the same binding in the same order. Survivors
are printed; each must be explained in docs/mutants.md. The exit code is 1 for one that is not; and for none at all, as
some mutants are equivalent, and their death would only show that the tests did not run.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY = ROOT / "build" / "mutation"
LINE = "src/dunkelwerk/lines/credit_protection"
#: what several processes share
SHARED = ("affected", "benefits", "checks", "death", "first_notice", "follow_up", "identification", "payout")
SHARED += ("parts", "sick_notes", "unemployment")
MEMBERS = "src/dunkelwerk/lines/members"
TARGETS = [
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / LINE / "processes").glob("*/decide.py"))),
    *(f"{LINE}/{name}.py" for name in SHARED),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / MEMBERS / "processes").glob("*/decide.py"))),
    *(f"{MEMBERS}/{name}.py" for name in ("checks", "identification", "signatures")),
    "src/dunkelwerk/decisions/outcome.py",
]
TESTS = [
    "tests/test_scenarios.py",
    "tests/lines/test_benefits.py",
    "tests/lines/test_evidence.py",
    "tests/lines/test_identification.py",
    "tests/decisions/test_outcome.py",
    "tests/decisions/test_reading.py",
    "tests/members/test_member_rules.py",
]
EXPLAINED = ROOT / "docs" / "mutants.md"
SURVIVED = re.compile(r"^\s*(\S+__mutmut_\d+): (survived|no tests)\s*$", re.MULTILINE)


def main() -> int:
    """Run mutmut on the copy; the exit code says whether every survivor is explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", default="2", help="how many mutants are tried at once")
    parser.add_argument("parts", nargs="*", help="only files whose path contains one of these")
    said = parser.parse_args()
    targets = [each for each in TARGETS if not said.parts or any(part in each for part in said.parts)]
    shutil.rmtree(COPY, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("src", "tests", "docs"):
        shutil.copytree(ROOT / name, COPY / name, ignore=ignored)
    for target in targets:
        path = COPY / target
        path.write_text(undecorate(path.read_text("utf-8")), "utf-8")
    (COPY / "pyproject.toml").write_text(settings(targets), "utf-8")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    mutmut = [str(Path(sys.executable).parent / "mutmut")]
    subprocess.run([*mutmut, "run", "--max-children", said.children], cwd=COPY, env=environment, check=False)
    shown = subprocess.run([*mutmut, "results"], cwd=COPY, env=environment, check=True, capture_output=True, text=True)
    explained = EXPLAINED.read_text("utf-8")
    survivors, unexplained = SURVIVED.findall(shown.stdout), 0
    for name, state in survivors:
        difference = subprocess.run(
            [*mutmut, "show", name], cwd=COPY, env=environment, check=True, capture_output=True, text=True
        ).stdout
        changed = [line for line in difference.splitlines() if line[:1] in "+-" and line[:3] not in ("---", "+++")]
        known = all(line[1:].strip() in explained for line in changed)
        unexplained += not known
        print(f"{'explained' if known else 'UNEXPLAINED'}: {name} {state}\n" + "\n".join(changed))
    print(f"{len(survivors)} survivors, {unexplained} of them without explanation")
    if not survivors:
        print("no survivor at all: there are equivalent mutants, so the tests cannot have run")
    return 1 if unexplained or not survivors else 0


def settings(targets: list[str]) -> str:
    """The configuration of mutmut in the copy."""
    return f"""[tool.mutmut]
source_paths = ["src"]
only_mutate = {targets}
also_copy = ["src", "tests", "docs", "pyproject.toml"]
pytest_add_cli_args_test_selection = {TESTS}

[tool.pytest.ini_options]
addopts = "-q -x -p no:cacheprovider"
"""


def undecorate(source: str) -> str:
    """The source with ``@decorator(…)`` above a function written as ``decorator(…)(function)`` below it."""
    lines = source.splitlines()
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    for node in reversed(functions):
        for decorator in reversed(node.decorator_list):
            lines.insert(node.end_lineno or node.lineno, f"\n\n{ast.unparse(decorator)}({node.name})")
            del lines[decorator.lineno - 1 : decorator.end_lineno]
            node.end_lineno = (node.end_lineno or 0) - ((decorator.end_lineno or 0) - decorator.lineno + 1)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
