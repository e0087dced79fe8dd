"""The catalogue of reasons of the members line: code, German text with slots for the evidence, source.

The order is that of docs/members.md. Codes are retired by flag, never reused. No text and no evidence holds a tax ID,
an account number or what somebody wrote.
"""

from __future__ import annotations

from dunkelwerk.decisions.reasons import Catalogue, Reason, Scope

MEMBER = Scope("member")

CATALOGUE = Catalogue()
add = CATALOGUE.add

# Every process

TECHNICAL_FAILURE = add(
    Reason(
        "technical_failure",
        "Technischer Fehler",
        "Technischer Fehler, der Vorgang wurde nicht entschieden: {what} ({where})",
        "docs/members.md Abschnitt 1",
        refer_only=True,
    )
)
MEMBER_UNKNOWN = add(
    Reason(
        "member_unknown",
        "Mitglied unbekannt",
        "Das Mitglied {member} ist nicht bekannt oder nicht eindeutig",
        "docs/members.md Abschnitt 1",
        refer_only=True,
    )
)
PERSON_MISMATCH = add(
    Reason(
        "person_mismatch",
        "Person passt nicht zum Mitglied",
        "Die Angaben zur Person passen nicht zum Mitglied: {differing}",
        "docs/members.md Abschnitt 1",
        refer_only=True,
    )
)
PERSON_DECEASED = add(
    Reason(
        "person_deceased",
        "Person verstorben",
        "Die Person ist am {deceased_on} verstorben",
        "docs/members.md Abschnitt 1",
        refer_only=True,
    )
)
FILLED_BY_REPRESENTATIVE = add(
    Reason(
        "filled_by_representative",
        "Von einer anderen Person ausgefüllt",
        "Eine andere Person hat für das Mitglied ausgefüllt; bitte die Vertretungsmacht prüfen",
        "§§ 164 ff. BGB; § 13 SGB X",
    )
)
FREE_TEXT = add(
    Reason(
        "free_text",
        "Freitext ausgefüllt",
        "Die Person hat etwas geschrieben, das ein Mensch lesen muss ({fields})",
        "docs/members.md Abschnitt 1",
    )
)

# tax_id

TAX_ID_NOT_GIVEN = add(
    Reason(
        "tax_id_not_given",
        "Keine Steuer-ID angegeben",
        "Die Person hat keine Steuer-ID angegeben; sie kann beim Bundeszentralamt für Steuern abgefragt werden",
        "§ 22a Absatz 2 EStG",
    )
)
TAX_ID_INVALID = add(
    Reason(
        "tax_id_invalid",
        "Steuer-ID ungültig",
        "Die angegebene Steuer-ID kann nicht stimmen: {fault}",
        "§ 139b AO; ISO 7064 MOD 11,10",
        refer_only=True,
    )
)
OTHER_TAX_ID_ON_RECORD = add(
    Reason(
        "other_tax_id_on_record",
        "Andere Steuer-ID gespeichert",
        "Zum Mitglied ist schon eine andere Steuer-ID gespeichert",
        "docs/members.md Abschnitt 2",
    )
)

# sepa_mandate

