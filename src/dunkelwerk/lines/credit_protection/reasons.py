"""The catalogue of reasons of credit protection: code, German text with slots for the evidence, source.

The order is that of docs/rules.md. Codes are retired by flag, never reused; docs/reasons.md is generated from here.
Those of first notices and deaths stand in ``first_reasons.py``.
"""

from __future__ import annotations

from dunkelwerk.decisions.reasons import IGNORE, REFER, SECOND_CHECK, Catalogue, Disposition, Reason, Scope

PERSON = Scope("person")
CLAIM = Scope("claim", isolates=True)

#: set the payable off against the recourse: a second person looks first
OFFSET = Disposition.special("offset", counts_as=SECOND_CHECK)

#: the documents are asked for, and the claim waits for them: nothing is decided yet
DOCUMENTS_REQUESTED = Disposition.special("documents_requested", counts_as=IGNORE)

CATALOGUE = Catalogue()
add = CATALOGUE.add

TECHNICAL_FAILURE = add(
    Reason(
        "technical_failure",
        "Technischer Fehler",
        "Technischer Fehler, der Vorgang wurde nicht entschieden: {what} ({where})",
        "docs/rules.md Abschnitt 3",
        refer_only=True,
    )
)
CONTRACT_UNKNOWN = add(
    Reason(
        "contract_unknown",
        "Vertrag unbekannt",
        "Der Vertrag {contract} ist nicht bekannt oder nicht eindeutig",
        "docs/rules.md Abschnitt 4",
        refer_only=True,
    )
)
PERSON_NOT_INSURED = add(
    Reason(
        "person_not_insured",
        "Person nicht versichert",
        "Die genannte Person ist unter dem Vertrag nicht eindeutig versichert: {finding}",
        "docs/rules.md Abschnitt 2",
        refer_only=True,
    )
)
NO_OPEN_CLAIM = add(
    Reason(
        "no_open_claim",
        "Kein offener Leistungsfall",
        "Kein offener Leistungsfall dieser Person unter dem genannten Vertrag",
        "docs/rules.md Abschnitt 4",
        refer_only=True,
    )
)
CLAIM_AMBIGUOUS = add(
    Reason(
        "claim_ambiguous",
        "Leistungsfall nicht eindeutig",
        "Mehrere offene Leistungsfälle unter einem Vertrag: {claims}",
        "docs/rules.md Abschnitt 4",
        refer_only=True,
    )
)
FORMALLY_DEFECTIVE = add(
    Reason(
        "formally_defective",
        "Nachweis formal mangelhaft",
        "Dem Nachweis fehlt Unterschrift oder Stempel",
        "AVB, Nachweispflichten",
    )
)
IMPLAUSIBLE_DATES = add(
    Reason(
        "implausible_dates",
        "Daten unplausibel",
        "Die Daten passen nicht zusammen: {faults}",
        "AU-RL § 5",
    )
)
PERMANENT_DISABILITY = add(
    Reason(
        "permanent_disability",
        "Dauerhafte Berufs- oder Erwerbsunfähigkeit",
        "Berufs- oder Erwerbsunfähigkeit ist gemeldet (Leistungsfall {claims})",
        "BGH IV ZR 303/12; LG Deggendorf 31 O 157/19",
    )
)
PERSON_DECEASED = add(
    Reason(
        "person_deceased",
        "Person verstorben",
        "Die Person ist am {deceased_on} verstorben",
        "docs/rules.md Abschnitt 4",
        refer_only=True,
    )
)
DIFFERENT_ONSET = add(
    Reason(
        "different_onset",
        "Anderer Beginn",
        "Beginn laut Nachweis {stated_onset}, laut Leistungsfall {onset}",
        "docs/rules.md Abschnitt 4",
    )
)
PROOF_GAP = add(
    Reason(
        "proof_gap",
        "Lücke vor dem Folgenachweis",
        "Lücke von {days} Arbeitstag(en) vor dem Folgenachweis (belegt bis {proven_until}, ausgestellt am {issued_on})",
        "AVB § 7; AU-RL § 5",
    )
)
CONTRACT_NOT_ACTIVE = add(
    Reason(
        "contract_not_active",
        "Vertrag nicht aktiv",
        "Der Vertrag ist nicht aktiv ({state})",
        "docs/rules.md Abschnitt 4",
    )
)
PREMIUM_IN_ARREARS = add(
    Reason(
        "premium_in_arrears",
        "Beitragsrückstand",
        "Zum Beitrag läuft eine Mahnung, Frist bis {deadline}; Eintritt danach: {onset_after_deadline}",
        "§ 38 VVG",
    )
)
PAYMENT_RETURNED = add(
    Reason(
        "payment_returned",
        "Zahlungsrückläufer",
        "Auszahlung gestört: {faults}",
        "docs/rules.md Abschnitt 8",
    )
)
RECOVERY_RECORDED = add(
    Reason(
        "recovery_recorded",
        "Ende ist schon gemeldet",
        "Zum {recovered_on} ist das Ende gemeldet, der Nachweis gilt bis {valid_until}",
        "docs/rules.md Abschnitt 4",
    )
)
RELEASED_BEYOND_RECOVERY = add(
    Reason(
        "released_beyond_recovery",
        "Über das Ende hinaus freigegeben",
        "Bis {released_until} ist bereits freigegeben, der Mitteilung nach besteht der Anspruch nur bis {end}",
        "docs/rules.md Abschnitt 4",
    )
)
RECOURSE_OPEN = add(
    Reason(
        "recourse_open",
        "Offener Regress",
        "Offener Regress von {recourse_open} auf dem Vertrag",
        "docs/rules.md Abschnitt 4; § 387 BGB",
        allowed=(REFER, SECOND_CHECK, IGNORE, OFFSET),
    )
)
SECOND_PERSON_OVERLAP = add(
    Reason(
        "second_person_overlap",
        "Zweite Person im selben Zeitraum",
        "Für die zweite versicherte Person ist derselbe Zeitraum schon bezahlt (Leistungsfall {claims})",
        "AVB, Leistung bei zwei versicherten Personen: die Rate wird einmal gezahlt",
    )
)
UNEMPLOYMENT_OVERLAP = add(
    Reason(
        "unemployment_overlap",
        "Arbeitslosigkeit im selben Zeitraum",
        "Für denselben Zeitraum ist Leistung wegen Arbeitslosigkeit freigegeben (Leistungsfall {claims})",
        "docs/rules.md Abschnitt 8: kein Tag doppelt",
        refer_only=True,
    )
)
DREAD_DISEASE_OR_DEATH = add(
    Reason(
        "dread_disease_or_death",
        "Schwere Krankheit oder Tod",
        "Auf dem Vertrag ist schwere Krankheit oder Tod gemeldet (Leistungsfall {claims})",
        "docs/rules.md Abschnitt 4",
    )
)
AMOUNT_CHANGED = add(
    Reason(
        "amount_changed",
        "Betrag hat sich geändert",
        "Die Raten des Monats {month} betragen {released}, nach heutigen Werten wären es {computed}",
        "docs/rules.md Abschnitt 1: Teile ergeben immer das Ganze",
        refer_only=True,
    )
)
ABOVE_AUTHORITY = add(
    Reason(
        "above_authority",
        "Über der Vollmachtsgrenze",
        "Freizugeben sind {amount}, die Grenze ist {limit}",
        "Zeichnungsvollmacht des Versicherers",
    )
)
EXTENSION_UNCLEAR = add(
    Reason(
        "extension_unclear",
        "Verlängerung unklar",
        "Zum Kapitel {chapter} der Diagnose gibt es keine übliche Verlängerung; ein Mensch entscheidet",
        "Tabelle extension_days",
    )
)
NO_BENEFIT_LEFT = add(
    Reason(
        "no_benefit_left",
        "Keine Leistung mehr übrig",
        "Die Leistung endet am {limit}, bevor sie am {benefit_from} beginnen würde",
        "docs/rules.md Abschnitt 1",
        adverse=True,
    )
)
