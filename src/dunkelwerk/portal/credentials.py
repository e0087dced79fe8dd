"""PIN and second secret as somebody types them: what costs no attempt, the attempt itself, and what is said of it."""

from __future__ import annotations

import re
from datetime import date

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from msgspec import Struct

from dunkelwerk.dialogues import access
from dunkelwerk.dialogues.access import Failure, Session
from dunkelwerk.dialogues.forms.filling import Fault
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.house import read_house
from dunkelwerk.portal.texts import joined_each
from dunkelwerk.portal.wording import told_wait

LONGEST = 40
#: before the names of the fields where they stand in a page beside the answers of a form: no question begins so
BESIDE = "~"
#: where what is wrong is mended: the field that a link leads to
PLACES = {"pin": "pin", "secret": "birth.day", "both": "pin"}
TOO_MANY = 429


class Entry(Struct, frozen=True):
    """What was typed, cut where nobody has typed so much."""

    pin: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    postal_code: str = ""

    @property
    def has_birth(self) -> bool:
        """Whether a birth date was begun; else the postal code counts."""
        return bool(self.day or self.month or self.year)

    @property
    def secret(self) -> str:
        """The birth date, else the postal code; empty where it is not whole."""
        day, month, year = (each.rstrip(".") for each in (self.day, self.month, self.year))
        if self.has_birth:
            return f"{day:0>2}.{month:0>2}.{year}" if day and month and year else ""
        return self.postal_code

    def __repr__(self) -> str:
        return "Entry(…)"


class Refused(Struct, frozen=True):
    """No login. ``wrong``: sentences by their field (``both``: of neither alone); ``heading``: of an end that is none
    of the fields' fault; ``wait``: seconds until the next attempt; ``entry``: what stands in the fields again.
    """

    entry: Entry
    wrong: dict[str, str]
    heading: str = ""
    wait: int = 0
    by_postal_code: bool = False

    @property
    def status(self) -> int:
        """The status of the page that says so."""
        return TOO_MANY if self.wait else 200

    def context(self) -> dict[str, object]:
        """What the template of the login's fields shows."""
        unclear = "both" in self.wrong and not self.heading
        faults = [Fault(None, PLACES[field], sentence) for field, sentence in self.wrong.items()]
        return {
            "faults": [] if self.heading else faults,
            "ending": {"heading": self.heading, "sentence": self.wrong.get("both", "")} if self.heading else None,
            "wrong": self.wrong,
            "entry": self.entry,
            "by_postal_code": self.by_postal_code,
            # nobody may know which of the two it was
            "both_wrong": unclear,
            "birth_wrong": unclear and not self.by_postal_code,
            "postal_wrong": unclear and self.by_postal_code,
        }


NOTHING = Refused(Entry(), {})


def read(request: HttpRequest, *, before: str = "") -> Entry:
    """The fields of a login; ``before``: what their names begin with."""

    def typed(name: str) -> str:
        return str(request.POST.get(before + name, "")).strip()[:LONGEST]

    return Entry(typed("pin"), typed("birth.day"), typed("birth.month"), typed("birth.year"), typed("postal_code"))


def attempt(request: HttpRequest, *, before: str = "") -> Session | Refused:
    """Log in with what was posted. Whoever is in has a new token against forged requests."""
    entry = read(request, before=before)
    by_postal_code = bool(entry.postal_code) and not entry.has_birth
    wrong = missing(entry)
    if not wrong.get("secret") and (sentence := impossible(entry)):
        wrong["secret"] = sentence
    if wrong:
        return Refused(entry, wrong, by_postal_code=by_postal_code)
    found = access.log_in(entry.pin, entry.secret, address=request.META.get("REMOTE_ADDR", ""))
    if isinstance(found, Failure):
        return told(found, entry, by_postal_code=by_postal_code)
    rotate_token(request)
    return found


