"""Pages of questions: what is saved, what is said, what is not taken, and how every kind of question looks."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from PIL import Image

CHOICES = {"driver": "no", "colour": "red", "pets": ["cat"]}
WRITING = {"day.day": "20", "day.month": "2", "day.year": "2026", "hours": "40"}
NUMBERS = {
    **{"account": "DE02 1203 0000 0000 2020 51", "tax_id": "86095742719", "phone.confirm": "yes"},
    **{"home.street": "Weg", "home.house_number": "1", "home.postal_code": "50667", "home.city": "Köln"},
    "home.country": "DE",
}
END = {"correct": "yes", "signed": "Erika Mustermann"}


def answer(client: Any, number: int, fields: dict[str, Any], go: str = "next", **more: Any) -> Any:
    return client.post(f"/fragen/{number}", {**fields, "go": go, **more})


def shown_again(client: Any, answered: Any) -> str:
    """The page to which an answer leads that is not yet right."""
    path, _mark, query = answered["Location"].partition("?")
    assert (answered.status_code, path, query) == (302, answered.wsgi_request.path, "nochmal=1")
    return text(client.get(answered["Location"]))


def load(given: Any) -> Any:
    from dunkelwerk.dialogues.answers import load_draft

    return load_draft(given.id)


def stored(given: Any) -> dict[str, Any]:
    from dunkelwerk.dialogues.answers import file_ids

    return load(given).answers | file_ids(given.id)


def photo() -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(stream, "JPEG")
    stream.seek(0)
    stream.name = "foto.jpg"
    return stream


def text(response: Any) -> str:
    return unescape(response.content.decode())


def test_a_page_is_saved_and_leads_on(logged_in: Any) -> None:
    client, given = logged_in()
    assert answer(client, 1, CHOICES)["Location"] == "/fragen/2"
    assert stored(given) == {"driver": False, "colour": "red", "pets": ["cat"]}
    assert 'value="cat" checked' in text(client.get("/fragen/1"))


def test_progress_and_title_say_where_one_is(logged_in: Any) -> None:
    client, _given = logged_in()
    page = text(client.get("/fragen/2"))
    assert "Schritt 2 von 7" in page
    assert re.search(r"<title>\s*Schreiben \(Schritt 2 von 7\)", page)
    assert '<progress value="2" max="7"' in page


def test_each_fault_is_listed_on_top_and_said_at_its_field(logged_in: Any) -> None:
    client, _given = logged_in()
    page = shown_again(client, answer(client, 2, {"hours": "viele"}))
    assert 'role="alert"' in page
    assert "<title>Fehler:" in page
    links = re.findall(r'<a href="#([^"]+)">', page)
    assert links[-2:] == ["day.day", "hours"]
    for field in ("day.day", "hours"):
        found = re.search(rf'<input[^>]*id="{re.escape(field)}"[^>]*>', page)
        assert found
        assert 'aria-invalid="true"' in found[0]
    assert 'aria-describedby="hours-error"' in page
    assert 'id="hours-error"' in page


def test_the_browsers_way_back_to_what_was_wrong_sends_nothing_again(logged_in: Any) -> None:
    """What is wrong is said at an address of its own, which asks; once it is right, nothing is said there any more."""
    client, given = logged_in()
    answered = answer(client, 2, {"hours": "viele"}, then="check")
    assert answered["Location"] == "/fragen/2?nochmal=1&then=check"
    revision = load(given).revision
    pages = [text(client.get(answered["Location"])) for _time in range(2)]
    assert [('value="viele"' in page, 'id="errors"' in page) for page in pages] == [(True, True)] * 2
    assert 'name="then" value="check"' in pages[0]
    assert 'id="errors"' not in text(client.get("/fragen/2")), "whoever comes back is not blamed"
    assert load(given).revision == revision
    assert answer(client, 2, WRITING)["Location"] == "/fragen/3"
    assert 'id="errors"' not in text(client.get(answered["Location"]))


def test_what_is_wrong_is_kept_even_on_the_way_back(logged_in: Any) -> None:
    client, given = logged_in()
    wrong = {**WRITING, "day.day": "31", "story": "Es war <b>dunkel</b>."}
    assert answer(client, 2, wrong, go="back")["Location"] == "/fragen/1"
    page = client.get("/fragen/2").content.decode()
    assert re.search(r'id="day.day"[^>]*value="31"', page)
    assert "Es war &lt;b&gt;dunkel&lt;/b&gt;." in page
    assert answer(client, 2, WRITING)["Location"] == "/fragen/3"
    assert "~typed" not in stored(given)
    assert stored(given)["day"] == "2026-02-20"


def test_back_from_the_first_page_leads_to_the_beginning(logged_in: Any) -> None:
    client, given = logged_in()
    assert answer(client, 1, {"colour": "blue"}, go="back")["Location"] == "/start"
    assert stored(given)["colour"] == "blue"


def test_leaving_saves_and_logs_out(logged_in: Any) -> None:
    client, given = logged_in()
    assert answer(client, 1, {"colour": "blue"}, go="leave")["Location"] == "/danke"
    assert stored(given)["colour"] == "blue"
    assert client.get("/start")["Location"] == "/sitzung-beendet"


def test_another_language_saves_and_stays(logged_in: Any) -> None:
    client, given = logged_in()
    answered = client.post("/fragen/1", {"colour": "blue", "language": "en"})
    assert answered["Location"] == "/fragen/1"
    assert stored(given)["colour"] == "blue"
    assert "Do you drive a car?" in text(client.get("/fragen/1"))


def test_a_question_that_appears_is_no_fault_of_the_person(logged_in: Any) -> None:
    client, given = logged_in()
    asked = {"asked": ["driver", "colour", "pets"]}
    page = shown_again(client, answer(client, 1, {**CHOICES, "driver": "yes"}, **asked))
    assert 'id="plate"' in page
    assert 'id="errors"' not in page
    assert stored(given)["driver"] is True


def test_what_is_hidden_is_not_taken_and_only_its_name_is_logged(logged_in: Any, capsys: Any) -> None:
    client, given = logged_in()
    answer(client, 1, {**CHOICES, "plate": "GEHEIM", "phone": "GEHEIM", "state": "submitted"})
    assert stored(given) == {"driver": False, "colour": "red", "pets": ["cat"]}
    logged = capsys.readouterr().err
    assert '"ignored": ["phone", "plate", "state"]' in logged
    assert "GEHEIM" not in logged


def test_a_warning_can_be_confirmed_and_only_then_leads_on(logged_in: Any) -> None:
    client, _given = logged_in()
    much = {**WRITING, "hours": "60"}
    page = shown_again(client, answer(client, 2, much))
    assert "Mehr als 48 Stunden" in page
    assert 'name="confirm.long_hours"' in page
    assert answer(client, 2, {**much, "confirm.long_hours": "yes"})["Location"] == "/fragen/3"
    assert re.search(r'id="confirm.long_hours" value="yes" checked', text(client.get("/fragen/2")))


def test_not_known_is_an_answer(logged_in: Any) -> None:
    client, given = logged_in()
    assert answer(client, 1, {"driver": "unknown", "colour": "red", "pets.unknown": "on"})["Location"] == "/fragen/2"
    assert (stored(given)["driver"], stored(given)["pets"]) == (None, None)
    page = text(client.get("/fragen/1"))
    assert 'value="unknown" checked' in page
    assert 'id="pets.unknown" value="on" checked' in page


def test_what_is_known_is_confirmed_or_corrected(logged_in: Any) -> None:
    client, given = logged_in(phone="+49221123456")
    page = text(client.get("/fragen/3"))
    assert "Uns liegt vor:" in page
    assert "+49221123456" in page
    without = {name: value for name, value in NUMBERS.items() if name != "phone.confirm"}
    assert '<a href="#phone.confirm">' in shown_again(client, answer(client, 3, without))
    assert '<a href="#phone">' in shown_again(client, answer(client, 3, {**without, "phone.confirm": "no"}))
    assert answer(client, 3, NUMBERS)["Location"] == "/fragen/4"
    assert stored(given)["phone.confirm"] is True
    assert "phone" not in stored(given)


def test_what_is_known_and_confirmed_cannot_be_written(logged_in: Any, capsys: Any) -> None:
    """Whoever posts another value beside the confirmation has confirmed what was known; the name is logged."""
    client, given = logged_in(phone="+49221123456")
    assert answer(client, 3, {**NUMBERS, "phone": "+49999999999"})["Location"] == "/fragen/4"
    assert (stored(given)["phone.confirm"], "phone" in stored(given)) == (True, False)
    logged = capsys.readouterr().err
    assert '"ignored": ["phone"]' in logged
    assert "999999" not in logged


def test_the_bank_of_an_iban_is_shown(logged_in: Any) -> None:
    client, _given = logged_in()
    answer(client, 3, NUMBERS)
    assert "Deutsche Kreditbank Berlin" in text(client.get("/fragen/3"))


def test_rows_are_added_and_removed_without_script(logged_in: Any) -> None:
    client, given = logged_in()
    assert "Person hinzufügen" in text(client.get("/fragen/4"))
    page = text(answer(client, 4, {}, go="add:children"))
    assert 'name="children.0.first_name"' in page
    anna = {"children.0.first_name": "Anna"}
    page = text(answer(client, 4, anna, go="add:children"))
    assert 'value="Anna"' in page
    assert 'name="children.1.first_name"' in page
    ben = {**anna, "children.1.first_name": "Ben", "children.1.at_school": "yes"}
    page = text(answer(client, 4, ben, go="remove:children.0"))
    assert 'value="Anna"' not in page
    assert 'value="Ben"' in page
    assert 'name="children.1.school"' in page
    assert stored(given)["children"] == [{"first_name": "Ben", "at_school": True}]


def test_there_are_no_more_rows_than_allowed(logged_in: Any) -> None:
    client, _given = logged_in()
    three = {f"children.{number}.first_name": f"Kind {number}" for number in range(3)}
    page = text(answer(client, 4, three, go="add:children"))
    assert page.count('class="person"') == 3
    assert "Noch jemanden hinzufügen" not in page


def test_the_look_says_which_questions_appear_and_saves_nothing(logged_in: Any) -> None:
    client, given = logged_in()
    page = text(client.post("/fragen/1/ansicht", {"driver": "yes"}))
    assert 'data-question="plate"' in page
    assert "<html" not in page
    assert 'data-question="plate"' not in text(client.post("/fragen/1/ansicht", {"driver": "no"}))
    assert stored(given) == {}


def test_what_is_typed_can_be_kept_before_the_session_ends(logged_in: Any) -> None:
    client, given = logged_in()
    assert client.post("/fragen/1/merken", {"colour": "red"}).status_code == 204
    assert stored(given)["colour"] == "red"


def test_files_are_taken_listed_shown_and_removed(logged_in: Any) -> None:
    client, given = logged_in()
    answered = client.post("/fragen/5", {"papers": [photo(), photo()], "go": "upload:papers"})
    assert answered["Location"] == "/fragen/5?hochgeladen=papers#uploaded"
    first, second = stored(given)["papers"]
    page = text(client.get("/fragen/5"))
    assert page.count("foto.jpg") >= 2
    assert "1 Seite" in page
    shown = client.get(f"/datei/{first}")
    assert (shown["Content-Type"], shown.content[:5]) == ("application/pdf", b"%PDF-")
    answer(client, 5, {}, go=f"drop:{first}")
    assert stored(given)["papers"] == [second]
    assert client.get(f"/datei/{first}").status_code == 404


def test_a_file_that_is_not_taken_says_why_and_what_to_do(logged_in: Any, capsys: Any) -> None:
    client, given = logged_in()
    strange = io.BytesIO(b"hello")
    strange.name = "brief.txt"
    page = text(client.post("/fragen/5", {"papers": [strange, photo()], "go": "upload:papers"}))
    assert "brief.txt: Diese Art von Datei können wir nicht annehmen." in page
    assert len(stored(given)["papers"]) == 1, "the other one was fine"
    assert "brief.txt" not in capsys.readouterr().err


def test_there_are_no_more_files_than_the_question_allows(logged_in: Any) -> None:
    client, given = logged_in()
    page = text(client.post("/fragen/5", {"papers": [photo() for _each in range(4)], "go": "upload:papers"}))
    assert "höchstens 3 Dateien" in page
    assert len(stored(given)["papers"]) == 3
    assert 'type="file"' not in page


def test_a_file_that_is_too_large_is_refused_by_its_size_alone(logged_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, given = logged_in()
    monkeypatch.setenv("DUNKELWERK_UPLOAD_MB", "1")
    large = io.BytesIO(b"\xff\xd8\xff" + bytes(3 * 1024 * 1024))
    large.name = "groß.jpg"
    page = text(client.post("/fragen/5", {"papers": large, "go": "upload:papers"}))
    assert "größer als 1 MB" in page
    assert "papers" not in stored(given)


def test_files_that_are_too_much_together_are_refused_kindly(logged_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, given = logged_in()
    monkeypatch.setenv("DUNKELWERK_UPLOAD_MB", "1")
    monkeypatch.setenv("DUNKELWERK_UPLOAD_FILES", "2")
    files = []
    for number in range(4):
        files.append(io.BytesIO(b"\xff\xd8\xff" + bytes(1024 * 1024)))
        files[-1].name = f"{number}.jpg"
    page = text(client.post("/fragen/5", {"papers": files, "go": "upload:papers"}))
    assert "zu viel auf einmal" in page
    assert "papers" not in stored(given)


def test_files_are_nobodys_business_but_the_own_dialogues(logged_in: Any, new_dialogue: Any) -> None:
    client, given = logged_in()
    client.post("/fragen/5", {"papers": photo(), "go": "upload:papers"})
    (identity,) = stored(given)["papers"]
    client.post("/abmelden")
    client.post("/", new_dialogue().secrets)
    assert client.get(f"/datei/{identity}").status_code == 404
    answer(client, 5, {}, go=f"drop:{identity}")
    assert stored(given)["papers"] == [identity]


def test_a_page_that_no_type_has_is_not_there_and_a_hidden_one_leads_on(logged_in: Any) -> None:
    client, _given = logged_in("accident")
    assert client.get("/fragen/99").status_code == 404
    assert client.get("/fragen/0").status_code == 404
    assert client.get("/fragen/5")["Location"] == "/fragen/1"


def test_two_devices_do_not_overwrite_one_another(logged_in: Any) -> None:
    from portal_support import PageClient

    one, given = logged_in()
    other = PageClient()
    other.post("/", given.secrets)
    answer(one, 1, CHOICES)
    answer(other, 2, WRITING)
    assert stored(given) == {"driver": False, "colour": "red", "pets": ["cat"], "day": "2026-02-20", "hours": 40}


def test_a_dialogue_that_ended_meanwhile_says_so(logged_in: Any) -> None:
    from dunkelwerk.dialogues import operations

    client, given = logged_in()
    operations.revoke(given.reference, actor="test", reason="Irrtum")
    assert "Bitte melden Sie sich noch einmal an" in text(answer(client, 1, CHOICES))
    assert "wird nicht mehr gebraucht" in text(client.post("/", given.secrets))


def test_an_upload_is_told_and_only_where_it_was(logged_in: Any) -> None:
    client, _given = logged_in()
    answered = client.post("/fragen/5", {"papers": photo(), "go": "upload:papers"})
    said = r'<p[^>]*id="uploaded" role="status"[^>]*>Hochgeladen. Dateien bisher: 1\.'
    assert re.search(said, text(client.get(answered["Location"])))
    assert 'id="uploaded"' not in text(client.get("/fragen/5"))
    assert 'id="uploaded"' not in text(client.get("/fragen/5?hochgeladen=other"))
    empty = client.post("/fragen/5", {"go": "upload:papers"})
    assert empty["Location"] == "/fragen/5#question-papers"


def test_the_title_says_that_something_is_to_be_confirmed(logged_in: Any) -> None:
    client, _given = logged_in()
    page = shown_again(client, answer(client, 2, {**WRITING, "hours": "60"}))
    assert re.search(r"<title>\s*Stimmt das so\? Schreiben", page)


def test_before_the_end_the_dialog_says_how_long(logged_in: Any) -> None:
    client, _given = logged_in()
    page = text(client.get("/fragen/1"))
    dialog = page[page.index("<dialog") : page.index("</dialog>")]
    assert "endet die Sitzung in 5 Minuten." in dialog
    assert 'formaction="/abmelden"' in dialog
    assert "<p data-unsaved hidden>" in dialog
