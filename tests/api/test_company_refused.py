"""A type in the name of a company that the insurer does not list makes no dialogue, and the fault says which field."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_support import DIALOGUE, Caller

INSURER = """
name: Nordlicht Versicherung AG
address: [Hafenstraße 3, 20457 Hamburg]
phone: 040 123456
email: post@nordlicht.example
"""


@pytest.mark.parametrize("is_published", [False, True], ids=["shipped", "published before"])
def test_it_is_422_until_the_company_is_listed(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_published: bool
) -> None:
    from django.db import connection

    from dunkelwerk.dialogues import type_versions

    if is_published:
        type_versions.newest("tax_id", actor="test")
    (tmp_path / "insurer.yaml").write_text(INSURER, "utf-8")
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(tmp_path))
    status, problem = caller.post("/dialogues", DIALOGUE)
    assert (status, [each["field"] for each in problem["errors"]]) == (422, ["type"])
    assert "legal_entity health_fund is no company of insurer.yaml" in problem["errors"][0]["message"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dialogue")
        assert cursor.fetchone() == (0,)
    (tmp_path / "insurer.yaml").write_text(f"{INSURER}legal_entities: {{health_fund: {{}}}}\n", "utf-8")
    assert caller.post("/dialogues", DIALOGUE)[0] == 201
