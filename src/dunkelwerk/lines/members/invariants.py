"""What must always be true of members' tax IDs, mandates and tasks. For ``dunkelwerk check``.

Every reference is a row's number or a mandate's reference. Rows without decision were loaded: the core system's.
"""

from __future__ import annotations

from dunkelwerk.infra.invariants import Group, Invariant

RECORDED = """EXISTS (SELECT FROM movement m JOIN decision_record d ON d.id = m.decision AND d.effective
        WHERE m.decision = {row}.decision AND m.action = '{action}' AND m.flag = 'I' AND m.line = 'members')"""
#: retention deleted the decision: its number stands in the log (docs/retention.md)
GONE = "EXISTS (SELECT FROM retention_gone g WHERE g.kind = 'decision' AND g.ids @> {row}.decision)"
REVERSED = "EXISTS (SELECT FROM decision_record r WHERE r.reverses = {row}.decision AND r.effective)"

MEMBERS = (
    Invariant(
        "member_tax_id_recorded",
        "Jede hier gespeicherte Steuer-ID hat ihre Entscheidung, und gilt, solange diese nicht zurückgenommen ist.",
        f"""SELECT t.id FROM member_tax_id t WHERE t.decision IS NOT NULL
            AND (NOT {RECORDED.format(row="t", action="record_tax_id")}
                 OR (t.cancelled_on IS NOT NULL) <> {REVERSED.format(row="t")})""",
    ),
    Invariant(
        "member_tax_id_sealed",
        "Jede Steuer-ID ist mit einem Schlüssel verschlüsselt, den es gibt.",
        """SELECT t.id FROM member_tax_id t LEFT JOIN data_key k ON k.id = t.data_key
           WHERE k.id IS NULL OR octet_length(t.sealed) < 28""",
    ),
    Invariant(
        "member_tax_id_loaded_once",
        "Je Mitglied gilt höchstens eine übernommene Steuer-ID.",
        """SELECT member_id FROM member_tax_id WHERE decision IS NULL AND cancelled_on IS NULL
           GROUP BY member_id HAVING count(*) > 1""",
    ),
    Invariant(
        "mandate_recorded",
        "Jedes hier gespeicherte Mandat hat seine Entscheidung, und deren Bewegung nennt seine Referenz.",
        """SELECT k.reference FROM mandate k JOIN member p ON p.id = k.member_id
           LEFT JOIN movement m ON m.decision = k.decision AND m.action = 'record_mandate' AND m.flag = 'I'
           WHERE k.decision IS NOT NULL AND (m.contract, m.claim) IS DISTINCT FROM (p.number, k.reference)""",
    ),
    Invariant(
        "mandate_movement",
        "Zu jeder Bewegung, die ein Mandat speichert, gibt es das Mandat.",
        f"""SELECT m.id FROM movement m LEFT JOIN mandate k ON k.decision = m.decision AND k.reference = m.claim
            WHERE m.line = 'members' AND m.action = 'record_mandate' AND m.flag = 'I' AND k.id IS NULL
              AND NOT {GONE.format(row="m")}""",
    ),
    Invariant(
        "mandate_revoked",
        "Was hier widerrufen ist, ist widerrufen, und die Entscheidung dazu ist wirksam und nicht zurückgenommen.",
        """SELECT k.reference FROM mandate k LEFT JOIN decision_record d ON d.id = k.revoked_by
           WHERE k.revoked_by IS NOT NULL
             AND NOT EXISTS (SELECT FROM retention_gone g WHERE g.kind = 'decision' AND g.ids @> k.revoked_by)
             AND (k.status <> 'revoked' OR d.effective IS NOT TRUE
                  OR EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.id AND r.effective))""",
    ),
    Invariant(
        "mandate_reversed",
        "Ein Mandat, dessen Entscheidung zurückgenommen ist, ist widerrufen.",
        f"""SELECT k.reference FROM mandate k WHERE k.decision IS NOT NULL AND k.status = 'active'
            AND {REVERSED.format(row="k")}""",
    ),
    Invariant(
        "mandate_creditor",
        "Jedes hier gespeicherte Mandat nennt Gläubiger-ID und Fassung des Textes.",
        "SELECT reference FROM mandate WHERE decision IS NOT NULL AND (creditor IS NULL OR mandate_text IS NULL)",
    ),
    Invariant(
        "mandate_twice",
        "Kein Mandat von hier gilt neben einem älteren für wiederkehrende Zahlungen vom selben Konto.",
        """SELECT b.reference FROM mandate a
           JOIN mandate b ON b.member_id = a.member_id AND b.iban = a.iban AND b.id > a.id
           WHERE a.status = 'active' AND b.status = 'active' AND b.decision IS NOT NULL
             AND a.recurrence = 'recurring' AND b.recurrence = 'recurring'""",
    ),
    Invariant(
        "member_task",
        "Zu jeder Bewegung, die eine Aufgabe eröffnet, gibt es genau einen Postkorbeintrag, und umgekehrt.",
        f"""SELECT coalesce(m.id, w.id) FROM (
               SELECT * FROM movement WHERE line = 'members' AND action = 'open_work_item' AND flag = 'I') m
           FULL JOIN (SELECT * FROM work_item WHERE kind = 'member') w
               ON w.decision = m.decision AND w.key = m.contract || '/' || m.claim
           WHERE (m.id IS NULL OR w.id IS NULL) AND NOT {GONE.format(row="m")}""",
    ),
)
GROUPS = (Group("Mitglieder", MEMBERS),)
