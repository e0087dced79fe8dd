"""Somebody's browser: Django's test client, with what the pages offer and nothing else; forms as people post them."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from contextlib import redirect_stderr
from typing import Any

from dunkelwerk.cli.portal_client import Sheet, flat

from ..world import Broken
from .letters import Letter
from .place import Outage

#: what the login page says, by what it means
SENTENCES = {
    "stimmen nicht. Bitte vergleichen": "wrong",
    "ein Tippfehler in der PIN": "typing_error",
    "Das waren viele Versuche": "wait",
    "ist abgelaufen": "expired",
    "wird nicht mehr gebraucht": "revoked",
    "auf Papier ist bei uns angekommen": "paper",
    "der Brief kam zurück": "returned",
    "kann hier nicht mehr abgerufen": "ended",
}
#: a form has fewer pages
MOST_PAGES = 40
#: what the portal writes about its requests
LOG = io.StringIO()


class Browser:
    """One browser, from an address of its own."""

    def __init__(self, address: str) -> None:
        from django.test import Client

        self.where = "/"
        self.client = Client(enforce_csrf_checks=True, headers={"accept-language": "de"}, REMOTE_ADDR=address)

    def get(self, path: str) -> tuple[str, Any]:
        """A page, after what it leads to: its address, and the answer. Raises Outage."""
        with redirect_stderr(LOG):
            return self._answer(self.client.get(path, follow=True))

    def post(self, path: str, fields: Mapping[str, Any]) -> tuple[str, Any]:
        """A posted form, after what it leads to. Raises Outage."""
        with redirect_stderr(LOG):
            return self._answer(self.client.post(path, dict(fields), follow=True))

    def _answer(self, response: Any) -> tuple[str, Any]:
        if response.status_code == 503:
            raise Outage
        if response.status_code >= 500:
            raise Broken(f"the portal answered {response.status_code} at {response.request['PATH_INFO']}")
        path, query = (response.request[name] for name in ("PATH_INFO", "QUERY_STRING"))
        self.where = f"{path}?{query}" if query else path
        return path, response

    def log_in(self, pin: str, born: Any) -> str:
        """Try two secrets; ``in``, or what the page says. Raises Outage."""
        _path, page = self.get("/")
        token = Sheet(page.content.decode()).hidden["csrfmiddlewaretoken"][0]
        birth = {"birth.day": str(born.day), "birth.month": str(born.month), "birth.year": str(born.year)}
        path, answer = self.post("/", {"csrfmiddlewaretoken": token, "pin": pin, **birth})
        if path in ("/start", "/stand"):
            return "in"
        text = answer.content.decode()
        found = [meaning for sentence, meaning in SENTENCES.items() if sentence in text]
        if len(found) != 1:
            raise Broken(f"the login says {found or 'nothing'} at {path}, {answer.status_code}")
        return found[0]

    def fill(self, letter: Letter, *, pages: int = MOST_PAGES, answers: Mapping[str, Any] | None = None) -> str:
        """Answer so many pages from where it goes on; the address where that ends, ``/pruefen`` where all is said."""
        path, page = self.get("/start")
        if path != "/start":
            return path
        path = page.content.decode().split('kern-btn--primary" href="', 1)[1].split('"', 1)[0]
        for _number in range(pages):
            plain, page = self.get(path)
            if plain == "/pruefen" or not plain.startswith("/fragen"):
                return plain
            path = self.answer(letter, plain, page, answers or letter.answers)
        if pages == MOST_PAGES:
            raise Broken(f"{letter.reference} comes to no end, but to {path}")
        return path.partition("?")[0]

    def answer(self, letter: Letter, path: str, page: Any, answers: Mapping[str, Any]) -> str:
        """Fill in one page; where it leads to."""
        sheet = Sheet(page.content.decode())
        asked = {*sheet.hidden.get("asked", []), *sheet.doubts}
        said = {name: each for name, each in answers.items() if {name, name.partition(".")[0]} & asked}
        there = letter.uploads > 0
        files = {name: as_file(*each) for name, each in letter.files.items() if name in asked and not there}
        letter.saved = True
        _then, after = self.post(path, {**flat(sheet), **said, **files, "go": "next"})
        letter.uploads += len(files)
        problems = Sheet(after.content.decode()).problems if "html" in after["content-type"] else ""
        if problems and answers is letter.answers:
            raise Broken(f"{letter.reference} {path}: {problems}")
        return self.where

    def checked(self) -> dict[str, Any]:
        """What the page to check would post."""
        path, page = self.get("/pruefen")
        if path != "/pruefen":
            raise Broken(f"the page to check leads to {path}")
        return {**flat(Sheet(page.content.decode())), "go": "submit"}


def as_file(name: str, content: bytes) -> Any:
    """A file as a form posts it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, "image/jpeg")


def home_of(letter: Letter) -> str:
    """The address of whoever got a letter."""
    number = int(letter.external_id.rpartition("-")[2])
    return f"10.{number // 250}.{number % 250}.7"


def wrong_pin(rng: random.Random, pin: str) -> str:
    """Another PIN of the same dialogue, without a typing error."""
    from dunkelwerk.dialogues.pins import ALPHABET, normalise, with_check

    symbols = list(normalise(pin)[:-1])
    place = rng.randrange(5, 11)
    symbols[place] = rng.choice([each for each in ALPHABET if each != symbols[place]])
    return with_check("".join(symbols))
