"""No file is lost between its upload and the submission: the files that are kept are the answers, nothing else."""

from __future__ import annotations

import io
from threading import Barrier, Thread
from typing import Any

import pypdfium2
import pytest
from test_questions import answer, photo, stored, text
from test_review import revision, submit

TAX = {"tax_id": "86095742719"}


def upload(client: Any, *files: Any, **fields: Any) -> Any:
    return client.post("/fragen/1", {"sick": "yes", "papers": list(files) or photo(), "go": "upload:papers", **fields})


def kept(given: Any) -> list[tuple[int, bool]]:
    from dunkelwerk.dialogues.answers import list_uploads

    return [(each.id, each.submitted) for each in list_uploads(given.id)]


@pytest.fixture
def outbox(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the core system is told."""
    from dunkelwerk.dialogues import submitting

    told: list[Any] = []
    monkeypatch.setattr(submitting.outbox, "put", lambda *_all, payload, **_more: told.append(payload))
    return told


def receipt_text(client: Any) -> str:
    pdf = pypdfium2.PdfDocument(client.get("/quittung").content)
    return "".join(page.get_textpage().get_text_range() for page in pdf)


def test_a_file_of_a_question_that_was_hidden_and_shown_again_is_submitted(logged_in: Any, outbox: Any) -> None:
    client, given = logged_in("proof_if_sick")
    upload(client)
    ((identity, _no),) = kept(given)
    assert answer(client, 1, {"sick": "no"})["Location"] == "/fragen/3"
    assert "foto.jpg" not in text(client.get("/pruefen"))
    assert answer(client, 1, {"sick": "yes"})["Location"] == "/fragen/2", "it is there: nothing is missing"
    answer(client, 3, TAX)
    assert "foto.jpg" in text(client.get("/pruefen"))
    assert submit(client)["Location"] == "/fertig"
    assert kept(given) == [(identity, True)]
    assert "foto.jpg" in receipt_text(client)
    (message,) = outbox
    assert message["answers"]["papers"] == [each["id"] for each in message["files"]] == [identity]


def test_a_file_of_a_question_that_is_hidden_at_submission_goes(logged_in: Any, outbox: Any) -> None:
    client, given = logged_in("proof_if_sick")
    upload(client)
    answer(client, 1, {"sick": "no"})
    answer(client, 3, TAX)
    assert submit(client)["Location"] == "/fertig"
    assert kept(given) == []
    assert "foto.jpg" not in receipt_text(client)
    (message,) = outbox
    assert message["files"] == []
    assert "papers" not in message["answers"]


def test_a_file_that_was_kept_before_a_crash_is_an_answer(logged_in: Any) -> None:
    from dunkelwerk.dialogues.answers import add_upload

    client, given = logged_in("proof_if_sick")
    answer(client, 1, {"sick": "yes"}, go="back")
    answer(client, 3, TAX)
    add_upload(given.id, question="papers", name="attest.pdf", content=b"%PDF-1.7", pages=1)
    assert "attest.pdf" in text(client.get("/pruefen"))
    assert submit(client)["Location"] == "/fertig"
    assert [submitted for _id, submitted in kept(given)] == [True]


def test_two_uploads_at_once_are_both_answers(client: Any, new_dialogue: Any) -> None:
    from django.db import connection
    from portal_support import PageClient

    from dunkelwerk.dialogues import queries
    from dunkelwerk.portal.sheets import open_sheet

    given, start = new_dialogue("proof_if_sick"), Barrier(2)
    visitors = [PageClient(headers={"accept-language": "de"}) for _each in range(2)]
    for each in visitors:
        each.post("/", given.secrets)
    answer(visitors[0], 1, {"sick": "yes"}, go="back")
    codes = []

    def send(visitor: Any) -> None:
        start.wait()
        try:
            codes.append(upload(visitor).status_code)
        finally:
            connection.close()

    threads = [Thread(target=send, args=(each,)) for each in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302, 302]
    ids = [identity for identity, _no in kept(given)]
    assert len(ids) == 2
    assert open_sheet(queries.load(given.id)).form.answers["papers"] == ids


def test_a_file_that_came_after_the_check_was_shown_is_shown_first(logged_in: Any) -> None:
    from dunkelwerk.dialogues.answers import add_upload

    client, given = logged_in("proof_if_sick")
    upload(client)
    answer(client, 3, TAX)
    number = revision(client)
    add_upload(given.id, question="papers", name="zweites.pdf", content=b"%PDF-1.7", pages=1)
    answered = client.post("/pruefen", {"go": "submit", "revision": number})
    assert answered.status_code == 409
    assert "zweites.pdf" in text(answered)
    assert submit(client)["Location"] == "/fertig"
    assert "zweites.pdf" in receipt_text(client)


def test_a_file_is_taken_with_the_very_answer_that_asks_for_it(logged_in: Any) -> None:
    client, given = logged_in("proof_if_sick")
    answered = client.post("/fragen/1", {"sick": "yes", "papers": photo(), "go": "next"})
    assert answered["Location"] == "/fragen/2"
    assert len(stored(given)["papers"]) == 1


def test_a_file_that_is_refused_with_that_answer_says_so(logged_in: Any) -> None:
    client, given = logged_in("proof_if_sick")
    strange = io.BytesIO(b"hello")
    strange.name = "brief.txt"
    page = text(client.post("/fragen/1", {"sick": "yes", "papers": strange, "go": "next"}))
    assert "brief.txt: Diese Art von Datei" in page
    assert stored(given)["sick"] is True
    assert kept(given) == []


def test_a_file_of_a_question_hidden_meanwhile_can_be_removed(logged_in: Any) -> None:
    client, given = logged_in("proof_if_sick")
    upload(client)
    ((identity, _no),) = kept(given)
    answered = answer(client, 1, {"sick": "no"}, go=f"drop:{identity}")
    assert answered["Location"] == "/fragen/1#question-"
    assert kept(given) == []


def test_an_upload_to_a_question_hidden_meanwhile_is_an_ordinary_page(logged_in: Any) -> None:
    client, given = logged_in("proof_if_sick")
    answered = upload(client, sick="no")
    assert answered["Location"] == "/fragen/1?hochgeladen=papers#uploaded"
    assert client.get("/fragen/1").status_code == 200
    assert kept(given) == []


@pytest.mark.parametrize("identity", ["", "x", "²", "9" * 40, "0"])
def test_to_remove_what_is_not_there_is_an_ordinary_page(logged_in: Any, identity: str) -> None:
    client, given = logged_in("proof_if_sick")
    upload(client)
    assert answer(client, 1, {"sick": "yes"}, go=f"drop:{identity}").status_code == 302
    assert len(kept(given)) == 1


def test_a_page_that_another_device_hides_meanwhile_leads_on(logged_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.portal import questions

    client, _given = logged_in("proof_if_sick")
    answer(client, 1, {"sick": "yes"}, go="back")
    open_sheet = questions.open_sheet

    def and_then_hide(dialogue: Any) -> Any:
        from dunkelwerk.portal.sheets import save

        found = open_sheet(dialogue)
        save(dialogue, lambda form: {**form.answers, "sick": False})
        return found

    monkeypatch.setattr(questions, "open_sheet", and_then_hide)
    assert answer(client, 2, {"since": "gestern"}, go="next")["Location"] == "/fragen/3"


def test_the_receipt_says_what_happens_to_the_data(logged_in: Any) -> None:
    client, _given = logged_in("proof_if_sick")
    answer(client, 1, {"sick": "no"})
    answer(client, 3, TAX)
    submit(client)
    assert "Wir löschen Ihre Angaben nach neunzig Tagen." in receipt_text(client).replace("\r\n", " ")
