"""Pages for what goes wrong: clear, kind, in the look of all others, and with a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dunkelwerk.infra.i18n import _, speaking
from dunkelwerk.portal import credentials
from dunkelwerk.portal.credentials import BESIDE, Refused
from dunkelwerk.portal.languages import chosen_language

#: seconds after which another try is worth it
RETRY = 10
#: the same, where somebody must do something first
RETRY_WITH_KEYS = 600
#: the field that says whose page it was; no question begins so
WHOSE = f"{BESIDE}whose"
#: not part of what is sent again: a token of its own stands beside it
TOKEN = "csrfmiddlewaretoken"


def show(
    request: HttpRequest,
    status: int,
    heading: str,
    *paragraphs: str,
    again: list[tuple[str, str]] | None = None,
    ping: str = "",
    way_on: str = "",
    way_on_text: str = "",
    here: str = "",
) -> HttpResponse:
    """A page of a heading, some sentences, and a button. ``here``: where another language leads, if not to itself."""
    context = {
        "heading": heading,
        "paragraphs": paragraphs,
        "again": again,
        "ping": ping,
        "way_on": way_on or reverse("portal:start"),
        "way_on_text": way_on_text or _("Zum Fragebogen"),
    }
    return render(request, "portal/fault.html", context | ({"here": here} if here else {}), status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    with speaking(chosen_language(request)):
        sentence = _("Vielleicht hat sich ein Tippfehler eingeschlichen. Ihre Angaben sind davon nicht betroffen.")
        # what stands behind the slash may be a PIN, and is not said again: another language leads to the start
        return show(request, 404, _("Diese Seite gibt es nicht"), sentence, here=reverse("portal:home"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read, e.g. too many fields."""
    with speaking(chosen_language(request)):
        sentence = _("Bitte gehen Sie zurück und versuchen Sie es noch einmal. Was gespeichert war, ist noch da.")
        return show(request, 400, _("Das konnten wir nicht lesen"), sentence)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return refused(request)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF token was missing or wrong: the page is from another session, or cookies are switched off.

    What one of our own pages sent, as the browser vouches, can be sent again; nothing of anybody else's is repeated.
    """
    own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    again = repeated(request) if own else None
    with speaking(chosen_language(request)):
        if again:
            return show(
                request,
                403,
                _("Bitte noch einmal senden"),
                _("Sie haben sich inzwischen neu angemeldet. Ihre Eingaben stehen noch in dieser Seite."),
                *without_files(request),
                again=again,
            )
        return show(
            request,
            403,
            _("Bitte öffnen Sie die Seite noch einmal"),
            _("Die Seite war zu lange offen, oder Ihr Browser nimmt keine Cookies an."),
            _("Diese Website braucht zwei kleine Cookies, um Sie während der Sitzung zu erkennen. Sonst nichts."),
            way_on=reverse("portal:home"),
            way_on_text=_("Zur Anmeldung"),
        )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    with speaking(chosen_language(request)):
        return show(
            request,
            500,
            _("Da ist bei uns etwas schiefgegangen"),
            _("Das liegt nicht an Ihnen. Was Sie bis zur letzten Seite eingegeben haben, ist gespeichert."),
            _("Bitte versuchen Sie es noch einmal."),
        )


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away. What was just posted stands in the page, and can be sent again from there."""
    again = repeated(request)
    sentences = [_("Wir sind gleich wieder da. Was Sie bisher gespeichert haben, ist sicher aufgehoben.")]
    if again is not None:
        sentences.append(_("Ihre letzten Eingaben stehen noch in dieser Seite: Senden Sie sie einfach noch einmal."))
        sentences += without_files(request)
    else:
        sentences.append(_("Bitte versuchen Sie es in ein paar Augenblicken noch einmal."))
    response = show(
        request,
        503,
        _("Kleine Unterbrechung"),
        *sentences,
        again=again,
        ping=reverse("portal:ping"),
        way_on=request.path,
        way_on_text=_("Noch einmal versuchen"),
    )
    response["Retry-After"] = str(RETRY)
    return response


def without_keys(request: HttpRequest) -> HttpResponse:
    """503: nothing is read or sealed until the operator brings the keys back. What was posted stands in the page."""
    again = repeated(request)
    sentences = [
        _("Alles, was Sie gespeichert haben, liegt verschlüsselt bei uns; der Schlüssel dazu fehlt uns im Moment."),
        _("Das liegt an uns, nicht an Ihnen. Verloren ist nichts, und Ihre PIN gilt weiter."),
    ]
    if again is not None:
        sentences.append(_("Ihre letzten Eingaben stehen noch in dieser Seite: Senden Sie sie später noch einmal."))
        sentences += without_files(request)
    else:
        sentences.append(_("Bitte versuchen Sie es in ein paar Stunden noch einmal."))
    heading, way_on = _("Wir kommen gerade nicht an Ihre Angaben"), _("Noch einmal versuchen")
    response = show(request, 503, heading, *sentences, again=again, way_on=request.path, way_on_text=way_on)
    response["Retry-After"] = str(RETRY_WITH_KEYS)
    return response


def session_ended(request: HttpRequest, refused: Refused = credentials.NOTHING) -> HttpResponse:
    """403: nobody is logged in any more. What was posted waits in the page, where one logs in and it goes on."""
    return keep_and_log_in(
        request,
        refused,
        _("Bitte melden Sie sich noch einmal an"),
        _("Ihre Sitzung ist nicht mehr da. Was Sie zuletzt eingetragen haben, ist noch nicht gespeichert."),
        _("Es steht aber noch in dieser Seite: Melden Sie sich an, dann geht es damit weiter."),
    )


def another_letter(request: HttpRequest) -> HttpResponse:
    """403: the page belongs to another dialogue than the one that is logged in now. Nothing was written anywhere."""
    return keep_and_log_in(
        request,
        credentials.NOTHING,
        _("Diese Seite gehört zu einem anderen Brief"),
        _("In diesem Browser hat sich inzwischen jemand mit einem anderen Brief angemeldet. Gespeichert wurde nichts."),
        _("Ihre Eingaben stehen noch in dieser Seite: Melden Sie sich mit dem Brief an, zu dem sie gehören."),
    )


def keep_and_log_in(request: HttpRequest, refused: Refused, heading: str, *paragraphs: str) -> HttpResponse:
    """A page that holds what was posted, and in which one logs in."""
    context = {
        **refused.context(),
        "heading": heading,
        "paragraphs": [*paragraphs, *without_files(request)],
        "again": repeated(request),
        "beside": BESIDE,
    }
    response = render(request, "portal/again.html", context, status=403 if refused.status == 200 else refused.status)
    if refused.wait:
        response["Retry-After"] = str(refused.wait)
    return response


def repeated(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was posted, to be sent again, without secrets and files; None where there is nothing."""
    if request.method != "POST" or request.path == reverse("portal:home"):
        return None
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in pairs if name == WHOSE or not name.startswith((BESIDE, TOKEN))]


def without_files(request: HttpRequest) -> list[str]:
    """That files are to be chosen anew, where some were sent: no page can hold them."""
    if not (request.FILES or getattr(request, "dropped", False)):
        return []
    return [_("Die Datei wählen Sie danach bitte noch einmal aus.")]
