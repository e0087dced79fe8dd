"""A crew: processes that get ready, start at one word, and answer with one line of JSON when they are done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def run_crew(lines: Sequence[Sequence[object]], environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Run ``python -m LINE`` for each line, all from the same moment; their answers.

    Raises RuntimeError where one does not get ready, CalledProcessError where one fails.
    """
    pipe = subprocess.PIPE
    commands = [[sys.executable, "-m", *map(str, line)] for line in lines]
    crew = [subprocess.Popen(line, env=dict(environment), stdin=pipe, stdout=pipe, text=True) for line in commands]
    try:
        for each in crew:
            if each.stdout is None or each.stdout.readline() != "ready\n":
                raise RuntimeError(f"a worker of the benchmark did not start: {each.args}")
        for each in crew:
            if each.stdin is not None:
                each.stdin.write("go\n")
                each.stdin.flush()
        return [answer_of(each) for each in crew]
    finally:
        for each in crew:
            if each.poll() is None:
                each.kill()


def run_alone(line: Sequence[object], environment: Mapping[str, str]) -> dict[str, Any]:
    """Run ``python -m LINE``; its answer. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", *map(str, line)]
    text = subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.PIPE, text=True).stdout
    measured: dict[str, Any] = json.loads(text)
    return measured


def answer_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a process answers at its end."""
    text = process.communicate()[0]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    answer: dict[str, Any] = json.loads(text)
    return answer


def seconds_of(answers: Sequence[Mapping[str, Any]]) -> float:
    """From the first begin to the last end."""
    seconds: float = max(each["end"] for each in answers) - min(each["begin"] for each in answers)
    return seconds


def middle_of(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The run in the middle by its speed (of two the slower), with the speeds of all."""
    ordered = sorted(runs, key=lambda run: run["per_second"])
    return ordered[(len(ordered) - 1) // 2] | {"all_per_second": [run["per_second"] for run in runs]}


def wait_for_go() -> None:
    """In a process of a crew: say that it is ready, and wait for the word."""
    print("ready", flush=True)
    sys.stdin.readline()


def answer(content: Mapping[str, Any]) -> None:
    """In a process of a crew: say what was measured. ``begin`` and ``end`` are seconds since the epoch."""
    print(json.dumps(content), flush=True)
