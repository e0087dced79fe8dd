"""Reading the sub-ledger."""

from __future__ import annotations

from dunkelwerk.infra.tabular import Column, Dataset, Kind

#: contract and claim by number, as their movement names them; postings themselves carry ids only
POSTINGS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "p.id"),
        Column("business_day", Kind.DAY, "p.business_day"),
        Column("event", Kind.TEXT, "p.event"),
        Column("debit", Kind.TEXT, "p.debit"),
        Column("credit", Kind.TEXT, "p.credit"),
        Column("amount", Kind.EUROS, "p.amount"),
        Column("legal_entity", Kind.TEXT, "p.legal_entity"),
        Column("contract", Kind.TEXT, "m.contract"),
        Column("claim", Kind.TEXT, "m.claim"),
        Column("action", Kind.WHOLE, "p.action"),
        Column("decision", Kind.WHOLE, "p.decision"),
    ),
    source="posting p LEFT JOIN movement m ON m.id = p.action",
    day="p.business_day",
    order="p.id",
)
#: of all days; ``day`` is never asked for
TRIAL_BALANCE = Dataset(
    columns=(
        Column("legal_entity", Kind.TEXT, "legal_entity"),
        Column("account", Kind.TEXT, "account"),
        Column("debit", Kind.EUROS, "debit"),
        Column("credit", Kind.EUROS, "credit"),
        Column("balance", Kind.EUROS, "balance"),
    ),
    source="trial_balance",
    day="NULL::date",
    order="legal_entity, account",
)
