"""Countries by their codes, for addresses, in the person's language: Germany first."""

from __future__ import annotations

from functools import cache

from babel import Locale

from dunkelwerk.infra.i18n import spoken

HOME = "DE"
#: in the list of territories, but no country that post goes to
NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


def countries() -> tuple[tuple[str, str], ...]:
    """Codes and names."""
    return named(spoken())


@cache
def named(language: str) -> tuple[tuple[str, str], ...]:
    """In one language."""
    territories = Locale(language).territories
    found = [(code, name) for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRY]
    return tuple(sorted(found, key=lambda each: (each[0] != HOME, each[1].casefold())))
