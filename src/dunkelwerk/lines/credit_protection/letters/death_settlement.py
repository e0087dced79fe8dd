"""The letter to the relatives of somebody who died: the lump sum, who gets it, and what ends. Short."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.lines import german
from dunkelwerk.lines.address import full_name
from dunkelwerk.lines.credit_protection import death
from dunkelwerk.lines.credit_protection.letters.matter import Matter
from dunkelwerk.lines.credit_protection.letters.settlement import needed, payee


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``death_settlement.typ``."""
    ending = matter.first("end_contract")
    return {
        "subject": f"Leistung nach dem Tod von {full_name(matter.person)}",
        "died_on": german.day(needed(matter.died_on)),
        "payee": payee(matter),
        "contract_end": german.day(needed(ending.on)) if ending else None,
        "has_running_claims": any(act.reason == "death" for act in matter.all_on_contract("close_claim")),
        "has_cancelled": bool(matter.all_on_contract("cancel_instalments")),
        "is_joint": len(matter.contract.insured) > 1,
        **lump_sum(matter),
    }


def lump_sum(matter: Matter) -> dict[str, Any]:
    """The amount and what it is made of: instalments due after the death, the final one, the cap."""
    final = matter.contract.final_instalment or ZERO
    outstanding = death.outstanding(matter.contract, needed(matter.died_on))
    count = int((outstanding - final) / matter.contract.instalment)
    amount = sum((act.amount or ZERO for act in matter.all_of("pay_lump_sum")), ZERO)
    return {
        "amount": shown(amount),
        "instalments": german.count(count, "Rate zu", "Raten zu je") if count else None,
        "instalment": german.euros(matter.contract.instalment),
        "final": shown(final),
        "outstanding": german.euros(outstanding),
        "is_capped": ZERO < amount < outstanding,
    }


def shown(amount: Decimal) -> str | None:
    """The amount, or None for nothing."""
    return german.euros(amount) if amount else None
