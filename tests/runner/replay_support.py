"""Helpers of the tests of replay: a world that was worked on, replayed inside the test."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import yaml
from work_support import ON, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Case, Tally

#: a small portfolio: person n has contract RS-n; 7 and 8 hold two contracts, one of which is not active
#: no working day, one, two after 30 October
GAPS = {2: "2026-11-02", 3: "2026-11-03", 4: "2026-11-04"}
#: person 6 was last paid for July: four instalments, 9,600 euros
LARGE = {5: ("1000.00", "2026-10-30"), 6: ("2400.00", "2026-07-31")}


def portfolio() -> list[Thing]:
    """The case files."""
    large = [
        case_file(
            contract(f"RS-{number}", [number], claim(f"C-{number}", number, released_until=day), instalment=euros)
        )
        for number, (euros, day) in LARGE.items()
    ]
    return [*(household(n) for n in (1, *GAPS)), *large, *(two_contracts(n) for n in (7, 8))]


def two_contracts(number: int) -> Thing:
    """A person with a second contract that was cancelled."""
    cancelled = contract(f"RS-{number}b", [number], claim(f"C-{number}b", number), status="cancelled")
    return case_file(contract(f"RS-{number}", [number], claim(f"C-{number}", number)), cancelled)


def mail() -> list[Thing]:
    """A note for each of them."""
    gaps = [note(n, issued_on=day, received_on=day, incapacity_until="2026-11-30") for n, day in GAPS.items()]
    return [note(1), *gaps, *(note(n) for n in LARGE), note(7), note(8, formally_correct=False)]


def make(world: World, **overrides: Any) -> World:
    """The portfolio with all its notes decided."""
    world.load(*portfolio())
    world.receive(*mail())
    world.work(**overrides)
    return world


def plan(**changes: Any) -> Plan:
    """A replay of everything with the product's parameters."""
    rules = {name: process.rules for name, process in processes().items()}
    return msgspec.structs.replace(Plan({}, ON, rules), **changes)


def replayed(world: World, *, keep: int = 1000, **changes: Any) -> Tally:
    """What a replay inside this process finds."""
    world.enter()
    from dunkelwerk.runner.replay import replay

    total = Tally()
    for tally in replay(plan(**changes), workers=1):
        total.merge(tally, keep=keep)
    return total


def outcomes(cases: list[Case]) -> dict[str | None, tuple[str, str]]:
    """The outcomes before and after, by notice."""
    return {case.notice: case.group for case in cases}


def write_parameters(world: World, **values: Any) -> Any:
    """A file of an insurer's parameters."""
    path = world.folder / "parameters.yaml"
    path.write_text(yaml.safe_dump(values), "utf-8")
    return path


def tamper(world: World, notice: str, change: Any, *, columns: str = "") -> int:
    """Seal a record anew with another decision, as somebody with the keys could; the decision's id."""
    world.enter()
    from django.db import connection

    from dunkelwerk.infra.keys import Vault

    query = "SELECT d.id, d.data_key, d.payload FROM decision_record d JOIN notice n ON n.id = d.notice"
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=ON)
        cursor.execute(f"{query} WHERE n.external_id = %s", (notice,))
        identity, key, payload = cursor.fetchone()
        vault.prepare(cursor, {key})
    content = msgspec.json.decode(vault.open(bytes(payload), key=key, about=f"decision:{identity}"))
    change(content)
    sealed = vault.seal(msgspec.json.encode(content), about=f"decision:{identity}")
    with world.connect() as session:
        update = f"UPDATE decision_record SET payload = %s, data_key = %s {columns} WHERE id = %s"
        session.execute(update.encode(), (sealed, vault.current, identity))
    return int(identity)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
