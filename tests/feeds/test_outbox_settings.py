"""Settings of the outbox, and that nothing secret or personal is ever said."""

from __future__ import annotations

import hashlib
import logging
import re
from pathlib import Path

import pytest
from outbox_support import HIDDEN, SECRET, Outbox, Receiver

from dunkelwerk.feeds.outbox.delivery import claim, deliver
from dunkelwerk.feeds.outbox.targets import Targets, Webhook, read_targets
from dunkelwerk.feeds.outbox.webhook import sign
from dunkelwerk.infra.errors import CommandError

PAGE = Path(__file__).parents[2] / "docs" / "outbox.md"
URL = "https://core.example/in?key=token-in-the-address"


def settings(**values: str) -> dict[str, str]:
    """An environment."""
    return {f"DUNKELWERK_OUTBOX_{name.upper()}": value for name, value in values.items()}


def hmac_by_hand(secret: bytes, text: bytes) -> str:
    """HMAC-SHA-256 by the letter of RFC 2104."""
    key = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(each ^ 0x36 for each in key) + text).digest()
    return hashlib.sha256(bytes(each ^ 0x5C for each in key) + inner).hexdigest()


def test_the_signature_is_what_openssl_says() -> None:
    expected = "v1=0d23130920d62228e37b09e5e16fc4b5a0fd1fde992b209614968baf3d31c96b"
    assert sign(SECRET.encode(), "1700000000", b'{"id":"x"}') == expected


def test_a_receiver_can_verify_what_came(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    outbox.put("D-1", "D-2")
    deliver(webhook)
    for each in receiver.requests:
        timestamp = each.headers["Dunkelwerk-Timestamp"]
        expected = hmac_by_hand(SECRET.encode(), timestamp.encode() + b"." + each.body)
        assert each.headers["Dunkelwerk-Signature"] == f"v1={expected}"
        assert abs(int(timestamp) - int(__import__("time").time())) < 60


def test_the_sample_of_the_docs_verifies(outbox: Outbox, receiver: Receiver, webhook: Targets) -> None:
    sample = re.search(r"```python\n(.+?)```", PAGE.read_text("utf-8"), re.S)
    assert sample is not None
    names: dict[str, object] = {}
    exec(sample[1], names)
    verify = names["verify"]
    assert callable(verify)
    outbox.put("D-1")
    deliver(webhook)
    (request,) = receiver.requests
    now = int(request.headers["Dunkelwerk-Timestamp"])
    assert verify(SECRET.encode(), request.headers, request.body, now)
    assert verify(SECRET.encode(), request.headers, request.body, now + 300)
    assert not verify(SECRET.encode(), request.headers, request.body, now + 301)
    assert not verify(SECRET.encode(), request.headers, request.body + b" ", now)
    assert not verify(b"another", request.headers, request.body, now)


@pytest.mark.parametrize("url", [
    URL, "https://core.example:8443/in", "http://localhost:8080/in", "http://127.0.0.1/in", "http://[::1]:80/in",
])  # fmt: skip
def test_an_address_that_can_be_used(url: str) -> None:
    found = read_targets(settings(webhook=url, secret=SECRET))
    assert found.webhook == Webhook(url, SECRET.encode())
    assert found.names == ["webhook"]


@pytest.mark.parametrize("url", [
    "http://core.example/in?key=token-in-the-address", "http://10.0.0.1/", "ftp://core.example/", "core.example",
    "https://", "https://core.example:99999/", "http://localhost.example/",
])  # fmt: skip
def test_an_address_that_would_send_in_clear_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(CommandError, match="DUNKELWERK_OUTBOX_WEBHOOK") as error:
        read_targets(settings(webhook=url, secret=SECRET))
    assert "token-in-the-address" not in str(error.value)
    assert "core.example" not in str(error.value)


def test_a_webhook_needs_a_long_secret(tmp_path: Path) -> None:
    for short in ({}, {"secret": ""}, {"secret": "x" * 23}):
        with pytest.raises(CommandError, match="DUNKELWERK_OUTBOX_SECRET"):
            read_targets(settings(webhook=URL, **short))
    assert read_targets(settings(webhook=URL, secret="x" * 24)).names == ["webhook"]
    file = tmp_path / "secret"
    with pytest.raises(CommandError, match="SECRET_FILE"):
        read_targets(settings(webhook=URL, secret_file=str(file)))
    file.write_text(f"{SECRET}\n")
    found = read_targets(settings(webhook=URL, secret_file=str(file))).webhook
    assert found == Webhook(URL, SECRET.encode())


@pytest.mark.parametrize(("text", "fits"), [("1", True), ("100", True), ("0", False), ("101", False), ("x", False)])
def test_the_number_of_attempts(text: str, fits: bool) -> None:
    if fits:
        assert read_targets(settings(attempts=text)).attempts == int(text)
        return
    with pytest.raises(CommandError, match="ATTEMPTS"):
        read_targets(settings(attempts=text))


def test_nothing_secret_is_said(
    outbox: Outbox, receiver: Receiver, webhook: Targets, folder: Path,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    outbox.put("D-1", "D-2", "D-3", "D-4")
    receiver.answers = ["500", "kill", "302 Location: /token-in-the-address"]
    deliver(webhook)
    outbox.skip_waits()
    messages = claim().messages
    kept = [{name: value for name, value in row.items() if name != "payload"} for row in outbox.rows()]
    said = [caplog.text, *capfd.readouterr(), repr(kept), repr(webhook), repr(messages), str(messages)]
    assert [(word, text) for word in HIDDEN for text in said if word in text] == []
