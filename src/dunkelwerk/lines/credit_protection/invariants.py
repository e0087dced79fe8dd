"""What must always be true of claims, releases, instalments and their postings. For ``dunkelwerk check``.

Every reference is CONTRACT/CLAIM or a row's number. Rows that were loaded (without decision, origin 0) are the core
system's: of them only what the register itself promises is asked.
"""

from __future__ import annotations

from dunkelwerk.infra.invariants import Group, Invariant

#: which booking event belongs to which movement
EVENTS = """
    VALUES ('instalment_released', 'release_instalment', 'I'), ('instalment_cancelled', 'release_instalment', 'S'),
        ('instalment_recovered', 'release_instalment', 'S'), ('offset', 'offset_recourse', 'I'),
        ('offset_cancelled', 'offset_recourse', 'S')
"""
#: the reference of claim ``c`` of contract ``k``
CLAIM = "k.number || '/' || c.number"
CLAIMS = "claim c JOIN contract k ON k.id = c.contract_id"
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
        "„Freigegeben bis“ ist das Ende der letzten gültigen Freigabe des Leistungsfalls.",
        f"""SELECT {CLAIM} FROM {CLAIMS} LEFT JOIN (
                SELECT claim_id, max(upper(days)) - 1 AS until FROM release WHERE cancelled_on IS NULL GROUP BY claim_id
            ) r ON r.claim_id = c.id
            WHERE c.released_until IS DISTINCT FROM r.until
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
        "Für einen abgelehnten oder nur gemeldeten Leistungsfall haben wir nichts freigegeben.",
        f"""SELECT DISTINCT {CLAIM} FROM release r JOIN {CLAIMS} ON c.id = r.claim_id
            WHERE r.decision IS NOT NULL AND r.cancelled_on IS NULL AND c.status IN ('declined', 'reported')""",
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
INSTALMENTS = (
    Invariant(
        "instalment_release",
        "Jede unserer Raten gehört zu einer Freigabe desselben Leistungsfalls und derselben Entscheidung.",
        f"""SELECT {CLAIM} || ' ' || i.due
            FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id LEFT JOIN release r ON r.id = i.release
            WHERE i.decision IS NOT NULL AND (r.claim_id, r.decision) IS DISTINCT FROM (i.claim_id, i.decision)
               OR i.decision IS NULL AND i.release IS NOT NULL""",
    ),
    Invariant(
        "instalment_due",
        "Unsere Raten haben die Fälligkeiten ihrer Bewegungen.",
        f"""SELECT coalesce(i.reference, m.reference)
            FROM (
                SELECT i.decision, {CLAIM} AS reference, array_agg(i.due ORDER BY i.due) AS dues
                FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id WHERE i.decision IS NOT NULL GROUP BY 1, 2
            ) i
            FULL JOIN (
                SELECT decision, contract || '/' || claim AS reference,
                       array_agg(period_from ORDER BY period_from) AS dues
                FROM movement WHERE action = 'release_instalment' AND flag = 'I' GROUP BY 1, 2
            ) m ON m.decision = i.decision AND m.reference = i.reference
            WHERE i.dues IS DISTINCT FROM m.dues""",
    ),
    Invariant(
        "instalment_twice",
        "Keine Rate ist zu einer Fälligkeit zweimal freigegeben.",
        f"""SELECT {CLAIM} || ' ' || i.due
            FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id
            JOIN cover v ON v.tariff_id = k.tariff_id AND v.cause = c.cause AND v.settlement = 'due_date'
            WHERE i.decision IS NOT NULL AND i.status IN ('released', 'paid', 'offset') AND i.replaces IS NULL
            GROUP BY k.number, c.number, i.claim_id, i.due HAVING count(*) > 1""",
    ),
    Invariant(
        "expense",
        "Die Raten einer Entscheidung sind je Leistungsfall genau als Aufwand gebucht.",
        f"""SELECT {CLAIM}
            FROM (SELECT decision, claim_id, sum(amount) AS amount FROM instalment
                  WHERE decision IS NOT NULL GROUP BY decision, claim_id) i
            FULL JOIN (SELECT decision, claim, sum(amount) AS amount FROM posting
                       WHERE event = 'instalment_released' GROUP BY decision, claim) p
                ON p.decision = i.decision AND p.claim = i.claim_id
            LEFT JOIN {CLAIMS} ON c.id = coalesce(i.claim_id, p.claim)
            WHERE coalesce(i.amount, 0) <> coalesce(p.amount, 0)""",
    ),
    Invariant(
        "offset",
        "Was an Raten verrechnet ist, ist je Entscheidung und Leistungsfall genau als Verrechnung gebucht.",
        f"""SELECT {CLAIM}
            FROM (SELECT decision, claim_id, sum(set_off) AS amount FROM instalment
                  WHERE set_off <> 0 GROUP BY decision, claim_id) i
            FULL JOIN (SELECT decision, claim, sum(amount) AS amount FROM posting
                       WHERE event = 'offset' GROUP BY decision, claim) p
                ON p.decision = i.decision AND p.claim = i.claim_id
            LEFT JOIN {CLAIMS} ON c.id = coalesce(i.claim_id, p.claim)
            WHERE coalesce(i.amount, 0) <> coalesce(p.amount, 0)""",
    ),
    Invariant(
        "instalment_status",
        "Eine unserer Raten ist „verrechnet“ genau dann, wenn sie ganz verrechnet und nicht storniert ist.",
        f"""SELECT {CLAIM} || ' ' || i.due FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id
            WHERE i.decision IS NOT NULL AND i.amount > 0 AND i.status <> 'cancelled'
              AND (i.status = 'offset') <> (i.set_off = i.amount)""",
    ),
    Invariant(
        "instalment_of_cancelled_release",
        "Mit einer Freigabe sind auch ihre Raten storniert.",
        f"""SELECT {CLAIM} || ' ' || i.due
            FROM instalment i JOIN release r ON r.id = i.release JOIN {CLAIMS} ON c.id = i.claim_id
            WHERE r.cancelled_on IS NOT NULL AND i.status <> 'cancelled'""",
    ),
    Invariant(
        "posting_of_claim",
        "Jede Buchung stimmt mit ihrer Bewegung überein: Vertrag, Leistungsfall, Rechtsträger, Vorfall.",
        f"""SELECT p.id
            FROM posting p JOIN movement m ON m.id = p.action
            LEFT JOIN claim c ON c.id = p.claim LEFT JOIN contract k ON k.id = p.contract
            LEFT JOIN ({EVENTS}) e (event, action, flag) ON e.event = p.event
            WHERE (k.number, c.number, c.contract_id, p.legal_entity, m.action, m.flag)
                  IS DISTINCT FROM (m.contract, m.claim, p.contract, m.legal_entity, e.action, e.flag)""",
    ),
    Invariant(
        "booked_once",
        "Jede Bewegung einer Rate oder Verrechnung ist mit ihrem Betrag gebucht, nicht mehr und nicht weniger.",
        """SELECT m.id
           FROM movement m LEFT JOIN posting p ON p.action = m.id
           WHERE m.action IN ('release_instalment', 'offset_recourse')
           GROUP BY m.id HAVING coalesce(sum(p.amount), 0) IS DISTINCT FROM m.amount""",
    ),
    Invariant(
        "live_expense",
        "Was für einen Leistungsfall als Aufwand steht, ist die Summe seiner gültigen Raten von uns.",
        f"""SELECT {CLAIM}
            FROM (SELECT claim, sum(CASE event WHEN 'instalment_released' THEN amount ELSE -amount END) AS amount
                  FROM posting WHERE event IN ('instalment_released', 'instalment_cancelled', 'instalment_recovered')
                  GROUP BY claim) p
            FULL JOIN (SELECT claim_id, sum(amount) AS amount FROM instalment
                       WHERE decision IS NOT NULL AND status <> 'cancelled' GROUP BY claim_id) i ON i.claim_id = p.claim
            LEFT JOIN {CLAIMS} ON c.id = coalesce(i.claim_id, p.claim)
            WHERE coalesce(i.amount, 0) <> coalesce(p.amount, 0)""",
    ),
    Invariant(
        "live_offset",
        "Was für einen Leistungsfall verrechnet ist, ist die Summe der Verrechnungen seiner gültigen Raten.",
        f"""SELECT {CLAIM}
            FROM (SELECT claim, sum(CASE event WHEN 'offset' THEN amount ELSE -amount END) AS amount
                  FROM posting WHERE event IN ('offset', 'offset_cancelled') GROUP BY claim) p
            FULL JOIN (SELECT claim_id, sum(set_off) AS amount FROM instalment
                       WHERE decision IS NOT NULL AND status <> 'cancelled' GROUP BY claim_id) i ON i.claim_id = p.claim
            LEFT JOIN {CLAIMS} ON c.id = coalesce(i.claim_id, p.claim)
            WHERE coalesce(i.amount, 0) <> coalesce(p.amount, 0)""",
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
GROUPS = (
    Group("Freigaben und Nachweise", RELEASES),
    Group("Leistungsfälle und Verträge", CLAIM_STATUS),
    Group("Raten und ihre Buchungen", INSTALMENTS),
    Group("Rücknahmen", REVERSALS),
)
