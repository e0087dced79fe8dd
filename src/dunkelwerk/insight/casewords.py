"""What clerks and second examiners read in place of the identifiers: states, tasks, events, accounts, reasons."""

from __future__ import annotations

from collections.abc import Iterable

from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import processes


def tell_event(key: str) -> str:
    """A booking event as people call it."""
    words = {
        "instalment_released": _("Rate freigegeben"),
        "lump_sum_released": _("Todesfallleistung freigegeben"),
        "lump_sum_cancelled": _("Todesfallleistung storniert"),
        "instalment_cancelled": _("Rate storniert"),
        "instalment_recovered": _("gezahlte Rate zurückgefordert"),
        "offset": _("Verrechnung mit Regress"),
        "offset_cancelled": _("Verrechnung zurückgenommen"),
    }
    return words.get(key, key)


def tell_account(key: str) -> str:
    """An account of the product's booking rules; an insurer's own is called as they call it."""
    words = {
        "claims_expense:illness": _("Aufwand Krankheit"),
        "claims_expense:unemployment": _("Aufwand Arbeitslosigkeit"),
        "claims_expense:death": _("Aufwand Todesfall"),
        "claims_expense:other": _("Aufwand sonstige"),
        "payable": _("Verbindlichkeit"),
        "recourse_receivable": _("Regressforderung"),
    }
    return words.get(key, key)


def tell_type(key: str) -> str:
    """A type of action as people call it."""
    words = {
        "file_notice": _("Meldung abgelegt"),
        "record_proof": _("Nachweis anerkannt bis"),
        "extend_benefit": _("Leistung verlängert bis"),
        "release_instalment": _("Rate freigegeben"),
        "offset_recourse": _("mit Regress verrechnet"),
        "review_on": _("Wiedervorlage am"),
        "close_claim": _("Leistungsfall geschlossen"),
        "send_letter": _("Brief"),
        "undo": _("zurückgenommen"),
        "open_claim": _("Leistungsfall eröffnet"),
        "accept_claim": _("Leistungsfall angenommen"),
        "pay_lump_sum": _("Todesfallleistung freigegeben"),
        "cancel_instalments": _("Raten nach dem Tod storniert"),
        "hold_instalments": _("Raten nach dem Tod angehalten"),
        "resume_instalments": _("angehaltene Raten freigegeben"),
        "end_contract": _("Vertrag beendet zum"),
        "record_recovery": _("Ende gemeldet"),
        "set_payee": _("Zahlungsempfänger geändert"),
        "block_account": _("Kontosperre geändert"),
        "set_arrears": _("Beitragsrückstand geändert"),
        "set_recourse": _("Regress geändert"),
        "set_address": _("Anschrift geändert"),
        "record_tax_id": _("Steuer-ID gespeichert"),
        "record_mandate": _("SEPA-Mandat gespeichert"),
        "revoke_mandate": _("SEPA-Mandat widerrufen"),
        "open_work_item": _("Aufgabe"),
    }
    return words.get(key, key)


def tell_value(key: str) -> str:
    """A closing reason or a letter's template as people call it."""
    words = {
        "recovered": _("wieder gesund"),
        "max_duration": _("Höchstdauer erreicht"),
        "contract_end": _("Vertragsende"),
        "age_limit": _("Altersgrenze erreicht"),
        "new_job": _("neue Stelle"),
        "death": _("Todesfall"),
        "withdrawn": _("zurückgezogen"),
        "settlement": _("Abrechnungsbrief"),
        "deferred_period": _("Zwischenbescheid Karenz"),
        "benefit_end": _("Leistungsende"),
        "correction": _("Berichtigung"),
        "acceptance": _("Leistungszusage"),
        "documents_requested": _("Anforderung von Unterlagen"),
        "documents_reminder": _("Erinnerung an Unterlagen"),
        "death_settlement": _("Abrechnung Todesfall"),
        "mandate_confirmation": _("Bestätigung des SEPA-Mandats"),
        "mandate_withdrawn": _("SEPA-Mandat gilt nicht mehr"),
        "reimbursement": _("Erstattung"),
        "recourse": _("Regress"),
        "paper_form": _("Papierbogen senden"),
        "wrong_person": _("Brief erreichte die falsche Person"),
        "deceased": _("Person als verstorben gemeldet"),
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
        "documents": _("Unterlagen fehlen"),
        "reimbursement": _("Erstattung"),
        "recourse": _("Regress"),
        "indexing": _("Nachindexierung"),
        "paper_form": _("Papierbogen senden"),
        "wrong_person": _("Brief erreichte die falsche Person"),
        "deceased": _("Person als verstorben gemeldet"),
    }
    return words.get(key, key)


def tell_basket(name: str) -> str:
    """A basket as people call it; an insurer's own is called as they call it."""
    return {"dialogues": _("Dialoge"), "indexing": _("Nachindexierung")}.get(name, name)


def tell_item_state(key: str) -> str:
    """The state of a work item as people call it."""
    words = {"open": _("offen"), "in_check": _("in Zweitprüfung"), "done": _("erledigt")}
    return words.get(key, key)


def tell_kind(key: str) -> str:
    """Where a proposal comes from."""
    words = {"decision": _("Prozess"), "manual": _("von Hand"), "reversal": _("Rücknahme")}
    return words.get(key, key)


def tell_mode(key: str | None) -> str:
    """The mode of a process as people call it."""
    words = {
        None: _("nach Parametern"),
        "off": _("aus"),
        "shadow": _("Schattenlauf"),
        "second_check": _("Zweitprüfung"),
        "dark": _("dunkel"),
    }
    return words.get(key, str(key))


def tell_reasons(codes: Iterable[str]) -> list[str]:
    """The titles of reasons, from the catalogues of the installed lines."""
    catalogues = {id(each.line.catalogue): each.line.catalogue for each in processes().values()}
    titles = {reason.code: reason.title for catalogue in catalogues.values() for reason in catalogue}
    return [titles.get(code, code) for code in codes]
