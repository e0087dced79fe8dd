"""States, events and outcomes of dialogues in the words of a clerk. Identifiers stand in data, JSON and the API."""

from __future__ import annotations

from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _


def states() -> dict[str, str]:
    """Every state as everybody sees it, in the order of a dialogue's life."""
    return {
        "created": _("angelegt"),
        "exported": _("angeschrieben"),
        "opened": _("geöffnet"),
        "submitted": _("abgesandt"),
        "processed": _("bearbeitet"),
        "expired": _("abgelaufen"),
        "revoked": _("widerrufen"),
        "answered_on_paper": _("auf Papier beantwortet"),
        "returned_by_post": _("Rückläufer"),
    }


def events() -> dict[str, str]:
    """Every event that is no change into a state."""
    return {
        "pin_renewed": _("neue PIN beim wiederholten Import"),
        "reminded": _("erinnert"),
        "reissued": _("neue PIN ausgegeben"),
        "exit_not_me": _("Ausstieg: falsche Person"),
        "exit_deceased": _("Ausstieg: verstorben"),
        "exit_on_paper": _("Ausstieg: lieber auf Papier"),
        "prefill_deleted": _("Person und Vorbefüllung gelöscht"),
        "answers_deleted": _("Antworten und Quittung gelöscht"),
        "uploads_deleted": _("Dateien gelöscht"),
        "repinned": _("auf die neueste Version gesetzt"),
        "files_read": _("eingereichte Dateien gelesen"),
        "held": _("gesperrt"),
        "hold_lifted": _("Sperre aufgehoben"),
    }


def outcomes() -> dict[str, str]:
    """How the dark process ended."""
    return {"settled": _("dunkel erledigt"), "with_person": _("bei einem Menschen")}


def state_in_words(state: str) -> str:
    """A state in words."""
    return states().get(state, state)


def event_in_words(event: str) -> str:
    """An event in words; one that nobody named as it is stored."""
    return (states() | events()).get(event, event)


def outcome_in_words(outcome: str | None) -> str | None:
    """An outcome in words."""
    return None if outcome is None else outcomes().get(outcome, outcome)


def read_state(text: str) -> str:
    """The state that somebody typed, as identifier or in words; raises CommandError (wrong usage)."""
    known = states()
    typed = text.strip().casefold().replace("-", "_")
    for name, said in known.items():
        if typed in (name, said.casefold()):
            return name
    message = _("{text}: diesen Zustand gibt es nicht. Es gibt: {known}.")
    raise wrong_usage(message.format(text=text, known=", ".join(f"{name} ({said})" for name, said in known.items())))
