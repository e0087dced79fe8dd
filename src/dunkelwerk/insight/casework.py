"""What clerks and second examiners read at the terminal: lists, and the world before and after side by side."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.casewords import (
    tell_account,
    tell_basket,
    tell_event,
    tell_item_state,
    tell_task,
    tell_type,
    tell_value,
)
from dunkelwerk.insight.dialogue_words import ANSWERS, Answered, answered, tell_dialogue
from dunkelwerk.insight.dialogue_words import CHANNEL as DIALOGUE
from dunkelwerk.insight.register_words import tell_change
from dunkelwerk.insight.telling import show

if TYPE_CHECKING:
    from dunkelwerk.runner.handling import Look
    from dunkelwerk.runner.second_check import View

USUAL, NARROWEST = 100, 60
#: a cell of a table that stays in one line
SHORT = 19


def console() -> Console:
    """Where to write: as wide as the terminal (or COLUMNS says)."""
    return Console(width=width(), highlight=False, soft_wrap=False)


def width() -> int:
    """Signs in a line."""
    return max(shutil.get_terminal_size((USUAL, 24)).columns, NARROWEST)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, nothing: str) -> None:
    """A table, or one sentence where there is nothing. Only what is long is broken into lines."""
    rows = list(rows)
    if not rows:
        print(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, cells in zip(headings, zip(*rows, strict=True), strict=True):
        whole = all(len(shown(cell)) <= SHORT for cell in cells)
        right = any(isinstance(cell, Decimal) for cell in cells)
        table.add_column(heading, overflow="fold", no_wrap=whole, justify="right" if right else "left")
    for row in rows:
        table.add_row(*(escape(shown(cell)) for cell in row))
    with console() as out, out.capture() as capture:
        out.print(table)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def shown(cell: Any) -> str:
    """A value as people write it."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return _("ja") if cell else _("nein")
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
        print(tell_stale(view))
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
            [
                (tell_event(event), tell_account(debit), tell_account(credit), amount)
                for event, debit, credit, amount in view.postings
            ],
            nothing="",
        )
    for letter in view.letters:
        print_letter(letter)


def tell_stale(view: View) -> str:
    """Why a proposal is no longer what was proposed."""
    now = view.judged.decision.versions["rules"]
    if now != view.proposal.rules:
        message = _(
            "Überholt: Seither gilt ein anderer Regelstand ({now} statt {then}). So sähe der Vorschlag jetzt aus:"
        )
        return message.format(now=now, then=view.proposal.rules)
    return _("Überholt: Die Tatsachen oder Parameter haben sich geändert. So sähe der Vorschlag jetzt aus:")


def print_letter(letter: str) -> None:
    """A letter's text, in the lines it has on paper."""
    line = "─" * min(width(), 60)
    print("", _("Brief"), line, sep="\n")
    print(letter.strip())
    print(line)


def print_reasons(reasons: Sequence[Mapping[str, Any]]) -> None:
    """The reasons in words, each with what it concerns."""
    if reasons:
        print(_("Gründe:"))
    for reason in reasons:
        where = "/".join(str(reason[name]) for name in ("contract", "claim") if reason.get(name))
        print(f"  • {reason['text']} ({reason['code']}, {where})")


def print_actions(actions: Iterable[Any]) -> None:
    """The actions, one line each."""
    actions = list(actions)
    print(_("Geschäftsvorfälle:") if actions else _("Geschäftsvorfälle: keine"))
    for action in actions:
        print(f"  • {tell_action(action)}")


def tell_action(action: Any) -> str:
    """One action in words."""
    if change := tell_change(msgspec.to_builtins(action)):
        return f"{'/'.join(filter(None, (action.contract, action.claim)))}: {change}"
    tag = str(type(action).__struct_config__.tag)
    undone = tag == "undo"
    said = []
    for name in ("until", "on", "reason", "template", "task", "reference", "amount"):
        value = getattr(action, name, None)
        if value is not None:
            said.append(f"– {tell_value(value)}" if isinstance(value, str) else shown(value))
    due = getattr(action, "due", None)
    if due is not None:
        said.append(_("fällig am {due}").format(due=shown(due)))
    what = " ".join((tell_type(action.action if undone else tag), ", ".join(said))).rstrip()
    text = f"{action.contract}/{action.claim or _('neu')}: {what}"
    if not undone:
        return text
    how = _("wird zurückgefordert, ist schon gezahlt") if action.how == "recovered" else tell_type("undo")
    return f"{text}: {how}"


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
    print(_("Postkorbeintrag {item}, Fassung {version}").format(item=row.id, version=row.version))
    where = "/".join(each for each in (row.contract, row.claim) if each)
    print(f"  {tell_basket(row.basket)} · {tell_task(row.task)} · {where or row.key} · {tell_item_state(row.state)}")
    print(_("  fällig am {due}, Priorität {priority}").format(due=shown(row.due_on), priority=row.priority))
    print_lines(_("Der Dialog:"), tell_dialogue(row.key, row.task, row.id) if row.kind == DIALOGUE else [])
    print_reasons(look.reasons)
    asked = answered(look.said)
    print_lines(_("Die Antworten:"), [tell_answer(each) for each in asked])
    rest = left_of(look.said, asked)
    print_notice(rest, heading=_("Die Meldung (Felder so, wie „work-items correct --set“ sie nimmt):"))
    if asked:
        print_lines(
            _("Nachweise und Quittung:"), [f"dunkelwerk dialogues files {look.said['id']} --out … --actor NAME"]
        )
    print_history(look.history)
    if with_trace:
        print_trace(look.trace)


def print_notice(said: Mapping[str, Any], *, heading: str) -> None:
    """What a notice says, field by field, as ``correct --set`` takes it."""
    if said:
        print(heading)
    for name, value in said.items():
        change = tell_change(value) if isinstance(value, dict) else None
        text = change or (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        print(f"  {name}={text}")


def left_of(said: Mapping[str, Any], asked: Sequence[Answered]) -> dict[str, Any]:
    """What a notice says besides the answers that are told already."""
    told = {ANSWERS, *(each.field for each in asked)} if asked else set()
    return {name: value for name, value in said.items() if name not in told and not (asked and value is None)}


def tell_answer(each: Answered) -> str:
    """Question and answer, with the field as ``correct --set`` takes it."""
    return f"{each} [{each.field}]" if each.field else str(each)


def print_lines(heading: str, lines: Sequence[str]) -> None:
    """Lines under a heading, where there are any."""
    if lines:
        print(heading)
    for line in lines:
        print(f"  {line}")


def print_history(lines: Sequence[str]) -> None:
    """What was done so far."""
    if lines:
        print(_("Bisher:"))
    for line in lines:
        print(f"  {line}")


def print_trace(trace: Sequence[Mapping[str, Any]]) -> None:
    """Every check in order, with what it read; ✗ marks what was found."""
    print(_("Prüfspur (✗: gefunden, ✓: nichts gefunden):"))
    for traced in trace:
        print("  " + "/".join(str(value) for value in traced["subject"].values() if value))
        for name, value in traced["facts"].items():
            print(f"    {name}: {read(value)}")
        for checked in traced["checks"]:
            evidence = ", ".join(f"{name}: {read(value)}" for name, value in checked["evidence"].items())
            print(f"    {'✗' if checked['found'] else '✓'} {checked['code']}" + (f" ({evidence})" if evidence else ""))


def read(value: Any) -> str:
    """A value of a trace: JSON, in which dates and amounts are texts."""
    return "–" if value in (None, [], {}) else show(value)
