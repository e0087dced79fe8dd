"""The business day: the day on which a decision is taken, in Europe/Berlin. The only place that reads the clock.

``--on`` and ``DUNKELWERK_TODAY`` set it for tests and replays; in production mode the latter is refused.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

BERLIN = ZoneInfo("Europe/Berlin")


def business_day(on: str | None = None) -> date:
    """The day given, else ``DUNKELWERK_TODAY``, else today in Berlin; raises CommandError for no date."""
    if on is not None:
        return parse_day(on, source="--on")
    today = os.environ.get("DUNKELWERK_TODAY")
    if today is None:
        return now().date()
    if os.environ.get("DUNKELWERK_MODE") == "production":
        raise CommandError(_("DUNKELWERK_TODAY ist in der Produktion nicht erlaubt; bitte die Variable entfernen."))
    return parse_day(today, source="DUNKELWERK_TODAY")


def parse_day(text: str, *, source: str) -> date:
    """The date; raises CommandError (wrong usage) naming the source."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong_usage(_("{source}: kein Datum der Form JJJJ-MM-TT.").format(source=source)) from None


def now() -> datetime:
    """The present moment in Berlin, with its offset."""
    return datetime.now(BERLIN)
