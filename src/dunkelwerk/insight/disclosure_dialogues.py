"""The dialogues on the page of a disclosure: what was asked, known, answered, handed in, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from dunkelwerk.insight.disclosure_html import Thing, fields, table
from dunkelwerk.insight.disclosure_words import calling, show

#: facts of a dialogue itself; the rest has tables of its own
FACTS = (
    *("external_id", "state", "outcome", "created_at", "valid_until", "remind_on", "submitted_at", "ended_on", "held"),
    "exit_words",
)


def tell_dialogues(dialogues: Sequence[Thing]) -> Iterator[str]:
    """One after the other."""
    if not dialogues:
        yield "<p>Kein Fragebogen.</p>"
    for each in dialogues:
        yield f"<article><h3>{escape(each['title'])} ({escape(each['reference'])})</h3>"
        with calling("dialogues"):
            yield from tell_dialogue(each)
        yield "</article>"


def tell_dialogue(told: Thing) -> Iterator[str]:
    """One dialogue."""
    yield from fields({name: told[name] for name in FACTS if told[name] is not False})
    yield from tell_person(told)
    yield from tell_answers(told["answered"], "Ihre Antworten")
    if told["receipt"] and told["answers"] is None:
        yield "<p>Ihre Antworten in diesem Fragebogen sind gelöscht.</p>"
    yield from tell_answers(told["saved_answered"], "Gespeichert, nicht abgesandt")
    uploads = [{**each, "size": f"{each['size']:,} Byte".replace(",", ".")} for each in told["uploads"]]
    yield from table("Dateien von Ihnen", uploads, without={"id", "question"})
    if (receipt := told["receipt"]) is not None:
        kept = f"; sie liegt bei ({told['reference']}-receipt.pdf)" if receipt["kept"] else ""
        yield f"<p>Ihre Empfangsbestätigung hat die Prüfsumme {escape(receipt['sha256'])}{kept}.</p>"
    yield from table("Briefe an Sie", told["letters"])
    yield from table("Aufgaben für Menschen", told["work_items"], without={"id", "deeds"})
    yield from table("Was Menschen dazu getan haben", [deed for each in told["work_items"] for deed in each["deeds"]])
    yield from table("Nachrichten an das Fachsystem", told["messages"])
    yield from tell_history(told)


def tell_person(told: Thing) -> Iterator[str]:
    """What the core system told of the person."""
    if told["person"] is None:
        yield "<p>Anschrift und was vorab bekannt war, sind in diesem Fragebogen gelöscht.</p>"
        return
    yield "<h4>Wen wir gefragt haben</h4>"
    yield from fields(told["person"], without={"external_id"})
    yield from table("Was vorab bekannt war", told["prefill"])


def tell_answers(answered: Sequence[Thing], title: str) -> Iterator[str]:
    """Questions and answers as they were worded, by page."""
    if answered:
        yield f"<h4>{escape(title)}</h4>"
    for (page, group), rows in groupby(answered, key=lambda each: (each["page"], each["group"])):
        caption = " · ".join(filter(None, (page, group))) or "Weitere Antworten"
        yield from table(caption, [{"question": each["question"], "answer": each["answer"]} for each in rows])


def tell_history(told: Thing) -> Iterator[str]:
    """Behind a click: every change, the terms, what was told about the data."""
    days = told["retention_days"]
    yield "<details><summary>Was geschah, und wie lange was gespeichert bleibt</summary>"
    yield from table("Was geschah", told["events"])
    yield (
        f"<p>Nach dem Ende des Fragebogens bleiben Anschrift und Vorbelegung {days['prefill']} Tage, Antworten "
        f"{days['answers']} Tage, Dateien {days['uploads']} Tage. Was daraus als Meldung wurde, hat eigene Fristen.</p>"
    )
    if told["privacy"]:
        yield f"<p>{escape(show(told['privacy']))}</p>"
    yield "</details>"
