"""The portal's pages. No address names a dialogue: the session says which."""

from __future__ import annotations

from django.urls import path

from dunkelwerk.portal import leaving, login, pages, questions, review, start

app_name = "portal"
urlpatterns = [
    path("", login.home, name="home"),
    path("sitzung-beendet", login.ended, name="ended"),
    path("abmelden", login.log_out, name="log_out"),
    path("weiter", login.renew, name="renew"),
    path("sprache", login.language, name="language"),
    path("start", start.start, name="start"),
    path("fragen/<int:number>", questions.page, name="page"),
    path("fragen/<int:number>/ansicht", questions.look, name="look"),
    path("fragen/<int:number>/merken", questions.keep, name="keep"),
    path("datei/<int:identity>", questions.file, name="file"),
    path("pruefen", review.review, name="review"),
    path("fertig", review.done, name="done"),
    path("stand", review.status, name="status"),
    path("quittung", review.receipt, name="receipt"),
    path("ausgang/<slug:kind>", leaving.leave, name="leave"),
    path("danke", leaving.left, name="left"),
    path("hilfe", pages.help, name="help"),
    path("datenschutz", pages.privacy, name="privacy"),
    path("barrierefreiheit", pages.accessibility, name="accessibility"),
    path("impressum", pages.imprint, name="imprint"),
    path("da", pages.ping, name="ping"),
]
