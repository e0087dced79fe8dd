"""Small: functions and files stay readable at one glance (design, house rule 12)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

from source import SOURCE, trees

LONGEST_FUNCTION, LONGEST_FILE, MEDIAN = 70, 320, 10
NEARLY_ALL, NEARLY_ALL_AT_MOST = 0.95, 40


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its length in lines, the signature included, decorators not."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations/" not in path:
                yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_long() -> None:
    assert [(name, length) for name, length in functions() if length > LONGEST_FUNCTION] == []


def test_nearly_all_functions_are_short() -> None:
    lengths = sorted(length for _, length in functions())
    assert lengths[int(len(lengths) * NEARLY_ALL)] <= NEARLY_ALL_AT_MOST
    assert median(lengths) <= MEDIAN


def test_no_file_is_long() -> None:
    lengths = {path: len((SOURCE / path).read_text(encoding="utf-8").splitlines()) for path in trees()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}
