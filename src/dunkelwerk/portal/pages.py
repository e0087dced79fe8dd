"""Pages that anybody may read: help, privacy, accessibility, imprint."""

from __future__ import annotations

from itertools import zip_longest

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dunkelwerk.infra.i18n import spoken
from dunkelwerk.letters.insurer import Insurer
from dunkelwerk.portal.house import find_text, read_house
from dunkelwerk.portal.texts import Block, fill, parse_text
from dunkelwerk.portal.visits import cookie_name


def show(request: HttpRequest, name: str) -> HttpResponse:
    """A page of text."""
    house = read_house()
    text, companies = find_text(name, spoken(), house), list(house.companies.values())
    blocks = parse_text(fill(text, companies)) if name != "imprint" else imprints(text, companies)
    heading = next((block.lines[0] for block in blocks if block.kind == "title"), name)
    # no look into the database: these pages are there even when it is not
    context = {"heading": heading, "blocks": blocks, "comes_back": bool(request.COOKIES.get(cookie_name()))}
    return render(request, "portal/text.html", context)


def imprints(text: str, companies: list[Insurer]) -> tuple[Block, ...]:
    """The imprint of each company, under one title. A heading with nothing below it is left out."""
    title, *found = parse_text(fill(text, companies[:1]))
    for each in companies[1:]:
        found += [Block("heading", (each.name,)), *parse_text(fill(text, [each]))[1:]]
    pairs = zip_longest(found, found[1:])
    return (title, *(block for block, after in pairs if block.kind != "heading" or (after and after.kind != "heading")))


@require_safe
def help(request: HttpRequest) -> HttpResponse:
    """Help and how to reach the insurer."""
    return show(request, "help")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What happens to the data."""
    return show(request, "privacy")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return show(request, "accessibility")


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Whose site this is."""
    return show(request, "imprint")


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """Whether the portal is back after an outage: the database answers, and nothing is asked of its tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(status=204)
