"""Reading faults as one clear German phrase, without the value: it may be personal.

msgspec says what it expected in English; clerks and operators read this.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dunkelwerk.infra.i18n import _

PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>.*)`)?$", re.DOTALL)
#: English pattern of msgspec -> German phrase
PHRASES = (
    (re.compile(r"Object missing required field `(.+)`"), "das Pflichtfeld {0} fehlt"),
    (re.compile(r"Object contains unknown field `(.+)`"), "das Feld {0} ist unbekannt"),
    (re.compile(r"Invalid RFC3339 encoded date"), "kein gültiges Datum (JJJJ-MM-TT)"),
    (re.compile(r"Invalid decimal string"), "kein gültiger Betrag"),
    (re.compile(r"Invalid (?:enum )?value .*", re.DOTALL), "kein erlaubter Wert"),
    (re.compile(r"Expected `(.+)`, got `null`"), "der Wert fehlt (erwartet: {0})"),
    (re.compile(r"Expected `(.+)`, got `(.+)`"), "erwartet {0}, gefunden {1}"),
    (re.compile(r"Expected `(.+?)` of length ([<>=]+) (\d+)"), "erwartet {0} der Länge {1} {2}"),
    (re.compile(r"Expected `(.+?)` matching regex .*", re.DOTALL), "erwartet {0} in anderer Form"),
    (re.compile(r"Expected `(.+?)` *([<>=]+) *(.+)"), "erwartet {0} {1} {2}"),
    (re.compile(r"JSON is malformed: (.+)"), "kein lesbares JSON ({0})"),
    (re.compile(r"Input data was truncated"), "kein lesbares JSON (bricht vorzeitig ab)"),
    (re.compile(r"Invalid UTF-8.*|'utf-8' codec .*"), "kein UTF-8"),
    (re.compile(r"Number out of range"), "die Zahl ist zu groß"),
)
KINDS = {"str": "Text", "int": "ganze Zahl", "decimal": "Betrag", "date": "Datum", "bool": "true/false"}
KINDS |= {"array": "Liste", "object": "Objekt", "null": "nichts", "float": "Zahl"}


Say = Callable[[str], str]


def fault_in_german(error: Exception) -> str:
    """What is wrong, and in which field, e.g. ``issued_on: kein gültiges Datum (JJJJ-MM-TT)``.

    For evidence: always German, as a decision must not depend on anybody's language.
    """
    return told(error, str)


def fault_in_words(error: Exception) -> str:
    """The same in the language of the person at the terminal."""
    return told(error, _)


def told(error: Exception, say: Say) -> str:
    """Field and phrase."""
    match = PLACE.match(str(error))
    what, place = (match["what"], match["place"]) if match else (str(error), None)
    field = (place or "").removeprefix("$").removeprefix(".")
    phrase = phrase_of(what, say)
    return f"{field}: {phrase}" if field else phrase


def phrase_of(what: str, _: Say) -> str:
    """The phrase alone; our own messages (ValueError in a struct) are German already and stay."""
    for pattern, phrase in PHRASES:
        if match := pattern.fullmatch(what):
            return _(phrase).format(*(kinds_of(group, _) for group in match.groups()))
    return what


def kinds_of(text: str, _: Say) -> str:
    """The names of JSON types: ``str | null`` is ``Text oder nichts``."""
    return _(" oder ").join(_(KINDS.get(kind, kind)) for kind in text.split(" | "))
