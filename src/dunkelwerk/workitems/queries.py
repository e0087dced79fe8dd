"""Reading work items."""

from __future__ import annotations

from dunkelwerk.infra.tabular import Column, Dataset, Kind

WORK_ITEMS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "id"),
        Column("basket", Kind.TEXT, "basket"),
        Column("task", Kind.TEXT, "task"),
        Column("kind", Kind.TEXT, "kind"),
        Column("key", Kind.TEXT, "key"),
        Column("decision", Kind.WHOLE, "decision"),
        Column("contract", Kind.TEXT, "contract"),
        Column("claim", Kind.TEXT, "claim"),
        Column("reasons", Kind.TEXTS, "reasons"),
        Column("priority", Kind.WHOLE, "priority"),
        Column("open_from", Kind.DAY, "open_from"),
        Column("due_on", Kind.DAY, "due_on"),
        Column("state", Kind.TEXT, "state"),
        Column("created_on", Kind.DAY, "created_on"),
        Column("version", Kind.WHOLE, "version"),
    ),
    source="work_item",
    day="created_on",
    order="id",
)
