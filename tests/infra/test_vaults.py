"""The kept vault: the same for a while, never one whose data key could be gone."""

from __future__ import annotations

from datetime import date

import pytest

ON, LATER = date(2026, 11, 22), date(2026, 12, 1)


def test_it_is_kept_for_a_while(django_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from dunkelwerk.infra import vaults

    with connection.cursor() as cursor:
        first = vaults.vault_of(cursor, on=ON)
        assert vaults.vault_of(cursor, on=ON) is first
        assert vaults.vault_of(cursor, on=LATER) is not first
        kept = vaults.vault_of(cursor, on=LATER)
        monkeypatch.setattr(vaults, "SECONDS", -1.0)
        assert vaults.vault_of(cursor, on=LATER) is not kept


def test_one_made_in_a_transaction_is_not_kept(django_database: str) -> None:
    """Its data key goes with the transaction: what it sealed afterwards would be lost."""
    from django.db import connection, transaction

    from dunkelwerk.infra import vaults

    with transaction.atomic(), connection.cursor() as cursor:
        lost = vaults.vault_of(cursor, on=ON)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        good = vaults.vault_of(cursor, on=ON)
        assert good is not lost
        cursor.execute("SELECT id FROM data_key")
        assert [row[0] for row in cursor.fetchall()] == [good.current]
