"""The benchmark itself: a small run writes every figure, and a peer or a floor that does less is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bench.crew import middle_of, run_crew, seconds_of  # noqa: E402
from bench.effects import differences  # noqa: E402
from bench.jobs import household_of, join_all  # noqa: E402

SECTIONS = {"throughput", "comparison", "register_size", "decide", "letters", "replay"}
EFFECTS = {"outcomes": {"apply": 3, "refer": 1}, "postings_euros": "10.00", "rows": {"movement": 5}}


def run_small(folder: Path) -> dict[str, Any]:
    """``python -m bench --small``: the JSON it wrote."""
    line = [sys.executable, "-m", "bench", "--small", "--results", str(folder)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True, timeout=1200)
    (path,) = folder.glob("*.json")
    results: dict[str, Any] = json.loads(path.read_text())
    return results


@pytest.mark.timeout(1300)
def test_a_small_run_writes_every_figure(tmp_path: Path) -> None:
    results = run_small(tmp_path)
    assert results.keys() >= SECTIONS
    comparison = results["comparison"]
    speeds = [comparison[name]["per_second"] for name in ("floor", "ours", "procrastinate")]
    assert min(speeds) > 0
    assert comparison["ours_to_procrastinate"] == pytest.approx(speeds[1] / speeds[2])
    assert comparison["ours_to_floor"] == pytest.approx(speeds[1] / speeds[0])
    assert sum(comparison["effects"]["outcomes"].values()) == comparison["ours"]["notices"]
    assert comparison["effects"]["rows"]["movement"] > 0
    for section in SECTIONS - {"comparison"}:
        runs = [run for run in results[section].values() if isinstance(run, dict)]
        assert runs
        assert all(run["seconds"] > 0 and run["peak_mb"] > 0 for run in runs)


@pytest.mark.parametrize(
    "less",
    [{"outcomes": {"apply": 3}}, {"postings_euros": "9.99"}, {"rows": {"movement": 4}}],
    ids=lambda less: next(iter(less)),
)
def test_a_peer_that_does_less_is_found_out(less: dict[str, Any]) -> None:
    (found,) = differences(EFFECTS, EFFECTS | less)
    assert found.startswith(next(iter(less)))
    assert differences(EFFECTS, dict(EFFECTS)) == []


def test_notices_whose_case_files_share_a_contract_have_one_lock() -> None:
    closures = {"A": frozenset({1, 2}), "B": frozenset({3}), "C": frozenset({4, 2}), "D": frozenset({5, 4})}
    households = join_all(closures.values())
    locks = {key: household_of(key, closures, households) for key in (*closures, "X", "Y")}
    assert locks["A"] == locks["C"] == locks["D"]
    assert len({locks[key] for key in ("A", "B", "X", "Y")}) == 4


def test_the_middle_run_counts_and_all_are_told() -> None:
    runs = [{"per_second": speed} for speed in (9.0, 1.0, 5.0)]
    assert middle_of(runs) == {"per_second": 5.0, "all_per_second": [9.0, 1.0, 5.0]}
    assert middle_of(runs[:2])["per_second"] == 1.0


def test_a_worker_that_fails_fails_the_run() -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        run_crew([["bench.no_such_module"]], {})
    assert seconds_of([{"begin": 2.0, "end": 5.0}, {"begin": 3.0, "end": 7.5}]) == 5.5
