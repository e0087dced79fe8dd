"""Sending messages to the core system by HTTP, signed. No content, address or secret is ever logged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Sequence

import httpx
from msgspec import Struct

from dunkelwerk.feeds.outbox.messages import Message, envelope
from dunkelwerk.feeds.outbox.targets import Webhook
from dunkelwerk.infra.businessday import now

#: for the whole exchange, from the connection to the last byte of the answer
SECONDS = 10.0
PARALLEL = 10
#: what an answer says is of no interest; as much is read as lets the connection be used again
LONGEST_ANSWER = 64 * 1024
#: the receiver is alive, and refuses this message: others may do better
REFUSED = frozenset(range(300, 500)) - {408, 425, 429}

logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


class Answer(Struct, frozen=True):
    """How it went: ``fault`` is None where the message arrived; ``wait`` is what the receiver asked for, in seconds.

    ``away`` means that the receiver as a whole does not work: others would fare no better.
    """

    fault: str | None = None
    away: bool = False
    wait: int = 0


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a body at a moment: a receiver computes the same."""
    return "v1=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def headers_of(message: Message, body: bytes, secret: bytes) -> dict[str, str]:
    """What goes with the body."""
    timestamp = str(int(now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "dunkelwerk",
        "Dunkelwerk-Delivery": str(message.delivery),
        "Dunkelwerk-Event": message.kind,
        "Dunkelwerk-Timestamp": timestamp,
        "Dunkelwerk-Signature": sign(secret, timestamp, body),
    }


def send(messages: Sequence[Message], webhook: Webhook) -> dict[int, Answer]:
    """Send messages, some at a time; the answer to each by id. Once the receiver seems away, the rest is not sent."""
    return asyncio.run(send_all(messages, webhook)) if messages else {}


async def send_all(messages: Sequence[Message], webhook: Webhook) -> dict[int, Answer]:
    """Group after group."""
    answers: dict[int, Answer] = {}
    limits = httpx.Limits(max_connections=PARALLEL)
    # proxies and own certificate authorities by the usual variables, but never a proxy for this machine's own http
    usual = webhook.url.startswith("https:")
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, limits=limits, trust_env=usual) as client:
        for start in range(0, len(messages), PARALLEL):
            group = messages[start : start + PARALLEL]
            found = await asyncio.gather(*(send_one(client, each, webhook) for each in group))
            answers |= {each.id: answer for each, answer in zip(group, found, strict=True)}
            if all(answer.away for answer in found):
                break
    return answers


async def send_one(client: httpx.AsyncClient, message: Message, webhook: Webhook) -> Answer:
    """One exchange; it never raises for what the receiver or the network does."""
    body, status, wait = envelope(message), 0, 0
    try:
        async with (
            asyncio.timeout(SECONDS),
            client.stream(
                "POST", webhook.url, content=body, headers=headers_of(message, body, webhook.secret)
            ) as answer,
        ):
            status, wait = answer.status_code, wait_of(answer)
            await drain(answer)
    except (TimeoutError, httpx.TimeoutException):
        fault = "timeout"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        fault = f"unreachable {type(error).__name__}"
    else:
        fault = ""
    if status:  # it has answered: whatever happened to the rest of the answer is of no interest
        fault = "" if 200 <= status < 300 else f"status {status}"
    return Answer(fault or None, away=bool(fault) and status not in REFUSED, wait=wait)


async def drain(answer: httpx.Response) -> None:
    """Read the rest of an answer, up to a limit."""
    count = 0
    async for chunk in answer.aiter_raw():
        count += len(chunk)
        if count > LONGEST_ANSWER:
            return


def wait_of(answer: httpx.Response) -> int:
    """The seconds that ``Retry-After`` asks for, 0 where it asks for none."""
    asked = answer.headers.get("Retry-After", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
