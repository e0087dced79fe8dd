"""Postal codes as persons have them: five digits, or one of another country with that country's sign before it. Pure.

``A-1010`` is stored as it came; a letter says ``1010 Wien`` and below it ``ÖSTERREICH``.

Source: docs/dialogues.md section 5.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

#: five digits, or with the sign of another country before it
POSTAL_CODE: Final = re.compile(r"[0-9]{5}|(?!DE?-)([A-Z]{1,3})-([0-9A-Z](?:[ -]?[0-9A-Z]+)*)", re.ASCII)
#: signs of vehicles, as letters had them for long, where they are not the country's two letters
SIGNS: Final = {
    **{"A": "AT", "B": "BE", "F": "FR", "I": "IT", "L": "LU", "E": "ES", "P": "PT", "S": "SE", "N": "NO", "H": "HU"},
    **{"M": "MT", "V": "VA", "FL": "LI", "FIN": "FI", "EST": "EE", "SLO": "SI", "IRL": "IE", "RSM": "SM", "UK": "GB"},
    **{"AND": "AD", "BIH": "BA", "MNE": "ME", "NMK": "MK", "SRB": "RS", "RKS": "XK", "RUS": "RU", "GBZ": "GI"},
    **{"J": "JP", "T": "TH", "RL": "LB", "USA": "US", "CDN": "CA", "MEX": "MX", "AUS": "AU", "RA": "AR", "RCH": "CL"},
    **{"IND": "IN", "ROK": "KR", "SGP": "SG", "UAE": "AE", "BOL": "BO", "ROU": "UY", "YV": "VE", "RP": "PH"},
}
#: territories of the locale that are no country, and ours
NO_COUNTRY: Final = frozenset({"DE", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


@cache
def country_of(sign: str) -> str | None:
    """The two letters of the country with such a sign, e.g. ``AT`` for ``A`` and for ``AT``; None: there is none."""
    code = SIGNS.get(sign, sign)
    known = code.isalpha() and code in Locale("en").territories and code not in NO_COUNTRY
    return code if known else None


def is_postal_code(text: str) -> bool:
    """Whether a letter can be sent with it: five digits, or the sign of a country and that country's code."""
    found = POSTAL_CODE.fullmatch(text.upper())
    return found is not None and (found[1] is None or country_of(found[1]) is not None)


def parts_of(text: str) -> tuple[str | None, str]:
    """Country by two letters (None: Germany) and code: ``A-1010`` is ``("AT", "1010")``; anything else as it stands."""
    found = POSTAL_CODE.fullmatch(text.upper())
    country = country_of(found[1]) if found is not None and found[1] is not None else None
    return (country, found[2]) if found is not None and country is not None else (None, text)
