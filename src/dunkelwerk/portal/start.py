"""The first page after the login: what is asked and why, and where somebody who comes back goes on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.forms.language import FILLED_BY, Page
from dunkelwerk.portal.sheets import open_sheet
from dunkelwerk.portal.visits import Visit, visiting


@require_safe
@visiting
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this is about, and the way into it."""
    sheet = open_sheet(visit.dialogue)
    form = sheet.form
    begun = sheet.revision > 0
    context = {
        "form": form,
        "title": form.say(form.type.title),
        "intro": form.say(form.type.intro),
        "privacy": form.say(form.type.privacy),
        "begun": begun,
        "way_on": address_of(form, next_page(form) if begun else form.pages[0]),
        "steps": len(form.pages) + 1,
        "branches": any(page.visible_if for page in form.type.pages),
        "exits": [exit.name for exit in form.type.exits],
        "represented": form.answers.get(FILLED_BY) == "representative",
        "has_upload": any(question.kind == "upload" for page in form.pages for question in form.questions(page)),
    }
    return render(request, "portal/start.html", context)


def next_page(form: Form) -> Page | None:
    """Where somebody who comes back goes on."""
    return form.first_open()


def number_of(form: Form, page: Page) -> int:
    """The number of a page in its address: among all pages of the type, whether visible or not."""
    return next(at for at, each in enumerate(form.type.pages, 1) if each.name == page.name)


def address_of(form: Form, page: Page | None) -> str:
    """The address of a page; of the page to check all answers for None."""
    if page is None:
        return reverse("portal:review")
    return reverse("portal:page", args=[number_of(form, page)])
