"""The tables as they are at the end of a day, read by somebody else."""

from __future__ import annotations

from typing import Any

from .world import World

APPEND_ONLY = ("posting", "movement", "decision_record", "batch", "toucher", "proof", "deed", "process_tally")
QUERIES = {
    "notices": """
        SELECT id, channel, external_id, attempt, process, case_key, encode(digest, 'hex') AS digest, state, decision,
               work_item FROM notice ORDER BY id""",
    "claims": """
        SELECT c.id, k.number || '/' || c.number AS name, c.status, c.cause, c.proven_until, c.released_until,
               c.benefit_from, c.benefit_limit, c.closed_on, c.closing_reason, c.onset, c.months_used_before,
               c.contract_id, c.person_id, k.instalment, k.due_day, k.ends_on, k.final_instalment, t.key AS tariff,
               p.birth_date
        FROM claim c JOIN contract k ON k.id = c.contract_id JOIN tariff t ON t.id = k.tariff_id
        JOIN person p ON p.id = c.person_id ORDER BY c.id""",
    "contracts": "SELECT id, number, status, ends_on, recourse_open FROM contract ORDER BY id",
    "releases": """
        SELECT id, claim_id, contract, person, cause, lower(days) AS first, upper(days) - 1 AS last, origin, decision,
               cancelled_on FROM release ORDER BY id""",
    "instalments": """
        SELECT id, claim_id, due, amount, set_off, status, release, decision, held_by FROM instalment
        WHERE decision IS NOT NULL ORDER BY id""",
    "loaded": """
        SELECT id, claim_id, due, amount, status, held_by FROM instalment WHERE decision IS NULL AND status = 'released'
           OR decision IS NULL AND held_by IS NOT NULL ORDER BY id""",
    "movements": """
        SELECT m.id, m.decision, m.action, m.flag, m.previous,
               coalesce(m.contract || '/' || m.claim, m.contract) AS name, m.contract,
               m.cause, m.period_from, m.period_until, m.amount, m.business_day, m.reasons, m.process, d.kind
        FROM movement m JOIN decision_record d ON d.id = m.decision ORDER BY m.id""",
    "waits": """
        SELECT w.id, w.claim_id, w.notice, w.decision, w.work_item, w.remind_on, w.urgent_on, w.reminded_by,
               w.ended_on, i.state AS item, i.priority, n.channel, n.external_id, n.attempt
        FROM document_wait w JOIN work_item i ON i.id = w.work_item JOIN notice n ON n.id = w.notice ORDER BY w.id""",
    "postings": "SELECT id, decision, event, amount, contract, claim, debit, credit FROM posting ORDER BY id",
    "decisions": """
        SELECT d.id, d.notice, d.kind, d.mode, d.outcome, d.effective, d.reverses, d.business_day, d.released,
               d.actions, d.reasons, d.process, b.worker
        FROM decision_record d JOIN batch b ON b.id = d.batch ORDER BY d.id""",
    "items": "SELECT id, task, kind, key, state, decision, contract || '/' || claim AS name FROM work_item ORDER BY id",
    "closings": """
        SELECT key FROM deed WHERE kind = 'work_item' AND deed IN ('closed', 'acted', 'corrected') ORDER BY id""",
    "proposals": "SELECT id, decision, notice, work_item, kind, state, applied FROM proposal ORDER BY id",
    "letters": "SELECT id, action, decision, state, run, file, sha256 FROM letter_order ORDER BY id",
    "effects": """
        SELECT decision FROM movement UNION SELECT decision FROM posting UNION SELECT decision FROM letter_order
        UNION SELECT decision FROM proof WHERE decision IS NOT NULL
        UNION SELECT decision FROM release WHERE decision IS NOT NULL
        UNION SELECT decision FROM instalment WHERE decision IS NOT NULL""",
}
FINGERPRINT = """
    SELECT count(*) AS rows, coalesce(max(id), 0) AS last,
           md5(coalesce(string_agg(md5(t::text), '' ORDER BY id), '')) AS digest
    FROM {table} t WHERE id <= %s
"""


class Facts:
    """The tables as they are at the end of a day."""

    def __init__(self, world: World) -> None:
        self.tables = {name: world.rows(query) for name, query in QUERIES.items()}
        reversals = (each for each in self.tables["decisions"] if each["reverses"] and each["effective"])
        self.reversed = {each["reverses"] for each in reversals}
        self.today = [each for each in self.tables["decisions"] if each["business_day"] == world.day]

    def __getattr__(self, name: str) -> list[dict[str, Any]]:
        return self.tables[name]
