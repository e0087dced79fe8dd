"""Helpers of the attacks: somebody without a browser, who sends what no page of the portal would send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from site_support import PATIENCE, Letter, Site

MARK = re.compile(r'name="(~whose)" value="(\w+)"')
HEADING = re.compile(r"<h2.*?</h2>", re.DOTALL)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
ERROR = re.compile(r'<div class="errors.*?</div>', re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
Fields = Mapping[str, str | Sequence[str]]
#: after a refusal before the body was read the server hangs up: no connection is used twice
LONELY = httpx.Limits(max_keepalive_connections=0)

NEUTRAL = (
    "PIN oder Geburtsdatum stimmen nicht. Bitte vergleichen Sie die PIN mit dem Brief und prüfen Sie das Geburtsdatum: "
    "Tag, Monat und Jahr."
)
#: 31 symbols, weights of the check symbol (domain/dialogues.md); written anew here on purpose
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def with_check(symbols: str) -> str:
    """A PIN of eleven symbols and the one last symbol that the login does not take for a typing error."""
    from dunkelwerk.dialogues.pins import is_typing_error

    found = [symbols + last for last in SYMBOLS if not is_typing_error(symbols + last)]
    assert len(found) == 1
    return found[0]


def guess(pin: str, number: int) -> str:
    """A wrong PIN for the same dialogue, another for each number."""
    plain = pin.replace("-", "")
    secret = plain[5:11]
    made = ""
    steps = [number % 30 + 1, number // 30 % 31, number // 930 % 31, 0, 0, 0]
    for place, step in enumerate(steps):
        made += SYMBOLS[(SYMBOLS.index(secret[place]) + step) % 31]
    return with_check(plain[:5] + made)


class Person:
    """Somebody who speaks HTTP. ``address``: where they come from, as a trusted proxy tells it."""

    def __init__(self, site: Site, *, address: str | None = None) -> None:
        self.site = site
        headers = {"X-Forwarded-For": address} if address else {}
        self.http = httpx.Client(base_url=site.address, headers=headers, timeout=PATIENCE, limits=LONELY)
        self._token = ""
        #: what the forms of whoever is logged in say of whose page they are
        self.mark: dict[str, str] = {}

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_what: object) -> None:
        self.http.close()

    def token(self) -> str:
        """The token of the forms, fetched once for each visit."""
        if not self._token:
            self._token = self.read_token("/")
        return self._token

    def read_token(self, path: str) -> str:
        """The token on a page."""
        found = TOKEN.search(self.http.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, fields: Fields, **more: Any) -> httpx.Response:
        """Post a form."""
        return self.http.post(path, data={"csrfmiddlewaretoken": self.token(), **self.mark, **fields}, **more)

    def try_pin(self, pin: str, birth: Mapping[str, str]) -> httpx.Response:
        """Try to log in."""
        return self.post("/", {"pin": pin, **birth})

    def log_in(self, letter: Letter) -> None:
        """Log in."""
        answer = self.try_pin(letter.pin, letter.birth)
        faults = sentence(answer) or self.site.logs()[-2000:]
        assert (answer.status_code, answer.headers.get("location")) == (302, "/start"), faults
        page = self.http.get("/fragen/1", follow_redirects=True).text
        self._token, self.mark = TOKEN.findall(page)[0], dict(MARK.findall(page))

    def answer(self, number: int, fields: Fields, **more: Any) -> httpx.Response:
        """Post a page and go on."""
        return self.post(f"/fragen/{number}", {"go": "next", **fields}, **more)

    def answer_tax_id(self, tax_id: str) -> None:
        """Answer everything of the tax ID's form."""
        assert self.answer(1, {"asked": "tax_id", "tax_id": tax_id}).status_code == 302
        assert self.answer(2, {"asked": "correct", "correct": "yes"}).headers["location"] == "/pruefen"

    def submit(self) -> httpx.Response:
        """Submit what stands on the page to check."""
        return self.post("/pruefen", {"go": "submit", "revision": self.revision()})

    def revision(self) -> str:
        """What stands on the page to check, as its form says it."""
        found = re.search(r'name="revision" value="(\d+)"', self.http.get("/pruefen").text)
        assert found
        return found[1]


def sentence(answer: httpx.Response) -> str:
    """What the error summary says below its heading, and nothing beside it."""
    found = ERROR.search(answer.text)
    if not found:
        return ""
    below, whole = (" ".join(TAGS.sub(" ", each).split()) for each in (HEADING.sub("", found[0]), found[0]))
    return below or whole
