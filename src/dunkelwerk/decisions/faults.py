"""Reading faults as one clear German phrase, without the value: it may be personal.

msgspec says what it expected in English; clerks and operators read this.
"""

from __future__ import annotations

import re

from dunkelwerk.infra.i18n import _

PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>.*)`)?$", re.DOTALL)
#: English pattern of msgspec -> German phrase
PHRASES = (
    (re.compile(r"Object missing required field `(.+)`"), "das Pflichtfeld {0} fehlt"),
    (re.compile(r"Object contains unknown field `(.+)`"), "das Feld {0} ist unbekannt"),
    (re.compile(r"Invalid RFC3339 encoded date"), "kein gültiges Datum (JJJJ-MM-TT)"),
    (re.compile(r"Invalid decimal string"), "kein gültiger Betrag"),
    (re.compile(r"Invalid enum value .*", re.DOTALL), "kein erlaubter Wert"),
    (re.compile(r"Expected `(.+)`, got `null`"), "der Wert fehlt (erwartet: {0})"),
    (re.compile(r"Expected `(.+)`, got `(.+)`"), "erwartet {0}, gefunden {1}"),
    (re.compile(r"Expected `(.+?)` *([<>=]+) *(.+)"), "erwartet {0} {1} {2}"),
    (re.compile(r"JSON is malformed: (.+)"), "kein lesbares JSON ({0})"),
    (re.compile(r"Input data was truncated"), "kein lesbares JSON (bricht vorzeitig ab)"),
    (re.compile(r"Invalid UTF-8.*|'utf-8' codec .*"), "kein UTF-8"),
    (re.compile(r"Number out of range"), "die Zahl ist zu groß"),
)
KINDS = {"str": "Text", "int": "ganze Zahl", "decimal": "Betrag", "date": "Datum", "bool": "true/false"}
KINDS |= {"array": "Liste", "object": "Objekt", "null": "nichts", "float": "Zahl"}


def fault_in_german(error: Exception) -> str:
    """What is wrong, and in which field, e.g. ``issued_on: kein gültiges Datum (JJJJ-MM-TT)``."""
    match = PLACE.match(str(error))
    what, place = (match["what"], match["place"]) if match else (str(error), None)
    phrase = phrase_in_german(what)
    field = (place or "").removeprefix("$").removeprefix(".")
    return f"{field}: {phrase}" if field else phrase


def phrase_in_german(what: str) -> str:
    """The phrase alone; our own messages (ValueError in a struct) are German already and stay."""
    for pattern, phrase in PHRASES:
        if match := pattern.fullmatch(what):
            return _(phrase).format(*(kinds_in_german(group) for group in match.groups()))
    return what


def kinds_in_german(text: str) -> str:
    """The names of JSON types in German: ``str | null`` is ``Text oder nichts``."""
    return _(" oder ").join(_(KINDS.get(kind, kind)) for kind in text.split(" | "))
