"""Delivery into a folder: files that are complete or not there, never one over another."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from outbox_support import PAYLOAD, SECRET, Outbox, Receiver

from dunkelwerk.feeds.outbox import delivery
from dunkelwerk.feeds.outbox import folder as files
from dunkelwerk.feeds.outbox.delivery import deliver
from dunkelwerk.feeds.outbox.targets import Targets, Webhook


def lines(path: Path) -> list[dict[str, Any]]:
    """The messages of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_file_holds_the_messages_in_order(outbox: Outbox, folder: Path) -> None:
    first, *_rest, last = outbox.put("D-1", "D-2", "D-3")
    assert deliver(Targets(folder=folder)) == Counter(delivered=3)
    (path,) = folder.iterdir()
    assert path.name == f"{first:012}-{last:012}.jsonl"
    assert [each["key"] for each in lines(path)] == ["D-1", "D-2", "D-3"]
    assert [each["id"] for each in lines(path)] == [str(row["delivery"]) for row in outbox.rows()]
    assert lines(path)[0]["data"] == PAYLOAD
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, "nobody but owner and group"
    assert [row["target"] for row in outbox.rows()] == [["folder"]] * 3
    deliver(Targets(folder=folder))
    assert len(list(folder.iterdir())) == 1


def test_a_crash_before_it_is_kept_writes_the_same_file(
    outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.put("D-1", "D-2")
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "settle", lambda *_arguments: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            deliver(Targets(folder=folder))
    outbox.skip_waits()
    outbox.put("D-3")
    deliver(Targets(folder=folder))
    found = [each["id"] for path in sorted(folder.iterdir()) for each in lines(path)]
    assert set(found) == {str(row["delivery"]) for row in outbox.rows()}
    assert outbox.states() == ["delivered"] * 3


def test_the_same_batch_again_is_one_file(outbox: Outbox, folder: Path) -> None:
    outbox.put("D-1", "D-2")
    batch = delivery.claim()
    assert files.write(batch.messages, folder) is None
    assert files.write(batch.messages, folder) is None
    assert len(list(folder.iterdir())) == 1


def test_another_file_of_that_name_stays(outbox: Outbox, folder: Path) -> None:
    """After a restored backup ids begin again."""
    (number,) = outbox.put("D-1")
    taken = folder / f"{number:012}-{number:012}.jsonl"
    taken.write_text("another\n")
    deliver(Targets(folder=folder))
    assert taken.read_text() == "another\n"
    assert lines(folder / f"{number:012}-{number:012}.2.jsonl")[0]["key"] == "D-1"


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_file_is_never_seen_half(outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    outbox.put("D-1")
    seen: list[list[str]] = []

    def fail(*_arguments: Any) -> None:
        seen.append([path.name for path in folder.iterdir() if path.suffix == ".jsonl"])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        assert deliver(Targets(folder=folder)) == Counter(pending=1)
    assert seen == [[]]
    assert list(folder.iterdir()) == []
    assert outbox.rows()[0]["last_error"] == "folder ENOSPC"
    outbox.skip_waits()
    assert deliver(Targets(folder=folder)) == Counter(delivered=1)


def test_no_folder(outbox: Outbox, folder: Path) -> None:
    outbox.put("D-1")
    deliver(Targets(folder=folder / "gone"))
    assert [(row["state"], row["last_error"]) for row in outbox.rows()] == [("pending", "folder ENOENT")]


def test_with_two_targets_both_must_have_it_and_neither_waits_for_the_other(
    outbox: Outbox, folder: Path, receiver: Receiver
) -> None:
    both = Targets(webhook=Webhook(receiver.url, SECRET.encode()), folder=folder)
    outbox.put("D-1")
    receiver.answers = ["500"]
    assert deliver(both) == Counter(pending=1)
    assert outbox.rows()[0]["target"] == ["folder"]
    outbox.skip_waits()
    assert deliver(both) == Counter(delivered=1)
    assert outbox.rows()[0]["target"] == ["folder", "webhook"]
    assert len(list(folder.iterdir())) == 1, "not into the folder again"

    outbox.put("D-2")
    gone = Targets(webhook=both.webhook, folder=folder / "gone")
    assert deliver(gone) == Counter(pending=1)
    outbox.skip_waits()
    deliver(both)
    assert [each.content["key"] for each in receiver.requests] == ["D-1", "D-1", "D-2"]
    assert len(list(folder.iterdir())) == 2
