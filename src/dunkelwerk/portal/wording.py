"""Small things said in words: sizes, pages, waits."""

from __future__ import annotations

from datetime import datetime

from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _, spoken

KIBI, MEBI = 1024, 1024 * 1024


def told_size(*, pages: int, size: int) -> str:
    """``2 Seiten, 340 KB``; ``size`` in bytes."""
    counted = _("1 Seite") if pages == 1 else _("{pages} Seiten").format(pages=pages)
    if size >= MEBI:
        large = f"{size / MEBI:.1f}"
        return f"{counted}, {large if spoken() == 'en' else large.replace('.', ',')} MB"
    return f"{counted}, {max(1, round(size / KIBI))} KB"


def told_wait(seconds: int) -> str:
    """``30 Sekunden``, ``5 Minuten``, rounded up."""
    if seconds < 90:
        return _("{count} Sekunden").format(count=seconds)
    return _("{count} Minuten").format(count=-(-seconds // 60))


def told_moment(at: datetime) -> str:
    """``24.12.2026, 14:30 Uhr`` or ``24 December 2026, 14:30``, in Berlin."""
    here = at.astimezone(BERLIN)
    return f"{here.day} {here:%B %Y, %H:%M}" if spoken() == "en" else f"{here:%d.%m.%Y, %H:%M} Uhr"
