"""One case told in full: what came in, what was checked, what was found, what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.registry import processes

RECORD = """
    SELECT r.id, r.data_key, r.payload, r.process, r.outcome, r.business_day, n.state, n.channel, n.external_id
    FROM decision_record r JOIN notice n ON n.decision = r.id WHERE n.id = %s
"""
ITEM = """
    SELECT basket, task, priority, due_on, open_from FROM work_item WHERE decision = %s ORDER BY id
"""
POSTINGS = "SELECT debit, credit, amount FROM posting WHERE decision = %s ORDER BY id"
#: what an actions's fields are called; {contract} and {claim} are there for each
ACTIONS = {
    "file_notice": "Nachweis abgelegt",
    "record_proof": "Nachweis anerkannt bis {until}",
    "extend_benefit": "Leistung verlängert bis {until}",
    "release_instalment": "Rate von {amount} freigegeben, fällig am {due}",
    "offset_recourse": "{amount} der Rate vom {due} mit dem Regress verrechnet",
    "review_on": "Wiedervorlage am {on}: Rest der belegten Tage freigeben?",
    "close_claim": "Leistungsfall geschlossen: {reason}",
    "send_letter": "Brief beauftragt: {template}",
}
WORDS = {
    "settlement": "Abrechnungsbrief",
    "deferred_period": "Zwischenbescheid Karenz",
    "benefit_end": "Leistungsende",
    "recovered": "Ende der Arbeitsunfähigkeit",
    "max_duration": "höchste Leistungsdauer erreicht",
    "contract_end": "Ende des Vertrags",
    "age_limit": "Altersgrenze erreicht",
    "incapacity_from": "arbeitsunfähig seit",
    "incapacity_until": "arbeitsunfähig bis",
    "issued_on": "ausgestellt am",
    "received_on": "eingegangen am",
    "formally_correct": "Unterschrift und Stempel",
    "final": "Endbescheinigung",
    "active": "aktiv",
    "cancelled": "gekündigt",
    "expired": "abgelaufen",
    "ended": "beendet",
    "amount": "Betrag",
    "limit": "Grenze",
    "days": "Tage",
    "onset": "Eintritt",
    "proven_until": "belegt bis",
    "released_until": "freigegeben bis",
    "recovered_on": "gesund seit",
    "deceased_on": "verstorben am",
    "benefit_from": "Leistung ab",
    "blocked_since": "Konto gesperrt seit",
    "deadline": "Frist",
    "onset_after_deadline": "Eintritt nach der Frist",
    "recourse_open": "Regress",
    "status": "Status",
    "state": "Stand",
    "valid_until": "gültig bis",
    "stated_onset": "angegebener Eintritt",
    "chapter": "Kapitel",
    "month": "Monat",
    "released": "freigegeben",
    "computed": "berechnet",
    "claims": "Leistungsfälle",
    "faults": "Mängel",
    "end": "Ende",
    "extension_days": "der Verlängerungen",
    "claims_expense:illness": "Aufwand für Versicherungsfälle (Krankheit)",
    "payable": "Verbindlichkeit an den Zahlungsempfänger",
    "recourse_receivable": "Regressforderung",
}
#: shown of a notice; names, birth date and diagnosis stay in the record
SHOWN = ("incapacity_from", "incapacity_until", "issued_on", "received_on", "formally_correct", "final")


class Told(Struct, frozen=True):
    """A case in words: a title, and sections of lines."""

    title: str
    sections: list[tuple[str, list[str]]]


def tell(cursor: Any, notice: int, vault: Vault) -> Told:
    """Tell the case of a notice that was decided."""
    cursor.execute(RECORD, (notice,))
    identity, key, payload, process_name, outcome, day, state, channel, external = cursor.fetchone()
    vault.prepare(cursor, {key})
    record = msgspec.json.decode(vault.open(bytes(payload), key=key, about=f"decision:{identity}"))
    process, decision = processes()[process_name], record["decision"]
    titles = {"settled": _("dunkel erledigt"), "referred": _("ausgesteuert")}
    sections = [
        (_("Was kam"), list(tell_notice(process, record["notice"], channel, external))),
        (_("Was geprüft wurde (✓: spricht nicht dagegen, ✗: spricht dagegen)"), list(tell_checks(process, decision))),
        (_("Was gefunden wurde"), list(tell_findings(decision))),
        (_("Was getan wurde"), [*tell_actions(decision, outcome), *tell_work(cursor, identity, day)]),
    ]
    return Told(f"{process.title} {external}: {titles.get(state, state)}", sections)


def tell_notice(
    process: Process[Any, Any, Any, Any], notice: Mapping[str, Any], channel: str, external: str
) -> Iterator[str]:
    """What came in, without what identifies the person beyond the contract."""
    yield f"{process.title}, Kanal {channel}, Kennung {external}"
    yield f"Vertrag {notice['contract']}"
    for name in SHOWN:
        if notice.get(name) is not None:
            yield f"{WORDS[name]}: {show(notice[name])}"
    if notice.get("incapacity_until") is None:
        yield _("arbeitsunfähig bis auf weiteres")


def tell_checks(process: Process[Any, Any, Any, Any], decision: Mapping[str, Any]) -> Iterator[str]:
    """Every check, with what it read."""
    titles = {bound.reason.code: bound.reason.title for bound in process.checks}
    if not decision["trace"]:
        yield _("Die Prüfung endete, bevor ein Leistungsfall bestimmt war.")
    for traced in decision["trace"]:
        claim = traced["subject"].get("claim")
        if claim:
            facts = traced["facts"]
            yield _("Leistungsfall {claim} unter {contract}: belegt bis {proven}, freigegeben bis {released}").format(
                claim=claim,
                contract=traced["subject"]["contract"],
                proven=show(facts["proven_until"]),
                released=show(facts["released_until"]),
            )
        for table in traced["tables"]:
            evidence = tell_evidence(table["outputs"])
            yield f"  Tabelle {WORDS.get(table['table'], table['table'])}, Zeile {table['row']}: {evidence}"
        for check in traced["checks"]:
            found = "✗" if check["found"] else "✓"
            evidence = tell_evidence(check["evidence"])
            yield f"  {found} {titles[check['code']]}" + (f" ({evidence})" if evidence else "")


def tell_findings(decision: Mapping[str, Any]) -> Iterator[str]:
    """The reasons in words."""
    if not decision["reasons"]:
        yield _("Nichts, was entgegensteht.")
    for reason in decision["reasons"]:
        yield f"{reason['claim']}: {reason['text']}" if reason["claim"] else str(reason["text"])


def tell_actions(decision: Mapping[str, Any], outcome: str) -> Iterator[str]:
    """The actions in words."""
    if outcome == "refer":
        yield _("Nichts wurde verändert; der ganze Vorgang liegt bei einem Menschen.")
    for action in decision["actions"]:
        shown = {name: show(value) for name, value in action.items()}
        yield f"{action['contract']} {action['claim']}: {ACTIONS[action['type']].format(**shown)}"


def tell_work(cursor: Any, decision: int, day: date) -> Iterator[str]:
    """Postings and work items."""
    cursor.execute(POSTINGS, (decision,))
    for debit, credit, amount in cursor.fetchall():
        yield f"gebucht: {WORDS.get(debit, debit)} an {WORDS.get(credit, credit)}, {in_german(amount)}"
    cursor.execute(ITEM, (decision,))
    for basket, _task, priority, due_on, open_from in cursor.fetchall():
        start = f", ab {in_german(open_from)}" if open_from != day else ""
        yield f"Postkorb {basket}{start}: Priorität {priority}, zu erledigen bis {in_german(due_on)}"


def tell_evidence(evidence: Mapping[str, Any]) -> str:
    """Evidence as ``Tage 2, belegt bis 30.10.2026``; empty lists and unknowns say nothing."""
    shown = ((WORDS.get(name, name), value) for name, value in evidence.items())
    return ", ".join(f"{name} {show(value)}" for name, value in shown if value not in (None, [], {}))


def show(value: Any) -> str:
    """A value from JSON as a person reads it: dates and amounts are texts there."""
    if isinstance(value, dict):
        return " bis ".join(show(each) for each in value.values())
    if not isinstance(value, str):
        return in_german(value)
    if value in WORDS:
        return WORDS[value]
    try:
        return in_german(date.fromisoformat(value))
    except ValueError:
        pass
    try:
        return in_german(Decimal(value)) if value[-3:-2] == "." else value
    except InvalidOperation:
        return value
