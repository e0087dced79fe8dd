"""A page of questions: shown, saved by whatever button leads away from it, and looked at anew while it is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dunkelwerk.dialogues.answers import file_ids, list_uploads, read_upload, remove_upload
from dunkelwerk.dialogues.forms.filling import Fault, Form, Reading, Warning
from dunkelwerk.dialogues.forms.language import Page
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.credentials import BESIDE
from dunkelwerk.portal.fields import Builder, Field
from dunkelwerk.portal.languages import LANGUAGES, remember_language
from dunkelwerk.portal.notes import note_ignored
from dunkelwerk.portal.rows import without_row
from dunkelwerk.portal.sheets import Texts, make_form, open_sheet, save
from dunkelwerk.portal.start import address_of
from dunkelwerk.portal.taking import take_files
from dunkelwerk.portal.visits import Visit, finish, visiting, visiting_unseen

#: names of a page's form that are no answers
OWN = frozenset({"csrfmiddlewaretoken", "go", "then", "language", "here"})
CHECK = "check"
CONFIRM = "confirm."
#: in the address of a page that was sent and is not yet right
AGAIN = "nochmal"
#: in the address of a page after files of a question were taken
UPLOADED = "hochgeladen"


@require_http_methods(["GET", "HEAD", "POST"])
@visiting
def page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """One topic."""
    sheet = open_sheet(visit.dialogue)
    found = find_page(sheet.form, number)
    if found is None:
        return redirect(address_of(sheet.form, sheet.form.first_open()))
    if request.method == "POST":
        return answer(request, visit, found)
    texts = sheet.typed_on(found.name) or sheet.form.page_fields(found)
    if AGAIN in request.GET:
        return show_wrong(request, visit, sheet.form, found, texts)
    return show(request, visit, sheet.form, found, texts, warnings=confirmed(sheet.form, found))


def find_page(form: Form, number: int) -> Page | None:
    """The page of a number; None where it is not visible now. Raises Http404 for a number that no page has."""
    if not 1 <= number <= len(form.type.pages):
        raise Http404
    wanted = form.type.pages[number - 1]
    return wanted if any(each.name == wanted.name for each in form.pages) else None


def answer(request: HttpRequest, visit: Visit, found: Page) -> HttpResponse:
    """Save what was posted, and do what the button says."""
    go, _colon, what = request.POST.get("go", "").partition(":")
    texts = posted(request)
    if go == "remove":
        texts = without_row(texts, what)
    form, reading = put(visit, found, texts)
    note_ignored(request, reading.ignored)
    if go == "drop":
        drop(visit, what)
    # after what was typed: it may be what makes their question visible
    refused = take_files(visit.dialogue, form, found, request.FILES) if request.FILES else []
    refused += too_much(request, form, found)
    if go == "drop" or request.FILES:
        form = form.with_files(file_ids(visit.dialogue.id))
        reading = form.read(found, texts)
    if not form.questions(found):
        # hidden meanwhile, by an answer on another device
        return redirect(address_of(form, form.first_open()))
    if go in ("add", "remove"):
        return show(request, visit, form, found, texts, extra=what if go == "add" else "")
    if refused:
        return show(request, visit, form, found, texts, faults=refused)
    if request.POST.get("language") in LANGUAGES:
        return other_language(request)
    if go in ("upload", "drop"):
        return redirect(after_files(request, what if go == "upload" else ""))
    if go == "back":
        return redirect(back(request, form, found))
    if go == "leave":
        return leave(request)
    if not reading.complete:
        return again(request)
    return redirect(onward(request, form, found))


def after_files(request: HttpRequest, question: str) -> str:
    """The same page, at the sentence that says that files came: it gets the focus, and is read out."""
    told = {UPLOADED: question} if request.FILES else {}
    asked = urlencode({**told, **({"then": CHECK} if query(request) else {})})
    return f"{request.path}{'?' if asked else ''}{asked}#{'uploaded' if told else f'question-{question}'}"


def too_much(request: HttpRequest, form: Form, found: Page) -> list[Fault]:
    """The fault of files that together were too large; none of those that came too late was kept."""
    if not getattr(request, "too_much", False):
        return []
    name = next((each.name for each in form.questions(found) if each.kind == "upload"), "")
    return [Fault(name, name, _("Das war zu viel auf einmal. Bitte laden Sie die Dateien einzeln hoch."))]


def posted(request: HttpRequest) -> Texts:
    """What was typed, without what is the portal's own."""
    given = [(name, values) for name, values in request.POST.lists() if not name.startswith(BESIDE)]
    return {name: [str(each) for each in values] for name, values in given if name not in OWN}


def put(visit: Visit, found: Page, texts: Texts) -> tuple[Form, Reading]:
    """Read what was typed on a page and save it, wrong as it may be; the form afterwards, and what is wrong."""
    readings: list[Reading] = []

    def change(form: Form) -> dict[str, Any]:
        readings.append(form.read(found, texts))
        return readings[-1].answers

    form = save(visit.dialogue, change, typed=lambda: {found.name: {} if readings[-1].complete else texts})
    return form, readings[-1]


def again(request: HttpRequest) -> HttpResponse:
    """The page once more, by an address of its own: a reload or the browser's way back then sends nothing again."""
    return redirect(f"{request.path}?{AGAIN}=1" + (f"&then={CHECK}" if query(request) else ""))


