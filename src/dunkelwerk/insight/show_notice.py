"""A notice on a page: where each attempt came from, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.dialogue_words import ANSWERS, answered
from dunkelwerk.insight.dialogue_words import CHANNEL as DIALOGUE
from dunkelwerk.insight.show_layout import print_facts, print_list
from dunkelwerk.insight.show_words import label_of, tell_field, tell_state
from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.show_things import NoticeShown

#: stand first, whatever the order of a process's fields
FIRST: Final = ("contract", "member", "claim", "last_name", "first_name", "birth_date", "received_on")
#: who acts in a dialogue
PERSON: Final = "person"


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
    asked = answered(said | {"id": notice.external_id}) if notice.channel == DIALOGUE and not again else []
    told = {"id", "process", *(ANSWERS for _each in asked[:1]), *(each.field for each in asked if each.field)}
    facts = [
        (_("Nummer"), str(notice.id)),
        (_("Im Posteingang"), f"{received:%d.%m.%Y %H:%M}"),
        (_("Eingangsweg"), tell_channel(notice.channel)),
        (_("Gebracht von"), tell_actor(notice.brought_by)),
        *(
            (label, value)
            for name in in_order(notice.process, said)
            if name not in told
            for label, value in tell_fields(name, said[name])
        ),
        (_("Sonst"), _("wie im Versuch davor") if again else ""),
    ]
    heading = _("Meldung {notice}, Versuch {attempt}: {state}")
    text = heading.format(notice=notice.external_id, attempt=notice.attempt, state=tell_state(notice.state))
    print_facts(text, facts)
    print_list(_("Die Antworten"), list(map(str, asked)), nothing="")
    if notice.channel == DIALOGUE and not again:
        print(tell_files(notice.external_id))


def tell_files(reference: str) -> str:
    """How to read what was handed in with a dialogue."""
    message = _("Nachweise und Quittung: dunkelwerk dialogues files {reference} --out … --actor NAME")
    return message.format(reference=reference)


def tell_fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """A field's label and what it says; of all answers each by itself."""
    if name == ANSWERS and isinstance(value, dict):
        for each, answer in value.items():
            yield label_of(each), _("Weiß ich nicht") if answer is None else tell_field(answer)
    else:
        yield label_of(name), tell_field(value) or "–"


def in_order(process: str, said: Mapping[str, Any]) -> list[str]:
    """The names of the fields: whom it is about, then as the process has them."""
    known = [*FIRST, *struct_fields(process)]
    place = {name: number for number, name in reversed(list(enumerate(known)))}
    return sorted(said, key=lambda name: (place.get(name, len(known)), name))


def struct_fields(process: str) -> tuple[str, ...]:
    """The fields of a process's notice; none where it is not installed."""
    found = processes().get(process)
    return found.notice.__struct_fields__ if found else ()


def tell_channel(name: str) -> str:
    """Where a notice came in, as people call it; an insurer's own channel is called as they call it."""
    words = {DIALOGUE: _("Dialog mit PIN"), "api": _("Schnittstelle (API)"), "register": _("Eintragung im Haus")}
    return words.get(name, name)


def tell_actor(name: str | None) -> str:
    """Who brought a notice; of a dialogue it is the person herself."""
    return _("der Person selbst") if name == PERSON else name or "–"