def missing(entry: Entry) -> dict[str, str]:
    """What is not filled in; costs no attempt."""
    wrong = {}
    if not entry.pin:
        wrong["pin"] = _("Bitte tragen Sie die PIN aus dem Brief ein.")
    if not entry.secret:
        wrong["secret"] = _("Bitte tragen Sie Tag, Monat und Jahr der Geburt ein.")
    return wrong


def impossible(entry: Entry) -> str:
    """What is wrong with a second secret that can be nobody's; costs no attempt. Empty: it may be somebody's."""
    if not entry.has_birth:
        return "" if re.search(r"[0-9]", entry.postal_code) else _("In dieser Postleitzahl fehlt die Zahl.")
    day, month, year = (each.rstrip(".") for each in (entry.day, entry.month, entry.year))
    if not all(each.isascii() and each.isdecimal() for each in (day, month, year)):
        return _("Bitte tragen Sie Tag, Monat und Jahr in Ziffern ein, zum Beispiel 24 12 1957.")
    if len(year) != 4:
        return _("Bitte tragen Sie das Jahr mit vier Ziffern ein, zum Beispiel 1957.")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return _("Diesen Tag gibt es nicht. Bitte vergleichen Sie Tag, Monat und Jahr.")
    return ""


def told(failure: Failure, entry: Entry, *, by_postal_code: bool) -> Refused:
    """What is said of a failure. The PIN stays in its field, for nobody types it gladly twice; the other secret not."""
    if failure.kind == access.TYPING_ERROR:
        sentence = _("Da ist ein Tippfehler in der PIN. Bitte vergleichen Sie sie mit dem Brief.")
        return Refused(entry, {"pin": sentence}, by_postal_code=by_postal_code)
    again = Entry(pin=entry.pin)
    if failure.kind == access.WAIT:
        sentence = _("Das waren viele Versuche. Bitte warten Sie {wait}, dann geht es weiter.")
        said = sentence.format(wait=told_wait(failure.wait))
        heading = _("Bitte warten Sie einen Augenblick")
        return Refused(again, {"both": said}, heading, max(1, failure.wait), by_postal_code)
    if sentence := endings().get(failure.kind, ""):
        said = sentence.format(phone=joined_each(list(read_house().companies.values()), "phone"))
        return Refused(Entry(), {"both": said}, _("Dieser Fragebogen ist beendet"))
    return Refused(again, {"both": neutral(by_postal_code=by_postal_code)}, by_postal_code=by_postal_code)


def endings() -> dict[str, str]:
    """Why there is nothing to answer any more; only whoever knows both secrets learns it."""
    return {
        access.EXPIRED: _("Die Frist für diesen Fragebogen ist abgelaufen. Bitte rufen Sie uns an: {phone}."),
        access.REVOKED: _("Dieser Fragebogen wird nicht mehr gebraucht. Sie müssen nichts tun. Fragen? {phone}."),
        access.PAPER: _("Ihre Antwort auf Papier ist bei uns angekommen. Sie müssen nichts mehr tun."),
        access.RETURNED: _("Diese PIN gilt nicht mehr, der Brief kam zurück. Bitte rufen Sie uns an: {phone}."),
        access.ENDED: _("Ihre Antworten sind längst bei uns. Die Quittung kann hier nicht mehr abgerufen werden."),
    }


def neutral(*, by_postal_code: bool) -> str:
    """The one sentence of whatever was wrong. The second secret does not stand in the letter."""
    if by_postal_code:
        return _(
            "PIN oder Postleitzahl stimmen nicht. Bitte vergleichen Sie die PIN mit dem Brief und prüfen Sie die "
            "Postleitzahl: Es ist die der Person, an die der Brief gerichtet ist."
        )
    return _(
        "PIN oder Geburtsdatum stimmen nicht. Bitte vergleichen Sie die PIN mit dem Brief und prüfen Sie das "
        "Geburtsdatum: Tag, Monat und Jahr."
    )
