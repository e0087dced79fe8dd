"""A member's letters, from the link or the typed PIN to what the register says: on a telephone and at a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_support import DESK, PHONE, Visitor
from playwright.sync_api import Browser
from route_support import IBAN, ROUTES, TAX_ID, attached, faults_of, go_back, travel, words_of
from site_support import Letter, Site

#: how the same form is met: script or none, on which screen
DEVICES = [(PHONE, True), (DESK, True), (PHONE, False), (DESK, False)]


def stand_of(visitor: Visitor) -> str:
    """What the page says to whoever comes back."""
    visitor.open("/stand")
    return visitor.heading


def receipts_are_right(folder: Path, receipts: list[bytes], *words: str) -> None:
    """Each receipt is PDF/A-3a and PDF/UA-1, says these words, and has the answers as JSON in it."""
    for pdf in receipts:
        text = words_of(pdf)
        assert [word for word in words if word not in text] == []
        assert any(name.endswith(".json") for name in attached(pdf))
    assert faults_of(folder, *receipts) == []


def test_tax_id(site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path) -> None:
    """Four devices, four persons: each finds the way, and all four numbers are recorded without a clerk."""
    letters, receipts = [], []
    for width, script in DEVICES:
        letter, visitor = site.letter("tax_id"), Visitor(site, browser, width=width, script=script)
        visitors.append(visitor)
        letters.append(letter)
        travel(visitor, letter, ROUTES["tax_id"], stumble=True)
        go_back(visitor, ROUTES["tax_id"])
        visitor.change("Ihre Steuer-ID")
        visitor.answer({"tax_id": TAX_ID}, button="Übernehmen")
        assert visitor.path == "/pruefen"
        assert visitor.submit() == letter.reference
        receipts.append(visitor.download_receipt())
        assert stand_of(visitor) == "Ihre Angaben sind bei uns"
        assert "PIN" not in "".join(visitor.urls())
        nowhere(letter.pin, visitor)
    receipts_are_right(tmp_path, receipts, "Wie lautet Ihre", "65 929 970 489")
    assert {letter.reference in words_of(pdf) for letter, pdf in zip(letters, receipts, strict=True)} == {True}
    site.work()
    assert [site.notice(letter)["state"] for letter in letters] == ["settled"] * 4
    assert [stand_of(visitor) for visitor in visitors] == ["Erledigt"] * 4
    numbers = [letter.external_id for letter in letters]
    recorded = site.rows(
        "SELECT t.sealed FROM member_tax_id t JOIN member m ON m.id = t.member_id WHERE m.number = ANY(%s)", numbers
    )
    assert len(recorded) == 4
    assert all(TAX_ID.encode() not in bytes(row["sealed"]) for row in recorded)
    assert [site.items(letter) for letter in letters] == [[]] * 4


def nowhere(pin: str, visitor: Visitor) -> None:
    """The PIN went to the server once, as what the form of the login posted, and stood in no address."""
    secret = pin.replace("-", "")
    addresses = "".join(visitor.urls()).upper().replace("-", "").replace("%2D", "")
    assert secret not in addresses
    assert visitor.page.evaluate("() => location.hash") == "" if visitor.script else True
    posted = [each for each in visitor.requests if each.method == "POST" and "pin=" in (each.post_data or "")]
    assert [each.url for each in posted] == [f"{visitor.site.address}/"]


def test_mandate(site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path) -> None:
    """Whoever gives their own account has a mandate at once; for another holder a second person looks at it."""
    own, other = site.letter("sepa_mandate"), site.letter("sepa_mandate")
    phone, desk = Visitor(site, browser), Visitor(site, browser, width=DESK, script=False)
    visitors += [phone, desk]
    account, mandate = ROUTES["sepa_mandate"]
    travel(phone, own, [account, {**mandate, "signed_name": own.name}], stumble=True)
    assert "DE02 1203 0000 0000 2020 51" in phone.text
    phone.submit()
    foreign = {"iban": IBAN, "own_account-no": True, "account_holder": "Ella Wolkenstein"}
    travel(desk, other, [foreign, {**mandate, "signed_name": other.name}])
    desk.submit()
    receipts = [phone.download_receipt(), desk.download_receipt()]
    receipts_are_right(tmp_path, receipts, "DE02 1203 0000 0000 2020 51", "acht Wochen")
    site.work()
    assert [site.notice(each)["state"] for each in (own, other)] == ["settled", "proposed"]
    assert [stand_of(each) for each in (phone, desk)] == ["Erledigt", "Ihre Angaben sind bei uns"]
    assert "kümmert sich" in desk.text
    assert mandates_of(site, own) == [(IBAN, "active")]
    assert mandates_of(site, other) == []
    (order,) = site.rows("SELECT * FROM letter_order WHERE decision = %s", site.notice(own)["decision"])
    assert order["state"] == "ordered"


def mandates_of(site: Site, letter: Letter) -> list[tuple[str, str]]:
    """IBAN and status of a member's mandates; each has a reference of at most 35 characters."""
    query = "SELECT a.* FROM mandate a JOIN member m ON m.id = a.member_id WHERE m.number = %s"
    found = site.rows(query, letter.external_id)
    assert all(0 < len(each["reference"]) <= 35 for each in found)
    return [(each["iban"], each["status"]) for each in found]


@pytest.mark.parametrize(
    ("width", "script", "other_way"), [(PHONE, True, "own_fault"), (DESK, False, "work")], ids=["phone", "desk"]
)
def test_accident(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, script: bool, other_way: str
) -> None:
    """Each branch ends where it must: nobody else involved is settled, the rest is with the right person."""
    ends = {
        "no_accident": ("settled", []),
        "own_fault": ("settled", []),
        "traffic": ("settled", ["recourse"]),
        "work": ("settled", ["reimbursement"]),
        "declined": ("referred", ["referral"]),
    }
    ways = ["no_accident", other_way, "traffic" if script else "declined"]
    letters = {way: site.letter("accident") for way in ways}
    for way, letter in letters.items():
        visitor = Visitor(site, browser, width=width, script=script)
        visitors.append(visitor)
        travel(visitor, letter, ROUTES[way], stumble=way == "traffic")
        visitor.submit()
    site.work()
    for way, letter in letters.items():
        state, items = ends[way]
        tasks = [each["task"] for each in site.items(letter)]
        assert (way, site.notice(letter)["state"], tasks) == (way, state, items)
    headings = [stand_of(each) for each in visitors]
    assert headings == ["Erledigt" if ends[way][0] == "settled" else "Ihre Angaben sind bei uns" for way in ways]
