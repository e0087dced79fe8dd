"""Reading letter orders."""

from __future__ import annotations

from dunkelwerk.infra.tabular import Column, Dataset, Kind

#: ``person`` is the register's id: no name leaves with this list
LETTERS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "id"),
        Column("business_day", Kind.DAY, "business_day"),
        Column("template", Kind.TEXT, "template"),
        Column("line", Kind.TEXT, "line"),
        Column("contract", Kind.TEXT, "contract"),
        Column("claim", Kind.TEXT, "claim"),
        Column("person", Kind.WHOLE, "person"),
        Column("legal_entity", Kind.TEXT, "legal_entity"),
        Column("state", Kind.TEXT, "state"),
        Column("action", Kind.WHOLE, "action"),
        Column("decision", Kind.WHOLE, "decision"),
    ),
    source="letter_order",
    day="business_day",
    order="id",
)
