"""Whether sealed records still open: a sample of notices and decision records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from zstandard import ZstdError

from dunkelwerk.inbox.door import digest_of
from dunkelwerk.inbox.operations import about
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.invariants import NAMED, Violation
from dunkelwerk.infra.keys import Vault
from dunkelwerk.runner.queries import about_decision

SAMPLE = 100
#: evenly over all of them, the newest included
PLACES = """
    SELECT DISTINCT near.* FROM (SELECT min(id) AS first, max(id) AS last FROM {table}) ends
    CROSS JOIN generate_series(0, {sample} - 1) AS place
    CROSS JOIN LATERAL (
        SELECT {columns} FROM {table} WHERE id >= first + (last - first) * place / ({sample} - 1) ORDER BY id LIMIT 1
    ) near
"""
NOTICE_COLUMNS = "id, data_key, payload, channel, external_id, attempt, digest"
SENTENCE = "Verschlüsselte Sätze lassen sich öffnen und sind unverändert (Stichprobe)."


def examine_sealed(cursor: Any, vault: Vault) -> Iterator[Violation | None]:
    """Open a sample of both tables; a violation for each table with records that do not open."""
    yield violation("sealed_notices", list(broken(cursor, vault, "notice", NOTICE_COLUMNS, notice_opens)))
    yield violation("sealed_decisions", list(broken(cursor, vault, "decision_record", "id, data_key, payload", opens)))


def violation(name: str, references: list[str]) -> Violation | None:
    """The violation, where there is any."""
    return Violation(name, SENTENCE, len(references), references[:NAMED]) if references else None


def broken(cursor: Any, vault: Vault, table: str, columns: str, check: Callable[[Vault, Any], bool]) -> Iterator[str]:
    """The ids of records of the sample that do not open, or hold something else."""
    cursor.execute(PLACES.format(table=table, columns=columns, sample=SAMPLE))
    for row in sorted(cursor.fetchall(), key=lambda row: row[0]):
        try:
            vault.prepare(cursor, {row[1]})
            intact = check(vault, row)
        except (CommandError, KeyError, ValueError, ZstdError, msgspec.DecodeError):
            intact = False
        if not intact:
            yield str(row[0])


def opens(vault: Vault, row: Any) -> bool:
    """Whether a decision record holds JSON."""
    identity, key, payload = row
    return bool(msgspec.json.decode(vault.open(bytes(payload), key=key, about=about_decision(identity))))


def notice_opens(vault: Vault, row: Any) -> bool:
    """Whether a notice says what its digest was made of."""
    _id, key, payload, channel, external_id, attempt, digest = row
    text = vault.open(bytes(payload), key=key, about=about(channel, external_id, attempt))
    return digest_of(msgspec.json.decode(text)) == bytes(digest)
