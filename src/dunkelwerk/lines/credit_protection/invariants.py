"""What must always be true of claims, releases, instalments and their postings. For ``dunkelwerk check``.

Every reference is CONTRACT/CLAIM or a row's number. Rows that were loaded (without decision, origin 0) are the core
system's: of them only what the register itself promises is asked.
"""

from __future__ import annotations

from dunkelwerk.infra.invariants import Group, Invariant
from dunkelwerk.lines.credit_protection.book_invariants import INSTALMENTS
from dunkelwerk.lines.credit_protection.claim_names import CLAIM, CLAIMS

OVERLAP = """
    SELECT DISTINCT {claim}
    FROM release a
    JOIN release b ON {same} AND b.id > a.id AND b.days && a.days AND {ours}
    JOIN {claims} ON c.id = a.claim_id
    WHERE a.cancelled_on IS NULL AND b.cancelled_on IS NULL
"""
SAME_CLAIM = "b.claim_id = a.claim_id"
SAME_PERSON = "b.contract = a.contract AND b.person = a.person AND b.cause <> a.cause"
OURS, LOADED = "(a.origin <> 0 OR b.origin <> 0)", "a.origin = 0 AND b.origin = 0"


def overlap(same: str, ours: str) -> str:
    """The claims with a day that two live releases hold."""
    return OVERLAP.format(claim=CLAIM, claims=CLAIMS, same=same, ours=ours)


