"""Words of ``dunkelwerk show``: outcomes, states, and what a decision did in one sentence per claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.money import ZERO, euros
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.casewords import tell_account, tell_type, tell_value
from dunkelwerk.insight.casework import shown
from dunkelwerk.insight.disclosure_words import LABELS
from dunkelwerk.insight.member_words import tell_code, tell_label
from dunkelwerk.insight.register_words import tell_change
from dunkelwerk.insight.telling import show
from dunkelwerk.lines.registry import procedure, recorders
from dunkelwerk.runner.show_things import ActionShown, DecisionShown

#: several of them are told as one
PAYMENTS = ("release_instalment", "offset_recourse")


def tell_process(name: str) -> str:
    """The title of a process; its name where it is not installed."""
    process = procedure(name)
    return process.title if process else name


def tell_decision(decision: DecisionShown) -> str:
    """What kind of decision it was, and what came of it."""
    if decision.hidden:
        return _("Schattenlauf (wird erst gezeigt, wenn die Meldung bearbeitet ist)")
    if decision.kind == "reversal":
        text = _("Rücknahme der Entscheidung {number}").format(number=decision.reverses)
        return text if decision.effective else _("{what} vorgeschlagen").format(what=text)
    if decision.kind == "manual" and decision.process in recorders():
        return _("eingetragen") if decision.effective else _("Eintragung vorgeschlagen")
    if decision.kind == "manual":
        return _("von Hand bearbeitet") if decision.effective else _("Bearbeitung von Hand vorgeschlagen")
    if decision.kind == "daily":
        return _("fällig geworden")
    return tell_outcome(decision)


def tell_outcome(decision: DecisionShown) -> str:
    """The outcome of a process's decision."""
    if decision.mode == "shadow":
        return _("Schattenlauf, ohne Wirkung")
    if decision.effective and decision.outcome == "second_check":
        return _("nach Zweitprüfung wirksam")
    words = {
        "apply": _("dunkel erledigt"),
        "partial": _("teilweise dunkel erledigt, Rest ausgesteuert"),
        "refer": _("ausgesteuert"),
        "second_check": _("Vorschlag zur Zweitprüfung"),
    }
    text = words.get(decision.outcome, decision.outcome)
    waits = not decision.effective and decision.outcome in ("apply", "partial")
    return _("hängt an einem offenen Vorschlag") if waits else text


def tell_state(key: str) -> str:
    """The state of a notice."""
    words = {
        "waiting": _("wartet auf Bearbeitung"),
        "settled": _("erledigt"),
        "referred": _("ausgesteuert"),
        "partial": _("teilweise erledigt"),
        "proposed": _("in Zweitprüfung"),
        "joined": _("hängt an einem offenen Vorschlag"),
        "handled": _("von Hand erledigt"),
        "replaced": _("durch den nächsten Versuch ersetzt"),
    }
    return words.get(key, key)


def tell_proposal_state(key: str) -> str:
    """The state of a proposal."""
    words = {
        "pending": _("offen"),
        "confirmed": _("bestätigt"),
        "discarded": _("verworfen"),
        "stale": _("überholt"),
    }
    return words.get(key, key)


def tell_letter_state(key: str) -> str:
    """The state of a letter."""
    words = {
        "ordered": _("beauftragt"),
        "rendered": _("gedruckt"),
        "failed": _("nicht zu drucken"),
        "cancelled": _("storniert"),
    }
    return words.get(key, key)


def tell_balances(accounts: Mapping[str, Decimal]) -> str:
    """What stands on the accounts of a claim: expense and claims on the debit side, liabilities on the credit side."""
    said = []
    for account, balance in sorted(accounts.items()):
        owed = balance < ZERO or account == "payable"
        said.append(f"{tell_account(account)} {euros(-balance if owed else balance)}")
    return " · ".join(said)


def tell_actions(actions: Iterable[ActionShown], *, several: bool) -> list[str]:
    """One line each; payments of a claim are told together. ``several``: the page shows more than one claim."""
    by_claim: dict[tuple[str | None, str | None], list[ActionShown]] = defaultdict(list)
    for each in actions:
        by_claim[each.contract, each.claim].append(each)
    lines = []
    for (contract, claim), own in by_claim.items():
        new = _("neu") if any(each.action == "open_claim" for each in own) else None
        where = "/".join(filter(None, (contract, claim or new))) + ": " if several else ""
        lines += [where + each for each in tell_each(own)]
    return lines


