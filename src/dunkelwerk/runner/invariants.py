"""What must always be true of notices, decisions, and what follows from them. For ``dunkelwerk check``.

References are row numbers. Whatever a line of business adds stands in its own ``invariants``.
"""

from __future__ import annotations

import importlib
import importlib.util

from dunkelwerk.infra.invariants import Group, Invariant
from dunkelwerk.lines.registry import lines

#: the records whose actions took effect: those of notices that ended so
EFFECTIVE = "decision_record d JOIN notice n ON n.decision = d.id AND n.state IN ('settled', 'partial')"
#: work items of a task per notice, by the notice's number
ITEMS = """(SELECT key, count(*) AS items FROM work_item WHERE kind = 'notice' AND task = '{task}' GROUP BY key)
    w ON w.key = n.id::text"""

NOTICES = (
    Invariant(
        "notice_state",
        "Jede Meldung wartet, oder sie hat genau einen Endzustand mit Entscheidung und Lauf.",
        """SELECT id FROM notice
           WHERE state NOT IN ('waiting', 'settled', 'referred', 'partial', 'proposed', 'joined')
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
        """SELECT n.id FROM notice n JOIN decision_record d ON d.id = n.decision
           WHERE n.state IN ('settled', 'referred', 'partial', 'proposed')
             AND (n.state, d.outcome) NOT IN (
                 ('settled', 'apply'), ('referred', 'refer'), ('partial', 'partial'), ('proposed', 'second_check')
             )""",
    ),
    Invariant(
        "effective_once",
        "Keine Meldung hat zwei Entscheidungen, die wirksam wurden.",
        """SELECT d.notice FROM decision_record d
           WHERE EXISTS (SELECT FROM movement m WHERE m.decision = d.id)
           GROUP BY d.notice HAVING count(*) > 1""",
    ),
    Invariant(
        "without_effect",
        "Eine ausgesteuerte, vorgeschlagene oder angehängte Meldung hat nichts bewirkt.",
        """SELECT DISTINCT n.id
           FROM (
               SELECT decision FROM movement UNION SELECT decision FROM posting UNION SELECT decision FROM letter_order
           ) e
           JOIN notice n ON n.decision = e.decision AND n.state IN ('referred', 'proposed', 'joined')""",
    ),
    Invariant(
        "notice_received",
        "Zu jeder Meldung ist festgehalten, wer sie gebracht hat.",
        "SELECT n.id FROM notice n LEFT JOIN toucher t ON t.notice = n.id WHERE t.id IS NULL",
    ),
    Invariant(
        "batch_count",
        "Jeder Lauf hat so viele Entscheidungen, wie er Meldungen zählt, alle von seinem Geschäftstag.",
        """SELECT coalesce(b.id, d.batch) FROM batch b
           FULL JOIN (SELECT batch, count(*) AS notices, min(business_day) AS first, max(business_day) AS last
                      FROM decision_record GROUP BY batch) d ON d.batch = b.id
           WHERE b.id IS NULL OR coalesce(d.notices, 0) <> b.notices
              OR d.first <> b.business_day OR d.last <> b.business_day""",
    ),
)
WORK = (
    Invariant(
        "referral_item",
        "Eine ausgesteuerte Meldung hat genau einen Postkorbeintrag.",
        f"""SELECT n.id FROM notice n LEFT JOIN {ITEMS.format(task="referral")}
            WHERE n.state = 'referred' AND w.items IS DISTINCT FROM 1""",
    ),
    Invariant(
        "partial_item",
        "Eine teilweise erledigte Meldung hat mindestens einen Postkorbeintrag für den Rest.",
        f"""SELECT n.id FROM notice n LEFT JOIN {ITEMS.format(task="referral")}
            WHERE n.state = 'partial' AND w.items IS NULL""",
    ),
    Invariant(
        "second_check_item",
        "Ein Vorschlag hat genau einen Postkorbeintrag zur Zweitprüfung, für dieselbe Entscheidung.",
        """SELECT n.id FROM notice n
           LEFT JOIN work_item w ON w.task = 'second_check' AND w.kind = 'notice' AND w.decision = n.decision
               AND w.key = n.id::text
           WHERE n.state = 'proposed' GROUP BY n.id HAVING count(w.id) <> 1""",
    ),
    Invariant(
        "proposal",
        "Zu jeder vorgeschlagenen Entscheidung ist festgehalten, worüber die Zweitprüfung entscheidet.",
        """SELECT n.id FROM notice n LEFT JOIN proposal p ON p.decision = n.decision AND p.notice = n.id
           WHERE n.state = 'proposed' AND p.id IS NULL""",
    ),
    Invariant(
        "joined_item",
        "Eine angehängte Meldung nennt den Postkorbeintrag der Zweitprüfung, an dem sie hängt.",
        """SELECT n.id FROM notice n LEFT JOIN work_item w ON w.id = n.work_item AND w.task = 'second_check'
           WHERE n.state = 'joined' AND w.id IS NULL""",
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
        f"""SELECT d.id FROM {EFFECTIVE}
            LEFT JOIN (SELECT decision, count(*) AS movements FROM movement WHERE flag = 'I' GROUP BY decision) m
                ON m.decision = d.id
            WHERE coalesce(m.movements, 0) <> d.actions""",
    ),
    Invariant(
        "movement_decision",
        "Jede Bewegung nennt eine Entscheidung, die es gibt, mit ihrem Lauf, Tag, Prozess und Regelstand.",
        """SELECT m.id FROM movement m LEFT JOIN decision_record d ON d.id = m.decision
           WHERE d.id IS NULL OR m.flag = 'I' AND (m.batch, m.business_day, m.process, m.rules)
                 IS DISTINCT FROM (d.batch, d.business_day, d.process, d.rules)""",
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
        f"""SELECT d.id FROM {EFFECTIVE}
            LEFT JOIN (SELECT decision, sum(amount) AS amount FROM posting WHERE event = 'instalment_released'
                       GROUP BY decision) p ON p.decision = d.id
            WHERE coalesce(p.amount, 0) <> d.released""",
    ),
    Invariant(
        "letter_movement",
        "Zu jedem Briefauftrag gehört eine Bewegung, und umgekehrt.",
        """SELECT coalesce(l.action, m.id)
           FROM letter_order l FULL JOIN (SELECT * FROM movement WHERE action = 'send_letter' AND flag = 'I') m
               ON m.id = l.action
           WHERE (l.decision, l.contract, l.claim) IS DISTINCT FROM (m.decision, m.contract, m.claim)
              OR l.id IS NULL OR m.id IS NULL""",
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
