"""The reasons that only first notices, unemployment proofs and deaths give, in the catalogue of ``reasons.py``.

The order is that of docs/rules.md sections 5 to 7.
"""

from __future__ import annotations

from dunkelwerk.decisions.reasons import REFER, Catalogue, Reason
from dunkelwerk.lines.credit_protection.reasons import CATALOGUE, DOCUMENTS_REQUESTED

add = CATALOGUE.add


def catalogue() -> Catalogue:
    """All reasons of credit protection, those of ``reasons.py`` first."""
    return CATALOGUE


CLAIM_EXISTS = add(
    Reason(
        "claim_exists",
        "Leistungsfall gibt es schon",
        "Zum Vertrag gibt es schon den Leistungsfall {number} ({state}, Eintritt {onset})",
        "docs/rules.md Abschnitt 5",
    )
)
COVER_MISSING = add(
    Reason(
        "cover_missing",
        "Nicht gedeckt",
        "Der Tarif {tariff} leistet nicht bei {cause}",
        "docs/rules.md Abschnitt 5",
        adverse=True,
    )
)
OUTSIDE_TERM = add(
    Reason(
        "outside_term",
        "Außerhalb der Vertragslaufzeit",
        "Eintritt am {onset}, der Vertrag läuft vom {start} bis {end}",
        "docs/rules.md Abschnitt 5",
        adverse=True,
    )
)
IN_WAITING_TIME = add(
    Reason(
        "in_waiting_time",
        "In der Wartezeit",
        "Maßgeblich ist der {day}; nach der Wartezeit besteht Schutz erst ab dem {waits_until}",
        "AVB, Wartezeit",
        adverse=True,
    )
)
AGE_LIMIT_REACHED = add(
    Reason(
        "age_limit_reached",
        "Höchstalter erreicht",
        "Eintritt am {onset}, das Höchstalter war am {reached_on} erreicht",
        "AVB, Höchstalter",
        adverse=True,
    )
)
NOT_WORKING = add(
    Reason(
        "not_working",
        "Nicht berufstätig",
        "Bei Eintritt bestand keine Berufstätigkeit",
        "AVB, versicherte Tätigkeit",
        adverse=True,
    )
)
REPORTED_LATE = add(
    Reason(
        "reported_late",
        "Spät gemeldet",
        "Eingang am {received_on}, die Meldefrist lief bis {deadline}",
        "AVB, Meldefrist; OLG Hamm 20 W 12/12",
    )
)
PRE_EXISTING_SUSPECTED = add(
    Reason(
        "pre_existing_suspected",
        "Vorerkrankung möglich",
        "Erste Behandlung am {first_treated_on}, Vertragsbeginn am {start}",
        "BGH IV ZR 289/13; OLG Hamm 20 U 79/13",
    )
)
ICD_EXCLUDED = add(
    Reason(
        "icd_excluded",
        "Diagnose zur Ansicht",
        "Diagnosen, die mit {prefixes} beginnen, sieht ein Mensch an",
        "docs/rules.md Abschnitt 5",
    )
)
SUSPECTED_ONLY = add(
    Reason(
        "suspected_only",
        "Nur Verdachtsdiagnosen",
        "Jede Diagnose ist nur Verdacht, Ausschluss oder Zustand nach einer Krankheit",
        "ICD-10-GM, Zusatzkennzeichen V, A, Z",
    )
)
RELAPSE = add(
    Reason(
        "relapse",
        "Rückfall",
        "Rückfall in den Leistungsfall {number}, der am {ended_on} endete",
        "AVB, Rückfall",
    )
)
FURTHER_COVER = add(
    Reason(
        "further_cover",
        "Weitere Verträge",
        "Weitere Verträge decken dasselbe: {contracts}",
        "docs/rules.md Abschnitt 5",
    )
)
DOCUMENTS_MISSING = add(
    Reason(
        "documents_missing",
        "Unterlagen fehlen",
        "Es fehlen Unterlagen: {documents}",
        "AVB, Nachweispflichten; § 14 VVG",
        allowed=(DOCUMENTS_REQUESTED, REFER),
    )
)
TERMINATED_BY_INSURED = add(
    Reason(
        "terminated_by_insured",
        "Eigene Kündigung",
        "Die versicherte Person hat das Arbeitsverhältnis selbst gekündigt",
        "AVB, unfreiwillige Arbeitslosigkeit",
        adverse=True,
    )
)
MUTUAL_TERMINATION = add(
    Reason(
        "mutual_termination",
        "Aufhebungsvertrag",
        "Das Arbeitsverhältnis endete einvernehmlich",
        "AVB, unfreiwillige Arbeitslosigkeit",
    )
)
FIXED_TERM = add(
    Reason(
        "fixed_term",
        "Befristung",
        "Das Arbeitsverhältnis war befristet",
        "AVB, unfreiwillige Arbeitslosigkeit",
        adverse=True,
    )
)
EMPLOYED_TOO_SHORT = add(
    Reason(
        "employed_too_short",
        "Zu kurz beschäftigt",
        "Beschäftigt vom {employment_from} bis {employment_to}, nötig sind {months} Monate",
        "AVB, Beschäftigungsdauer",
    )
)
HOURS_TOO_FEW = add(
    Reason(
        "hours_too_few",
        "Zu wenige Wochenstunden",
        "{hours} Wochenstunden, nötig sind {needed}",
        "AVB, Beschäftigungsumfang",
        adverse=True,
    )
)
ENTITLEMENT_SUSPENDED = add(
    Reason(
        "entitlement_suspended",
        "Anspruch ruht",
        "Der Anspruch auf Arbeitslosengeld ruht, etwa wegen einer Sperrzeit",
        "§§ 156 bis 159 SGB III",
    )
)
ILLNESS_OVERLAP = add(
    Reason(
        "illness_overlap",
        "Arbeitsunfähigkeit im selben Zeitraum",
        "Für denselben Zeitraum ist Leistung wegen Arbeitsunfähigkeit freigegeben (Leistungsfall {claims})",
        "docs/rules.md Abschnitt 8: kein Tag doppelt",
        refer_only=True,
    )
)
OVERPAID = add(
    Reason(
        "overpaid",
        "Nach dem Tod gezahlt",
        "Nach dem {died_on} fällige Raten über {amount} sind gezahlt (Leistungsfall {number})",
        "docs/rules.md Abschnitt 7",
    )
)
MONTH_OF_DEATH = add(
    Reason(
        "month_of_death",
        "Sterbemonat taggenau",
        "Im Sterbemonat ist für Leistungsfall {number} tageweise freigegeben; die gelebten Tage rechnet ein Mensch",
        "docs/rules.md Abschnitt 7",
    )
)
CAUSE_REVIEW = add(
    Reason(
        "cause_review",
        "Todesursache prüfen",
        "Todesursache: {cause}; der Tod fällt in die ersten {months} Monate des Vertrags",
        "§ 161 VVG",
        adverse=True,
    )
)
DREAD_DISEASE_PAID = add(
    Reason(
        "dread_disease_paid",
        "Schwere Krankheit schon gemeldet",
        "Für schwere Krankheit gibt es schon einen Leistungsfall ({claims})",
        "docs/rules.md Abschnitt 7",
    )
)
JOINT_REMAINDER = add(
    Reason(
        "joint_remainder",
        "Rest beim verbundenen Vertrag",
        "Eine weitere Person ist versichert, und die Leistung von {amount} ist auf {cap} begrenzt",
        "docs/rules.md Abschnitt 7",
    )
)