def show_wrong(request: HttpRequest, visit: Visit, form: Form, found: Page, texts: Texts) -> HttpResponse:
    """The page as it was sent: with what is wrong, what is to be confirmed, or the questions that have come up."""
    reading = form.read(found, texts)
    asks = () if reading.faults else reading.warnings
    return show(request, visit, form, found, texts, faults=reading.faults, warnings=asks, asks=bool(asks))


def show(
    request: HttpRequest,
    visit: Visit,
    form: Form,
    found: Page,
    texts: Texts,
    *,
    faults: Iterable[Fault] = (),
    warnings: Iterable[Warning] = (),
    extra: str = "",
    asks: bool = False,
) -> HttpResponse:
    """The page with these texts in its fields. ``asks``: the warnings are new, and stand on top."""
    faults, warnings = list(faults), list(warnings)
    files = list_uploads(visit.dialogue.id)
    builder = Builder(form, texts, faults=faults, warnings=warnings, files=files, extra=extra)
    fields = builder.fields(found)
    step, steps = form.step(found)
    context = {
        "title": form.say(found.title),
        "intro": form.say(found.intro),
        "subject": form.say(form.type.title),
        "fields": fields,
        "faults": [anchored(fault, fields) for fault in faults],
        "warnings": warnings if asks else [],
        "loose": loose(warnings, fields),
        "step": step,
        "steps": steps,
        "then": request.POST.get("then", request.GET.get("then", "")),
        "uploaded": request.GET.get(UPLOADED, ""),
        "has_upload": any(field.kind == "upload" for field in fields),
        "exits": [exit.name for exit in form.type.exits],
        "is_first": form.before(found) is None,
    }
    return render(request, "portal/page.html", context)


def anchored(fault: Fault, fields: list[Field]) -> Fault:
    """The fault with the id of a field that is there: the first part of a date, the choice to confirm or correct."""
    for field in fields:
        if fault.field == field.name and field.parts:
            return Fault(fault.question, field.parts[0].name, fault.sentence, fault.label)
        if fault.field == field.name and field.known is not None and field.confirm != "no":
            return Fault(fault.question, f"{field.name}.confirm", fault.sentence, fault.label)
    return fault


def loose(warnings: list[Warning], fields: list[Field]) -> list[Warning]:
    """Warnings that belong to no question of the page."""
    held = {each.check for field in fields for each in field.warnings}
    return [each for each in warnings if each.check not in held]


def confirmed(form: Form, found: Page) -> list[Warning]:
    """The warnings of a page that were confirmed before: they are shown, ticked."""
    texts = form.page_fields(found)
    bare = {name: each for name, each in texts.items() if not name.startswith(CONFIRM)}
    return [each for each in form.read(found, bare).warnings if CONFIRM + each.check in texts]


def onward(request: HttpRequest, form: Form, found: Page) -> str:
    """Where "Weiter" leads: from a change on the page to check, back there."""
    if request.POST.get("then") == CHECK:
        open_page = form.first_open()
        return f"{address_of(form, open_page)}?then={CHECK}" if open_page else reverse("portal:review")
    return address_of(form, form.after(found))


def back(request: HttpRequest, form: Form, found: Page) -> str:
    """Where "Zurück" leads."""
    if request.POST.get("then") == CHECK:
        return reverse("portal:review")
    before = form.before(found)
    return address_of(form, before) if before else reverse("portal:start")


def query(request: HttpRequest) -> str:
    """Keeps that somebody came from the page to check."""
    return f"?then={CHECK}" if request.POST.get("then") == CHECK else ""


def other_language(request: HttpRequest) -> HttpResponse:
    """The same page in another language; what was typed is saved."""
    response = redirect(request.path + query(request))
    remember_language(response, request.POST["language"])
    return response


def leave(request: HttpRequest) -> HttpResponse:
    """Log out, everything saved."""
    response = redirect("portal:left")
    finish(request, response)
    return response


def drop(visit: Visit, identity: str) -> None:
    """Remove an uploaded file, of one's own dialogue alone; nothing where there is none of this number."""
    for ids in file_ids(visit.dialogue.id).values():
        for each in ids:
            if str(each) == identity:
                remove_upload(visit.dialogue.id, each)


@require_POST
@visiting
def look(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """The questions as they would be with what is typed so far; nothing is saved, nothing is called wrong."""
    sheet = open_sheet(visit.dialogue)
    found = find_page(sheet.form, number)
    if found is None:
        raise Http404
    texts = posted(request)
    form = make_form(visit.dialogue, sheet.form.read(found, texts).answers)
    fields = Builder(form, texts, files=list_uploads(visit.dialogue.id)).fields(found)
    # its buttons lead to the page they are put into, not to this picture of it
    here = reverse("portal:page", args=[number])
    return render(request, "portal/questions.html", {"fields": fields, "here": here})


@require_POST
@visiting_unseen
def keep(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Save what is typed so far, before the session ends."""
    found = find_page(open_sheet(visit.dialogue).form, number)
    if found is not None:
        put(visit, found, posted(request))
    return HttpResponse(status=204)


@require_safe
@visiting
def file(request: HttpRequest, visit: Visit, identity: int) -> HttpResponse:
    """An uploaded file as it was made safe, of one's own dialogue alone."""
    content = read_upload(visit.dialogue.id, identity)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="datei-{identity}.pdf"'
    return response
