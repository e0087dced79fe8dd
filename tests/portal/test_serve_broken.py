"""What is wrong with the program's own addresses is said when it starts, and not by each request."""

from __future__ import annotations

import socket
import subprocess
import sys

BROKEN = """
import sys
sys.modules["dunkelwerk.api.routes"] = None
sys.argv = ["dunkelwerk", "serve", "--port", "{port}"]
from dunkelwerk.cli import main
main()
"""


def test_addresses_that_cannot_be_read_end_the_start(database_url: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-c", BROKEN.format(port=port)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "dunkelwerk.api.routes" in done.stderr or "ModuleNotFoundError" in done.stderr
