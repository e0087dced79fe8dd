"""What every page shows around its content: whose it is, the language, and what the dialogue is about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.queries import Dialogue
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.i18n import spoken
from dunkelwerk.portal.house import read_house
from dunkelwerk.portal.languages import LANGUAGES


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The context of every template. ``companies``: before the login all from whom a letter may have come.

    So, too, where a type names a company that the insurer no longer lists: rather all of them than a wrong one.
    """
    house, visit = read_house(), getattr(request, "visit", None)
    entity = visit.dialogue.form.legal_entity if visit else None
    is_known = entity is not None and house.insurer.knows(entity)
    companies = [house.company(entity)] if is_known else list(house.companies.values())
    return {
        "house": house,
        "insurer": companies[0],
        "companies": companies,
        "about": what_about(visit.dialogue) if visit else "",
        "language": spoken(),
        "other_languages": [(code, name) for code, name in LANGUAGES.items() if code != spoken()],
        "visit": visit,
        "here": request.path,
    }


def what_about(dialogue: Dialogue) -> str:
    """What it is about, beside the title: e.g. the contract. Empty where the type or the import says nothing."""
    if not dialogue.form.about:
        return ""
    form = Form(dialogue.form, {}, prefill=dialogue.prefill, person=dialogue.facts, today=business_day())
    return form.say(dialogue.form.about)
