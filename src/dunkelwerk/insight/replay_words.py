"""The words of a replay's report, in terminal and page alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.telling import ACTIONS, show
from dunkelwerk.lines.registry import lines
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Case, Euros, Shown, Tally

#: outcomes in the order of every table, and whose euros flow without a person
OUTCOMES = ("apply", "partial", "second_check", "refer")
DARK = ("apply", "partial")
#: what is released gross; the other amounts are set against it
RELEASING = ("release_instalment", "pay_lump_sum")


def outcome_word(outcome: str) -> str:
    """The outcome as a clerk says it."""
    words = {
        "apply": _("dunkel erledigt"),
        "partial": _("teilweise erledigt"),
        "second_check": _("zur Zweitprüfung"),
        "refer": _("ausgesteuert"),
    }
    return words.get(outcome, outcome)


def disposition_word(disposition: str) -> str:
    """What the insurer wants done about a reason."""
    words = {
        "refer": _("aussteuern"),
        "second_check": _("Zweitprüfung"),
        "ignore": _("nicht beachten"),
        "offset": _("verrechnen"),
        "documents_requested": _("Unterlagen anfordern"),
    }
    return words.get(disposition, disposition)


def skipped_word(cause: str) -> str:
    """Why records were not decided again."""
    words = {
        "technical_failure": _("damals nicht zu schreiben gewesen (technischer Fehler)"),
        "notice_unreadable": _("die Meldung war damals nicht zu öffnen"),
        "process_unknown": _("den Prozess gibt es nicht mehr"),
        "schema": _("die Akte hat ein anderes Schema"),
    }
    return words.get(cause, cause)


def number(count: int) -> str:
    """1.234"""
    return f"{count:,}".replace(",", ".")


def released(euros: Euros) -> Decimal:
    """What is released gross."""
    return sum((euros.get(kind, ZERO) for kind in RELEASING), ZERO)


def set_off(euros: Euros) -> Decimal:
    """What of it is set off against recourse."""
    return euros.get("offset_recourse", ZERO)


def signed(amount: Decimal) -> str:
    """+12,50 € · −3,00 € · ±0,00 €"""
    sign = "±" if amount == ZERO else "+" if amount > ZERO else "−"
    return f"{sign}{in_german(abs(amount))}"


def titles() -> dict[str, str]:
    """The title of every reason by its code."""
    return {reason.code: reason.title for line in lines().values() for reason in line.catalogue}


def scope_of(tally: Tally, plan: Plan) -> str:
    """Which decisions were replayed."""
    if not tally.decisions:
        return _("In diesem Zeitraum hat kein Prozess etwas entschieden.")
    text = _("{count} Entscheidungen vom {first} bis {last} wurden noch einmal getroffen, nichts wurde verändert.")
    first, last = (in_german(each(tally.days)) for each in (min, max))
    which = _(" Nur Prozess {process}.").format(process=plan.process) if plan.process else ""
    return text.format(count=number(tally.decisions), first=first, last=last) + which


def summary(tally: Tally, plan: Plan) -> Iterator[str]:
    """What one wants to know first."""
    yield scope_of(tally, plan)
    if not tally.decisions:
        return
    same = tally.decisions - tally.changed - tally.skipped.total() - tally.not_reproducible
    text = _("{changed} gingen anders aus, {same} blieben gleich.")
    yield text.format(changed=number(tally.changed), same=number(same))
    yield verdict(tally)
    for cause, count in sorted(tally.skipped.items()):
        yield _("{count} nicht vergleichbar: {why}.").format(count=number(count), why=skipped_word(cause))
    if tally.earlier:
        text = _("{count} sind frühere Entscheidungen derselben Meldung: gezählt, aber ohne ihre Euro.")
        yield text.format(count=number(tally.earlier))


def asked(plan: Plan) -> Iterator[str]:
    """Under what was decided again, where that is not what the product brings along."""
    if plan.overrides:
        values = (f"{name} {tell_value(value)}" for name, value in plan.overrides.items())
        yield _("Eigene Parameter: {values}").format(values=" · ".join(values))
    if plan.tables:
        yield _("Eigene Tabellen: {tables}").format(tables=", ".join(plan.tables))
    if plan.mode:
        yield _("Betriebsart für alle: {mode}").format(mode=plan.mode)


def tell_value(value: Any) -> str:
    """A parameter as a file writes it; of a dated one every day."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {tell_value(each)}" for key, each in value.items()) + "}"
    return msgspec.json.encode(value).decode()


