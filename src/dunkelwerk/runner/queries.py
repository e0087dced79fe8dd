"""Reading what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from msgspec import Raw, Struct

from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import stream
from dunkelwerk.infra.tabular import Column, Dataset, Kind

RECORDS_PER_BATCH = 500
DECISIONS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "d.id"),
        Column("notice", Kind.TEXT, "n.external_id"),
        Column("notice_id", Kind.WHOLE, "d.notice"),
        Column("channel", Kind.TEXT, "n.channel"),
        Column("attempt", Kind.WHOLE, "n.attempt"),
        Column("business_day", Kind.DAY, "d.business_day"),
        Column("batch", Kind.WHOLE, "d.batch"),
        Column("line", Kind.TEXT, "d.line"),
        Column("process", Kind.TEXT, "d.process"),
        Column("mode", Kind.TEXT, "d.mode"),
        Column("outcome", Kind.TEXT, "d.outcome"),
        Column("state", Kind.TEXT, "n.state"),
        Column("contract", Kind.TEXT, "d.contract"),
        Column("reasons", Kind.TEXTS, "d.reasons"),
        Column("actions", Kind.WHOLE, "d.actions"),
        Column("released", Kind.EUROS, "d.released"),
        Column("rules", Kind.TEXT, "d.rules"),
        Column("parameters", Kind.TEXT, "d.parameters"),
    ),
    source="decision_record d LEFT JOIN notice n ON n.id = d.notice",
    day="d.business_day",
    order="d.id",
)
#: the flat columns that the full decision is given with; its own keys follow
HEAD = ("id", "notice_id", "channel", "external_id", "attempt", "business_day", "batch", "process", "mode", "state")
SEALED = Dataset(
    columns=(
        *(column for column in DECISIONS.columns if column.name in HEAD),
        Column("external_id", Kind.TEXT, "n.external_id"),
        Column("data_key", Kind.WHOLE, "d.data_key"),
        Column("payload", Kind.TEXT, "d.payload"),
    ),
    source=DECISIONS.source,
    day=DECISIONS.day,
    order=DECISIONS.order,
)


class Record(Struct, frozen=True):
    """The part of a sealed decision record that is exported."""

    decision: dict[str, Raw]


def about_decision(identity: int) -> str:
    """What a decision's sealed record belongs to."""
    return f"decision:{identity}"


def decision_lines(vault: Vault, since: date | None) -> Iterator[list[bytes]]:
    """The full decisions as JSON, in the order of deciding, in batches. Within a ``snapshot``."""
    decode, encode = msgspec.json.Decoder(Record).decode, msgspec.json.Encoder().encode
    for rows in stream(*SEALED.select(since), size=RECORDS_PER_BATCH):
        records = [name_columns(row) for row in rows]
        with connection.cursor() as cursor:
            vault.prepare(cursor, {record["data_key"] for record in records})
        lines = []
        for record in records:
            sealed, key = bytes(record.pop("payload")), record.pop("data_key")
            opened = vault.open(sealed, key=key, about=about_decision(record["id"]))
            lines.append(encode({**record, **decode(opened).decision}) + b"\n")
        yield lines


def name_columns(row: Any) -> dict[str, Any]:
    """The row with the names of its columns."""
    return {column.name: value for column, value in zip(SEALED.columns, row, strict=True)}
