"""``dunkelwerk outbox`` as a person and as two machines use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from outbox_support import HIDDEN, SECRET, Outbox, Receiver, RunCli

from dunkelwerk.feeds.outbox.webhook import PARALLEL
from gates import PATIENCE, wait_until

COMMAND = Path(sys.executable).with_name("dunkelwerk")


@pytest.fixture
def environment(receiver: Receiver) -> dict[str, str]:
    """Settings with the core system as target."""
    return {"DUNKELWERK_OUTBOX_WEBHOOK": receiver.url, "DUNKELWERK_OUTBOX_SECRET": SECRET}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """The command in the background."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([COMMAND, *arguments], env={**os.environ, **environment}, text=True, **pipes)


def test_two_deliverers_send_each_message_once(outbox: Outbox, receiver: Receiver, environment: dict[str, str]) -> None:
    outbox.put(*(f"D-{n}" for n in range(250)))
    # ten at a time is what one of them sends: whoever is first is slow until the other is there
    receiver.answers, receiver.enough = ["held"] * 250, PARALLEL + 1
    both = [start(environment, "outbox", "deliver", "--once") for _n in range(2)]
    said = [each.communicate(timeout=PATIENCE) for each in both]
    assert [each.returncode for each in both] == [0, 0], (said, {row["last_error"] for row in outbox.rows()})
    assert set(Counter(receiver.deliveries).values()) == {1}
    assert len(receiver.requests) == 250
    assert all(" 0 ausgeliefert" not in f" {out}" for out, _error in said), "both had a share"


def test_a_killed_deliverer_is_followed_by_another_after_the_lease(
    outbox: Outbox, receiver: Receiver, environment: dict[str, str], run_cli: RunCli
) -> None:
    outbox.put("D-1")
    receiver.answers = ["silent"]
    killed = start(environment, "outbox", "deliver", "--once")
    wait_until(lambda: receiver.requests)
    killed.kill()
    killed.communicate()
    assert run_cli("outbox", "deliver", "--once", **environment).returncode == 0
    assert len(receiver.requests) == 1
    assert run_cli("outbox", "list").stdout.count("wird gesendet") == 1
    outbox.skip_waits()
    assert run_cli("outbox", "deliver", "--once", **environment).stdout.startswith("1 ausgeliefert")
    assert len(set(receiver.deliveries)) == 1


def test_a_deliverer_that_runs_on_ends_at_a_signal(
    outbox: Outbox, receiver: Receiver, environment: dict[str, str]
) -> None:
    outbox.put("D-1")
    running = start(environment, "outbox", "deliver")
    wait_until(lambda: outbox.states() == ["delivered"])
    running.send_signal(signal.SIGTERM)
    out, error = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out, error) == (0, "1 ausgeliefert, 0 später erneut, 0 aufgegeben\n", "")


def test_a_dead_letter_is_found_and_sent_again(
    outbox: Outbox, receiver: Receiver, environment: dict[str, str], run_cli: RunCli
) -> None:
    first, second = outbox.put("D-1", "D-2")
    receiver.answers = ["500", "500"]
    failed = run_cli("outbox", "deliver", "--once", DUNKELWERK_OUTBOX_ATTEMPTS="1", **environment)
    assert (failed.returncode, failed.stdout) == (1, "0 ausgeliefert, 0 später erneut, 2 aufgegeben\n")
    listed = run_cli("outbox", "list", "--state", "dead")
    assert "Antwort 500" in listed.stdout
    assert listed.stdout.endswith("0 warten, 2 aufgegeben\n")
    assert run_cli("outbox", "list", "--state", "pending").stdout.startswith("Keine Nachricht.")
    rows = [json.loads(line) for line in run_cli("outbox", "list", "--json").stdout.splitlines()]
    assert [(row["id"], row["state"], row["last_error"]) for row in rows] == [
        (first, "dead", "status 500"),
        (second, "dead", "status 500"),
    ]
    assert run_cli("outbox", "resend", first).returncode == 2, "by whom?"
    assert run_cli("outbox", "resend", "--actor", "b").returncode == 2
    assert run_cli("outbox", "resend", first, "--dead", "--actor", "b").returncode == 2
    partly = run_cli("outbox", "resend", first, 4711, "--actor", "b")
    assert (partly.returncode, partly.stdout) == (1, "1 Nachrichten werden erneut gesendet.\n")
    assert "4711" in partly.stderr
    assert run_cli("outbox", "resend", "--dead", "--actor", "b").returncode == 0
    assert run_cli("outbox", "deliver", "--once", **environment).returncode == 0
    assert outbox.states() == ["delivered", "delivered"]
    assert set(Counter(receiver.deliveries).values()) == {2}


def test_a_message_is_shown_without_its_content(outbox: Outbox, run_cli: RunCli) -> None:
    (number,) = outbox.put("D-1")
    plain = run_cli("outbox", "show", number)
    assert plain.returncode == 0
    assert "dialogue.submitted" in plain.stdout
    assert [word for word in HIDDEN if word in plain.stdout] == []
    full = run_cli("outbox", "show", number, "--content")
    assert "Wolkenstein" in full.stdout
    assert run_cli("outbox", "show", 4711).returncode == 1


def test_wrong_usage_says_what_to_do_and_nothing_secret(outbox: Outbox, run_cli: RunCli) -> None:
    none = run_cli("outbox", "deliver", "--once")
    assert none.returncode == 2
    assert "DUNKELWERK_OUTBOX_WEBHOOK" in none.stderr
    assert run_cli("outbox", "list", "--state", "voucher").returncode == 2
    clear = {
        "DUNKELWERK_OUTBOX_WEBHOOK": "http://core.example/token-in-the-address",
        "DUNKELWERK_OUTBOX_SECRET": SECRET,
    }
    refused = run_cli("outbox", "deliver", "--once", **clear)
    assert refused.returncode == 1
    gone = clear | {"DUNKELWERK_OUTBOX_WEBHOOK": "http://127.0.0.1:1/token-in-the-address"}
    outbox.put("D-1")
    failed = run_cli("outbox", "deliver", "--once", **gone)
    assert failed.returncode == 1
    said = refused.stdout + refused.stderr + failed.stdout + failed.stderr
    said += run_cli("outbox", "list").stdout + run_cli("outbox", "show", 1).stdout
    assert "keine Verbindung" in said
    assert [word for word in HIDDEN if word in said] == []
