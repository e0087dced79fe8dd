"""Reading the register: the case files as they now stand."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.db import connection

from dunkelwerk.infra.snapshot import stream
from dunkelwerk.lines.members.loader import load_cases

CASES_PER_BATCH = 500


def is_member(number: str) -> bool:
    """Whether there is a member of that number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM member WHERE number = %s)", (number,))
        return bool(cursor.fetchone()[0])


def count_members() -> int:
    """The number of members."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM member")
        return int(cursor.fetchone()[0])


def case_file_lines(member: str | None = None) -> Iterator[list[bytes]]:
    """The case files as JSON, one line per member in the register's order, in batches. Within a ``snapshot``."""
    where, parameters = ("", ()) if member is None else (" WHERE number = %s", (member,))
    encode = msgspec.json.Encoder().encode
    for rows in stream(f"SELECT number FROM member{where} ORDER BY id", parameters, size=CASES_PER_BATCH):
        numbers = [row[0] for row in rows]
        with connection.cursor() as cursor:
            cases = load_cases(cursor, numbers)
        yield [encode(cases[number].file) + b"\n" for number in numbers]
