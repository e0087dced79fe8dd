"""Helpers of the tests of the outbox: a core system that answers as it is told, and messages for it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

RunCli = Callable[..., subprocess.CompletedProcess[str]]
SECRET = "a secret of some 32 characters !!"
PAYLOAD = {"dialogue": "D-1", "answers": {"tax_id": "86095742719", "words": "Frau Wolkenstein ist gestürzt"}}
#: texts that must be nowhere but at the receiver
HIDDEN = (SECRET, "86095742719", "Wolkenstein", "token-in-the-address")


class Request:
    """What the core system received."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers, self.body = headers, body

    @property
    def delivery(self) -> str:
        """The id by which repeats are recognised."""
        return self.headers["Dunkelwerk-Delivery"]

    @property
    def content(self) -> dict[str, Any]:
        """The body."""
        return json.loads(self.body)


class Server(ThreadingHTTPServer):
    """Two deliverers open twenty connections at once; a queue of the usual five would refuse some."""

    request_queue_size, daemon_threads = 128, True


class Receiver:
    """A core system on this machine. ``answers`` is what it does next, one after the other; then it says 200."""

    def __init__(self) -> None:
        self.requests, self.answers, self.lock = list[Request](), list[str](), Lock()
        self.watchers = list[Any]()
        self.during, self.release, self.now, self.most = list[Any](), Event(), 0, 0
        #: how many requests are under way at once when those that are ``held`` may go on
        self.enough, self.met = 2, Event()
        self.server = Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """Where to send to; what stands in it is nobody's business."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/in?key=token-in-the-address"

    @property
    def deliveries(self) -> list[str]:
        """The ids that came, in order."""
        return [each.delivery for each in self.requests]

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.requests.append(Request(dict(self.headers), body))
                    answer = receiver.answers.pop(0) if receiver.answers else "200"
                    receiver.now += 1
                    receiver.most = max(receiver.most, receiver.now)
                    if receiver.most >= receiver.enough:
                        receiver.met.set()
                try:
                    receiver.during.extend(each() for each in receiver.watchers)
                    with suppress(OSError):
                        receiver.answer(self, answer)
                finally:
                    with receiver.lock:
                        receiver.now -= 1

            do_GET = do_POST

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler, answer: str) -> None:
        """Behave as told: a status, ``kill``, ``silent``, ``drip``, ``cut`` (200, then half an answer), ``held``.

        ``held`` waits some seconds for others, fewer than an exchange may take, and says 200.
        """
        if answer == "kill":
            handler.connection.close()
            handler.close_connection = True
            return
        if answer == "silent":
            self.release.wait()
            handler.close_connection = True
            return
        if answer == "drip":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self.release.wait(0.1):
                handler.wfile.write(b"x")
                handler.wfile.flush()
            return
        if answer == "held":
            self.met.wait(3)
            answer = "200"
        status, _blank, header = answer.partition(" ")
        handler.send_response(200 if status == "cut" else int(status))
        if header:
            handler.send_header(*header.split(": ", 1))
        handler.send_header("Content-Length", "1000" if status == "cut" else "2")
        handler.end_headers()
        handler.wfile.write(b"ok")
        handler.close_connection = status == "cut"


@contextmanager
def running(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver at work."""
    thread = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.release.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(10)


class Outbox:
    """The outbox of one test's database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def put(self, *keys: str, kind: str = "dialogue.submitted", payload: dict[str, Any] | None = None) -> list[Any]:
        """Put messages in one transaction; their ids."""
        from datetime import date

        from django.db import connection, transaction

        from dunkelwerk.feeds import outbox
        from dunkelwerk.infra.keys import Vault

        with transaction.atomic(), connection.cursor() as cursor:
            vault = Vault(cursor, on=date(2026, 11, 22))
            return [outbox.put(cursor, vault, kind=kind, key=key, payload=payload or PAYLOAD) for key in keys]

    def rows(self, query: str = "SELECT * FROM outbox_message ORDER BY id") -> list[dict[str, Any]]:
        """The rows of a query, as the owner sees them."""
        with psycopg.connect(self.url, row_factory=dict_row) as session:
            return session.execute(query.encode()).fetchall()

    def run(self, statement: str) -> None:
        """Change something behind its back."""
        with psycopg.connect(self.url) as session:
            session.execute(statement.encode())

    def states(self) -> list[str]:
        """The state of each message, in order."""
        return [row["state"] for row in self.rows()]

    def skip_waits(self) -> None:
        """Let the time of every wait and lease pass."""
        self.run(
            "UPDATE outbox_message SET next_attempt_at = now() - interval '1 second', "
            "leased_until = least(leased_until, now() - interval '1 second')"
        )

    def waits(self) -> list[float]:
        """Seconds until the next attempt of each message that waits."""
        rows = self.rows(
            "SELECT extract(epoch FROM next_attempt_at - now())::float AS left FROM outbox_message "
            "WHERE state = 'pending' ORDER BY id"
        )
        return [row["left"] for row in rows]


def is_uuid(text: str) -> bool:
    """Whether it is one."""
    return str(UUID(text)) == text
