"""What must always be true of dialogues. For ``dunkelwerk check``. References are row numbers, nothing personal."""

from __future__ import annotations

from dunkelwerk.infra.invariants import Group, Invariant

#: since when messages cannot have been deleted; a day more, as two clocks wrote the moments that are compared
TOLD_SINCE = "(SELECT coalesce(max(deleted_before), '-infinity') + interval '1 day' FROM outbox_purge)"
INVARIANTS = (
    Invariant(
        "dialogue_submission",
        "Zu jedem abgesendeten Dialog gibt es genau eine Einreichung, zu keinem anderen eine.",
        """SELECT d.id FROM dialogue d LEFT JOIN dialogue_submission s ON s.dialogue = d.id
           GROUP BY d.id HAVING count(s.id) <> CASE WHEN d.state = 'submitted' THEN 1 ELSE 0 END""",
    ),
    Invariant(
        "dialogue_notice",
        "Zu jeder Einreichung gibt es ihre Meldung im Posteingang, und zu jeder solchen Meldung ihre Einreichung.",
        """SELECT d.id FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue
           LEFT JOIN notice n ON n.id = s.notice
           WHERE n.id IS NULL AND s.reported_at IS NULL
              OR n.channel <> 'dialogue' OR n.external_id <> d.reference
           UNION ALL
           SELECT n.id FROM notice n WHERE n.channel = 'dialogue' AND n.attempt = 1
              AND NOT EXISTS (SELECT FROM dialogue_submission s WHERE s.notice = n.id)""",
    ),
    Invariant(
        "dialogue_version",
        "Jeder Dialog ist an eine Version seines eigenen Typs gebunden.",
        """SELECT d.id FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version WHERE v.name <> d.type""",
    ),
    Invariant(
        "dialogue_dates",
        "Ein Dialog hat genau dann einen letzten Tag, wenn er zu Ende ist; nach dem Ende wird niemand erinnert.",
        """SELECT id FROM dialogue
           WHERE (end_on IS NULL) <> (state IN ('created', 'exported', 'opened'))
              OR (remind_on IS NOT NULL AND state NOT IN ('exported', 'opened'))""",
    ),
    Invariant(
        "dialogue_pin",
        "Von einer PIN stehen nur Auswahlteil und Hash da, immer zusammen; wer antworten kann, hat eine.",
        """SELECT id FROM dialogue
           WHERE (selector IS NULL) <> (pin_hash IS NULL) OR (selector IS NULL) <> (pepper IS NULL)
              OR (selector IS NULL AND state IN ('created', 'exported', 'opened'))
              OR selector !~ '^[2-9A-HJKMNP-Z]{5}$' OR pin_hash !~ '^\\$argon2id\\$'""",
    ),
    Invariant(
        "dialogue_events",
        "Der Zustand eines Dialogs ist der seines letzten Ereignisses, das ihn ändert.",
        """SELECT d.id FROM dialogue d
           LEFT JOIN LATERAL (
               SELECT CASE e.event WHEN 'exit_not_me' THEN 'revoked' WHEN 'exit_deceased' THEN 'revoked'
                   WHEN 'reissued' THEN 'reissued' ELSE e.event END AS state
               FROM dialogue_event e
               WHERE e.dialogue = d.id AND e.event IN ('created', 'exported', 'opened', 'submitted', 'expired',
                   'revoked', 'answered_on_paper', 'returned_by_post', 'exit_not_me', 'exit_deceased', 'reissued')
               ORDER BY e.id DESC LIMIT 1
           ) last ON true
           WHERE last.state IS DISTINCT FROM d.state
              AND NOT (last.state = 'reissued' AND d.state IN ('exported', 'opened'))""",
    ),
    Invariant(
        "dialogue_draft",
        "Ein abgesendeter Dialog hat keinen Entwurf, und alle seine Dateien gehören zur Einreichung.",
        """SELECT d.id FROM dialogue d WHERE d.state = 'submitted'
              AND (EXISTS (SELECT FROM dialogue_draft r WHERE r.dialogue = d.id)
                OR EXISTS (SELECT FROM dialogue_upload u WHERE u.dialogue = d.id AND NOT u.submitted))""",
    ),
    Invariant(
        "dialogue_told",
        "Von jeder Einreichung und jedem Ausgang weiß das Fachsystem durch genau eine Nachricht.",
        f"""SELECT id FROM (
               SELECT d.id, s.submitted_at, s.reported_at,
                   EXISTS (SELECT FROM outbox_message m
                       WHERE m.kind = 'dialogue.submitted' AND m.key = d.reference) AS told,
                   EXISTS (SELECT FROM outbox_message m
                       WHERE m.kind = 'dialogue.processed' AND m.key = d.reference) AS ended
               FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue
           ) AS each
           WHERE NOT told AND submitted_at >= {TOLD_SINCE} OR ended AND reported_at IS NULL
              OR NOT ended AND reported_at >= {TOLD_SINCE}""",
    ),
    Invariant(
        "dialogue_import",
        "Jeder beendete Import geht auf: gelesen = neu + vervollständigt + schon vorhanden + fehlerhaft.",
        """SELECT id FROM dialogue_import
           WHERE finished_at IS NOT NULL AND read <> imported + completed + known + bad""",
    ),
)
GROUPS = (Group("Dialoge", INVARIANTS),)
