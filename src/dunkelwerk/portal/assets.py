"""The files that pages load: the design system (fetched by ``make setup``), our style sheet and script.

They are served below a digest of all of them, and kept by browsers for good: a new version has a new address.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

STATIC = Path(__file__).parent / "static"
LOOK = STATIC / "vendor" / "kern.min.css"


@cache
def prefix() -> str:
    """Where the files are served, e.g. ``/static/4f2a…/``; raises CommandError where they are missing."""
    if not LOOK.is_file():
        message = _("{folder}: das Aussehen der Seiten fehlt; bitte einmal „make setup“ aufrufen.")
        raise CommandError(message.format(folder=LOOK.parent))
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}/"
