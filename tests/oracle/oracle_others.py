"""The four other processes by name: their oracles and generators, the product's answers, and how often what occurred.

From a shell: ``python tests/oracle/oracle_others.py death_notice --seed 1 --cases 500`` prints the first differences
between oracle and program (notice, case file, expected, got) and the coverage; without a process, all four.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import death
import first_notices
import generate_death
import generate_first
import generate_unemployment
import unemployment
from generate_parts import CODES, Lines
from oracle_parts import READERS, read_given

import oracle

Parameters = dict[str, Any]
Decisions = list[dict[str, Any]]

ON = date(2026, 11, 2)
BENEFIT = ["record_proof", "extend_benefit", "release_instalment", "offset_recourse"]
CLOSED = [f"close_claim {reason}" for reason in ("contract_end", "age_limit", "max_duration")]
OPENED = ["open_claim accepted", "open_claim reported", "accept_claim", "taken up"]
FIRST = [
    *OPENED,
    *BENEFIT,
    *CLOSED,
    *(f"send_letter {each}" for each in ("acceptance", "benefit_end", "deferred_period")),
]
#: the actions with their kinds that must occur
ACTIONS = {
    "first_sick_note": [*FIRST, "months used", "review_on", "close_claim recovered", "send_letter documents_requested"],
    "first_unemployment_proof": [*FIRST, "close_claim new_job", "send_letter documents_requested"],
    "follow_up_unemployment_proof": [
        *("file_notice", "close_claim new_job", "send_letter settlement", "send_letter deferred_period"),
        *("send_letter benefit_end", *BENEFIT, *CLOSED),
    ],
    "death_notice": [
        *(*OPENED, "pay_lump_sum", "cancel_instalments", "hold_instalments", "close_claim death", "end_contract"),
        *("send_letter documents_requested", "send_letter death_settlement"),
    ],
}
GENERATORS: dict[str, Callable[..., Lines]] = {
    "first_sick_note": generate_first.generate_first_sick_note,
    "first_unemployment_proof": generate_first.generate_first_unemployment_proof,
    "follow_up_unemployment_proof": generate_unemployment.generate,
    "death_notice": generate_death.generate,
}
DECIDERS: dict[str, Any] = {
    "first_sick_note": first_notices.decide_sick_note,
    "first_unemployment_proof": first_notices.decide_unemployment_proof,
    "follow_up_unemployment_proof": unemployment.decide,
    "death_notice": death.decide,
}
FUNCTIONS: dict[str, Any] = {
    "first_sick_note": first_notices.first_sick_note,
    "first_unemployment_proof": first_notices.first_unemployment_proof,
    "follow_up_unemployment_proof": unemployment.follow_up_unemployment_proof,
    "death_notice": death.death_notice,
}
OUTCOMES = {
    **dict.fromkeys(("first_sick_note", "first_unemployment_proof"), ("apply", "second_check", "refer")),
    **dict.fromkeys(("follow_up_unemployment_proof", "death_notice"), ("apply", "second_check", "refer", "partial")),
}


def expected(
    process: str, cases: list[bytes], notices: list[bytes], parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    """The oracle's decisions."""
    given = read_given(process, parameters)
    return oracle.decide_lines(READERS[process], DECIDERS[process], cases, notices, given)


def decided(process: str, cases: list[bytes], notices: list[bytes], parameters: Parameters) -> Decisions:
    """The program's decisions."""
    from dunkelwerk.runner.offline import Task, decide_files

    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cases").write_bytes(b"\n".join(cases) + b"\n")
        (folder / "notices").write_bytes(b"\n".join(notices) + b"\n")
        task = Task(process, folder / "cases", folder / "notices", parameters, ON)
        return [json.loads(line) for chunk in decide_files(task) for line in chunk.lines]


def essence(decision: dict[str, Any]) -> dict[str, Any]:
    """What both must agree on: texts and evidence are the program's own."""
    reasons = [{name: each[name] for name in ("code", "contract", "claim", "scope")} for each in decision["reasons"]]
    return {name: decision[name] for name in ("notice", "outcome", "actions", "referred")} | {"reasons": reasons}


