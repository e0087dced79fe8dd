"""Words for what members of a health fund tell: the fields of their notices, and the codes in them."""

from __future__ import annotations

from dunkelwerk.infra.i18n import _


def tell_label(field: str) -> str | None:
    """What a field is called; None for one of another line."""
    words = {
        "member": _("Mitgliedsnummer"),
        "filled_by": _("Ausgefüllt von"),
        "comment": _("Bemerkung"),
        "tax_id": _("Steuer-ID"),
        "own_account": _("Eigenes Konto"),
        "account_holder": _("Kontoinhaber"),
        "recurrence": _("Mandat für"),
        "signed_name": _("Unterschrift"),
        "signed_on": _("Unterschrieben am"),
        "mandate_text": _("Fassung des Mandatstextes"),
        "accident": _("Unfall"),
        "no_accident_reason": _("Grund der Behandlung"),
        "occurred_on": _("Tag des Unfalls"),
        "occurred_at": _("Uhrzeit"),
        "place": _("Ort des Unfalls"),
        "course": _("Hergang"),
        "setting": _("Gelegenheit"),
        "kind": _("Art des Unfalls"),
        "declined": _("Möchte nicht darüber schreiben"),
        "employer": _("Arbeitgeber oder Einrichtung"),
        "statutory_insurer": _("Unfallversicherungsträger"),
        "statutory_file_number": _("Aktenzeichen dort"),
        "third_party_involved": _("Andere beteiligt"),
        "own_fault": _("Selbst verschuldet"),
        "same_household": _("Im selben Haushalt"),
        "settlement_paid": _("Schon abgefunden"),
        "lawyer": _("Anwalt beauftragt"),
        "injury": _("Verletzung"),
        "severity": _("Schwere"),
        "treated_on": _("Behandelt am"),
        "answers": _("Alle Antworten"),
    }
    return words.get(field)


def tell_code(code: str) -> str | None:
    """A code in words; None for one of another line."""
    words = {
        "self": _("Mitglied"),
        "representative": _("eine andere Person"),
        "one_off": _("eine einmalige Zahlung"),
        "recurring": _("wiederkehrende Zahlungen"),
        "illness": _("Krankheit"),
        "chronic": _("chronisches Leiden"),
        "implant": _("Implantat"),
        "work": _("bei der Arbeit"),
        "way_to_work": _("auf dem Weg zur Arbeit"),
        "school": _("in Schule, Kita oder Hochschule"),
        "volunteering": _("im Ehrenamt"),
        "care": _("bei der Pflege"),
        "helping": _("beim Helfen in einer Notlage"),
        "private": _("privat"),
        "traffic": _("Verkehr"),
        "animal": _("Tier"),
        "assault": _("Angriff"),
        "sport": _("Sport"),
        "fall": _("Sturz"),
        "malpractice": _("Behandlungsfehler"),
        "product": _("Produkt"),
        "public_transport": _("Bus oder Bahn"),
        "home": _("zu Hause"),
        "other": _("anderes"),
        "declined": _("möchte nicht darüber schreiben"),
        "ambulatory": _("ambulant behandelt"),
        "hospital": _("im Krankenhaus"),
        "lasting": _("bleibende Folgen"),
    }
    return words.get(code)
