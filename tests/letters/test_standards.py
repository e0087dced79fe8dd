"""Every letter keeps PDF/A-3a and PDF/UA-1, is the same file for the same input, and stands as DIN 5008 B wants."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from letter_support import (
    ON,
    Thing,
    accepted,
    act,
    case_file,
    content_of,
    engine,
    new,
    opened_content,
    print_letter,
    released,
    unopened,
)

from dunkelwerk.letters.rendering import Engine
from dunkelwerk.lines.credit_protection.letters import samples

POINTS = 72 / 25.4
VERAPDF = Path(__file__).with_name("verapdf.py")


def hard_cases() -> dict[str, tuple[str, Thing]]:
    """Letters that are more than the samples: many lines, several pages, no account, another country and cause."""
    many = [f"{2026 + month // 12}-{month % 12 + 1:02d}-15" for month in range(10, 40)]
    set_off = [act("offset_recourse", due=due, amount="10.00") for due in many]
    plain = case_file(contract={"payee": None}, person={"salutation": None, "country": "FR", "postal_code": "75001"})
    closing = [*released("2026-11-15"), act("close_claim", reason="max_duration")]
    daily = {"cover": {"settlement": "daily"}, "claim": {"cause": "unemployment"}}
    return {
        "two-pages": ("settlement", content_of("settlement", [*released(*many, until="2029-04-30"), *set_off])),
        "plain": ("settlement", content_of("settlement", released(until="2026-11-14"), file=plain)),
        "daily": ("settlement", content_of("settlement", released("2026-11-15"), file=case_file(**daily))),
        "closed": ("benefit_end", content_of("benefit_end", closing)),
        **first_letters(),
        "accents": ("settlement", content_of("settlement", [], file=case_file(person={"last_name": "Žižek-Łącki"}))),
    }


def first_letters() -> dict[str, tuple[str, Thing]]:
    """Letters about first notices and deaths that differ from the samples."""
    lost = {
        **samples.FIRST_NOTE,
        "unemployed_since": "2026-08-24",
        "proven_on": "2026-10-30",
        "new_job_on": "2026-12-01",
    }
    over = [*accepted("2026-10-15"), new("close_claim", reason="new_job")]
    uncertain = samples.DEATH | {"certificate": False}
    capped = [*DIED, new("pay_lump_sum", amount="10000.00"), new("end_contract", on="2026-10-12")]
    others = unopened(others=[{"number": "RS-2"}, {"number": "RS-3"}])
    cases = {
        "over": ("acceptance", over, lost, others),
        "deferred": ("deferred_period", accepted(), lost, others),
        "ended": ("benefit_end", [*accepted(), new("close_claim", reason="recovered")], samples.FIRST_NOTE, others),
        "certificate": ("documents_requested", [act("hold_instalments")], uncertain, case_file()),
        "certificate-again": ("documents_reminder", [], uncertain, case_file()),
        "capped": ("death_settlement", capped, samples.DEATH, unopened(contract={"insured": ["P-1", "P-2"]})),
        "nothing": ("death_settlement", DIED, samples.DEATH, unopened(contract={"end": "2026-10-14"})),
    }
    return {
        name: (template, opened_content(template, actions, notice=notice, file=file))
        for name, (template, actions, notice, file) in cases.items()
    } | {"mourning": ("benefit_end", content_of("benefit_end", [act("close_claim", reason="death")]))}


DIED = [new("open_claim", status="accepted"), new("accept_claim")]


def all_letters(made: Engine) -> dict[str, Any]:
    """Every sample and every hard case, as files."""
    cases = {name: (name, samples.sample(name)) for name in samples.CASES}
    cases |= {name: case for name, case in hard_cases().items() if name != "accents"}
    return {name: print_letter(made, template, data) for name, (template, data) in cases.items()}


def check(folder: Path, files: dict[str, bytes]) -> dict[str, list[str]]:
    """What veraPDF finds in each."""
    paths = {name: folder / f"{name}.pdf" for name in files}
    for name, content in files.items():
        paths[name].write_bytes(content)
    command = [sys.executable, str(VERAPDF), *map(str, paths.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    found = json.loads(done.stdout)
    return {name: found[str(path)] for name, path in paths.items()}


def test_every_letter_is_pdf_a_3a_and_pdf_ua_1(tmp_path: Path) -> None:
    letters = all_letters(engine())
    assert letters["two-pages"].pages == 2
    found = check(tmp_path, {name: letter.pdf for name, letter in letters.items()})
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_check_finds_what_is_wrong(tmp_path: Path) -> None:
    good = print_letter(engine(), "settlement", samples.sample("settlement")).pdf
    untitled = good.replace(b"/DisplayDocTitle true", b"/DisplayDocTitle fals")
    unmarked = good.replace(b"<pdfaid:part>3<", b"<pdfaid:part>2<")
    assert good not in (untitled, unmarked)
    found = check(tmp_path, {"untitled": untitled, "unmarked": unmarked})
    assert any(fault.startswith("PDFUA_1 7.1") for fault in found["untitled"])
    assert any(fault.startswith("PDFA_3_A") for fault in found["unmarked"])


@pytest.mark.parametrize("template", sorted(samples.CASES))
def test_the_same_input_gives_the_same_bytes_and_a_usual_letter_fits_on_one_page(template: str) -> None:
    data = samples.sample(template)
    first, again = print_letter(engine(), template, data), print_letter(engine(), template, data)
    assert first.pdf == again.pdf
    assert first.pages == 1
    made = engine()
    later = made.render(template, made.fill(data, legal_entity=""), on=ON.replace(day=3))
    assert later.pdf != first.pdf


def boxes(pdf: bytes) -> dict[str, tuple[float, float]]:
    """Where each line of text of the first page begins, in mm from the left and the top of the paper."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text, height = page.get_textpage(), page.get_height()
    found = {}
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        line = text.get_text_bounded(left, bottom, right, top).replace("\N{NO-BREAK SPACE}", " ").strip()
        found.setdefault(line, (left / POINTS, (height - top) / POINTS))
    return found


def test_address_and_text_stand_where_the_envelope_and_din_5008_want_them() -> None:
    data = content_of("settlement", released("2026-11-15"))
    places = boxes(print_letter(engine(), "settlement", data).pdf)
    address = [places[line] for line in data["recipient"]]
    assert all(24.5 <= left <= 25.5 and 62.5 <= top <= 88 for left, top in address)
    zone = [line for line, (left, top) in places.items() if left < 105 and 45 <= top < 62]
    assert zone == [], "the zone above the address is the print centre's"
    info_left, info_top = places["Datum:"]
    assert 124.5 <= info_left <= 125.5
    assert 49.5 <= info_top <= 52
    assert 97 <= places["Wir zahlen 312,50 € für Sie"][1] <= 101


def test_fold_and_hole_marks() -> None:
    page = pypdfium2.PdfDocument(print_letter(engine(), "settlement", samples.sample("settlement")).pdf)[0]
    tops = []
    for shape in page.get_objects():
        _left, bottom, right, top = shape.get_bounds()
        if right < 15 * POINTS and top - bottom < 2:
            tops.append(round((page.get_height() - (top + bottom) / 2) / POINTS, 1))
    assert sorted(tops) == [105.0, 148.5, 210.0]


def test_nothing_but_our_fonts_is_used() -> None:
    pdf = print_letter(engine(), "settlement", samples.sample("settlement")).pdf
    names = set(re.findall(rb"/BaseFont ?/\w+\+([\w-]+)", pdf))
    assert names
    assert all(name.startswith(b"FiraSans") for name in names)
