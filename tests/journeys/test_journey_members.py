"""A member's tax ID and mandate, from the link or the typed PIN to what the register says: on every device."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_support import PHONE, Visitor
from playwright.sync_api import Browser
from route_support import IBAN, ROUTES, TAX_ID, travel
from site_support import Letter, Site
from walk_support import WAYS, WIDTHS, Way, hand_over, receipts_are_right, stand_of, walk_at

#: seconds; a test walks a dozen pages many times, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("width", WIDTHS)
def test_tax_id(site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path, width: int) -> None:
    """With script and without, each finds the way, and both numbers are recorded without a clerk."""
    walked = walk_at(site, browser, visitors, "tax_id", width=width)
    for _letter, visitor in walked:
        visitor.change("Ihre Steuer-ID")
        visitor.answer({"tax_id": TAX_ID}, button="Übernehmen")
        assert visitor.path == "/pruefen"
    letters, receipts = [letter for letter, _visitor in walked], hand_over(walked)
    receipts_are_right(tmp_path, letters, receipts, "Wie lautet Ihre", "65 929 970 489")
    site.work()
    assert [site.notice(letter)["state"] for letter in letters] == ["settled"] * 2
    assert [stand_of(visitor) for _letter, visitor in walked] == ["Erledigt"] * 2
    recorded = site.rows(
        "SELECT t.sealed FROM member_tax_id t JOIN member m ON m.id = t.member_id WHERE m.number = ANY(%s)",
        [letter.external_id for letter in letters],
    )
    assert len(recorded) == 2
    assert all(TAX_ID.encode() not in bytes(row["sealed"]) for row in recorded)
    assert [site.items(letter) for letter in letters] == [[]] * 2


def signed(letter: Letter) -> Way:
    """A mandate for one's own account, signed with one's own name."""
    account, mandate = ROUTES["sepa_mandate"]
    return WAYS["sepa_mandate"]._replace(pages=[account, {**mandate, "signed_name": letter.name}])


@pytest.mark.parametrize("width", WIDTHS)
def test_mandate(site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path, width: int) -> None:
    """Whoever gives their own account has a mandate at once; for another holder a second person looks at it."""
    walked = walk_at(site, browser, visitors, "sepa_mandate", width=width, ways=signed)
    assert all("DE02 1203 0000 0000 2020 51" in visitor.text for _letter, visitor in walked)
    other, late = site.letter("sepa_mandate"), Visitor(site, browser, width=width, script=width == PHONE)
    visitors.append(late)
    foreign = {"iban": IBAN, "own_account-no": True, "account_holder": "Ella Wolkenstein"}
    travel(late, other, [foreign, signed(other).pages[1]])
    everybody = [*walked, (other, late)]
    letters, receipts = [letter for letter, _visitor in everybody], hand_over(everybody)
    receipts_are_right(tmp_path, letters, receipts, "DE02 1203 0000 0000 2020 51", "acht Wochen")
    site.work()
    assert [site.notice(each)["state"] for each in letters] == ["settled"] * 2 + ["proposed"]
    headings = [stand_of(visitor) for _letter, visitor in everybody]
    assert headings == ["Erledigt"] * 2 + ["Ihre Angaben sind bei uns"]
    assert "kümmert sich" in late.text
    assert [mandates_of(site, letter) for letter in letters] == [[(IBAN, "active")]] * 2 + [[]]
    for letter in letters[:2]:
        (order,) = site.rows("SELECT * FROM letter_order WHERE decision = %s", site.notice(letter)["decision"])
        assert order["state"] == "ordered"


def mandates_of(site: Site, letter: Letter) -> list[tuple[str, str]]:
    """IBAN and status of a member's mandates; each has a reference of at most 35 characters."""
    query = "SELECT a.* FROM mandate a JOIN member m ON m.id = a.member_id WHERE m.number = %s"
    found = site.rows(query, letter.external_id)
    assert all(0 < len(each["reference"]) <= 35 for each in found)
    return [(each["iban"], each["status"]) for each in found]
