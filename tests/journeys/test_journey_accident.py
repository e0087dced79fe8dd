"""An accident's questions, on every device and down every branch: what is settled, and what comes to which person."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_support import Visitor
from playwright.sync_api import Browser
from route_support import ROUTES, travel
from site_support import Site
from walk_support import DEVICES, WIDTHS, hand_over, on, receipts_are_right, stand_of, walk_at

#: seconds; a test walks a dozen pages many times, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)

#: state of the notice, and the tasks that came of it
ENDS = {
    "no_accident": ("settled", []),
    "own_fault": ("settled", []),
    "work": ("settled", ["reimbursement"]),
    "declined": ("referred", ["referral"]),
}


@pytest.mark.parametrize("width", WIDTHS)
def test_somebody_else_was_to_blame(
    site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path, width: int
) -> None:
    """The longest way there is, with script and without: settled, and recourse is a task with all data ready."""
    walked = walk_at(site, browser, visitors, "accident", width=width)
    letters, receipts = [letter for letter, _visitor in walked], hand_over(walked)
    receipts_are_right(tmp_path, letters, receipts, "Ella Wolkenstein, Bonn", "PI Mitte 4711/26", "Handgelenk")
    site.work()
    assert [site.notice(letter)["state"] for letter in letters] == ["settled"] * 2
    assert [[each["task"] for each in site.items(letter)] for letter in letters] == [["recourse"]] * 2
    assert [stand_of(visitor) for _letter, visitor in walked] == ["Erledigt"] * 2


def test_each_other_branch(site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path) -> None:
    """Each ends where it must: nobody else involved is settled, the rest is with the right person."""
    walked = []
    for (width, script), way in zip(DEVICES, ENDS, strict=True):
        letter, visitor = site.letter("accident"), Visitor(site, browser, width=width, script=script)
        visitors.append(visitor)
        with on(width, script=script):
            travel(visitor, letter, ROUTES[way])
        walked.append((letter, visitor))
    letters, receipts = [letter for letter, _visitor in walked], hand_over(walked)
    receipts_are_right(tmp_path, letters, receipts)
    site.work()
    ends = [(site.notice(each)["state"], [item["task"] for item in site.items(each)]) for each in letters]
    assert dict(zip(ENDS, ends, strict=True)) == ENDS
    headings = [stand_of(visitor) for _letter, visitor in walked]
    assert headings == ["Erledigt" if state == "settled" else "Ihre Angaben sind bei uns" for state, _items in ends]
