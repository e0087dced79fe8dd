"""What must always be true of instalments, lump sums and their postings. For ``dunkelwerk check``."""

from __future__ import annotations

from dunkelwerk.infra.invariants import Invariant
from dunkelwerk.lines.credit_protection.claim_names import CLAIM, CLAIMS

#: which booking event belongs to which movement
EVENTS = """
    VALUES ('lump_sum_released', 'pay_lump_sum', 'I'), ('lump_sum_cancelled', 'pay_lump_sum', 'S'),
        ('instalment_recovered', 'pay_lump_sum', 'S'), ('instalment_cancelled', 'cancel_instalments', 'I'),
        ('offset_cancelled', 'cancel_instalments', 'I'), ('instalment_released', 'cancel_instalments', 'S'),
        ('offset', 'cancel_instalments', 'S'), ('instalment_released', 'release_instalment', 'I'),
        ('instalment_cancelled', 'release_instalment', 'S'),
        ('instalment_recovered', 'release_instalment', 'S'), ('offset', 'offset_recourse', 'I'),
        ('offset_cancelled', 'offset_recourse', 'S')
"""
INSTALMENTS = (
    Invariant(
        "instalment_release",
        "Jede unserer Raten, außer Todesfallleistungen, gehört zu einer Freigabe ihres Falls und ihrer Entscheidung.",
        f"""SELECT {CLAIM} || ' ' || i.due
            FROM instalment i JOIN {CLAIMS} ON c.id = i.claim_id LEFT JOIN release r ON r.id = i.release
            WHERE i.decision IS NOT NULL AND (c.cause <> 'death' OR i.release IS NOT NULL)
                  AND (r.claim_id, r.decision) IS DISTINCT FROM (i.claim_id, i.decision)
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
                FROM movement WHERE action IN ('release_instalment', 'pay_lump_sum') AND flag = 'I' GROUP BY 1, 2
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
            FULL JOIN (SELECT s.decision, s.claim, sum(s.amount) AS amount
                       FROM posting s JOIN movement m ON m.id = s.action AND m.flag = 'I'
                       WHERE s.event IN ('instalment_released', 'lump_sum_released') GROUP BY 1, 2) p
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
            FULL JOIN (SELECT s.decision, s.claim, sum(s.amount) AS amount
                       FROM posting s JOIN movement m ON m.id = s.action AND m.flag = 'I'
                       WHERE s.event = 'offset' GROUP BY 1, 2) p
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
               AND (e.action, e.flag) = (m.action, m.flag)
            WHERE e.event IS NULL OR (k.number, c.number, c.contract_id, p.legal_entity)
                  IS DISTINCT FROM (m.contract, m.claim, p.contract, m.legal_entity)""",
    ),
    Invariant(
        "booked_once",
        "Jede Bewegung einer Rate oder Verrechnung ist mit ihrem Betrag gebucht, nicht mehr und nicht weniger.",
        """SELECT m.id
           FROM movement m LEFT JOIN posting p ON p.action = m.id
           WHERE m.action IN ('release_instalment', 'offset_recourse', 'pay_lump_sum')
           GROUP BY m.id HAVING coalesce(sum(p.amount), 0) IS DISTINCT FROM m.amount""",
    ),
    Invariant(
        "live_expense",
        "Was für einen Leistungsfall als Aufwand steht, ist die Summe seiner gültigen Raten von uns.",
        f"""SELECT {CLAIM}
            FROM (SELECT claim, sum(CASE WHEN event LIKE '%_released' THEN amount ELSE -amount END) AS amount
                  FROM posting WHERE event LIKE '%_released' OR event LIKE '%_cancelled' AND event <> 'offset_cancelled'
                      OR event LIKE '%_recovered'
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
