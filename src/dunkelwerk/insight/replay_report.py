"""What a replay found, on the terminal: for a tired person, the answer first."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight import replay_words as words
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Case, Cell, Tally

WIDTH = 110


def report(tally: Tally, plan: Plan, *, cases: int) -> None:
    """Print it."""
    console = Console(width=WIDTH, highlight=False, markup=False)
    style = "red" if tally.not_reproducible else "none"
    body = Text("\n".join([*words.summary(tally, plan), *words.asked(plan)]))
    console.print(Panel(body, title=_("Ergebnis"), title_align="left", border_style=style))
    if tally.not_reproducible:
        print_cases(console, _("Nicht reproduzierbar"), tally.broken[: max(cases, 1)], tally.not_reproducible)
    if tally.decisions:
        console.print(matrix(tally))
        console.print(euros(tally))
        if tally.changed:
            console.print(reasons(tally))
        console.print(versions(tally, plan))
    for group in words.groups(tally) if cases else []:
        title = " → ".join(map(words.outcome_word, group))
        found = [case for case in tally.cases if case.group == group]
        print_cases(console, title, found[:cases], tally.cells[group].changed)


def matrix(tally: Tally) -> Table:
    """Outcomes before and after: decisions, and by how much the euros differ."""
    shown = [each for each in words.OUTCOMES if any(each in group for group in tally.cells)]
    table = Table(title=_("Wie es ausging (Zeilen), wie es ausginge (Spalten)"), title_justify="left", show_lines=True)
    table.add_column(_("bisher"))
    for outcome in shown:
        table.add_column(words.outcome_word(outcome), justify="right")
    for before in (each for each in shown if any(each == group[0] for group in tally.cells)):
        cells = (tally.cells.get((before, after)) for after in shown)
        table.add_row(words.outcome_word(before), *map(tell_cell, cells))
    return table


def tell_cell(cell: Cell | None) -> str:
    """A cell of the matrix."""
    if cell is None:
        return "–"
    difference = words.released(cell.after) - words.released(cell.before)
    inside = _("davon anders: {count}").format(count=words.number(cell.changed))
    lines = [words.number(cell.count), inside if 0 < cell.changed < cell.count else "", words.signed(difference)]
    return "\n".join(line for line in lines if line)


def euros(tally: Tally) -> Table:
    """Euros before and after."""
    table = Table(title=_("Euro"), title_justify="left")
    for name in ("", _("bisher"), _("neu"), _("Unterschied")):
        table.add_column(name, justify="right" if name else "left")
    for label, before, after in words.euro_rows(tally):
        table.add_row(label, in_german(before), in_german(after), words.signed(after - before))
    return table


def reasons(tally: Tally) -> Table:
    """Reasons that come and go."""
    table = Table(title=_("Gründe, in wie vielen Entscheidungen"), title_justify="left")
    table.add_column(_("Grund"))
    table.add_column(_("Code"), style="dim", overflow="fold")
    for name in (_("kommt hinzu"), _("fällt weg"), _("anders behandelt"), _("andere Angaben")):
        table.add_column(name, justify="right")
    for title, code, counts in words.reason_rows(tally):
        table.add_row(title, code, *(words.number(count) if count else "–" for count in counts))
    if not table.rows:
        table.add_row(_("keine Änderung"), "", *"––––")
    return table


def versions(tally: Tally, plan: Plan) -> Table:
    """Under which versions the records were decided."""
    table = Table(title=_("Entschieden wurde unter"), title_justify="left")
    for name in (_("Prozess"), _("Regeln"), _("Parameter"), _("Entscheidungen"), ""):
        table.add_column(name, justify="right" if name == _("Entscheidungen") else "left")
    for process, rules, parameters, count, note in words.version_rows(tally, plan):
        table.add_row(process, rules, parameters, words.number(count), note)
    return table


def print_cases(console: Console, title: str, cases: list[Case], total: int) -> None:
    """The first cases of a group."""
    console.print()
    console.print(Text(f"{title}: {words.number(total)}", style="bold"))
    for case in cases:
        console.print(Text(f"  {name_case(case)}"))
        text = case.fault or words.tell_change(case)
        console.print(Text(f"    {text}", style="dim"))
    if total > len(cases):
        console.print(Text(_("  … und {count} weitere").format(count=words.number(total - len(cases)))))


def name_case(case: Case) -> str:
    """How to find a case."""
    text = _("Vertrag {contract} · Meldung {notice} ({channel}) · Entscheidung {decision} vom {day}")
    return text.format(
        contract=case.contract or "–",
        notice=case.notice or case.notice_id,
        channel=case.channel or "–",
        decision=case.decision,
        day=in_german(case.business_day),
    )
