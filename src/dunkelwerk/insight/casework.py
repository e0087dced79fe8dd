"""What clerks and second examiners read at the terminal: lists, and the world before and after side by side."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.handling import Look
    from dunkelwerk.runner.second_check import View

NARROWEST = 100


def console() -> Console:
    """Where to write: as wide as the terminal, and wide enough where there is none."""
    wide = shutil.get_terminal_size((NARROWEST, 24)).columns if sys.stdout.isatty() else NARROWEST
    return Console(width=max(wide, 60), highlight=False, soft_wrap=False)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, nothing: str) -> None:
    """A table, or one sentence where there is nothing."""
    rows = [[shown(cell) for cell in row] for row in rows]
    if not rows:
        print(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console().print(table)


def shown(cell: Any) -> str:
    """A value as people write it."""
    if cell is None:
        return "–"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, Decimal):
        return euros(cell)
    if isinstance(cell, list | tuple):
        return ", ".join(map(str, cell)) or "–"
    return str(cell)


def print_view(view: View) -> None:
    """A proposal: what it does, the world before and after, postings, letters; what speaks against it first."""
    if view.stale:
        print(_("Achtung: Die Tatsachen oder Regeln haben sich geändert. So sähe der Vorschlag jetzt aus:"))
    if view.fault:
        print(view.fault)
    print_reasons([finding.as_json() for finding in view.judged.decision.findings])
    print_actions(view.judged.decision.actions)
    for part in dict.fromkeys((*view.before, *view.after)):
        print_side_by_side(part, view.before.get(part, {}), view.after.get(part, {}))
    if view.postings:
        print()
        print_table(
            [_("Buchung"), _("Soll"), _("Haben"), _("Betrag")],
            [(tell_event(event), debit, credit, amount) for event, debit, credit, amount in view.postings],
            nothing="",
        )
    for letter in view.letters:
        print(f"\n{_('Brief')}\n{'─' * 60}\n{letter.strip()}\n{'─' * 60}")


def print_reasons(reasons: Sequence[Mapping[str, Any]]) -> None:
    """The reasons in words, each with what it concerns."""
    if reasons:
        print(_("Gründe:"))
    for reason in reasons:
        where = "/".join(str(reason[name]) for name in ("contract", "claim") if reason.get(name))
        print(f"  • {reason['text']} ({reason['code']}, {where})")


def print_actions(actions: Iterable[Any]) -> None:
    """The actions, one line each."""
    print(_("Geschäftsvorfälle:"))
    for action in actions:
        print(f"  • {tell_action(action)}")


def tell_action(action: Any) -> str:
    """One action in words."""
    tag = str(type(action).__struct_config__.tag)
    said = [tell_type(tag)]
    if tag == "undo":
        said.append(tell_type(action.action))
    for name in ("until", "due", "on", "amount", "reason", "template"):
        value = getattr(action, name, None)
        if value is not None and shown(value) not in said:
            said.append(shown(value))
    if getattr(action, "how", None) == "recovered":
        said.append(_("(schon gezahlt: wird Forderung)"))
    return f"{action.contract}/{action.claim or _('neu')}: {' · '.join(said)}"


def print_side_by_side(part: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """The world before and after; what changes is marked."""
    labels = list(dict.fromkeys((*before, *after)))
    rows = []
    for label in labels:
        old, new = before.get(label, "–"), after.get(label, "–") if after else "?"
        rows.append(("►" if old != new else " ", label, old, new))
    print()
    print_table(["", part, _("vorher"), _("nachher")], rows, nothing="")


def print_item(look: Look, *, with_trace: bool) -> None:
    """A work item: what, where, why, what the notice says, what happened so far."""
    row = look.row
    print(_("Postkorbeintrag {item}, Stand {version}").format(item=row.id, version=row.version))
    where = "/".join(each for each in (row.contract, row.claim) if each)
    print(f"  {row.basket} · {tell_task(row.task)} · {where or row.key}")
    print(_("  fällig am {due}, Priorität {priority}").format(due=shown(row.due_on), priority=row.priority))
    print_reasons(look.reasons)
    if look.said:
        print(_("Die Meldung:"))
    for name, value in look.said.items():
        print(f"  {name}: {shown(value)}")
    for line in look.history:
        print(f"  {line}")
    if with_trace:
        print_trace(look.trace)


def print_trace(trace: Sequence[Mapping[str, Any]]) -> None:
    """Every check in order, with what it read."""
    print(_("Prüfspur:"))
    for traced in trace:
        print("  " + "/".join(str(value) for value in traced["subject"].values() if value))
        for name, value in traced["facts"].items():
            print(f"    {name}: {shown(value)}")
        for checked in traced["checks"]:
            read = ", ".join(f"{name}={shown(value)}" for name, value in checked["evidence"].items())
            print(f"    {'✗' if checked['found'] else '✓'} {checked['code']} ({read})")


def tell_event(key: str) -> str:
    """A booking event as people call it."""
    words = {
        "instalment_released": _("Rate freigegeben"),
        "instalment_cancelled": _("Rate storniert"),
        "instalment_recovered": _("gezahlte Rate zurückgefordert"),
        "offset": _("Verrechnung mit Regress"),
        "lump_sum_released": _("Todesfallleistung freigegeben"),
        "lump_sum_cancelled": _("Todesfallleistung storniert"),
        "offset_cancelled": _("Verrechnung zurückgenommen"),
    }
    return words.get(key, key)


def tell_type(key: str) -> str:
    """A type of action as people call it."""
    words = {
        "file_notice": _("Meldung abgelegt"),
        "record_proof": _("Nachweis anerkannt"),
        "extend_benefit": _("Leistung verlängert"),
        "release_instalment": _("Rate freigegeben"),
        "offset_recourse": _("mit Regress verrechnet"),
        "review_on": _("Wiedervorlage"),
        "close_claim": _("Leistungsfall geschlossen"),
        "send_letter": _("Brief"),
        "undo": _("Rücknahme"),
        "open_claim": _("Leistungsfall eröffnet"),
        "accept_claim": _("Leistungsfall angenommen"),
        "pay_lump_sum": _("Todesfallleistung freigegeben"),
        "cancel_instalments": _("Raten nach dem Tod storniert"),
        "hold_instalments": _("Raten nach dem Tod angehalten"),
        "end_contract": _("Vertrag beendet"),
    }
    return words.get(key, key)


def tell_task(key: str) -> str:
    """The task of a work item as people call it."""
    words = {
        "referral": _("Aussteuerung"),
        "second_check": _("Zweitprüfung"),
        "review": _("Wiedervorlage"),
        "letter": _("Brief"),
        "brake": _("Notbremse"),
    }
    return words.get(key, key)
