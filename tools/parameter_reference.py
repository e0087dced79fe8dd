"""Write ``docs/parameters.md`` from the parameter files: ``python tools/parameter_reference.py [--check]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dunkelwerk.decisions.parameters import Entry, in_force, read_entries
from dunkelwerk.lines.registry import lines, processes

PAGE = Path(__file__).parent.parent / "docs" / "parameters.md"
HEAD = """# Parameter

Diese Seite wird erzeugt (`make docs`). Ein Versicherer setzt eigene Werte in einer YAML-Datei, schlicht
(`gap_tolerance: 2`) oder mit Beginn (`gap_tolerance: {2026-01-01: 2}`), und übergibt sie mit `--parameters`. Unbekannte
Namen und unmögliche Werte halten den Befehl mit Code 2 an, bevor etwas entschieden wird.
"""


def main() -> int:
    """Write the page, or with ``--check`` say whether it is up to date (exit code 1 if not)."""
    text = render()
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text("utf-8") == text:
            return 0
        print(f"{PAGE.name} is not up to date: run make docs", file=sys.stderr)
        return 1
    PAGE.write_text(text, "utf-8")
    return 0


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for line in lines().values():
        parts.append(f"## Sparte `{line.name}`\n\n{table(read_entries(line.folder / 'parameters.yaml'))}")
    for process in processes().values():
        own = read_entries(process.folder / "parameters.yaml")
        parts.append(f"## Prozess `{process.name}` ({process.title})\n\n{table(own)}")
    return "\n".join(parts)


def table(entries: dict[str, Entry]) -> str:
    """Parameters as a table."""
    rows = ["| Name | Bedeutung | Einheit | Vorgabe | Quelle |", "|---|---|---|---|---|"]
    for name, entry in entries.items():
        value = json.dumps(in_force(entry.values, max(entry.values)), ensure_ascii=False)
        unit = entry.unit.replace("|", "\\|")
        rows.append(f"| `{name}` | {entry.name} | {unit} | `{value}` | {entry.source} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
