"""The benchmark's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

AIMS = {
    "batch 500, 2 workers": "≥ 3,000/s",
    "1,000,000 contracts": "≤ 1.2 × 10,000",
    "decide, 1 worker(s)": "≥ 10,000/s",
    "import of 10,000 dialogues": "≥ 2,000/s",
    "import of 100,000 dialogues": "≥ 2,000/s",
    "pages, 50 at a time, no pause": "≥ 200/s",
    "pages, 50 at a time, 0.2 s a page": "p95 < 150 ms",
    **{
        f"{name}, 2 workers": "≥ 1,500/s"
        for name in ("first_sick_note", "first_unemployment_proof", "follow_up_unemployment_proof", "death_notice")
    },
}
OTHERS = ("processes", "decide", "replay", "letters", "dialogues")
COLUMNS = ("measured", "per second", "ms each", "peak MB", "aim or ratio")
#: one row of the table
Row = tuple[str, float, str, float | None, str]


def show(results: Mapping[str, Any]) -> None:
    """Print the table, and what does not fit into it."""
    table = Table(title=f"dunkelwerk bench · {results['machine']}", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in (COLUMNS[0], COLUMNS[-1]) else "right")
    for section in (throughput_rows, comparison_rows, size_rows, other_rows):
        for name, speed, cost, peak, remark in section(results):
            table.add_row(name, f"{speed:,.0f}", cost, f"{peak:.0f}" if peak else "", remark)
        table.add_section()
    console = Console(width=110)
    console.print(table)
    console.print(f"register loaded at {results['throughput']['load_per_second']:,.0f} contracts/s")
    console.print(f"the whole took {results['minutes']:.1f} minutes")
    console.print("where a worker's time goes (own time, profiled):")
    for name, share in results["throughput"]["profile"]:
        console.print(f"  {100 * share:5.1f} %  {name}", highlight=False)


def throughput_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    """Notices a second."""
    for name, run in results["throughput"].items():
        if isinstance(run, dict):
            yield name, run["per_second"], f"{run['ms_per_notice']:.3f}", run["peak_mb"], AIMS.get(name, "")


def comparison_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    """Ours, the peer and the floor."""
    found = results["comparison"]
    ours, peer, floor = found["ours"], found["procrastinate"], found["floor"]
    yield "the same notices: ours", ours["per_second"], each_ms(ours), ours["peak_mb"], ""
    remark = f"ours is {found['ours_to_procrastinate']:.1f} × this"
    yield "  Procrastinate, a job each", peer["per_second"], each_ms(peer), peer["peak_mb"], remark
    remark = f"ours is {100 * found['ours_to_floor']:.0f} % of this"
    yield "  floor: COPY of the rows", floor["per_second"], each_ms(floor), floor["peak_mb"], remark


def each_ms(run: Mapping[str, Any]) -> str:
    """Milliseconds from one to the next, whatever the number of workers."""
    return f"{1000 / run['per_second']:.3f}"


def size_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    """Registers of different size, and how much dearer a notice is than in the first."""
    runs = results["register_size"]
    first = next(iter(runs.values()))["ms_per_notice"]
    for name, run in runs.items():
        cost = f"{run['ms_per_notice']:.3f} ({run['ms_per_notice'] / first:.2f} ×)"
        yield name, run["per_second"], cost, run["peak_mb"], AIMS.get(name, "")


def other_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    """Deciding files, replay, letters: whatever names a speed."""
    for section in OTHERS:
        for name, run in results.get(section, {}).items():
            if isinstance(run, dict) and "per_second" in run:
                cost = f"p95 {run['p95_ms']:.0f}" if "p95_ms" in run else ""
                yield name, run["per_second"], cost, run.get("peak_mb"), AIMS.get(name, "")
