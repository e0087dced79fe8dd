"""A browser of the tests: posts forms as the pages of the portal do, with the mark that says whose page it was."""

from __future__ import annotations

from typing import Any

from django.test import Client

#: pages of a dialogue that is being answered
MARKED = ("/fragen", "/pruefen", "/ausgang")


class PageClient(Client):
    """Django's client, which adds the mark of whoever is logged in where the page's form has it."""

    def post(self, path: str, data: Any = None, *arguments: Any, **more: Any) -> Any:  # type: ignore[override]
        """Post a form."""
        if path.startswith(MARKED) and "visit" in self.cookies:
            data = {**mark_of(self.cookies["visit"].value), **(data or {})}
        return super().post(path, data, *arguments, **more)


def mark_of(token: str) -> dict[str, str]:
    """The field with the mark; none where nobody is logged in."""
    from dunkelwerk.dialogues.sessions import session_of
    from dunkelwerk.portal.visits import WHOSE, visit_of

    session = session_of(token)
    return {WHOSE: visit_of(session).whose} if session else {}
