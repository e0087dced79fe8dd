"""At the login: what can be nobody's costs no attempt; after a failure the PIN alone stays; the log holds no secret."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest


def values(page: str) -> dict[str, str]:
    """The texts of the login's fields."""
    fields = re.findall(r'<input[^>]* name="(pin|birth\.\w+|postal_code)"[^>]* value="([^"]*)"', page)
    return {name: value for name, value in fields if value}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"birth.month": "August"}, "in Ziffern"),
        ({"birth.day": "²"}, "in Ziffern"),
        ({"birth.month": "13"}, "Diesen Tag gibt es nicht."),
        ({"birth.day": "30", "birth.month": "2"}, "Diesen Tag gibt es nicht."),
        ({"birth.year": "57"}, "mit vier Ziffern"),
        ({"birth.day": "", "birth.month": "", "birth.year": "", "postal_code": "Köln"}, "fehlt die Zahl"),
    ],
)
def test_a_second_secret_that_nobody_has_costs_no_attempt(
    client: Any, new_dialogue: Any, change: dict[str, str], sentence: str
) -> None:
    given = new_dialogue()
    for _attempt in range(8):
        page = client.post("/", {**given.secrets, **change}).content.decode()
        assert sentence in page
        assert 'id="birth-error"' in page
    assert values(page)["pin"] == given.pin, "it is not to be typed again"
    assert client.post("/", given.secrets).status_code == 302


@pytest.mark.parametrize("change", [{"birth.day": "12.", "birth.month": "08."}, {"birth.day": " 12 "}])
def test_a_day_may_be_typed_as_one_likes(client: Any, new_dialogue: Any, change: dict[str, str]) -> None:
    assert client.post("/", {**new_dialogue().secrets, **change}).status_code == 302


def test_after_a_failure_the_pin_stays_and_the_other_secret_does_not(
    client: Any, new_dialogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUNKELWERK_LOGIN_FIRST_WAIT", "900")  # no machine is so slow that it is over meanwhile
    given = new_dialogue()
    for _attempt in range(7):
        page = client.post("/", {**given.secrets, "birth.year": "1958"}).content.decode()
        assert values(page) == {"pin": given.pin}
    assert "Bitte warten Sie" in page


def test_a_typing_error_or_a_gap_can_be_mended_where_it_is(client: Any, new_dialogue: Any) -> None:
    given = new_dialogue()
    wrong = given.pin[:-1] + ("2" if given.pin[-1] != "2" else "3")
    assert values(client.post("/", {**given.secrets, "pin": wrong}).content.decode()) == {**given.secrets, "pin": wrong}
    gap = client.post("/", {**given.secrets, "birth.year": ""}).content.decode()
    assert values(gap) == {name: value for name, value in given.secrets.items() if name != "birth.year"}


@pytest.mark.parametrize("before", ["/ausgang/", "/api/", "/api/v1/", "/api/v1/dialogues/", "/"])
def test_a_pin_that_is_pasted_behind_an_address_is_not_logged(
    client: Any, new_dialogue: Any, capsys: Any, before: str
) -> None:
    given = new_dialogue()
    client.get(before + given.pin)
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(logged) == 1
    assert given.pin not in json.dumps(logged)
