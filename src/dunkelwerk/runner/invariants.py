"""What must always be true of notices, decisions, and what follows from them. For ``dunkelwerk check``.

References are row numbers. Whatever a line of business adds stands in its own ``invariants``.
"""

from __future__ import annotations

import importlib
import importlib.util

from dunkelwerk.infra.invariants import Group, Invariant
from dunkelwerk.lines.registry import lines

#: the referrals of each notice, all of them and those still to be done
REFERRALS = """(SELECT key, count(*) AS items, count(*) FILTER (WHERE state <> 'done') AS to_do
        FROM work_item WHERE kind = 'notice' AND task = 'referral' GROUP BY key) w ON w.key = n.id::text"""
#: decision ``d`` was reversed
REVERSED = "EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.id AND r.effective)"
#: retention deleted it: its number stands in the log (docs/retention.md)
GONE = "EXISTS (SELECT FROM retention_gone g WHERE g.kind = '{kind}' AND g.ids @> {id})"
PROPOSAL = "EXISTS (SELECT FROM proposal p WHERE p.decision = d.id AND p.state = '{state}')"

NOTICES = (
    Invariant(
        "notice_state",
        "Jede Meldung wartet, oder sie hat genau einen Endzustand mit Entscheidung und Lauf.",
        """SELECT id FROM notice
           WHERE state NOT IN
                 ('waiting', 'settled', 'referred', 'partial', 'proposed', 'joined', 'handled', 'replaced')
              OR (state = 'waiting') <> (decision IS NULL) OR (state = 'waiting') <> (batch IS NULL)""",
    ),
    Invariant(
        "notice_decision",
        "Die Entscheidung einer Meldung gibt es, und sie gilt dieser Meldung.",
        """SELECT n.id FROM notice n LEFT JOIN decision_record d ON d.id = n.decision
           WHERE n.decision IS NOT NULL AND d.notice IS DISTINCT FROM n.id""",
    ),
    Invariant(
        "decision_notice",
        "Zu jeder Entscheidung gibt es ihre Meldung.",
        """SELECT d.id FROM decision_record d LEFT JOIN notice n ON n.id = d.notice WHERE n.id IS NULL""",
    ),
    Invariant(
        "notice_outcome",
        "Der Endzustand einer Meldung ist der, den das Ergebnis ihrer Entscheidung verlangt.",
        f"""SELECT n.id FROM notice n JOIN decision_record d ON d.id = n.decision
            WHERE CASE
                WHEN n.state = 'settled' THEN
                    NOT d.effective OR d.outcome NOT IN ('apply', 'second_check') OR {REVERSED}
                WHEN n.state = 'partial' THEN
                    NOT d.effective OR d.outcome NOT IN ('partial', 'second_check') OR {REVERSED}
                WHEN n.state = 'proposed' THEN d.effective OR NOT {PROPOSAL.format(state="pending")}
                WHEN n.state = 'joined' THEN d.effective
                ELSE d.outcome <> 'refer' AND d.mode <> 'shadow'
                    AND NOT {PROPOSAL.format(state="discarded")} AND NOT {REVERSED}
            END""",
    ),
    Invariant(
        "effective_once",
        "Keine Meldung hat zwei Entscheidungen eines Prozesses, die wirksam sind.",
        f"""SELECT d.notice FROM decision_record d WHERE d.effective AND d.kind = 'decision' AND NOT {REVERSED}
            GROUP BY d.notice HAVING count(*) > 1""",
    ),
    Invariant(
        "reversed_once",
        "Keine Entscheidung ist zweimal zurückgenommen, und nur eine wirksame.",
        """SELECT r.reverses FROM decision_record r LEFT JOIN decision_record d ON d.id = r.reverses
           WHERE r.reverses IS NOT NULL AND r.effective
           GROUP BY r.reverses HAVING count(*) > 1 OR NOT bool_and(coalesce(d.effective, false))""",
    ),
    Invariant(
        "without_effect",
        "Eine Entscheidung, die nicht wirksam wurde, hat nichts bewirkt.",
        """SELECT DISTINCT d.id
           FROM (
               SELECT decision FROM movement UNION SELECT decision FROM posting UNION SELECT decision FROM letter_order
           ) e
           JOIN decision_record d ON d.id = e.decision AND NOT d.effective""",
    ),
    Invariant(
        "replaced_by",
        "Zu jeder berichtigten Meldung gibt es den nächsten Versuch.",
        """SELECT n.id FROM notice n
           LEFT JOIN notice next ON (next.channel, next.external_id) = (n.channel, n.external_id)
               AND next.attempt > n.attempt
           WHERE n.state = 'replaced' AND next.id IS NULL""",
    ),
    Invariant(
        "notice_received",
        "Zu jeder Meldung ist festgehalten, wer sie gebracht hat.",
        "SELECT n.id FROM notice n LEFT JOIN toucher t ON t.notice = n.id WHERE t.id IS NULL",
    ),
    Invariant(
        "batch_count",
        "Jeder Lauf hat so viele Entscheidungen, gelöschte mitgezählt, wie er Meldungen zählt, alle von seinem Tag.",
        """SELECT coalesce(b.id, d.batch) FROM batch b
           FULL JOIN (SELECT batch, count(*) AS notices, min(business_day) AS first, max(business_day) AS last
                      FROM decision_record GROUP BY batch) d ON d.batch = b.id
           LEFT JOIN retention_batch g ON g.batch = b.id
           WHERE b.id IS NULL OR coalesce(d.notices, 0) + coalesce(g.decisions, 0) <> b.notices
              OR d.first <> b.business_day OR d.last <> b.business_day""",
    ),
)
WORK = (
    Invariant(
        "referral_item",
        "Eine ausgesteuerte Meldung liegt in genau einem Postkorb.",
        f"""SELECT n.id FROM notice n LEFT JOIN {REFERRALS} LEFT JOIN decision_record d ON d.id = n.decision
            WHERE n.state = 'referred' AND (coalesce(w.to_do, 0) = 0 OR w.to_do > 1 AND NOT {REVERSED})""",
    ),
    Invariant(
        "nothing_left",
        "Zu einer erledigten Meldung ist im Postkorb nichts mehr zu tun.",
        f"""SELECT n.id FROM notice n JOIN {REFERRALS}
            WHERE n.state IN ('settled', 'handled', 'replaced') AND w.to_do > 0""",
    ),
    Invariant(
        "partial_item",
        "Eine teilweise erledigte Meldung hat mindestens einen Postkorbeintrag für den Rest.",
        f"""SELECT n.id FROM notice n LEFT JOIN {REFERRALS} WHERE n.state = 'partial' AND w.items IS NULL""",
    ),
    Invariant(
        "second_check_item",
        "Jeder Vorschlag hat einen Postkorbeintrag zur Zweitprüfung, offen wie er, und umgekehrt.",
        """SELECT coalesce(w.id, p.work_item)
           FROM proposal p
           FULL JOIN (SELECT * FROM work_item WHERE task = 'second_check') w ON w.id = p.work_item
           WHERE (w.kind, w.key, w.decision, w.state = 'open')
                 IS DISTINCT FROM ('notice', p.notice::text, p.decision, p.state = 'pending')""",
    ),
    Invariant(
        "proposal",
        "Ein Vorschlag gilt der Meldung, über die seine Entscheidung befand.",
        """SELECT p.id FROM proposal p LEFT JOIN decision_record d ON d.id = p.decision
           WHERE d.notice IS DISTINCT FROM p.notice""",
    ),
    Invariant(
        "joined_item",
        "Eine angehängte Meldung nennt den offenen Postkorbeintrag der Zweitprüfung, an dem sie hängt.",
        """SELECT n.id FROM notice n
           LEFT JOIN work_item w ON w.id = n.work_item AND w.task = 'second_check' AND w.state = 'open'
           WHERE n.state = 'joined' AND w.id IS NULL""",
    ),
    Invariant(
        "examined",
        "Was nur mit Zweitprüfung wirksam werden darf, hat jemand bestätigt.",
        """SELECT d.id FROM decision_record d
           WHERE d.effective AND d.outcome = 'second_check' AND NOT EXISTS (
               SELECT FROM proposal p
               JOIN deed e ON e.kind = 'proposal' AND e.key = p.id::text AND e.deed = 'confirmed' AND e.actor = d.actor
               WHERE p.applied = d.id AND p.state = 'confirmed')""",
    ),
    Invariant(
        "manual_money",
        "Von Hand wird ohne Zweitprüfung nichts gebucht.",
        """SELECT DISTINCT d.id FROM decision_record d JOIN posting p ON p.decision = d.id
           WHERE d.kind <> 'decision' AND d.outcome <> 'second_check'""",
    ),
    Invariant(
        "own_case",
        "Niemand hat in Zweitprüfung über eine Meldung entschieden, die er schon bearbeitet hatte.",
        """SELECT DISTINCT p.id
           FROM proposal p
           JOIN deed e ON e.kind = 'proposal' AND e.key = p.id::text AND e.deed IN ('confirmed', 'discarded')
           JOIN notice n ON n.id = p.notice
           JOIN notice every ON (every.channel, every.external_id) = (n.channel, n.external_id)
           JOIN toucher t ON t.notice = every.id AND t.deed <> 'stale' AND t.touched_at < e.at
           WHERE lower(trim(t.actor)) = lower(trim(e.actor))""",
    ),
    Invariant(
        "item_notice",
        "Jeder Postkorbeintrag zu einer Meldung nennt eine, die es gibt.",
        """SELECT w.id FROM work_item w LEFT JOIN notice n ON n.id::text = w.key
           WHERE w.kind = 'notice' AND n.id IS NULL""",
    ),
    Invariant(
        "item_decision",
        "Jeder Postkorbeintrag zu einer Entscheidung nennt eine, die es gibt.",
        """SELECT w.id FROM work_item w LEFT JOIN decision_record d ON d.id = w.decision
           WHERE w.decision IS NOT NULL AND d.id IS NULL""",
    ),
)
EFFECTS = (
    Invariant(
        "movement_count",
        "Eine wirksame Entscheidung hat so viele Bewegungen wie Geschäftsvorfälle.",
        """SELECT d.id FROM decision_record d
           LEFT JOIN (SELECT decision, count(*) AS movements FROM movement GROUP BY decision) m ON m.decision = d.id
           WHERE d.effective AND coalesce(m.movements, 0) <> d.actions""",
    ),
    Invariant(
        "movement_decision",
        "Jede Bewegung nennt ihre Entscheidung, mit Lauf, Tag, Prozess und Regelstand, oder diese ist gelöscht.",
        f"""SELECT m.id FROM movement m LEFT JOIN decision_record d ON d.id = m.decision
            WHERE CASE WHEN d.id IS NULL THEN NOT {GONE.format(kind="decision", id="m.decision")}
                ELSE (m.batch, m.business_day, m.process, m.rules)
                     IS DISTINCT FROM (d.batch, d.business_day, d.process, d.rules) END""",
    ),
    Invariant(
        "posting_action",
        "Jede Buchung nennt eine Bewegung, die es gibt, mit derselben Entscheidung.",
        """SELECT p.id FROM posting p LEFT JOIN movement m ON m.id = p.action
           WHERE m.decision IS DISTINCT FROM p.decision""",
    ),
    Invariant(
        "posting_shape",
        "Jede Buchung hat zwei verschiedene Konten und einen Betrag über null.",
        "SELECT id FROM posting WHERE amount <= 0 OR debit = credit",
    ),
    Invariant(
        "trial_balance",
        "Soll und Haben sind gleich, je Rechtsträger, und zusammen so viel wie alle Buchungen.",
        """SELECT coalesce(nullif(b.legal_entity, ''), '-')
           FROM (SELECT legal_entity, sum(debit) AS debit, sum(credit) AS credit FROM trial_balance GROUP BY 1) b
           FULL JOIN (SELECT legal_entity, sum(amount) AS amount FROM posting GROUP BY 1) p USING (legal_entity)
           WHERE (b.debit, b.credit) IS DISTINCT FROM (p.amount, p.amount)""",
    ),
    Invariant(
        "released_sum",
        "Was eine wirksame Entscheidung freigibt, ist so viel wie ihr gebuchter Aufwand.",
        """SELECT d.id FROM decision_record d
           LEFT JOIN (SELECT s.decision, sum(s.amount) AS amount
                      FROM posting s JOIN movement m ON m.id = s.action AND m.flag = 'I'
                      WHERE s.event LIKE '%_released' GROUP BY 1) p ON p.decision = d.id
           WHERE d.effective AND coalesce(p.amount, 0) <> d.released""",
    ),
    Invariant(
        "letter_movement",
        "Zu jedem Briefauftrag gehört eine Bewegung, und umgekehrt, außer zu fristgerecht gelöschten.",
        f"""SELECT coalesce(l.action, m.id)
            FROM letter_order l FULL JOIN (SELECT * FROM movement WHERE action = 'send_letter' AND flag = 'I') m
                ON m.id = l.action
            WHERE CASE WHEN l.id IS NULL THEN NOT {GONE.format(kind="letter", id="m.id")}
                ELSE m.id IS NULL
                  OR (l.decision, l.contract, l.claim) IS DISTINCT FROM (m.decision, m.contract, m.claim) END""",
    ),
    Invariant(
        "letter_rendered",
        "Ein gerenderter Brief hat Lauf, Datei und Prüfsumme, ein anderer nicht.",
        """SELECT id FROM letter_order
           WHERE (state = 'rendered') <> (run IS NOT NULL AND file IS NOT NULL AND sha256 IS NOT NULL)""",
    ),
    Invariant(
        "letter_failed",
        "Ein Brief, der nicht zu drucken war, liegt im Postkorb, und nur ein solcher.",
        """SELECT l.id FROM letter_order l
           LEFT JOIN work_item w ON w.task = 'letter' AND w.kind = 'letter' AND w.key = l.id::text
           GROUP BY l.id HAVING l.state = 'failed' AND count(w.id) = 0
               OR l.state <> 'failed' AND count(w.id) FILTER (WHERE w.state <> 'done') > 0""",
    ),
)
GROUPS = (
    Group("Meldungen und Entscheidungen", NOTICES),
    Group("Postkorb und Zweitprüfung", WORK),
    Group("Bewegungen, Buchungen, Briefe", EFFECTS),
)


def all_groups() -> list[Group]:
    """The invariants of every line of business, and those of the runner."""
    groups: list[Group] = []
    for line in lines().values():
        name = f"{line.package}.invariants"
        if importlib.util.find_spec(name) is not None:
            groups += importlib.import_module(name).GROUPS
    return [*groups, *GROUPS]
