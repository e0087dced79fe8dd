"""Coming and going: log in with the letter's PIN and a second secret, log out, go on, another language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dunkelwerk.dialogues import access
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal import credentials
from dunkelwerk.portal.credentials import Refused
from dunkelwerk.portal.languages import LANGUAGES, remember_language
from dunkelwerk.portal.visits import begin, cookie_name, find_visit, finish


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The login page; somebody who is logged in can go on from it."""
    if request.method == "POST":
        return log_in(request)
    return show(request, still_in=find_visit(request) is not None)


@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """The login page, after a session has ended: what was saved is there."""
    sentence = _("Sie sind zurzeit nicht angemeldet. Was gespeichert war, ist noch da: Melden Sie sich einfach an.")
    return show(request, notice=sentence)


def log_in(request: HttpRequest) -> HttpResponse:
    """Try what was typed."""
    found = credentials.attempt(request)
    if isinstance(found, Refused):
        return show(request, found)
    response = redirect("portal:start")
    begin(response, found.token)
    return response


def show(
    request: HttpRequest, refused: Refused = credentials.NOTHING, *, notice: str = "", still_in: bool = False
) -> HttpResponse:
    """The login page."""
    context = {**refused.context(), "notice": notice, "still_in": still_in}
    response = render(request, "portal/home.html", context, status=refused.status)
    if refused.wait:
        response["Retry-After"] = str(refused.wait)
    return response


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
