"""What a replay found, as one HTML file: no script, nothing from elsewhere, no personal data; every text is escaped."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from html import escape

from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight import replay_words as words
from dunkelwerk.insight.replay_report import name_case
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Case, Cell, Tally, View

STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --quiet: #57606a; --line: #c9d1d9; --paper: #fff; --soft: #f4f6f8;
  --link: #0a4fa3; --bad: #a1161f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6em; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.25em; margin: 2rem 0 .5rem; }
h3 { font-size: 1.05em; margin: 1.5rem 0 .25rem; }
h4 { font-size: 1em; margin: 0; }
p, ul { margin: .25rem 0; }
ul { padding-left: 1.2rem; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
.bad { border: 2px solid var(--bad); padding: .75rem; }
.bad h2 { margin-top: 0; color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; overflow-wrap: normal; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
thead th, tbody th { background: var(--soft); font-weight: 600; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.same { background: var(--soft); }
td small { display: block; color: var(--quiet); }
details { border: 1px solid var(--line); margin: .35rem 0; padding: 0 .75rem; }
summary { cursor: pointer; padding: .5rem 0; }
summary small { display: block; color: var(--quiet); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1rem;
  padding-bottom: .75rem; }
.side { border-top: 3px solid var(--line); padding-top: .4rem; }
thead th:not(:first-child) { text-align: right; }
@media (max-width: 40rem) { th, td { padding: .25rem .4rem; font-size: .875rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  a { color: inherit; text-decoration: none; }
  details, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
#: a style that is not this one, a script, a picture: the browser loads nothing of it
POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(tally: Tally, plan: Plan) -> str:
    """The page. Counts are complete; of each group the cases that the tally kept are shown."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    language = "en" if os.environ.get("DUNKELWERK_LANGUAGE", "de")[:2] == "en" else "de"
    title = _("Wiederholungslauf: was anders ausginge")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(digest=digest)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in (*words.summary(tally, plan), *words.asked(plan))),
        *body(tally, plan),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def body(tally: Tally, plan: Plan) -> Iterator[str]:
    """The tables, then the cases."""
    if tally.not_reproducible:
        yield '<section class="bad">'
        yield heading(_("Nicht reproduzierbar") + f": {words.number(tally.not_reproducible)}")
        yield from show_cases(tally.broken, tally.not_reproducible)
        yield "</section>"
    if not tally.decisions:
        return
    yield heading(_("Ergebnisse"))
    yield from matrix(tally)
    yield heading(_("Euro"))
    yield from euros(tally)
    if tally.changed:
        yield heading(_("Gründe"))
        yield from reasons(tally)
        yield heading(_("Fälle"))
        yield from sections(tally)
    yield heading(_("Versionen"))
    yield from versions(tally, plan)


def heading(text: str) -> str:
    """The heading of a chapter."""
    return f"<h2>{escape(text)}</h2>"


def matrix(tally: Tally) -> Iterator[str]:
    """Outcomes before and after; a cell with changed cases leads to them."""
    shown = [each for each in words.OUTCOMES if any(each in group for group in tally.cells)]
    rows = []
    for before in (each for each in shown if any(each == group[0] for group in tally.cells)):
        cells = [tell_cell(tally.cells.get((before, after)), (before, after)) for after in shown]
        rows.append(f'<tr><th scope="row">{escape(words.outcome_word(before))}</th>{"".join(cells)}</tr>')
    caption = _("Zeilen: wie es ausging. Spalten: wie es ausginge. Klein: Unterschied der Freigaben in Euro.")
    yield from table(caption, [_("bisher"), *map(words.outcome_word, shown)], rows)


def tell_cell(cell: Cell | None, group: tuple[str, str]) -> str:
    """A cell of the matrix."""
    style = "number same" if group[0] == group[1] else "number"
    if cell is None:
        return f'<td class="{style}">–</td>'
    count = words.number(cell.count)
    if cell.changed:
        count = f'<a href="#{anchor(group)}">{count}</a>'
    inside = _("davon anders: {count}").format(count=words.number(cell.changed))
    small = f"<small>{escape(inside)}</small>" if 0 < cell.changed < cell.count else ""
    difference = words.signed(words.released(cell.after) - words.released(cell.before))
    return f'<td class="{style}">{count}{small}<small>{escape(difference)}</small></td>'


def anchor(group: tuple[str, str]) -> str:
    """The name of a group's section."""
    return escape("-".join(group), quote=True)


