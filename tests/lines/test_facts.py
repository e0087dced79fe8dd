"""What the trace of a first notice and of a death says was computed."""

from __future__ import annotations

from typing import Any

from scenarios import decide, scenarios


def facts(process: str, name: str) -> dict[str, Any]:
    """The facts of the first part in the trace of a scenario's decision."""
    scenario = next(each for each in scenarios() if (each.process, each.name) == (process, name))
    whole, part = decide(scenario)["trace"]
    assert whole["facts"] == {}
    return dict(part["facts"])


def test_a_relapse_says_whose_and_what_is_left() -> None:
    name = "Rückfall nach sechs Wochen, ohne neue Karenzzeit und nach neun verbrauchten Monaten"
    assert facts("first_sick_note", name) == {
        "onset": "2026-03-02",
        "taken_up": None,
        "relapse_of": "C-9",
        "months_used_before": 9,
        "benefit_from": "2026-03-02",
        "limit": "2027-06-01",
        "proof_until": "2026-05-15",
        "cut_until": "2026-05-15",
        "days": {"start": "2026-03-02", "end": "2026-05-15"},
        "gross": "937.50",
        "documents_missing": [],
    }


def test_without_cover_there_is_nothing_to_compute() -> None:
    computed = facts("first_sick_note", "Ohne Deckung wird nach den Unterlagen trotzdem gefragt")
    assert {computed[name] for name in ("relapse_of", "benefit_from", "limit", "days")} == {None}
    assert computed["documents_missing"][0] == "Schadenanzeige"


def test_a_lump_sum_says_what_it_was_capped_from() -> None:
    assert facts("death_notice", "Die Höchstleistung begrenzt") == {
        "died_on": "2026-10-20",
        "taken_up": None,
        "uncapped": "3750.00",
        "cap": "3000.00",
        "lump_sum": "3000.00",
    }
    assert facts("death_notice", "Der Tarif leistet bei Tod nicht")["cap"] is None