RELEASES = (
    Invariant(
        "released_until",
        "„Freigegeben bis“ ist das Ende der letzten gültigen Freigabe des Leistungsfalls; ein abgelehnter hat keine.",
        f"""SELECT {CLAIM} FROM {CLAIMS} LEFT JOIN (
                SELECT claim_id, max(upper(days)) - 1 AS until FROM release WHERE cancelled_on IS NULL GROUP BY claim_id
            ) r ON r.claim_id = c.id
            WHERE c.released_until IS DISTINCT FROM r.until AND c.status <> 'declined'
              AND NOT (r.until IS NULL AND coalesce(c.released_until < c.benefit_from, c.benefit_from IS NULL))""",
    ),
    Invariant(
        "proven_until",
        "„Nachgewiesen bis“ ist der letzte Tag, den ein Nachweis des Leistungsfalls belegt.",
        f"""SELECT {CLAIM} FROM {CLAIMS}
            LEFT JOIN (SELECT claim_id, max(until) AS until FROM proof GROUP BY claim_id) p ON p.claim_id = c.id
            WHERE c.proven_until IS DISTINCT FROM p.until""",
    ),
    Invariant(
        "released_twice",
        "Kein Tag eines Leistungsfalls ist zweimal freigegeben.",
        overlap(SAME_CLAIM, OURS),
    ),
    Invariant(
        "released_for_two_causes",
        "Kein Tag einer Person ist unter einem Vertrag für zwei Ursachen freigegeben.",
        overlap(SAME_PERSON, OURS),
    ),
    Invariant(
        "loaded_overlap",
        "Übernommene Freigaben überschneiden sich; das Bestandssystem hat einen Tag zweimal freigegeben.",
        f"{overlap(SAME_CLAIM, LOADED)} UNION {overlap(SAME_PERSON, LOADED)}",
        hint=True,
    ),
    Invariant(
        "released_after_limit",
        "Keine unserer Freigaben reicht über die Leistungsgrenze hinaus.",
        f"""SELECT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE r.origin <> 0 AND r.cancelled_on IS NULL
              AND (c.benefit_limit IS NULL OR upper(r.days) - 1 > c.benefit_limit)""",
    ),
    Invariant(
        "released_before_benefit",
        "Keine unserer Freigaben beginnt vor dem ersten Leistungstag.",
        f"""SELECT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE r.origin <> 0 AND r.cancelled_on IS NULL
              AND (c.benefit_from IS NULL OR lower(r.days) < c.benefit_from)""",
    ),
    Invariant(
        "release_of_claim",
        "Jede Freigabe trägt Vertrag, Person und Ursache ihres Leistungsfalls.",
        f"""SELECT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE (r.contract, r.person, r.cause) <> (c.contract_id, c.person_id, c.cause)""",
    ),
    Invariant(
        "release_origin",
        "Eine Freigabe ist entweder übernommen oder hat eine Entscheidung.",
        f"""SELECT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE (r.origin = 0) <> (r.decision IS NULL)""",
    ),
    Invariant(
        "release_movement",
        "Zu jeder unserer Freigaben gehört eine Bewegung mit denselben Tagen, und umgekehrt.",
        f"""SELECT DISTINCT coalesce(r.reference, m.contract || '/' || m.claim)
            FROM (
                SELECT r.id, r.decision, {CLAIM} AS reference, lower(r.days) AS first, upper(r.days) - 1 AS last
                FROM release r JOIN {CLAIMS} ON c.id = r.claim_id WHERE r.decision IS NOT NULL
            ) r
            FULL JOIN (SELECT * FROM movement WHERE action = 'extend_benefit' AND flag = 'I') m
                ON m.decision = r.decision AND m.contract || '/' || m.claim = r.reference
                AND m.period_from = r.first AND m.period_until = r.last
            WHERE r.id IS NULL OR m.id IS NULL""",
    ),
    Invariant(
        "proof_movement",
        "Zu jedem von uns anerkannten Nachweis gehört eine Bewegung mit demselben Tag, und umgekehrt.",
        f"""SELECT DISTINCT coalesce(p.reference, m.contract || '/' || m.claim)
            FROM (
                SELECT p.id, p.decision, p.until, {CLAIM} AS reference
                FROM proof p JOIN {CLAIMS} ON c.id = p.claim_id WHERE p.decision IS NOT NULL
            ) p
            FULL JOIN (SELECT * FROM movement WHERE action = 'record_proof' AND flag = 'I') m
                ON m.decision = p.decision AND m.contract || '/' || m.claim = p.reference AND m.period_until = p.until
            WHERE p.id IS NULL OR m.id IS NULL""",
    ),
)
CLAIM_STATUS = (
    Invariant(
        "released_though_declined",
        "Für einen abgelehnten Leistungsfall gilt keine Freigabe, für einen nur gemeldeten keine von uns.",
        f"""SELECT DISTINCT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE r.cancelled_on IS NULL
              AND (c.status = 'declined' OR (c.status = 'reported' AND r.decision IS NOT NULL))""",
    ),
    Invariant(
        "closed_by_us",
        "Ein von uns geschlossener Leistungsfall ist geschlossen, mit Tag und Grund.",
        """SELECT m.contract || '/' || m.claim
           FROM movement m
           LEFT JOIN contract k ON k.number = m.contract
           LEFT JOIN claim c ON c.contract_id = k.id AND c.number = m.claim
           WHERE m.action = 'close_claim' AND m.flag = 'I'
             AND NOT EXISTS (SELECT FROM movement s WHERE s.previous = m.id AND s.flag = 'S')
             AND (c.status <> 'closed' OR c.closed_on IS NULL OR c.closing_reason IS NULL) IS NOT FALSE""",
    ),
    Invariant(
        "closed_elsewhere",
        "Übernommene Leistungsfälle sind geschlossen, aber ohne Tag oder Grund.",
        f"""SELECT {CLAIM} FROM {CLAIMS}
            WHERE c.status = 'closed' AND (c.closed_on IS NULL OR c.closing_reason IS NULL)
              AND NOT EXISTS (
                  SELECT FROM movement m
                  WHERE m.action = 'close_claim' AND m.contract = k.number AND m.claim = c.number
              )""",
        hint=True,
    ),
    Invariant(
        "recourse",
        "Der offene Regress eines Vertrags reicht von null bis zum übernommenen Betrag samt unseren Rückforderungen.",
        """SELECT k.number FROM contract k
           LEFT JOIN (SELECT contract, sum(amount) AS amount FROM posting WHERE event = 'instalment_recovered'
                      GROUP BY contract) p ON p.contract = k.id
           WHERE k.recourse_open < 0 OR k.recourse_open > k.recourse_loaded + coalesce(p.amount, 0)""",
    ),
    Invariant(
        "document_wait",
        "Auf Unterlagen wartet nur ein gemeldeter Leistungsfall, nur einmal, und mit einem Postkorbeintrag.",
        f"""SELECT {CLAIM} FROM document_wait d JOIN {CLAIMS} ON c.id = d.claim_id
            LEFT JOIN work_item w ON w.id = d.work_item
            WHERE d.ended_on IS NULL
            GROUP BY 1 HAVING count(*) > 1 OR bool_or(c.status <> 'reported' OR w.id IS NULL)""",
    ),
    Invariant(
        "review_item",
        "Zu jeder Wiedervorlage gehört ein Postkorbeintrag ab ihrem Tag, oder er ist fristgerecht gelöscht.",
        """SELECT m.contract || '/' || m.claim
           FROM movement m LEFT JOIN work_item w
               ON w.task = 'review' AND w.kind = 'claim' AND w.key = m.contract || '/' || m.claim
               AND w.decision = m.decision AND w.open_from = m.period_from
           WHERE m.action = 'review_on' AND m.flag = 'I' AND w.id IS NULL
             AND NOT EXISTS (SELECT FROM retention_gone g WHERE g.kind = 'decision' AND g.ids @> m.decision)""",
    ),
)
REVERSALS = (
    Invariant(
        "cancelled_movement",
        "Jede Stornobewegung nennt eine Bewegung derselben Art, desselben Leistungsfalls und Betrags, jede nur einmal.",
        """SELECT s.previous FROM movement s LEFT JOIN movement m ON m.id = s.previous AND m.flag = 'I'
           WHERE s.flag = 'S'
           GROUP BY s.previous
           HAVING count(*) > 1 OR bool_or((s.contract, s.claim, s.action, s.amount)
                  IS DISTINCT FROM (m.contract, m.claim, m.action, m.amount))""",
    ),
    Invariant(
        "cancelled_release",
        "Eine Freigabe ist genau dann storniert, wenn ihre Bewegung storniert ist.",
        f"""SELECT {CLAIM}
            FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            JOIN movement m ON m.decision = r.decision AND m.contract = k.number AND m.claim = c.number
                AND m.action = 'extend_benefit' AND m.flag = 'I'
            LEFT JOIN movement s ON s.previous = m.id AND s.flag = 'S'
            WHERE (r.cancelled_on IS NULL) <> (s.id IS NULL)""",
    ),
    Invariant(
        "cancelled_letter",
        "Ein Brief, dessen Auftrag storniert ist, ging nicht hinaus.",
        """SELECT l.id FROM letter_order l LEFT JOIN movement s ON s.previous = l.action AND s.flag = 'S'
           WHERE (l.state = 'cancelled') <> (s.id IS NOT NULL)""",
    ),
)
#: for each contract or claim the last that was recorded of it by hand, unless a load came later: then that holds
RECORDED = """
    SELECT DISTINCT ON (m.contract, m.claim, m.action) m.* FROM movement m
    WHERE m.action = ANY(ARRAY[{kinds}]) AND m.flag = 'I' ORDER BY m.contract, m.claim, m.action, m.id DESC
"""
NOT_LOADED_SINCE = """
    NOT EXISTS (SELECT FROM register_load l WHERE l.id = k.load AND coalesce(l.finished_at, 'infinity') > m.booked_at)
"""


