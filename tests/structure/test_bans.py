"""What the source must not contain: clocks without a zone, days taken from the database, asserts."""

from __future__ import annotations

import ast
import re

import pytest
from source import SOURCE, calls, nodes, texts, trees

#: the one place that reads the clock
CLOCK = "infra/businessday.py"
TODAY = re.compile(r"(?:^|\.)(?:date\.today|datetime\.today|datetime\.utcnow|datetime\.utcfromtimestamp)$")
WITH_ZONE = re.compile(r"(?:^|\.)datetime\.(?:now|fromtimestamp)$")
#: ``%s::date`` and ``NULL::date`` only say a type; on anything else the cast takes the day of the session's zone
DAY_OF_THE_DATABASE = re.compile(r"\bcurrent_date\b|\bcurrent_timestamp\b.*::|(?<!%s)(?<!NULL)::date\b(?!\[)", re.I)
#: the pure core and the pure files of a line: the same notice, case file and parameters give the same decision
IMPURE = {"time", "random", "secrets", "uuid", "os", "sys", "socket", "subprocess", "threading"}


def test_nobody_asks_for_today() -> None:
    found = [place for place, name, _ in calls() if TODAY.search(name)]
    assert [place for place in found if not place.startswith(CLOCK)] == []


def test_every_moment_has_a_zone() -> None:
    """``datetime.now()`` is the machine's zone; 00:30 on 1 July in Berlin is 30 June in UTC."""
    naive = []
    for place, name, call in calls():
        zones = [keyword for keyword in call.keywords if keyword.arg in ("tz", None)]
        needed = 1 if name.endswith("now") else 2
        if WITH_ZONE.search(name) and len(call.args) < needed and not zones:
            naive.append(place)
    assert naive == []


def test_no_day_comes_from_the_database() -> None:
    found = [place for place, text in texts() if DAY_OF_THE_DATABASE.search(text)]
    for path in SOURCE.rglob("*.sql"):
        if DAY_OF_THE_DATABASE.search(path.read_text(encoding="utf-8")):
            found.append(str(path.relative_to(SOURCE)))
    assert found == []


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("SELECT current_date", True),
        ("SELECT booked_at::date", True),
        ("SELECT (now())::DATE", True),
        ("WHERE d = %s::date", False),
        ("unnest(%s::date[])", False),
        ("NULL::date AS day", False),
        ("the current date of today", False),
    ],
)
def test_the_ban_itself(text: str, banned: bool) -> None:
    assert bool(DAY_OF_THE_DATABASE.search(text)) is banned


def test_no_assert_that_optimising_would_remove() -> None:
    assert [place for place, _ in nodes(ast.Assert)] == []


def pure_modules() -> list[str]:
    """The core, and the files of a line that decide."""
    files = [path for path in trees() if path.startswith("decisions/") or "/processes/" in path]
    names = ("casefile", "actions", "reasons", "benefits", "identification", "affected", "parameters", "line")
    return files + [path for path in trees() if re.fullmatch(rf"lines/\w+/(?:{'|'.join(names)})\.py", path)]


@pytest.mark.parametrize("path", pure_modules())
def test_pure_files_see_no_clock_no_chance_no_environment(path: str) -> None:
    imported = set()
    for node in ast.walk(trees()[path]):
        imported |= {each.name.partition(".")[0] for each in getattr(node, "names", []) if isinstance(node, ast.Import)}
        imported |= {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()
    assert imported & IMPURE == set()


def test_nothing_is_swallowed() -> None:
    """A bare ``except:`` would catch the interrupt of the operator, too."""
    assert [place for place, node in nodes(ast.ExceptHandler) if getattr(node, "type", None) is None] == []
