"""What is wrong with the program's own addresses is said when it starts, and not by each request."""

from __future__ import annotations

import subprocess
import sys

from conftest import SECONDS, free_port

BROKEN = """
import sys
sys.modules["dunkelwerk.api.routes"] = None
sys.argv = ["dunkelwerk", "serve", "--port", "{port}"]
from dunkelwerk.cli import main
main()
"""


def test_addresses_that_cannot_be_read_end_the_start(database_url: str) -> None:
    program = [sys.executable, "-c", BROKEN.format(port=free_port())]
    done = subprocess.run(program, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "dunkelwerk.api.routes" in done.stderr or "ModuleNotFoundError" in done.stderr
