"""The project's source as syntax trees, for the tests of its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dunkelwerk"


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the source by its path below ``src/dunkelwerk``."""
    paths = sorted(SOURCE.rglob("*.py"))
    return {str(path.relative_to(SOURCE)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every node of these kinds, with where it stands (``path:line``)."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield f"{path}:{getattr(node, 'lineno', 0)}", node


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: where it stands, what is called as written (``date.today``), the node."""
    for place, node in nodes(ast.Call):
        if isinstance(node, ast.Call):
            yield place, ast.unparse(node.func), node


def texts() -> Iterator[tuple[str, str]]:
    """Every text in the source that is no docstring, with where it stands."""
    for path, tree in trees().items():
        skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                yield f"{path}:{node.lineno}", node.value