def tell_each(actions: Iterable[ActionShown]) -> list[str]:
    """The actions of one claim, payments of one kind together."""
    said: dict[tuple[str, bool], list[ActionShown]] = defaultdict(list)
    for number, each in enumerate(actions):
        together = each.action in PAYMENTS
        said[each.action if together else f"{each.action} {number}", each.undone].append(each)
    return [tell_payments(own) if len(own) > 1 else tell_action(own[0]) for own in said.values()]


def tell_payments(actions: list[ActionShown]) -> str:
    """Several payments as their number, sum, first and last due date."""
    dues = sorted(each.since for each in actions if each.since)
    total = sum((each.amount or ZERO for each in actions), ZERO)
    what = tell_type(actions[0].action)
    text = f"{len(actions)} × {what}: {euros(total)}"
    if dues:
        text += _(" (fällig {first} bis {last})").format(first=shown(dues[0]), last=shown(dues[-1]))
    return _("{what} – zurückgenommen").format(what=text) if actions[0].undone else text


def tell_action(action: ActionShown) -> str:
    """One action in words."""
    if change := tell_change(action.details):
        return change
    said = []
    if action.amount is not None:
        said.append(euros(action.amount))
    if action.action in PAYMENTS and action.since:
        said.append(_("fällig {due}").format(due=shown(action.since)))
    elif action.action == "accept_claim" and action.since and action.until:
        said.append(
            _("– Leistung {first} bis längstens {last}").format(first=shown(action.since), last=shown(action.until))
        )
    elif action.action in ("review_on", "end_contract") and action.since:
        said.append(shown(action.since))
    elif action.until and action.action != "accept_claim":
        said.append(shown(action.until))
    if action.said:
        said.append(f"– {tell_value(action.said)}")
    text = " ".join((tell_type(action.action), ", ".join(said))).strip()
    return _("{what} – zurückgenommen").format(what=text) if action.undone else text


def label_of(field: str) -> str:
    """What a notice's field is called."""
    own = {
        "occupation": _("Beschäftigung"),
        "documents": _("Unterlagen"),
        "first_treated_on": _("Erstmals behandelt am"),
        "unemployed_since": _("Arbeitslos seit"),
        "proven_on": _("Nachweis vom"),
        "entitlement_suspended": _("Anspruch ruht"),
        "award_ends_on": _("Bewilligt bis"),
        "new_job_on": _("Neue Stelle ab"),
        "employment_from": _("Beschäftigt von"),
        "employment_to": _("Beschäftigt bis"),
        "notice_given_on": _("Gekündigt am"),
        "terminated_by": _("Beendet durch"),
        "weekly_hours": _("Wochenstunden"),
        "registered_on": _("Arbeitslos gemeldet am"),
        "award_notice": _("Bewilligungsbescheid liegt vor"),
        "died_on": _("Verstorben am"),
        "certificate": _("Sterbeurkunde liegt vor"),
        "cause_known": _("Todesursache"),
        "reported_by": _("Gemeldet von"),
        "icd": _("Diagnosen"),
        "change": _("Eintragung"),
    }
    label = own.get(field) or LABELS.get(field) or tell_label(field) or field.replace("_", " ")
    return label[:1].upper() + label[1:]


def tell_field(value: Any) -> str:
    """What a notice's field says; a code that has no word here stays as it is."""
    own = {
        "employed": _("angestellt"),
        "employer": _("Arbeitgeber"),
        "employee": _("selbst"),
        "alg1": _("Arbeitslosengeld"),
        "natural": _("natürlich"),
        "claim_form": _("Leistungsantrag"),
        "sick_note": _("Arbeitsunfähigkeitsbescheinigung"),
        "employer_confirmation": _("Arbeitgeberbescheinigung"),
    }
    if isinstance(value, list):
        return ", ".join(map(tell_field, value))
    if value is None:
        return ""
    if isinstance(value, dict):
        return tell_change(value) or "; ".join(f"{label_of(name)}: {tell_field(each)}" for name, each in value.items())
    return own.get(value) or tell_code(value) or show(value) if isinstance(value, str) else show(value)
