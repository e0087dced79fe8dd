"""Messages about dialogues are deleted after their term: ``check`` still sees one that was never put."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import import_rows, person_row, submit

Session = psycopg.Connection[Any]
#: submitted, told and ended on that day; the row of the message went with all that were put before 1 May
OLD = "UPDATE dialogue_submission SET submitted_at = '2026-04-10', reported_at = '2026-04-{day}'"
PURGE = "INSERT INTO outbox_purge (at, deleted_before, messages) VALUES (now(), '2026-05-01', 1)"


@pytest.fixture
def told(proof: str, tmp_path: Path) -> Iterator[Session]:
    """A dialogue that was submitted on 10 April and ended in April, and no message any more."""
    _counts, [row] = import_rows(tmp_path, [person_row(1)])
    submit(row["dialogue"])
    with psycopg.connect(proof, autocommit=True) as session:
        session.execute(b"DELETE FROM outbox_message")
        yield session


def broken(session: Session) -> int:
    """How many dialogues ``check`` finds of which nobody was told."""
    from dunkelwerk.dialogues.invariants import INVARIANTS

    (query,) = [each.query for each in INVARIANTS if each.name == "dialogue_told"]
    return len(session.execute(query.encode()).fetchall())


def test_a_message_that_was_never_put_is_found(told: Session) -> None:
    told.execute(OLD.format(day=12).encode())
    assert broken(told) == 1


def test_one_that_was_deleted_is_not(told: Session) -> None:
    told.execute(OLD.format(day=12).encode())
    told.execute(PURGE.encode())
    assert broken(told) == 0


def test_one_that_is_younger_than_what_was_deleted_is_found(told: Session) -> None:
    told.execute(PURGE.encode())
    told.execute(b"UPDATE dialogue_submission SET submitted_at = '2026-05-03', reported_at = '2026-04-12'")
    assert broken(told) == 1
    told.execute(b"UPDATE dialogue_submission SET submitted_at = '2026-04-10', reported_at = '2026-05-03'")
    assert broken(told) == 1
