"""The synthetic inbox: every plot and reason occurs in 5,000 notices, and every plot ends as it must."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dunkelwerk.lines.credit_protection.synthetic import plots
from dunkelwerk.lines.credit_protection.synthetic.notices import TooManyNotices, notices, told_notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files, spots

ON = date(2026, 11, 2)
SEED = 7
CONTRACTS = 12_000
COUNT = 5_000

Told = list[tuple[str, dict[str, Any]]]  # plot and notice, or plot and decision

# Section 4 of the rules: identification, findings, and what stands alone.
REASONS = {
    *("contract_unknown", "person_not_insured", "no_open_claim", "claim_ambiguous"),
    *("formally_defective", "implausible_dates", "permanent_disability", "person_deceased"),
    *("different_onset", "proof_gap", "contract_not_active", "premium_in_arrears"),
    *("payment_returned", "recovery_recorded", "released_beyond_recovery", "recourse_open"),
    *("second_person_overlap", "unemployment_overlap", "dread_disease_or_death", "amount_changed"),
    *("above_authority", "extension_unclear", "no_benefit_left", "technical_failure"),
}


@pytest.fixture(scope="module")
def told() -> Told:
    return list(told_notices(seed=SEED, contracts=CONTRACTS, on=ON, count=COUNT))


def test_every_plot_occurs_and_ids_are_unique(told: Told) -> None:
    assert len(told) == COUNT
    assert {name for name, _ in told} == {plot.name for plot in plots.LIVE}
    assert len({notice["id"] for _, notice in told}) == COUNT
    assert {notice["process"] for _, notice in told} == {"follow_up_sick_note"}


def test_every_reason_occurs_alone_and_some_together() -> None:
    alone = {code for plot in plots.LIVE if len(plot.reasons) == 1 for code in plot.reasons}
    assert alone == REASONS
    assert any(len(plot.reasons) == 4 for plot in plots.LIVE)


def test_shares_of_outcomes_are_those_of_a_real_inbox(told: Told) -> None:
    outcomes = Counter(plots.plot_named(name).outcome for name, _ in told)
    assert 0.72 <= outcomes["apply"] / COUNT <= 0.80
    assert 0.02 <= outcomes["second_check"] / COUNT <= 0.04


def test_notices_are_of_the_last_days(told: Told) -> None:
    for name, notice in told:
        received, issued = (date.fromisoformat(notice[day]) for day in ("received_on", "issued_on"))
        assert timedelta(0) <= ON - received <= timedelta(days=3)
        if name != "issued_after_receipt":
            longest = 7 if name == "two_notes_in_succession" else 4
            assert 0 <= (received - issued).days <= longest
            assert issued.weekday() < 5


def test_notices_spread_over_the_whole_register(told: Told) -> None:
    known = [int(notice["contract"][3:]) for _, notice in told if notice["contract"][3:].isdigit()]
    tenths = Counter((number - 100_001) * 10 // CONTRACTS for number in known if number >= 100_001)
    assert set(tenths) == set(range(10))
    assert min(tenths.values()) > 0.8 * COUNT / 10
    per_contract = Counter(known)
    assert 0.005 < sum(count == 2 for count in per_contract.values()) / COUNT < 0.02


def test_only_misread_contracts_are_unknown(told: Told) -> None:
    register = {f"RS-{100_001 + index}" for index in range(CONTRACTS)}
    unknown = {name for name, notice in told if notice["contract"] not in register}
    assert unknown == {"contract_number_misread"}


def test_all_notices_of_a_register_and_not_one_more() -> None:
    available = sum(spot.plot.notices for spot in spots(seed=SEED, contracts=300))
    assert len(list(notices(seed=SEED, contracts=300, on=ON, count=available))) == available
    with pytest.raises(TooManyNotices, match=str(available)):
        notices(seed=SEED, contracts=300, on=ON, count=available + 1)


def test_ready_share_sets_how_many_may_send_a_note() -> None:
    def ready(share: float) -> float:
        laid = list(spots(seed=SEED, contracts=3_000, ready_share=share))
        return sum(bool(spot.plot.notices) for spot in laid) / len(laid)

    assert ready(0.0) == 0.0
    assert 0.25 < ready(0.3) < 0.35
    made = list(notices(seed=SEED, contracts=3_000, on=ON, count=500, ready_share=0.3))
    assert len(made) == 500


def test_nothing_of_the_database_is_imported() -> None:
    package = "dunkelwerk.lines.credit_protection.synthetic"
    code = f"import sys, {package}.notices; print([name for name in ('django', 'psycopg') if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


# What the real process decides


def decide(folder: Path, *, seed: int, on: date, contracts: int, count: int) -> Told:
    """Decide a whole inbox with the command, and tell each decision's plot."""
    told = list(told_notices(seed=seed, contracts=contracts, on=on, count=count))
    files = {"cases": list(case_files(seed=seed, contracts=contracts, on=on, every_contract=True))}
    files["notices"] = [notice for _, notice in told]
    for name, rows in files.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ["--case-files", folder / "cases", "--notices", folder / "notices", "--out", folder / "decisions"]
    command = [Path(sys.executable).with_name("dunkelwerk"), "decide", "follow-up-sick-note", "--on", on.isoformat()]
    subprocess.run([*command, *arguments], check=True, capture_output=True)
    decisions = [json.loads(line) for line in (folder / "decisions").read_text(encoding="utf-8").splitlines()]
    return [(name, decision) for (name, _), decision in zip(told, decisions, strict=True)]


def shown(decision: dict[str, Any]) -> set[str]:
    """Types of the actions, and types with the reason or template they carry."""
    actions = decision["actions"]
    named = {f"{action['type']}:{action.get('reason') or action.get('template')}" for action in actions}
    return {action["type"] for action in actions} | named


@pytest.mark.parametrize(("seed", "on"), [(SEED, ON), (8, date(2028, 2, 29))])
def test_every_plot_is_decided_as_it_must_be(tmp_path: Path, seed: int, on: date) -> None:
    wrong = Counter()
    decisions = decide(tmp_path, seed=seed, on=on, contracts=CONTRACTS, count=COUNT)
    for name, decision in decisions:
        plot = plots.plot_named(name)
        codes = {reason["code"] for reason in decision["reasons"]}
        as_wanted = decision["outcome"] == plot.outcome and codes == plot.reasons and set(plot.shows) <= shown(decision)
        if not as_wanted:
            wrong[name, decision["outcome"], tuple(sorted(codes))] += 1
    assert not wrong
    assert {name for name, _ in decisions} == {plot.name for plot in plots.LIVE}