def verdict(tally: Tally) -> str:
    """Whether the same input gave the same decision wherever the versions are the same."""
    if tally.not_reproducible:
        return _("{count} sind nicht reproduzierbar!").format(count=number(tally.not_reproducible))
    if tally.verified:
        text = _(
            "Nachvollziehbar: {count} unter derselben Version von Regeln und Parametern, alle Byte für Byte gleich."
        )
        return text.format(count=number(tally.verified))
    return _("Unter genau dieser Version von Regeln und Parametern wurde damals keine getroffen.")


def euro_rows(tally: Tally) -> Iterator[tuple[str, Decimal, Decimal]]:
    """What is released before and after: without a person, as a proposal, and what is set off."""
    for label, outcomes in (
        (_("ohne Mensch freigegeben"), DARK),
        (_("zur Zweitprüfung vorgeschlagen"), ("second_check",)),
    ):
        before, after = (tally.euros(before=side, outcomes=outcomes) for side in (True, False))
        yield label, released(before), released(after)
        if set_off(before) or set_off(after):
            yield _("… davon mit Regress verrechnet"), set_off(before), set_off(after)


def reason_rows(tally: Tally) -> list[tuple[str, str, list[int]]]:
    """Title, code, and in how many changed decisions a reason appears, disappears, is treated otherwise, differs."""
    known = titles()
    sides = (tally.appeared, tally.gone, tally.treated, tally.differing)
    codes = set().union(*sides)
    rows = [(known.get(code, code), code, [side[code] for side in sides]) for code in codes]
    return sorted(rows, key=lambda row: (-max(row[2][:3]), -row[2][3], row[1]))


def version_rows(tally: Tally, plan: Plan) -> list[tuple[str, str, str, int, str]]:
    """Process, rules and parameters versions under which was decided, how often, and whether the rules are today's."""
    rows = []
    for (process, rules, parameters), count in sorted(tally.versions.items()):
        today = plan.rules.get(process)
        rows.append((process, rules, parameters, count, _("wie heute") if rules == today else _("andere Regeln")))
    return rows


def groups(tally: Tally) -> list[tuple[str, str]]:
    """The outcomes before and after that have changed cases."""
    found = [group for group, cell in tally.cells.items() if cell.changed]
    return sorted(found, key=lambda group: [OUTCOMES.index(each) for each in group])


def tell_action(action: Mapping[str, Any]) -> str:
    """An action in words."""
    shown = {name: show(value) for name, value in action.items()}
    pattern = ACTIONS.get(action["type"])
    if pattern is None:
        rest = ", ".join(
            f"{name} {value}" for name, value in shown.items() if name not in ("type", "contract", "claim")
        )
        return f"{action['type']} {rest}".strip()
    return pattern.format(**shown)


def tell_change(case: Case) -> str:
    """What changes in a case, in one line: reasons that come, go or are treated otherwise, and what is released."""
    if case.before is None or case.after is None:
        return case.fault or ""
    known = titles()
    before, after = ({(each.code, each.claim): each for each in side.reasons} for side in (case.before, case.after))
    told = [f"+ {known.get(key[0], key[0])}" for key in after if key not in before]
    told += [f"− {known.get(key[0], key[0])}" for key in before if key not in after]
    for key in (key for key in after if key in before):
        one, other, title = before[key], after[key], known.get(key[0], key[0])
        if one.disposition != other.disposition:
            told.append(f"{title}: {disposition_word(one.disposition)} → {disposition_word(other.disposition)}")
        elif (one.text, one.evidence) != (other.text, other.evidence):
            told.append(_("{reason}: andere Angaben").format(reason=title))
    euros = [sum_released(side.actions) for side in (case.before, case.after)]
    if euros[0] != euros[1]:
        told.append(f"{in_german(euros[0])} → {in_german(euros[1])}")
    rest = _("andere Angaben") if case.before.actions == case.after.actions else _("andere Geschäftsvorfälle")
    return ", ".join(dict.fromkeys(told)) or rest


def sum_released(actions: list[dict[str, Any]]) -> Decimal:
    """The euros that actions release."""
    return sum((Decimal(each["amount"]) for each in actions if each["type"] in RELEASING), ZERO)


def tell_reason(reason: Shown) -> str:
    """A reason in a sentence, with the claim it concerns, and what is to be done about it unless it refers."""
    claim = f" [{reason.claim}]" if reason.claim else ""
    treated = f" – {disposition_word(reason.disposition)}" if reason.disposition not in ("", "refer") else ""
    return f"{reason.text}{claim}{treated}"
