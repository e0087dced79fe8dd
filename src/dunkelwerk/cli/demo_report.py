"""What the demonstration shows in the end: figures for a manager, then one settled and one referred case in full."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra import database
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.figures import Figures, read_figures
from dunkelwerk.insight.telling import Told, tell
from dunkelwerk.lines.registry import lines, processes

WIDTH = 110
#: a case with instalments, of one claim; and one with several reasons, so that one sees them all at once
SETTLED = """
    SELECT n.id FROM decision_record r JOIN notice n ON n.decision = r.id
    WHERE n.state = 'settled' AND r.released > 0 AND r.actions BETWEEN 4 AND 5 ORDER BY n.id LIMIT 1
"""
REFERRED = """
    SELECT n.id FROM decision_record r JOIN notice n ON n.decision = r.id
    WHERE n.state = 'referred' AND cardinality(r.blockers) > 1 ORDER BY n.id LIMIT 1
"""


BY_PROCESS = """
    SELECT d.process, count(*) FILTER (WHERE n.state IN ('settled', 'partial')),
           count(*) FILTER (WHERE n.state IN ('proposed', 'joined')), count(*) FILTER (WHERE n.state = 'referred'),
           (SELECT coalesce(array_agg(DISTINCT code ORDER BY code), '{}')
            FROM decision_record r, unnest(r.reasons) AS code WHERE r.process = d.process)
    FROM decision_record d JOIN notice n ON n.decision = d.id GROUP BY d.process ORDER BY d.process
"""


def report(notices_per_second: float) -> None:
    """Print the report of everything in the database."""
    database.start()
    from django.db import connection, transaction

    from dunkelwerk.infra.keys import Vault

    console = Console(width=WIDTH, highlight=False)
    with transaction.atomic(), connection.cursor() as cursor:
        figures = read_figures(cursor)
        console.print()
        console.print(summary(figures, notices_per_second))
        console.print(reasons_table(figures))
        vault = Vault(cursor, on=business_day())
        for query in (SETTLED, REFERRED):
            cursor.execute(query)
            if found := cursor.fetchone():
                console.print(panel(tell(cursor, found[0], vault)))


def summary(figures: Figures, notices_per_second: float) -> Panel:
    """What a manager wants to know first."""
    ends = figures.ends
    lines_of_text = [
        _("{rate} % der {total} Folgeatteste wurden dunkel erledigt, ohne dass ein Mensch sie sah.").format(
            rate=f"{100 * figures.dark_rate:.1f}".replace(".", ","), total=figures.total
        ),
        _("{proposed} gingen zur Zweitprüfung, {referred} an Sachbearbeiter, mit allen Gründen auf einmal.").format(
            proposed=ends.get("proposed", 0) + ends.get("joined", 0),
            referred=ends.get("referred", 0) + ends.get("partial", 0),
        ),
        _("{amount} wurden in {count} Raten freigegeben und gebucht, {letters} Briefe beauftragt.").format(
            amount=in_german(figures.released), count=figures.instalments, letters=figures.letters
        ),
        _("Tempo: {rate:.0f} Folgeatteste je Sekunde, mit Start der Programme.").format(rate=notices_per_second),
    ]
    return Panel("\n".join(lines_of_text), title=_("Ergebnis"), title_align="left")


def reasons_table(figures: Figures) -> Table:
    """Referrals by reason, and what each reason alone kept from being dark."""
    titles = {reason.code: reason.title for line in lines().values() for reason in line.catalogue}
    sole = dict(figures.sole_blockers)
    table = Table(title=_("Warum ein Mensch hinsehen muss"), title_justify="left", width=WIDTH)
    table.caption = _(
        "Rechte Spalte: Vorgänge, die ohne diesen einen Grund dunkel erledigt wären (auch Zweitprüfungen)."
    )
    table.caption_justify = "left"
    table.add_column(_("Grund"))
    table.add_column(_("Code"), style="dim")
    table.add_column(_("ausgesteuert"), justify="right")
    table.add_column(_("allein daran lag es bei"), justify="right")
    referred = dict(figures.by_reason)
    for code in sorted(referred.keys() | sole.keys(), key=lambda code: (-sole.get(code, 0), -referred.get(code, 0))):
        alone = str(sole[code]) if code in sole else "–"
        table.add_row(titles.get(code, code), code, str(referred.get(code, 0)), alone)
    return table


def report_processes() -> None:
    """Every process with its outcomes, and every reason that kept one of its notices from being settled dark."""
    from django.db import connection

    console = Console(width=WIDTH, highlight=False)
    with connection.cursor() as cursor:
        cursor.execute(BY_PROCESS)
        rows = cursor.fetchall()
    table = Table(title=_("Alle Prozesse"), title_justify="left", width=WIDTH)
    for heading in (_("Prozess"), _("dunkel"), _("Zweitprüfung"), _("ausgesteuert"), _("verschiedene Gründe")):
        table.add_column(heading, justify="left" if heading == _("Prozess") else "right")
    for process, dark, second, referred, codes in rows:
        title = processes()[process].title if process in processes() else process
        table.add_row(title, str(dark), str(second), str(referred), str(len(codes)))
    console.print()
    console.print(table)


def panel(told: Told) -> Panel:
    """A case as a panel."""
    parts = [
        f"[bold]{title}[/bold]\n" + "\n".join(f"  {escape(line)}" for line in told_lines)
        for title, told_lines in told.sections
    ]
    return Panel("\n\n".join(parts), title=escape(told.title), title_align="left")


def escape(text: str) -> str:
    """Text that is no markup."""
    return text.replace("[", r"\[")
