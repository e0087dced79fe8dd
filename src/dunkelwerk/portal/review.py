"""The page to check all answers, the submission, and what is shown afterwards."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dunkelwerk.dialogues import answers, queries
from dunkelwerk.dialogues.answers import (
    AlreadySubmitted,
    Attached,
    Incomplete,
    NotOpen,
    ProcessMissing,
    StaleDraft,
    TypeUnfit,
    list_uploads,
    read_receipt,
)
from dunkelwerk.dialogues.forms.filling import Fault, Form
from dunkelwerk.dialogues.forms.telling import no_answer
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.inbox.operations import AlreadyThere
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _, spoken
from dunkelwerk.infra.keys import KeysMissing
from dunkelwerk.portal import faults
from dunkelwerk.portal.languages import LANGUAGES, remember_language
from dunkelwerk.portal.notes import note_not_taken
from dunkelwerk.portal.receipts import make_receipt
from dunkelwerk.portal.sheets import Sheet, open_sheet, submitted_form
from dunkelwerk.portal.start import address_of
from dunkelwerk.portal.visits import Visit, submitted, visiting
from dunkelwerk.portal.wording import told_moment


@require_http_methods(["GET", "HEAD", "POST"])
@visiting
def review(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that was answered, each with a link to change it, and the button that submits it."""
    sheet = open_sheet(visit.dialogue)
    if request.method == "POST" and request.POST.get("language") not in LANGUAGES:
        return submit(request, visit, sheet)
    if request.method == "POST":
        response = redirect("portal:review")
        remember_language(response, request.POST["language"])
        return response
    return show(request, visit, sheet)


def show(request: HttpRequest, visit: Visit, sheet: Sheet, *, notice: str = "", status: int = 200) -> HttpResponse:
    """The page to check."""
    form, files = sheet.form, list_uploads(visit.dialogue.id)
    missing = sheet.missing()
    pages = {page.name: page for page in form.pages}
    context = {
        "subject": form.say(form.type.title),
        "sections": [
            (each, f"{address_of(form, pages[each.page])}?then=check", lines(form, each.rows, files))
            for each in form.rows()
        ],
        "faults": [linked(form, fault) for fault in missing],
        "notice": notice,
        "way_on": next((each for each in (linked(form, fault)["where"] for fault in missing) if each), ""),
        "revision": sheet.revision,
        "step": len(form.pages) + 1,
        "steps": len(form.pages) + 1,
        "back": address_of(form, form.pages[-1]),
        "has_declaration": any(q.kind == "declaration" for page in form.pages for q in form.questions(page)),
    }
    return render(request, "portal/review.html", context, status=status)


def lines(form: Form, rows: Any, files: list[Attached]) -> list[dict[str, Any]]:
    """The rows of a section; of an upload the files by their names."""
    kinds = {question.name: question.kind for page in form.pages for question in form.questions(page)}
    return [
        {
            "label": row.label,
            "text": row.text,
            "is_empty": row.text == no_answer(),
            "detail": row.detail,
            "group": row.group,
            "is_new_group": row.group and (at == 0 or rows[at - 1].group != row.group),
            "files": [each for each in files if each.question == row.question] if is_upload(kinds, row) else [],
        }
        for at, row in enumerate(rows)
    ]


def is_upload(kinds: dict[str, str], row: Any) -> bool:
    """Whether a row is that of files."""
    return kinds.get(row.question) == "upload" and row.group is None


def linked(form: Form, fault: Fault) -> dict[str, str]:
    """What is missing, with the address where it is mended."""
    page = form.page_of(fault)
    where = f"{address_of(form, page)}?then=check#{fault.field}" if page else ""
    return {"sentence": fault.sentence, "label": fault.label, "where": where}


