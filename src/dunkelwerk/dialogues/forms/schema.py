"""The JSON Schema of the form language, for editors and for whoever writes a type elsewhere. Pure."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from dunkelwerk.dialogues.forms.language import DialogueType

TITLE = "Dunkelwerk dialogue type"


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of one type."""
    found = msgspec.json.schema(DialogueType)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE, **found}


def rendered() -> str:
    """The schema as its file has it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
