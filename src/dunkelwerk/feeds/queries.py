"""Reading the movements for the data warehouse."""

from __future__ import annotations

from dunkelwerk.infra.tabular import Column, Dataset, Kind

MOVEMENTS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "id"),
        Column("previous", Kind.WHOLE, "previous"),
        Column("flag", Kind.TEXT, "flag"),
        Column("batch", Kind.WHOLE, "batch"),
        Column("business_day", Kind.DAY, "business_day"),
        Column("booked_at", Kind.MOMENT, "booked_at"),
        Column("decision", Kind.WHOLE, "decision"),
        Column("line", Kind.TEXT, "line"),
        Column("process", Kind.TEXT, "process"),
        Column("rules", Kind.TEXT, "rules"),
        Column("mode", Kind.TEXT, "mode"),
        Column("contract", Kind.TEXT, "contract"),
        Column("claim", Kind.TEXT, "claim"),
        Column("cause", Kind.TEXT, "cause"),
        Column("icd_chapter", Kind.TEXT, "icd_chapter"),
        Column("action", Kind.TEXT, "action"),
        Column("period_from", Kind.DAY, "period_from"),
        Column("period_until", Kind.DAY, "period_until"),
        Column("amount", Kind.EUROS, "amount"),
        Column("reasons", Kind.TEXTS, "reasons"),
        Column("payment_reference", Kind.TEXT, "payment_reference"),
        Column("legal_entity", Kind.TEXT, "legal_entity"),
    ),
    source="movement",
    day="business_day",
    order="id",
)
