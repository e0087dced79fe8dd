"""Lists for people: proposals and work items that wait, what was done to them."""

from __future__ import annotations

from typing import Any

from django.db import connection

from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

PROPOSALS = """
    SELECT p.id, n.external_id AS notice, p.kind, p.parts, d.reasons, d.released, d.business_day AS proposed_on,
           p.state, p.work_item, p.notice AS notice_id, p.adverse, p.proposed_by, p.run, w.due_on, d.process,
           d.reverses, undone.released AS taken_back,
           (SELECT count(*) FROM notice j WHERE j.work_item = p.work_item AND j.state = 'joined') AS joined
    FROM proposal p
    JOIN decision_record d ON d.id = p.decision
    JOIN notice n ON n.id = p.notice
    JOIN work_item w ON w.id = p.work_item
    LEFT JOIN decision_record undone ON undone.id = d.reverses
    WHERE (%(everything)s OR p.state = 'pending') AND (%(run)s::bigint IS NULL OR p.run = %(run)s)
      AND (%(proposal)s::bigint IS NULL OR p.id = %(proposal)s)
    ORDER BY p.run NULLS FIRST, d.reverses DESC, p.id
"""
ITEMS = """
    SELECT w.id, w.basket, w.task, w.kind, w.key, w.contract, w.claim, w.reasons, w.priority, w.open_from, w.due_on,
           w.state, w.version, w.decision
    FROM work_item w
    WHERE (%(everything)s OR w.state <> 'done') AND (%(basket)s::text IS NULL OR w.basket = %(basket)s)
      AND (%(everything)s OR w.open_from <= %(day)s)
    ORDER BY array_position(ARRAY['open', 'in_check', 'done']::varchar[], w.state), w.priority, w.due_on, w.id
"""
NOTHING_ASKED = {"everything": False, "run": None, "proposal": None}
DEEDS = "SELECT at, actor, deed, data_key, words FROM deed WHERE kind = %s AND key = %s ORDER BY id"


def read_rows(query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a query as objects."""
    with connection.cursor() as cursor:
        cursor.execute(query, {**NOTHING_ASKED, **parameters})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_deeds(kind: str, key: str, vault: Vault) -> list[str]:
    """What was done to a thing, by whom, when and in which own words, one line each."""
    with connection.cursor() as cursor:
        cursor.execute(DEEDS, (kind, key))
        rows = cursor.fetchall()
        vault.prepare(cursor, {row[3] for row in rows if row[3] is not None})
    lines = []
    for at, actor, deed, data_key, words in rows:
        line = f"{at.astimezone(BERLIN):%d.%m.%Y %H:%M} {actor}: {tell_deed(deed)}"
        if words is not None:
            said = vault.open(bytes(words), key=data_key, about=f"deed:{kind}:{key}:{deed}").decode()
            line += f" – {' '.join(said.split())}"
        lines.append(line)
    return lines


def tell_deed(deed: str) -> str:
    """What somebody did, as they would say it."""
    words = {
        "confirmed": _("bestätigt"),
        "discarded": _("verworfen"),
        "stale": _("zu bestätigen versucht; war überholt"),
        "acted": _("von Hand bearbeitet"),
        "recorded": _("eingetragen"),
        "corrected": _("berichtigt"),
        "closed": _("geschlossen"),
        "completed": _("um Unterlagen ergänzt"),
        "reversal_proposed": _("Rücknahme vorgeschlagen"),
        "set": _("eingestellt"),
        "stopped": _("angehalten"),
        "started": _("wieder gestartet"),
    }
    return words.get(deed, deed)