def occurrences(process: str, decisions: list[dict[str, Any]]) -> Counter[str]:
    """How often each outcome, reason, action (with its kind) and carried claim occurred."""
    counts: Counter[str] = Counter()
    for each in decisions:
        counts[f"outcome {each['outcome']}"] += 1
        counts[f"reasons together {min(len({r['code'] for r in each['reasons']}), 5)}"] += 1
        if len({r["code"] for r in each["reasons"]}) == 1:
            counts[f"alone {each['reasons'][0]['code']}"] += 1
        for code in {r["code"] for r in each["reasons"]}:
            counts[f"reason {code}"] += 1
        for action in each["actions"]:
            kind = action.get("template") or action.get("reason") or action.get("status") or ""
            counts[f"action {action['type']}"] += 1
            counts[f"action {action['type']} {kind}".rstrip()] += bool(kind)
            counts["action months used"] += action.get("months_used_before", 0) > 0
            counts["action taken up"] += action["type"] == "accept_claim" and action["claim"] is not None
    return counts


def wanted(process: str) -> set[str]:
    """What must occur."""
    codes = [*CODES[process], "technical_failure", "contract_unknown", "person_not_insured"]
    if process.startswith("follow_up"):
        codes = [code for code in codes if code not in ("unemployment_overlap", "extension_unclear")]
        codes += ["no_open_claim", "claim_ambiguous"]
    found = {f"reason {code}" for code in codes} | {f"outcome {each}" for each in OUTCOMES[process]}
    return found | {f"action {each}" for each in ACTIONS[process]}


# ------------------------------------------------------------------------------------------------ from a shell
def show(number: int, line: bytes, cases: list[bytes], want: dict[str, Any], got: dict[str, Any]) -> None:
    """One difference, to be read."""
    print(f"\n=== notice {number} " + "=" * 60)
    print(line.decode(errors="replace"))
    notice = json.loads(line) if line.lstrip().startswith(b"{") else {}
    for case in cases:
        if f'"{notice.get("contract")}"'.encode() in case[:60]:
            print("--- case file\n" + case.decode(errors="replace"))
    for name in want:
        if want[name] != got[name]:
            print(f"--- {name}: expected")
            print(*(want[name] if isinstance(want[name], list) else [want[name]]), sep="\n")
            print(f"--- {name}: got")
            print(*(got[name] if isinstance(got[name], list) else [got[name]]), sep="\n")


def compare(process: str, *, seed: int, cases: int, limit: int, ambiguous: bool) -> tuple[int, Counter[str]]:
    """Print the first differences of one seed; their number, and what occurred."""
    files, notices, parameters = GENERATORS[process](seed, cases, ambiguous=ambiguous)
    want = expected(process, files, notices, parameters)
    got = decided(process, files, notices, parameters)
    lines = [line for line in notices if line.strip()]
    if len(got) != len(want):
        print(f"{process}, seed {seed}: {len(want)} decisions expected, got {len(got)}")
    pairs = zip(lines, want, got, strict=False)
    differing = [(i, line, a, essence(b)) for i, (line, a, b) in enumerate(pairs) if essence(a) != essence(b)]
    for i, line, a, b in differing[:limit]:
        if i == differing[0][0]:
            print(f"\n##### {process}, seed {seed}, parameters {json.dumps(parameters)}")
        show(i, line, files, essence(a), b)
    return len(differing) + abs(len(got) - len(want)), occurrences(process, want)


def missing_of(names: list[str]) -> list[str]:
    """Those that the program does not have."""
    from dunkelwerk.lines.registry import processes

    return sorted(set(names) - set(processes()))


def main() -> int:
    """Compare, or only count what the generators hit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("process", nargs="?", choices=sorted(GENERATORS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many seeds from --seed on")
    parser.add_argument("--cases", type=int, default=300, help="notices per seed")
    parser.add_argument("--show", type=int, default=3, help="differences shown per seed")
    parser.add_argument("--ambiguous", action="store_true", help="also where the page may be read in two ways")
    parser.add_argument("--coverage", action="store_true", help="only the oracle: what the generators hit")
    given = parser.parse_args()
    bad = 0
    if not given.coverage and (missing := missing_of([given.process] if given.process else list(GENERATORS))):
        parser.error(f"the program has no process {', '.join(missing)} yet; --coverage runs the oracle alone")
    for process in [given.process] if given.process else list(GENERATORS):
        counts: Counter[str] = Counter()
        for seed in range(given.seed, given.seed + given.seeds):
            if given.coverage:
                files, notices, parameters = GENERATORS[process](seed, given.cases, ambiguous=given.ambiguous)
                counts += occurrences(process, expected(process, files, notices, parameters))
                continue
            found, hit = compare(process, seed=seed, cases=given.cases, limit=given.show, ambiguous=given.ambiguous)
            bad, counts = bad + found, counts + hit
        print(f"\n{process}")
        for name in sorted(wanted(process) | set(counts)):
            print(f"  {counts[name]:7}  {name}{'   NEVER' if not counts[name] else ''}")
    if not given.coverage:
        print(f"\n{bad} differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
