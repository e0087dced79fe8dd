"""What a retention run says at its end, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.retention_plan import Report

KINDS = ("notices", "decisions", "letters", "work_items", "proposals", "touchers", "deeds", "tax_ids", "mandates")


def tell_kind(kind: str) -> str:
    """What rows of a kind are called."""
    words = {
        "notices": _("Meldungen"),
        "decisions": _("Entscheidungsprotokolle"),
        "letters": _("Briefe"),
        "work_items": _("Postkorbeinträge"),
        "proposals": _("Vorschläge"),
        "touchers": _("Bearbeitungsvermerke"),
        "deeds": _("Handlungen"),
        "tax_ids": _("Steuer-IDs"),
        "mandates": _("SEPA-Mandate"),
    }
    return words[kind]


def tell_held(kind: str) -> str:
    """What a hold is about."""
    words = {"contract": _("Vertrag"), "person": _("Person"), "claim": _("Leistungsfall")}
    return words.get(kind, kind)


def tell_rest(report: Report, *, dry: bool) -> Iterator[str]:
    """What stayed although its term has passed or may have, what else went, and whether the run is over."""
    held = sum(counts["held"] for counts in report.terms.values())
    needed = sum(counts["needed"] for counts in report.terms.values())
    if held:
        yield _("{count} bleiben trotz abgelaufener Frist: sie sind gesperrt.").format(count=held)
    if needed:
        message = _(
            "{count} alte Vorgänge werden noch gebraucht: Leistungsfall, Steuer-ID oder Mandat besteht, oder etwas ist "
            "zu tun."
        )
        yield message.format(count=needed)
    if report.absent:
        yield _("{count} Briefdateien lagen nicht mehr in ihrem Ordner.").format(count=report.absent)
    if report.partitions:
        yield _("{count} leere Monate der Entscheidungsprotokolle entfernt.").format(count=report.partitions)
    if report.data_keys and not dry:
        yield _("{count} Datenschlüssel vernichtet, die nichts mehr schützten.").format(count=report.data_keys)
    if dry:
        yield _("Nichts wurde gelöscht.")
    elif not report.finished:
        yield _("Angehalten; derselbe Aufruf setzt fort.")
