"""Days of a declined claim stand against nothing: the register lets through what the rules allow."""

from __future__ import annotations

from typing import Any

import pytest
from first_support import covered, first_proof
from work_support import World, claim, contract, note

UNEMPLOYED: dict[str, Any] = {
    **{"cause": "unemployment", "onset": "2026-06-01", "benefit_from": "2026-07-01", "benefit_limit": "2027-06-30"},
    **{"proven_until": "2026-11-30", "released_until": "2026-11-30", "icd": []},
}


@pytest.mark.parametrize(
    ("status", "state", "reasons"), [("declined", "settled", []), ("closed", "referred", ["unemployment_overlap"])]
)
def test_days_paid_for_an_unemployment_that_was_declined(
    world: World, status: str, state: str, reasons: list[str]
) -> None:
    """Of a closed one they refer, with their own reason."""
    other = claim("C-9", 1, **UNEMPLOYED, status=status, closed_on="2026-12-01", closing_reason="new_job")
    world.load(covered(contract("RS-1", [1], claim("C-1", 1), other)))
    world.receive(note(1))
    world.work()
    assert (world.states(), world.reasons()) == ({"N-1": state}, {"N-1": reasons})
    assert world.broken() == []


def test_such_days_are_shown_as_cancelled(world: World, run_cli: Any) -> None:
    own = claim("C-1", 1, status="declined", onset="2026-09-01", benefit_from="2026-10-01", released_until="2026-10-31")
    world.load(covered(contract("RS-1", [1], own)))
    done = run_cli("show", "claim", "RS-1/C-1", DUNKELWERK_TODAY="2026-11-02")
    assert (done.returncode, done.stderr) == (0, "")
    assert "××× ---" in done.stdout
    assert "× zurückgenommen" in done.stdout


def test_days_paid_for_an_illness_that_was_declined(world: World) -> None:
    """The mirror of it, in a first notice."""
    world.load(covered(contract("RS-1", [1], claim("C-1", 1, status="declined"))))
    world.receive(first_proof(1))
    world.work()
    assert (world.states(), world.reasons()) == ({"U-1": "settled"}, {"U-1": []})
    assert world.broken() == []
