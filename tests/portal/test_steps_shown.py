"""After submission a person is told what happens next with what they answered, and nothing that concerns others."""

from __future__ import annotations

from typing import Any

import pytest
from test_questions import CHOICES, answer, text
from test_review import fill, submit

STEPS = ("Wir lesen es.", "Ihr Auto K-AB 12 ist notiert.", "Sie fahren kein Auto.")


def told(page: str) -> list[str]:
    """The steps that a page tells."""
    return [step for step in STEPS if step in page]


@pytest.mark.parametrize(
    ("choices", "steps"),
    [({"driver": "yes", "plate": "K-AB 12"}, [STEPS[0], STEPS[1]]), ({"driver": "no"}, [STEPS[0], STEPS[2]])],
)
def test_the_confirmation_tells_whom_it_concerns(logged_in: Any, choices: dict[str, str], steps: list[str]) -> None:
    client, given = logged_in()
    fill(client)
    answer(client, 1, {**CHOICES, **choices})
    assert submit(client)["Location"] == "/fertig"
    assert told(text(client.get("/fertig"))) == steps
    client.post("/abmelden")
    client.post("/", given.secrets)
    assert told(text(client.get("/stand"))) == steps, "whoever comes back is told the same"


def test_after_the_term_of_the_answers_only_what_holds_for_all_is_told(logged_in: Any) -> None:
    from django.db import connection

    client, given = logged_in()
    fill(client)
    submit(client)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dialogue_submission SET answers = NULL WHERE dialogue = %s", (given.id,))
    assert told(text(client.get("/stand"))) == [STEPS[0]]
