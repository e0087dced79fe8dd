"""Coming and going: log in with the letter's PIN and a second secret, log out, go on, another language."""

from __future__ import annotations

import re
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dunkelwerk.dialogues import access
from dunkelwerk.dialogues.access import Failure
from dunkelwerk.dialogues.forms.filling import Fault
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.house import read_house
from dunkelwerk.portal.languages import LANGUAGES, remember_language
from dunkelwerk.portal.visits import begin, cookie_name, find_visit, finish
from dunkelwerk.portal.wording import told_wait

LONGEST = 40
BIRTH = ("birth.day", "birth.month", "birth.year")


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The login page; somebody who is logged in can go on from it."""
    if request.method == "POST":
        return log_in(request)
    return show(request, still_in=find_visit(request) is not None)


@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """The login page, after a session has ended: nothing is lost."""
    sentence = _("Sie sind zurzeit nicht angemeldet. Was Sie eingegeben haben, ist gespeichert: Melden Sie sich an.")
    return show(request, notice=sentence)


def log_in(request: HttpRequest) -> HttpResponse:
    """Try what was typed."""
    pin, secret = typed(request, "pin"), second_secret(request)
    wrong = missing(pin, secret)
    if not wrong.get("secret") and (sentence := impossible(request)):
        wrong["secret"] = sentence
    if wrong:
        return show(request, wrong=wrong, retype=False)
    found = access.log_in(pin, secret, address=request.META.get("REMOTE_ADDR", ""))
    if isinstance(found, Failure):
        status = 429 if found.kind == access.WAIT else 200
        return show(request, wrong=told(found), status=status, retype=found.kind != access.TYPING_ERROR)
    rotate_token(request)
    response = redirect("portal:start")
    begin(response, found.token)
    return response


def typed(request: HttpRequest, name: str) -> str:
    """One field, cut where nobody has typed so much."""
    return request.POST.get(name, "").strip()[:LONGEST]


def second_secret(request: HttpRequest) -> str:
    """The birth date as it was typed, else the postal code; empty where it is not whole."""
    day, month, year = (typed(request, name).rstrip(".") for name in BIRTH)
    if day or month or year:
        return f"{day:0>2}.{month:0>2}.{year}" if day and month and year else ""
    return typed(request, "postal_code")


def missing(pin: str, secret: str) -> dict[str, str]:
    """What is not filled in; costs no attempt."""
    wrong = {}
    if not pin:
        wrong["pin"] = _("Bitte tragen Sie die PIN aus dem Brief ein.")
    if not secret:
        wrong["secret"] = _("Bitte tragen Sie Tag, Monat und Jahr der Geburt ein.")
    return wrong


def impossible(request: HttpRequest) -> str:
    """What is wrong with a second secret that can be nobody's; costs no attempt. Empty: it may be somebody's."""
    day, month, year = (typed(request, name).rstrip(".") for name in BIRTH)
    if not (day or month or year):
        return "" if re.search(r"\d", typed(request, "postal_code")) else _("In dieser Postleitzahl fehlt die Zahl.")
    if not all(each.isascii() and each.isdecimal() for each in (day, month, year)):
        return _("Bitte tragen Sie Tag, Monat und Jahr in Ziffern ein, zum Beispiel 24 12 1957.")
    if len(year) != 4:
        return _("Bitte tragen Sie das Jahr mit vier Ziffern ein, zum Beispiel 1957.")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return _("Diesen Tag gibt es nicht. Bitte vergleichen Sie Tag, Monat und Jahr.")
    return ""


def told(failure: Failure) -> dict[str, str]:
    """The sentence of a failure, by the field it belongs to (``both``: to neither alone)."""
    phone = read_house().insurer.phone
    if failure.kind == access.TYPING_ERROR:
        return {"pin": _("Da ist ein Tippfehler in der PIN. Bitte vergleichen Sie sie mit dem Brief.")}
    if failure.kind == access.WAIT:
        sentence = _("Das waren viele Versuche. Bitte warten Sie {wait}, dann geht es weiter.")
        return {"both": sentence.format(wait=told_wait(failure.wait))}
    sentences = {
        access.EXPIRED: _("Die Frist für diesen Fragebogen ist abgelaufen. Bitte rufen Sie uns an: {phone}."),
        access.REVOKED: _("Dieser Fragebogen wird nicht mehr gebraucht. Sie müssen nichts tun. Fragen? {phone}."),
        access.PAPER: _("Ihre Antwort auf Papier ist bei uns angekommen. Sie müssen nichts mehr tun."),
        access.RETURNED: _("Diese PIN gilt nicht mehr, der Brief kam zurück. Bitte rufen Sie uns an: {phone}."),
        access.ENDED: _("Ihre Antworten sind längst bei uns. Die Quittung kann hier nicht mehr abgerufen werden."),
    }
    neutral = _("PIN oder Geburtsdatum stimmen nicht. Bitte vergleichen Sie beides mit dem Brief.")
    return {"both": sentences.get(failure.kind, neutral).format(phone=phone)}


def show(
    request: HttpRequest,
    *,
    wrong: dict[str, str] | None = None,
    notice: str = "",
    still_in: bool = False,
    status: int = 200,
    retype: bool = True,
) -> HttpResponse:
    """The login page. What was typed stands in it again only where something is to be mended, never after a failure."""
    wrong = wrong or {}
    places = {"pin": "pin", "secret": "birth.day", "both": "pin"}
    again = {name: "" if retype else typed(request, name) for name in ("pin", *BIRTH, "postal_code")}
    context = {
        "faults": [Fault(None, places[field], sentence) for field, sentence in wrong.items()],
        "wrong": wrong,
        "notice": notice,
        "still_in": still_in,
        **{name.rpartition(".")[2]: value for name, value in again.items()},
    }
    return render(request, "portal/home.html", context, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out; everything is saved."""
    response = redirect("portal:left")
    finish(request, response)
    return response


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Go on: the session starts its time anew. 401 where it has ended."""
    seconds = access.extend(request.COOKIES.get(cookie_name(), ""))
    return HttpResponse(status=204 if seconds else 401)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The same page in another language."""
    here = request.POST.get("here", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts=None) and here.startswith("/")
    response = redirect(here if safe else reverse("portal:home"))
    if (wanted := request.POST.get("language", "")) in LANGUAGES:
        remember_language(response, wanted)
    return response
