"""The ways out of the form: each explained first, and confirmed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from msgspec import Struct

from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.operations import exit_by_person
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.sheets import open_sheet, save
from dunkelwerk.portal.visits import Visit, finish, visiting

REPRESENTATIVE = "representative"
LONGEST = 1000


class Words(Struct, frozen=True):
    """What an exit says: its page before, the button, and what is said afterwards, under the heading ``done``."""

    title: str
    text: str
    button: str
    after: str
    asks: str = ""
    done: str = ""


def words_of(kind: str) -> Words:
    """The program's own words of an exit."""
    if kind == "not_me":
        return Words(
            _("Ich bin nicht diese Person"),
            _("Dann ist der Brief bei Ihnen falsch. Wir beenden den Fragebogen; die PIN gilt danach nicht mehr."),
            _("Ja, ich bin nicht diese Person"),
            _("Danke für den Hinweis. Bitte vernichten Sie den Brief. Sie müssen nichts weiter tun."),
            _("Möchten Sie uns dazu etwas sagen? Zum Beispiel: unbekannt verzogen"),
        )
    if kind == "deceased":
        return Words(
            _("Die Person ist verstorben"),
            _("Unser herzliches Beileid. Wir beenden den Fragebogen und schreiben die Person nicht wieder an."),
            _("Ja, die Person ist verstorben"),
            _("Danke, dass Sie es uns gesagt haben. Zu diesem Fragebogen müssen Sie nichts weiter tun."),
            _("Möchten Sie uns dazu etwas sagen? Zum Beispiel, an wen wir uns wenden können"),
        )
    if kind == "on_paper":
        return Words(
            _("Lieber auf Papier"),
            _("Gern: Wir schicken Ihnen den Fragebogen mit der Post. Bis dahin können Sie es sich anders überlegen."),
            _("Ja, bitte schicken Sie ihn mir"),
            _("Der Fragebogen kommt in den nächsten Tagen mit der Post."),
            done=_("Ihr Fragebogen kommt mit der Post"),
        )
    return Words(
        _("Ich fülle für jemanden aus"),
        _("Gern, wenn Sie dazu berechtigt sind: mit Vollmacht, als Betreuerin oder Betreuer, oder als Eltern."),
        _("Ja, ich fülle für jemanden aus"),
        "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@visiting
def leave(request: HttpRequest, visit: Visit, kind: str) -> HttpResponse:
    """One way out: what it means, and the button that takes it."""
    form = open_sheet(visit.dialogue).form
    found = next((each for each in form.type.exits if each.name == kind), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        return go(request, visit, kind)
    words = words_of(kind)
    context = {
        "words": words,
        "text": form.say(found.text) or words.text,
        "subject": form.say(form.type.title),
        "is_represented": kind == REPRESENTATIVE and is_represented(form),
    }
    return render(request, "portal/leave.html", context)


def is_represented(form: Form) -> bool:
    """Whether somebody said that they fill it in for somebody else."""
    return form.answers.get("filled_by") == REPRESENTATIVE


def go(request: HttpRequest, visit: Visit, kind: str) -> HttpResponse:
    """Take the way out. To fill in for somebody is an answer, the form goes on."""
    if kind == REPRESENTATIVE:
        who = "self" if request.POST.get("go") == "self" else REPRESENTATIVE
        save(visit.dialogue, lambda form: form.filled_by(who))
        return redirect("portal:start")
    exit_by_person(visit.dialogue.id, kind, note_text=request.POST.get("words", "").strip()[:LONGEST])
    words = words_of(kind)
    context = {"title": words.done or words.title, "sentence": words.after, "again": False}
    response = render(request, "portal/left.html", context)
    finish(request, response)
    return response


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """After logging out."""
    sentence = _("Alles ist gespeichert. Mit derselben PIN machen Sie später weiter, auch auf einem anderen Gerät.")
    context = {"title": _("Sie sind abgemeldet"), "sentence": sentence, "again": True}
    return render(request, "portal/left.html", context)
