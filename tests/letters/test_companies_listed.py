"""Which letters go out only in the name of a company that insurer.yaml lists: members' do, a cover's need not."""

from __future__ import annotations

import pytest

from dunkelwerk.letters.rendering import LetterFault, text_of
from dunkelwerk.runner.lettering import engine_of, ensure_sender, sources


def test_members_letters_need_a_listed_company_and_a_cover_may_name_any() -> None:
    found = sources()
    members, cover = found["members"], found["credit_protection"]
    engine = engine_of(members)
    for listed in ("", "health_fund"):
        ensure_sender(members, engine, listed)
    with pytest.raises(LetterFault, match=r"health_fun steht nicht in insurer\.yaml"):
        ensure_sender(members, engine, "health_fun")
    for entity in ("", "leben", "Sach AG"):
        ensure_sender(cover, engine, entity)
    own = engine_of(cover)
    content, on = cover.samples()["settlement"]
    letter = own.render("settlement", own.fill(content, legal_entity="Sach AG"), on=on)
    assert "Beispiel Versicherung AG" in text_of(letter.pdf)
