"""The parts of a disclosure's page: its frame, chapters, fields, tables, lists; every text is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from dunkelwerk.insight.disclosure_words import label, show

Thing = Mapping[str, Any]
STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --quiet: #57606a; --line: #c9d1d9; --soft: #f4f6f8; --link: #0a4fa3; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: #fff; color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7em; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.3em; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.1em; margin: 1.75rem 0 .25rem; }
h4 { font-size: 1em; margin: 1rem 0 .25rem; }
p, ul, ol { margin: .35rem 0; }
ul, ol { padding-left: 1.3rem; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: .35rem 0; }
table { border-collapse: collapse; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); }
article { border-left: 4px solid var(--line); padding-left: .9rem; margin: 1rem 0; }
details { border: 1px solid var(--line); margin: .5rem 0; padding: 0 .75rem; }
summary { cursor: pointer; padding: .5rem 0; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  th, td { padding: .25rem .4rem; font-size: .875rem; } article { padding-left: .6rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  details, tr, article { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def frame(title: str, parts: Iterable[str]) -> str:
    """The whole page: no script, nothing from elsewhere."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    head = [
        '<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(digest=digest)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
    ]
    return "\n".join([*head, *parts, "</main>\n</body>\n</html>\n"])


def section(name: str, title: str, parts: Iterable[str]) -> Iterator[str]:
    """A chapter."""
    yield f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(title)}</h2>'
    yield from parts
    yield "</section>"


def fields(thing: Thing, *, without: Iterable[str] = ()) -> Iterator[str]:
    """The fields of a thing that say something."""
    shown = [(name, value) for name, value in thing.items() if name not in without and value not in (None, "", [], {})]
    if shown:
        yield "<dl>"
        yield from (f"<dt>{escape(label(name))}</dt><dd>{escape(show(value))}</dd>" for name, value in shown)
        yield "</dl>"


def table(caption: str, rows: Sequence[Thing], *, without: Iterable[str] = ()) -> Iterator[str]:
    """A table that scrolls by itself where the screen is narrow, by keyboard too; nothing for no rows."""
    names = [name for name in (rows[0] if rows else ()) if name not in without]
    names = [name for name in names if any(row[name] not in (None, "", [], {}) for row in rows)]
    if not names:
        return
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
    yield f"<caption>{escape(caption)}</caption><thead><tr>"
    yield from (f'<th scope="col">{escape(label(name))}</th>' for name in names)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(show(row[name]))}</td>" for name in names) + "</tr>"
    yield "</tbody></table></div>"


def listing(title: str, texts: Iterable[str], *, level: int = 4) -> Iterator[str]:
    """A list with its heading, unless it is empty."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    if items:
        yield f"<h{level}>{escape(title)}</h{level}><ul>{items}</ul>"
