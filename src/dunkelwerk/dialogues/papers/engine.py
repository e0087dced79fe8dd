"""Setting papers: the letters' engine with the templates of dialogues, one per thread."""

from __future__ import annotations

import threading
from pathlib import Path

from dunkelwerk.letters.rendering import Engine

TEMPLATES = Path(__file__).parent / "templates"
#: whose name stands in the letterhead; a dialogue belongs to no cover
LEGAL_ENTITY = ""
_here = threading.local()


def engine() -> Engine:
    """This thread's engine; raises CommandError where fonts or the insurer's folder cannot be used."""
    if not hasattr(_here, "engine"):
        _here.engine = Engine(TEMPLATES)
    made: Engine = _here.engine
    return made