def euros(tally: Tally) -> Iterator[str]:
    """Euros before and after."""
    rows = [
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(numeric([in_german(before), in_german(after), words.signed(after - before)]))
        + "</tr>"
        for label, before, after in words.euro_rows(tally)
    ]
    yield from table(_("Raten und Kapitalleistungen, brutto."), ["", _("bisher"), _("neu"), _("Unterschied")], rows)


def reasons(tally: Tally) -> Iterator[str]:
    """Reasons that come and go."""
    rows = [
        f'<tr><th scope="row">{escape(title)} <small class="quiet">{escape(code)}</small></th>'
        + "".join(numeric(words.number(count) if count else "–" for count in counts))
        + "</tr>"
        for title, code, counts in words.reason_rows(tally)
    ]
    heads = [_("Grund"), _("kommt hinzu"), _("fällt weg"), _("anders behandelt"), _("andere Angaben")]
    if rows:
        yield from table(_("In wie vielen Entscheidungen."), heads, rows)
    else:
        text = _("Die Gründe bleiben gleich; Geschäftsvorfälle ändern sich.")
        yield f"<p>{escape(text)}</p>"


def versions(tally: Tally, plan: Plan) -> Iterator[str]:
    """Under which versions the records were decided."""
    rows = []
    for process, rules, parameters, count, note in words.version_rows(tally, plan):
        texts = "".join(f"<td>{escape(each)}</td>" for each in (rules, parameters))
        numbers = "".join(numeric([words.number(count)]))
        rows.append(f'<tr><th scope="row">{escape(process)}</th>{texts}{numbers}<td>{escape(note)}</td></tr>')
    heads = [_("Prozess"), _("Regeln"), _("Parameter"), _("Entscheidungen"), _("Regeln heute")]
    yield from table(_("Worunter damals entschieden wurde."), heads, rows)


def numeric(texts: Iterable[str]) -> Iterator[str]:
    """Cells of a table that hold numbers."""
    return (f'<td class="number">{escape(text)}</td>' for text in texts)


def table(caption: str, heads: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    """A table that scrolls by itself where the screen is narrow, by keyboard too."""
    yield f'<p class="quiet">{escape(caption)}</p>'
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
    yield "<table><thead><tr>"
    yield "".join(f'<th scope="col">{escape(head)}</th>' if head else "<td></td>" for head in heads)
    yield "</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table></div>"


def sections(tally: Tally) -> Iterator[str]:
    """The changed cases, group by group."""
    for group in words.groups(tally):
        title = " → ".join(map(words.outcome_word, group))
        total = tally.cells[group].changed
        yield f'<section id="{anchor(group)}"><h3>{escape(title)}: {words.number(total)}</h3>'
        yield from show_cases([case for case in tally.cases if case.group == group], total)
        yield "</section>"


def show_cases(cases: list[Case], total: int) -> Iterator[str]:
    """Cases to click open."""
    if total > len(cases):
        text = _("Gezeigt sind die ersten {shown} von {total}; alle schreibt --out in eine Datei.")
        text = text.format(shown=words.number(len(cases)), total=words.number(total))
        yield f'<p class="quiet">{escape(text)}</p>'
    for case in cases:
        change = escape(case.fault or words.tell_change(case))
        yield f"<details><summary>{escape(name_case(case))}<small>{change}</small>"
        yield '</summary><div class="sides">'
        yield from show_side(_("bisher"), case.before)
        yield from show_side(_("neu"), case.after)
        yield "</div></details>"


def show_side(label: str, view: View | None) -> Iterator[str]:
    """What was decided, or would be."""
    outcome = words.outcome_word(view.outcome) if view else "–"
    yield f'<div class="side"><h4>{escape(label)}: {escape(outcome)}</h4>'
    if view is not None:
        yield from listing(_("Gründe"), map(words.tell_reason, view.reasons))
        actions = (f"{each['contract']} {each['claim'] or ''}: {words.tell_action(each)}" for each in view.actions)
        yield from listing(_("Geschäftsvorfälle"), actions)
        left_out = (f"{each.get('contract') or ''} {each.get('claim') or ''}" for each in view.referred)
        yield from listing(_("an Sachbearbeiter"), left_out)
    yield "</div>"


def listing(label: str, texts: Iterable[str]) -> Iterator[str]:
    """A list with its heading, unless it is empty."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    if items:
        yield f'<p class="quiet">{escape(label)}</p><ul>{items}</ul>'
