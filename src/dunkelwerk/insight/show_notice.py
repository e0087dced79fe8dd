"""A notice on a page: where each attempt came from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.show_layout import print_facts
from dunkelwerk.insight.show_words import label_of, tell_field, tell_state
from dunkelwerk.runner.show_things import NoticeShown


def print_notices(notices: Sequence[NoticeShown]) -> None:
    """Every attempt: where it came from, what it says; of a later one what is different."""
    before: dict[tuple[str, str], dict[str, Any]] = {}
    for each in notices:
        earlier = before.get((each.channel, each.external_id), {})
        changed = {name: value for name, value in each.said.items() if name not in earlier or earlier[name] != value}
        gone = {name: None for name in earlier.keys() - each.said.keys()}
        before[each.channel, each.external_id] = each.said
        print_notice(each, {**changed, **gone}, again=bool(earlier))


def print_notice(notice: NoticeShown, said: Mapping[str, Any], *, again: bool) -> None:
    """One attempt with these of its fields."""
    received = notice.received_at.astimezone(BERLIN)
    facts = [
        (_("Nummer"), str(notice.id)),
        (_("Eingegangen"), f"{received:%d.%m.%Y %H:%M}"),
        (_("Kanal"), notice.channel),
        (_("Von"), notice.brought_by or "–"),
        *((label_of(name), tell_field(value) or "–") for name, value in said.items() if name not in ("id", "process")),
        (_("Sonst"), _("wie im Versuch davor") if again else ""),
    ]
    heading = _("Meldung {notice}, Versuch {attempt}: {state}")
    text = heading.format(notice=notice.external_id, attempt=notice.attempt, state=tell_state(notice.state))
    print_facts(text, facts)
