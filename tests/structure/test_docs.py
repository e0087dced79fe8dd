"""Docs that the source points at exist, and what is generated is up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

from source import ROOT, SOURCE

CITED = re.compile(
    r"docs/(?P<page>[\w-]+\.md)"
    r"(?:,? (?:sections?|Abschnitte?) (?P<first>\d+)(?:(?: to | bis |[–-])(?P<last>\d+))?)?"
)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)")


def citations() -> Iterator[tuple[str, re.Match[str]]]:
    """Every place in the source that names a page of the docs."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".py", ".yaml", ".csv"):
            for match in CITED.finditer(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(SOURCE)), match


def test_pages_that_the_source_cites_exist() -> None:
    missing = {place: match["page"] for place, match in citations() if not (ROOT / "docs" / match["page"]).is_file()}
    assert missing == {}


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in (ROOT / "docs").rglob("*.md"):
        targets = (match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8")))
        local = (target for target in targets if "://" not in target and not target.startswith("mailto:"))
        broken += [(page.name, target) for target in local if not (page.parent / target).exists()]
    assert broken == []


def test_sections_that_the_source_cites_exist() -> None:
    wrong = []
    for place, match in citations():
        page = ROOT / "docs" / match["page"]
        if match["first"] and page.is_file():
            headings = set(re.findall(r"^## (\d+) ", page.read_text(encoding="utf-8"), re.M))
            cited = {number for number in (match["first"], match["last"]) if number}
            wrong += [(place, number) for number in sorted(cited - headings)]
    assert wrong == []


def test_the_catalogue_of_reasons_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "reason_catalogue.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def test_no_page_names_a_machine() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *SOURCE.rglob("scenarios.yaml")]
    assert [page.name for page in pages if re.search(r"/work/|/home/|/root/|localhost:", page.read_text("utf-8"))] == []