def submit(request: HttpRequest, visit: Visit, sheet: Sheet) -> HttpResponse:
    """Submit what was shown, once. Whoever is second is told so."""
    changed = _(
        "Ihre Angaben haben sich inzwischen geändert, vielleicht auf einem anderen Gerät. Bitte prüfen Sie sie."
    )
    if request.POST.get("revision") != str(sheet.revision):
        if queries.load(visit.dialogue.id).state not in OPEN_STATES:  # submitted since this request began
            return redirect("portal:status")
        return show(request, visit, sheet, notice=changed, status=409)
    if sheet.missing():
        return show(request, visit, sheet)
    try:
        hand_in(visit, sheet)
    except (StaleDraft, Incomplete):
        return show(request, visit, open_sheet(visit.dialogue), notice=changed, status=409)
    except AlreadySubmitted:
        return redirect("portal:status")
    except NotOpen:
        return redirect("portal:ended")
    except KeysMissing:
        raise  # the middleware says it, as on every page
    except CommandError as error:
        return not_taken(request, visit, error)
    return redirect("portal:done")


def hand_in(visit: Visit, sheet: Sheet) -> None:
    """Submit the sheet with its receipt; raises what ``answers.submit`` does, CommandError where none can be set."""
    at, language = now(), spoken()
    pdf = make_receipt(visit.dialogue, sheet.form, list_uploads(visit.dialogue.id), at=at, language=language)
    answers.submit(
        visit.dialogue,
        sheet.form,
        revision=sheet.revision,
        receipt=pdf,
        receipt_sha256=hashlib.sha256(pdf).hexdigest(),
        language=language,
        at=at,
    )


def not_taken(request: HttpRequest, visit: Visit, error: CommandError) -> HttpResponse:
    """What keeps a complete form from being submitted, which only the operator can mend. The draft stands."""
    note_not_taken(visit.dialogue.type, visit.dialogue.form.process, error)
    status, heading, why, what_to_do = told(error)
    stands = _("Alles, was Sie eingegeben haben, ist gespeichert, und Ihre PIN gilt weiter.")
    return faults.show(request, status, heading, why, stands, what_to_do)


def told(error: CommandError) -> tuple[int, str, str, str]:
    """Status, heading, why, and what a person can do about it."""
    if isinstance(error, AlreadyThere):
        heading = _("Zu Ihrer Vorgangsnummer liegt uns schon eine Antwort vor")
        why = _("Eine zweite nehmen wir nicht ungeprüft an, und die erste überschreiben wir nicht.")
        return 409, heading, why, _("Am Telefon sehen wir nach, welche von beiden gilt.")
    heading = _("Ihre Angaben lassen sich gerade nicht absenden")
    if isinstance(error, ProcessMissing):
        why = _("Das Programm, das Ihre Angaben entgegennimmt, läuft bei uns gerade nicht. Das liegt nicht an Ihnen.")
        return 503, heading, why, _("Bitte versuchen Sie es in einigen Tagen noch einmal.")
    if isinstance(error, TypeUnfit):
        why = _("Unser Fragebogen hat einen Fehler, den wir erst beheben müssen. Ihre Angaben sind in Ordnung.")
        return 500, heading, why, _("Bitte versuchen Sie es in einigen Tagen noch einmal.")
    why = _("Bei uns stimmt gerade eine Einstellung nicht. Das liegt an uns, nicht an Ihnen.")
    return 503, heading, why, _("Bitte versuchen Sie es in ein paar Stunden noch einmal.")


@require_safe
@submitted
def done(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Thank you: the reference, what happens next, the receipt."""
    return tell(request, visit, is_new=True)


@require_safe
@submitted
def status(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How it stands, for whoever comes back."""
    return tell(request, visit, is_new=False)


def tell(request: HttpRequest, visit: Visit, *, is_new: bool) -> HttpResponse:
    """The state of a submitted dialogue."""
    found = answers.status(visit.dialogue.id)
    form = submitted_form(visit.dialogue)
    context = {
        "is_new": is_new,
        "subject": form.say(form.type.title),
        "status": found,
        "reference": visit.dialogue.reference,
        "next_steps": form.next_steps(),
        "days": form.type.status_days,
        "when": told_moment(found.submitted_at) if found.submitted_at else "",
    }
    return render(request, "portal/done.html", context)


@require_safe
@submitted
def receipt(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The receipt, of one's own dialogue alone."""
    found = read_receipt(visit.dialogue.id)
    if found is None:
        raise Http404
    response = HttpResponse(found.pdf, content_type="application/pdf")
    name = _("Quittung")
    response["Content-Disposition"] = f'attachment; filename="{name}-{visit.dialogue.reference}.pdf"'
    return response
