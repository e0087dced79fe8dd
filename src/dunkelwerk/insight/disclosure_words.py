"""German words for what is stored: field names and values, as the disclosed page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from dunkelwerk.decisions.reasons import in_german
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.insight.member_words import tell_code, tell_label

LABELS = {
    "action": "Vorfall", "actor": "wer", "adverse": "nachteilig", "age_limit": "Altersgrenze", "amount": "Betrag",
    "arrears": "Beitragsrückstand", "at": "wann", "attempt": "Versuch", "basket": "Postkorb",
    "benefit_from": "Leistung ab", "benefit_kind": "Art der Leistung", "benefit_limit": "Leistung längstens bis",
    "birth_date": "Geburtsdatum", "blocked_since": "Auszahlung gesperrt seit", "business_day": "Geschäftstag",
    "cancelled_on": "storniert am", "cap": "Höchstbetrag", "case_key": "Vertrag", "cause": "Ursache",
    "channel": "Eingangsweg", "city": "Ort", "claim": "Leistungsfall", "claims": "Leistungsfälle",
    "closed_on": "geschlossen am", "closing_reason": "Grund der Schließung", "contract": "Vertrag", "country": "Land",
    "created_on": "angelegt am", "credit": "Haben", "deadline": "Frist", "death": "Todesfall", "debit": "Soll",
    "deceased_on": "verstorben am", "decision": "Entscheidung", "deed": "was", "deferred_days": "Karenztage",
    "due": "fällig", "due_day": "Tag der Fälligkeit", "due_on": "zu erledigen bis", "effective": "wirksam",
    "end": "Ende", "event": "Buchung", "external_id": "Kennung", "file": "Datei", "final": "Endbescheinigung",
    "final_instalment": "Schlussrate", "first_day": "erster Tag", "first_name": "Vorname", "flag": "Kennzeichen",
    "formally_correct": "Unterschrift und Stempel", "house_number": "Hausnummer", "iban": "IBAN", "icd": "Diagnosen",
    "icd_chapter": "Kapitel der Diagnose", "id": "Nummer", "illness": "Arbeitsunfähigkeit",
    "incapacity_from": "arbeitsunfähig seit", "incapacity_until": "arbeitsunfähig bis", "instalment": "Rate",
    "issued_on": "ausgestellt am", "key": "Kennung", "kind": "Art", "last_day": "letzter Tag", "last_name": "Nachname",
    "legal_entity": "Rechtsträger", "loaded": "übernommen", "max_months": "Höchstdauer in Monaten", "mode": "Weg",
    "monthly_cap": "Höchstbetrag im Monat", "months_used_before": "früher verbrauchte Monate", "name": "Name",
    "notice": "Meldung", "number": "Nummer", "on": "am", "onset": "Eintritt", "open_from": "offen ab",
    "other_insured": "weitere versicherte Personen", "pages": "Seiten", "parts": "Leistungsfälle",
    "payee": "Zahlungsempfänger", "period_from": "von", "period_until": "bis", "postal_code": "Postleitzahl",
    "process": "Verfahren", "proposed_by": "vorgeschlagen von", "proven_until": "belegt bis", "reason": "Grund",
    "reasons": "Gründe", "received_at": "eingegangen", "received_on": "eingegangen am",
    "recourse_open": "offener Regress", "recovered_on": "gesund gemeldet zum", "reference": "Verwendungszweck",
    "relapse_months": "Monate für Rückfälle", "released": "freigegeben", "released_until": "freigegeben bis",
    "reminded_on": "gemahnt am", "rendered_on": "Datum", "replaces": "ersetzt", "rules": "Regelstand",
    "salutation": "Anrede", "set_off": "verrechnet", "settlement": "Abrechnungsart", "start": "Beginn",
    "state": "Stand", "status": "Status", "street": "Straße", "tariff": "Tarif", "task": "Aufgabe",
    "template": "Brief", "unemployment": "Arbeitslosigkeit", "until": "bis", "version": "Vorlagenstand",
    "waiting_months": "Wartezeit in Monaten", "words": "in eigenen Worten", "applied": "wirksam als", "type": "Vorfall",
    "release_until": "Freigabe bis", "monthly": "Rate im Monat", "gross": "brutto", "net": "netto",
    "next_due": "nächste Fälligkeit", "proof_by": "nächster Nachweis bis", "rows": "Zahlungen", "daily": "tageweise",
    "daily_rate": "Rate je Tag", "recourse_before": "Regress bisher", "recourse_left": "Regress danach",
    "months_used": "verbrauchte Monate", "max_duration": "Höchstdauer", "closed": "geschlossen",
    "parameters": "Parameterstand", "onset_after_deadline": "Eintritt nach der Frist", "claim_number": "Leistungsfall",
    "cut_until": "verlängert bis", "proof_until": "nachgewiesen bis", "was_cut": "gekürzt", "extension": "Verlängerung",
    "days": "Tage", "limit": "Grenze", "released_by": "freigegeben von", "subject": "Betreff", "date": "Datum",
    "recipient": "Anschrift", "faults": "Mängel", "chapter": "Kapitel", "month": "Monat", "computed": "berechnet",
}  # fmt: skip
WORDS = {
    "instalment_released": "Rate freigegeben", "instalment_cancelled": "Rate storniert",
    "instalment_recovered": "gezahlte Rate zurückgefordert", "offset_cancelled": "Verrechnung zurückgenommen",
    "accepted": "anerkannt", "acted": "von Hand bearbeitet", "active": "aktiv", "apply": "vollständig erledigt",
    "cancelled": "storniert", "clerk": "Sachbearbeitung", "close_claim": "Leistungsfall geschlossen",
    "closed": "geschlossen", "confirmed": "bestätigt", "corrected": "berichtigt", "daily": "tageweise",
    "dark": "automatisch nach Regeln", "death": "Todesfall", "decision": "Entscheidung", "declined": "abgelehnt",
    "disability": "Berufs- oder Erwerbsunfähigkeit", "discarded": "verworfen", "done": "erledigt",
    "due_date": "zu Fälligkeiten", "ended": "beendet", "expired": "abgelaufen", "extend_benefit": "Leistung verlängert",
    "failed": "nicht zu drucken", "file_notice": "Meldung abgelegt", "handled": "von Hand erledigt",
    "illness": "Arbeitsunfähigkeit", "in_check": "in Zweitprüfung", "joined": "an einen Vorschlag angehängt",
    "letter": "Brief", "manual": "von Hand", "offset": "verrechnet", "offset_recourse": "mit Regress verrechnet",
    "open": "offen", "ordered": "bestellt", "paid": "gezahlt", "partial": "teilweise erledigt", "pending": "offen",
    "proposed": "in Zweitprüfung", "received": "eingegangen", "record_proof": "Nachweis anerkannt",
    "recovered": "Ende der Arbeitsunfähigkeit", "refer": "an einen Menschen gegeben",
    "referral": "Bearbeitung durch einen Menschen", "referred": "bei einem Menschen in Bearbeitung",
    "release_instalment": "Rate freigegeben", "released": "freigegeben", "rendered": "gedruckt",
    "replaced": "durch eine berichtigte Meldung ersetzt", "reported": "gemeldet", "returned": "zurückgekommen",
    "reversal": "Rücknahme", "reversal_proposed": "Rücknahme vorgeschlagen", "review": "Wiedervorlage",
    "review_on": "Wiedervorlage", "second_check": "mit Zweitprüfung", "send_letter": "Brief beauftragt",
    "settled": "erledigt", "settlement": "Abrechnungsbrief", "shadow": "Probelauf ohne Wirkung", "stale": "überholt",
    "undo": "Rücknahme", "unemployment": "Arbeitslosigkeit", "waiting": "wartet", "I": "neu", "S": "storniert",
    "claims_expense:illness": "Aufwand für Versicherungsfälle (Krankheit)",
    "claims_expense:unemployment": "Aufwand für Versicherungsfälle (Arbeitslosigkeit)",
    "payable": "Verbindlichkeit an den Zahlungsempfänger", "recourse_receivable": "Regressforderung",
    "benefit_end": "Leistungsende", "deferred_period": "Zwischenbescheid Karenz", "correction": "Berichtigung",
    "file": "Datei", "scan": "Scan", "api": "Schnittstelle",
    "tax_id": "Steuer-ID", "mandate": "SEPA-Mandat", "sepa_mandate": "SEPA-Mandat", "accident": "Unfall",
    "record_tax_id": "Steuer-ID gespeichert", "record_mandate": "SEPA-Mandat gespeichert",
    "revoke_mandate": "SEPA-Mandat widerrufen", "open_work_item": "Aufgabe eröffnet", "revoked": "widerrufen",
    "mandate_confirmation": "Bestätigung des SEPA-Mandats", "mandate_withdrawn": "SEPA-Mandat gilt nicht mehr",
    "reimbursement": "Erstattung", "recourse": "Regress", "paper_form": "Papierbogen senden", "dialogue": "Fragebogen",
    "wrong_person": "Brief erreichte die falsche Person", "deceased": "als verstorben gemeldet",
    "created": "angelegt", "exported": "Brief mit Zugang zum Druck gegeben", "opened": "geöffnet",
    "submitted": "abgesandt", "processed": "bearbeitet", "answered_on_paper": "auf Papier beantwortet",
    "returned_by_post": "Brief kam zurück", "reissued": "neuer Zugang ausgegeben", "reminded": "erinnert",
    "pin_renewed": "neuer Zugang vor dem Druck", "repinned": "neue Fassung des Fragebogens", "held": "gesperrt",
    "hold_lifted": "Sperre aufgehoben", "files_read": "Dateien von der Sachbearbeitung gelesen",
    "prefill_deleted": "Anschrift und Vorbelegung gelöscht", "answers_deleted": "Antworten gelöscht",
    "uploads_deleted": "Dateien gelöscht", "exit_not_me": "„Das bin ich nicht“", "exit_deceased": "„verstorben“",
    "exit_on_paper": "„lieber auf Papier“", "with_person": "ein Mensch bearbeitet es", "invitation": "Brief mit Zugang",
    "reminder": "Erinnerung mit neuem Zugang", "new_pin": "neuer Zugang", "delivered": "zugestellt",
    "dialogue.submitted": "abgesandte Antworten", "dialogue.processed": "Ergebnis",
    "follow_up_sick_note": "Folgenachweis der Arbeitsunfähigkeit", "disclosed": "Auskunft erteilt",
}  # fmt: skip
#: what lines are called
LINES: Final = {"credit_protection": "Restschuldversicherung", "members": "Krankenkasse"}
#: what fields are called in what is told of a line, or of dialogues, where they are called otherwise elsewhere
OWN: Final[Mapping[str, Mapping[str, str]]] = {
    "members": {
        "number": "Mitgliedsnummer", "contract": "Mitgliedsnummer", "case_key": "Mitgliedsnummer", "claim": "Thema",
        "reference": "Mandatsreferenz", "parts": "Themen", "kvnr": "Krankenversichertennummer",
        "creditor": "Gläubiger-ID", "recorded_on": "gespeichert am", "cancelled_on": "gilt nicht mehr seit",
        "revoked_on": "widerrufen am", "revoked_by": "widerrufen durch Entscheidung", "account_holder": "Kontoinhaber",
        "topic": "Thema", "priority": "Dringlichkeit", "on_record": "schon gespeichert", "route": "führt zu",
        "holder": "Kontoinhaber", "recurring": "wiederkehrend", "replaced": "ersetzt", "claim_number": "Thema",
    },
    "dialogues": {
        "state": "Stand", "outcome": "Ergebnis", "created_at": "angelegt", "valid_until": "zu beantworten bis",
        "remind_on": "Erinnerung am", "submitted_at": "abgesandt", "ended_on": "zu Ende am", "held": "gesperrt",
        "exit_words": "was Sie dazu schrieben", "field": "Angabe", "value": "Wert", "question": "Frage",
        "answer": "Antwort", "size": "Größe", "sha256": "Prüfsumme (SHA-256)", "uploaded_at": "hochgeladen",
        "submitted": "abgesandt", "letter": "Brief", "detail": "Näheres", "event": "was", "kind": "Nachricht",
        "delivered_at": "zugestellt", "kept": "Inhalt noch gespeichert", "file": "liegt bei als",
    },
}  # fmt: skip
_called: ContextVar[str] = ContextVar("called", default="")


@contextmanager
def calling(line: str) -> Iterator[None]:
    """Within, fields are called as in this line."""
    before = _called.get()
    _called.set(line)
    try:
        yield
    finally:
        _called.set(before)


def label(name: str) -> str:
    """What a field is called."""
    return OWN.get(_called.get(), {}).get(name) or LABELS.get(name) or tell_label(name) or name.replace("_", " ")


def show(value: Any) -> str:
    """A value from JSON as people read it: days, moments, amounts, yes and no, words for codes."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return in_german(value)
    if isinstance(value, list):
        return ", ".join(show(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{label(name)}: {show(each)}" for name, each in value.items() if each not in (None, "", []))
    return WORDS.get(value) or tell_code(value) or show_text(value) if isinstance(value, str) else str(value)


def show_text(text: str) -> str:
    """A text that may be a day, a moment or an amount."""
    try:
        if len(text) == len("2026-11-02"):
            return in_german(date.fromisoformat(text))
        if len(text) > len("2026-11-02T12:00") and text[10] == "T":
            return f"{datetime.fromisoformat(text).astimezone(BERLIN):%d.%m.%Y %H:%M}"
        return in_german(Decimal(text)) if text[-3:-2] == "." else text
    except (ValueError, InvalidOperation):
        return text
