"""Planted bugs: a simulation that does not find them proves nothing. Each replaces a function of the product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec


def wrong_amount() -> None:
    """Every instalment is a cent too much, everywhere alike: in the register, the books and the letters."""
    from dunkelwerk.lines.credit_protection import affected, benefits

    right = benefits.instalment_lines

    def generous(*arguments: Any) -> Any:
        lines = right(*arguments)
        return tuple(msgspec.structs.replace(each, amount=each.amount + Decimal("0.01")) for each in lines)

    benefits.instalment_lines = generous
    if hasattr(affected, "instalment_lines"):
        affected.instalment_lines = generous  # type: ignore[attr-defined]


def missing_posting() -> None:
    """The last posting of a batch is forgotten."""
    from dunkelwerk.ledger import operations

    post = operations.post
    operations.post = lambda cursor, events, **more: post(cursor, events[:-1], **more)


def own_case() -> None:
    """Nobody is taken for somebody who touched the notice."""
    from dunkelwerk.inbox import operations

    operations.touchers_of = lambda cursor, notice: []


def proven_back() -> None:
    """A proof is written with its day, but the claim is set to an earlier one."""
    from dunkelwerk.lines.credit_protection import appliers

    update = appliers.update_claims

    def backwards(cursor: Any, column: str, kind: str, rows: Sequence[Any]) -> None:
        days = timedelta(days=30 if column == "proven_until" else 0)
        update(cursor, column, kind, [(identity, day - days) for identity, day in rows])

    appliers.update_claims = backwards


def stale_confirmed() -> None:
    """Whatever a proposal has become since, it is confirmed."""
    from dunkelwerk.runner import second_check

    second_check.is_same = lambda judged, proposal: True


def limit_ignored() -> None:
    """A day's limits are read, and forgotten."""
    from dunkelwerk.runner import brake

    brake.limited = lambda judged, settings: []


def lost_notice() -> None:
    """The inbox says that it took a notice, and writes it but once in a while."""
    from dunkelwerk.inbox import operations

    add = operations.add
    operations.add = lambda deliveries, *more, **others: (
        add(deliveries[1:], *more, **others)[0] + bool(deliveries),
        [],
    )


def not_held() -> None:
    """A death was reported, and what falls due after it is not held."""
    from dunkelwerk.lines.credit_protection import actions, store

    store.ALL[actions.HoldInstalments] = lambda writing, effects: None


def not_cancelled() -> None:
    """A death was settled, and what falls due after it is paid all the same."""
    from dunkelwerk.lines.credit_protection import actions, store

    store.ALL[actions.CancelInstalments] = lambda writing, effects: None


def one_month_more() -> None:
    """The lump sum of a death has an instalment too many."""
    from dunkelwerk.lines.credit_protection import death

    right = death.outstanding
    death.outstanding = lambda contract, died_on: right(contract, died_on) + contract.instalment


def relapse_deferred() -> None:
    """A relapse waits its deferred period again."""
    from dunkelwerk.lines.credit_protection import benefits

    right = benefits.new_terms

    def anew(*arguments: Any, **more: Any) -> Any:
        return right(*arguments, **{**more, "deferred": True})

    benefits.new_terms = anew


def waits_for_ever() -> None:
    """The documents arrived, and they are waited for all the same."""
    from dunkelwerk.lines.credit_protection import waits

    waits.end = lambda cursor, claims, day: None


def reminded_again() -> None:
    """Nobody writes down that somebody was reminded."""
    from dunkelwerk.lines.credit_protection import waits

    waits.done = lambda cursor, task, decision: None


def nobody_has_it() -> None:
    """Documents are asked for, and nobody waits for them."""
    from dunkelwerk.lines.credit_protection import waits

    waits.begin = lambda writing, effects: None


def blocked_ignored() -> None:
    """Nobody looks whether the payee's account is blocked."""
    from dunkelwerk.lines.credit_protection import checks

    checks.account_faults = lambda contract: ([], None)


def block_not_kept() -> None:
    """A blocked account is recorded, and the contract knows nothing of it."""
    from dunkelwerk.lines.credit_protection import actions, store

    store.ALL[actions.BlockAccount] = lambda writing, effects: None


def payee_by_one() -> None:
    """One person changes where the money goes."""
    from dunkelwerk.lines.credit_protection.actions import SetPayee

    SetPayee.four_eyes = False


PLANTED = (
    *(wrong_amount, missing_posting, own_case, proven_back, stale_confirmed, limit_ignored, lost_notice, not_held),
    *(not_cancelled, one_month_more, relapse_deferred, waits_for_ever, reminded_again, nobody_has_it),
    *(blocked_ignored, block_not_kept, payee_by_one),
)
MUTANTS: dict[str, Callable[[], None]] = {each.__name__: each for each in PLANTED}


def plant(name: str) -> None:
    """Plant one of them, in this process and in the workers that it forks."""
    MUTANTS[name]()
