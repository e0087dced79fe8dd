"""A small client of the portal: logs in, answers page after page as a browser without JavaScript would, submits.

The demonstration and the benchmark use it. It knows the answers by the names that the pages post
(docs/form-language.md), and nothing else of a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html.parser import HTMLParser
from types import TracebackType

import httpx

#: a form has fewer pages, also where each is shown again because a question appeared
MOST_PAGES = 60
Answers = Mapping[str, str | Sequence[str]]
Files = Mapping[str, tuple[str, bytes]]


class PortalRefused(Exception):
    """The portal did not take it; the message is what a person would read, without what was typed."""


class Sheet(HTMLParser):
    """What matters of a page: the hidden fields of its form, the doubts it offers to confirm, its error summary."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hidden: dict[str, list[str]] = {}
        self.doubts: set[str] = set()
        self.problems = ""
        self._forms = 0
        self._summary = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count forms and hidden fields; begin the error summary."""
        given = dict(attrs)
        if tag == "form":
            self._forms += given.get("id") == "sheet" or given.get("method") == "post"
        if tag == "input" and given.get("type") == "hidden" and self._forms:
            self.hidden.setdefault(given.get("name") or "", []).append(given.get("value") or "")
        if tag == "input" and (given.get("name") or "").startswith("confirm."):
            self.doubts.add(given.get("name") or "")
        classes = (given.get("class") or "").split()
        if tag == "div" and (self._summary or ("errors" in classes and "warnings" not in classes)):
            self._summary += 1

    def handle_endtag(self, tag: str) -> None:
        """End the error summary."""
        if tag == "div" and self._summary:
            self._summary -= 1

    def handle_data(self, data: str) -> None:
        """Collect the error summary."""
        if self._summary:
            self.problems = f"{self.problems} {data.strip()}".strip()


class PortalClient:
    """One person's browser. Use as a context manager."""

    def __init__(self, address: str, *, timeout: float = 30.0) -> None:
        self._http = httpx.Client(base_url=address, timeout=timeout, follow_redirects=True)
        self.pages = 0

    def __enter__(self) -> PortalClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def log_in(self, pin: str, born: date) -> None:
        """Log in with the two secrets; raises PortalRefused."""
        sheet = self._open("/")
        birth = {"birth.day": str(born.day), "birth.month": str(born.month), "birth.year": str(born.year)}
        self._post("/", {"csrfmiddlewaretoken": sheet.hidden["csrfmiddlewaretoken"][0], "pin": pin, **birth})

    def answer(self, answers: Answers, files: Files | None = None) -> None:
        """Answer every page that comes, and submit; raises PortalRefused with what the page says."""
        response = self._get(self._next_of("/start"))
        for _page in range(MOST_PAGES):
            path, sheet = response.url.path, Sheet(response.text)
            if path == "/pruefen":
                self._post(path, {**flat(sheet), "go": "submit"})
                return
            asked = {*sheet.hidden.get("asked", []), *sheet.doubts}
            said = {name: each for name, each in answers.items() if {name, name.partition(".")[0]} & asked}
            sent = {name: value for name, value in (files or {}).items() if name in asked}
            response = self._post(path, {**flat(sheet), **said, "go": "next"}, sent)
        raise PortalRefused(f"more than {MOST_PAGES} pages")

    def receipt(self) -> bytes:
        """The receipt of what was submitted."""
        return self._get("/quittung").content

    def _next_of(self, path: str) -> str:
        """Where the page's button leads to."""
        text = self._get(path).text
        return text.split('kern-btn--primary" href="', 1)[1].split('"', 1)[0]

    def _open(self, path: str) -> Sheet:
        return Sheet(self._get(path).text)

    def _get(self, path: str) -> httpx.Response:
        self.pages += 1
        response = self._http.get(path)
        if response.status_code != httpx.codes.OK:
            raise PortalRefused(f"{path}: {response.status_code}")
        return response

    def _post(self, path: str, fields: Mapping[str, str | Sequence[str]], files: Files | None = None) -> httpx.Response:
        """Send a form; the page it leads to. Raises PortalRefused with the page's error summary."""
        self.pages += 1
        response = self._http.post(path, data=dict(fields), files=dict(files) if files else None)
        problems = Sheet(response.text).problems if "html" in response.headers["content-type"] else ""
        if problems or response.status_code != httpx.codes.OK:
            raise PortalRefused(f"{path}: {response.status_code} {problems}".strip())
        return response


def flat(sheet: Sheet) -> dict[str, str | Sequence[str]]:
    """The hidden fields as they are posted."""
    return {name: values if len(values) > 1 else values[0] for name, values in sheet.hidden.items()}