def recorded(*kinds: str) -> str:
    """The last movement of each kind, with its contract; not for what was loaded since."""
    names = ", ".join(f"'{each}'" for each in kinds)
    return f"({RECORDED.format(kinds=names)}) m JOIN contract k ON k.number = m.contract AND {NOT_LOADED_SINCE}"


RECORDS = (
    Invariant(
        "recorded_recovery",
        "Das zuletzt eingetragene Ende steht im Leistungsfall, wenn ihn seither niemand schloss oder wieder öffnete.",
        f"""SELECT m.contract || '/' || m.claim FROM {recorded("record_recovery")}
            JOIN claim c ON c.contract_id = k.id AND c.number = m.claim
            WHERE c.recovered_on IS DISTINCT FROM m.period_until AND NOT EXISTS (
                SELECT FROM movement later WHERE later.action = 'close_claim' AND later.id > m.id
                    AND (later.contract, later.claim) = (m.contract, m.claim))""",
    ),
    Invariant(
        "recorded_arrears",
        "Der zuletzt eingetragene Beitragsrückstand steht am Vertrag.",
        f"""SELECT m.contract FROM {recorded("set_arrears")}
            WHERE (k.in_arrears, k.reminded_on, k.arrears_deadline)
                  IS DISTINCT FROM (m.period_from IS NOT NULL, m.period_from, m.period_until)""",
    ),
    Invariant(
        "recorded_block",
        "Die zuletzt eingetragene Kontosperre steht am Vertrag, wenn er seither keinen anderen Empfänger bekam.",
        f"""SELECT m.contract FROM {recorded("block_account")}
            WHERE k.blocked_since IS DISTINCT FROM m.period_from AND NOT EXISTS (
                SELECT FROM movement later
                WHERE later.action = 'set_payee' AND later.contract = m.contract AND later.id > m.id)""",
    ),
    Invariant(
        "recorded_recourse",
        "Der zuletzt eingetragene Regress ist am Vertrag offen, wenn ihn seither nichts änderte.",
        f"""SELECT m.contract FROM {recorded("set_recourse")}
            WHERE k.recourse_open <> m.amount AND NOT EXISTS (
                SELECT FROM posting p JOIN movement later ON later.id = p.action
                WHERE later.contract = m.contract AND later.id > m.id
                    AND p.event IN ('offset', 'offset_cancelled', 'instalment_recovered'))""",
    ),
    Invariant(
        "recorded_by_two",
        "Einen Zahlungsempfänger ändern nur zwei: Eine Person trägt ihn ein, eine andere bestätigt.",
        """SELECT m.id FROM movement m LEFT JOIN decision_record d ON d.id = m.decision
           WHERE m.action = 'set_payee' AND d.outcome <> 'second_check'""",
    ),
    Invariant(
        "held_though_resumed",
        "Was von Hand wieder freigegeben wurde, ist nicht mehr angehalten, wenn es niemand wieder anhielt.",
        f"""SELECT {CLAIM} FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id
            JOIN movement m ON m.action = 'resume_instalments' AND m.contract = k.number AND m.claim = c.number
            WHERE i.held_by <= m.decision""",
    ),
)
GROUPS = (
    Group("Freigaben und Nachweise", RELEASES),
    Group("Leistungsfälle und Verträge", CLAIM_STATUS),
    Group("Raten und ihre Buchungen", INSTALMENTS),
    Group("Eintragungen von Hand", RECORDS),
    Group("Rücknahmen", REVERSALS),
)