IBAN_INVALID = add(
    Reason(
        "iban_invalid",
        "IBAN ungültig",
        "Die IBAN kann nicht stimmen: {fault}",
        "ISO 13616",
        refer_only=True,
    )
)
ACCOUNT_OUTSIDE_SEPA = add(
    Reason(
        "account_outside_sepa",
        "Konto außerhalb des SEPA-Raums",
        "Das Konto wird in einem Land geführt, das nicht zum SEPA-Raum gehört ({country})",
        "EPC409-09, SEPA-Raum",
        refer_only=True,
    )
)
ACCOUNT_HOLDER_UNCLEAR = add(
    Reason(
        "account_holder_unclear",
        "Kontoinhaber unklar",
        "Wem das Konto gehört, ist unklar: {finding}",
        "docs/members.md Abschnitt 3",
    )
)
OTHER_ACCOUNT_HOLDER = add(
    Reason(
        "other_account_holder",
        "Anderer Kontoinhaber",
        "Das Konto gehört einer anderen Person; unterschrieben hat {signed_by}",
        "docs/members.md Abschnitt 3; SEPA-Basislastschrift, Rulebook",
    )
)
SIGNATURE_MISMATCH = add(
    Reason(
        "signature_mismatch",
        "Unterschrift passt nicht",
        "Die getippte Unterschrift ist nicht der Name des Mitglieds oder des Kontoinhabers",
        "docs/members.md Abschnitt 3",
    )
)
MANDATE_TEXT_UNKNOWN = add(
    Reason(
        "mandate_text_unknown",
        "Mandatstext unbekannt",
        "Unterschrieben ist der Mandatstext {mandate_text}; gültig sind {known}",
        "docs/members.md Abschnitt 3",
    )
)
OTHER_CREDITOR = add(
    Reason(
        "other_creditor",
        "Mandat für einen anderen Gläubiger",
        "Unterschrieben ist ein Mandat für den Gläubiger {signed_for}; die Kasse ist {creditor}",
        "docs/members.md Abschnitt 3; EPC016-06, AT-02",
    )
)
SIGNED_AFTER_RECEIPT = add(
    Reason(
        "signed_after_receipt",
        "In der Zukunft unterschrieben",
        "Unterschrieben am {signed_on}, eingegangen schon am {received_on}",
        "docs/members.md Abschnitt 3",
    )
)
SIGNED_LONG_AGO = add(
    Reason(
        "signed_long_ago",
        "Vor langer Zeit unterschrieben",
        "Unterschrieben am {signed_on}, eingegangen am {received_on}: {days} Tage danach, erlaubt sind {allowed}",
        "docs/members.md Abschnitt 3",
    )
)
OTHER_MANDATE_ACTIVE = add(
    Reason(
        "other_mandate_active",
        "Mandat für ein anderes Konto besteht",
        "Für ein anderes Konto besteht schon ein gültiges Mandat ({references})",
        "docs/members.md Abschnitt 3",
    )
)

# accident

DECLINED_TO_WRITE = add(
    Reason(
        "declined_to_write",
        "Möchte nicht darüber schreiben",
        "Die Person möchte darüber nicht schreiben; bitte behutsam anbieten zu sprechen, nicht nachfragen",
        "§ 294a SGB V; docs/members.md Abschnitt 4",
        refer_only=True,
    )
)
ASSAULT_IN_HOUSEHOLD = add(
    Reason(
        "assault_in_household",
        "Gewalt im eigenen Haushalt",
        "Ein Angriff, und dass die andere Person nicht im selben Haushalt lebt, ist nicht gesagt; bitte nicht "
        "nachfragen, bevor ein Mensch es gelesen hat",
        "§ 294a SGB V; docs/members.md Abschnitt 4",
        refer_only=True,
    )
)
CONTRADICTORY_ANSWERS = add(
    Reason(
        "contradictory_answers",
        "Antworten widersprechen sich",
        "Die Antworten passen nicht zusammen: {contradictions}",
        "docs/members.md Abschnitt 4",
    )
)
ANSWERS_INCOMPLETE = add(
    Reason(
        "answers_incomplete",
        "Antworten fehlen",
        "Für die Entscheidung fehlt: {missing}",
        "docs/members.md Abschnitt 4",
        refer_only=True,
    )
)
ACCIDENT_DATES_IMPLAUSIBLE = add(
    Reason(
        "accident_dates_implausible",
        "Unfalltag unplausibel",
        "Der Unfalltag passt nicht: {faults}",
        "docs/members.md Abschnitt 4",
    )
)
FAULT_UNCLEAR = add(
    Reason(
        "fault_unclear",
        "Fremdverschulden unklar",
        "Ob ein anderer beteiligt war oder dafür einsteht, ist unklar (beteiligt: {third_party_involved}, selbst "
        "verschuldet: {own_fault})",
        "§ 116 SGB X",
        refer_only=True,
    )
)
SETTLEMENT_PAID = add(
    Reason(
        "settlement_paid",
        "Schon abgefunden",
        "Die Person hat schon Geld erhalten oder sich abfinden lassen; das kann dem Regress schaden",
        "§ 116 SGB X; docs/members.md Abschnitt 4",
        refer_only=True,
    )
)
HOUSEHOLD_PRIVILEGE = add(
    Reason(
        "household_privilege",
        "Beteiligte Person im selben Haushalt",
        "Die beteiligte Person lebt im selben Haushalt; ob der Regress ausgeschlossen ist, prüft ein Mensch",
        "§ 116 Absatz 6 SGB X",
    )
)
