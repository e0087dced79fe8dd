"""The letters of members: what they say, the standards that they keep, and what stops one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_standards import check

from dunkelwerk.letters.rendering import Engine, text_of
from dunkelwerk.lines.address import AddressFault
from dunkelwerk.lines.members.letters import samples
from dunkelwerk.lines.members.letters.source import LETTERS

HARD: dict[str, dict[str, Any]] = {
    "other": {"own_account": False, "account_holder": "Sabine Žižek-Łącki", "signed_name": "Sabine Žižek-Łącki"},
    "one-off": {"recurrence": "one_off"},
}


def printed(template: str, **changes: Any) -> Any:
    engine, content = Engine(LETTERS.folder), samples.sample(template, **changes)
    return engine.render(template, engine.fill(content, legal_entity=content["legal_entity"]), on=samples.ON)


def words(template: str, **changes: Any) -> str:
    return " ".join(text_of(printed(template, **changes).pdf).split())


def test_every_letter_is_pdf_a_3a_and_pdf_ua_1_and_fits_on_one_page(tmp_path: Path) -> None:
    letters = {template: printed(template) for template in samples.TEMPLATES}
    letters |= {name: printed("mandate_confirmation", **changes) for name, changes in HARD.items()}
    assert {name: letter.pages for name, letter in letters.items()} == dict.fromkeys(letters, 1)
    found = check(tmp_path, {name: letter.pdf for name, letter in letters.items()})
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_confirmation_says_everything_that_a_mandate_needs() -> None:
    text = words("mandate_confirmation")
    for piece in (
        "Beispiel Krankenkasse, Gesundheitsplatz 1, 12345 Musterstadt",
        "DE98ZZZ09999999999",
        "DW-20261123-17",
        "Mitgliedsnummer: M-100001",
        "Ich ermächtige die Beispiel Krankenkasse, Zahlungen von meinem Konto mittels Lastschrift einzuziehen.",
        "Zugleich weise ich mein Kreditinstitut an,",
        "innerhalb von acht Wochen",
        "wiederkehrende Zahlungen",
        "Jürgen Groß, am 22. November 2026",
        "tritt an die Stelle des Mandats MD-4711",
    ):
        assert piece in text
    assert "DE02120300000000202051" not in text.replace(" ", "")
    assert "**20 51" in text


def test_the_text_of_the_mandate_is_that_of_the_form() -> None:
    """What the letter quotes is what the person signed, word for word."""
    import dunkelwerk.dialogues

    form = Path(dunkelwerk.dialogues.__file__).parent / "types" / "sepa_mandate.yaml"
    signed = " ".join(form.read_text("utf-8").split())
    begin, end = signed.index("Ich ermächtige die Beispiel Krankenkasse"), signed.index("vereinbarten Bedingungen.")
    assert signed[begin:end] in words("mandate_confirmation")
    assert 'mandate_text: {value: "2026-1"}' in signed


def test_it_names_another_account_holder_and_a_single_payment() -> None:
    assert "Kontoinhaber Sabine Žižek-Łącki" in words("mandate_confirmation", **HARD["other"])
    assert "eine einmalige Zahlung" in words("mandate_confirmation", **HARD["one-off"])


def test_nobody_writes_to_somebody_who_died() -> None:
    dead = samples.MEMBER | {"deceased_on": "2026-11-01"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "MEMBER", dead)
        with pytest.raises(AddressFault, match="verstorben"):
            samples.sample("mandate_confirmation")
