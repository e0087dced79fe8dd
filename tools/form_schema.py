"""Write ``docs/form-language.schema.json`` from the structs: ``python tools/form_schema.py [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path

from dunkelwerk.dialogues.forms.schema import rendered

FILE = Path(__file__).parent.parent / "docs" / "form-language.schema.json"


def main() -> int:
    """Write the schema, or with ``--check`` say whether it is up to date (exit code 1 if not)."""
    text = rendered()
    if "--check" not in sys.argv[1:]:
        FILE.write_text(text, "utf-8")
    elif not FILE.is_file() or FILE.read_text("utf-8") != text:
        print(f"{FILE.name} is not up to date: run make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
