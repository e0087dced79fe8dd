"""Nothing stays for ever: content of messages that were given up goes after a warning, empty rows go later."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from outbox_support import Outbox, RunCli

from dunkelwerk.feeds.outbox.terms import read_terms
from dunkelwerk.infra.errors import CommandError

#: given up at half past midnight in Berlin, which is still the day before in UTC
GIVEN_UP = "2026-06-01 00:30+02"
#: content is kept for 90 days: until 30 August, and erased on the day after
LAST, ERASED = date(2026, 8, 30), date(2026, 8, 31)


def erase(on: date) -> str:
    """The job."""
    from dunkelwerk.jobs.chores import erase_outbox

    return erase_outbox(on)


def give_up(outbox: Outbox, *keys: str, at: str = GIVEN_UP) -> None:
    """Messages that failed too often."""
    outbox.put(*keys)
    named = ", ".join(f"'{key}'" for key in keys)
    outbox.run(
        f"UPDATE outbox_message SET state = 'dead', given_up_at = '{at}', at = '{at}', attempts = 12, "
        f"last_error = 'status 500' WHERE key IN ({named})"
    )


def contents(outbox: Outbox) -> dict[str, bool]:
    """Which messages have content, by key."""
    return {row["key"]: row["payload"] is not None for row in outbox.rows()}


def test_content_that_was_given_up_goes_after_its_term_and_a_warning(outbox: Outbox) -> None:
    give_up(outbox, "D-1", "D-2")
    outbox.put("D-3")
    assert erase(LAST - timedelta(days=7)) == "0 gelöscht"
    warned = "0 gelöscht, Achtung: 2 aufgegebene werden binnen einer Woche gelöscht"
    assert erase(LAST - timedelta(days=6)) == erase(LAST) == warned
    assert contents(outbox) == {"D-1": True, "D-2": True, "D-3": True}
    assert erase(ERASED) == "0 gelöscht, 2 aufgegebene unzugestellt gelöscht"
    assert contents(outbox) == {"D-1": False, "D-2": False, "D-3": True}
    assert erase(ERASED) == "0 gelöscht"


def test_the_term_begins_when_it_is_given_up(outbox: Outbox) -> None:
    from collections import Counter

    from dunkelwerk.feeds.outbox.delivery import deliver
    from dunkelwerk.feeds.outbox.targets import Targets, Webhook

    outbox.put("D-1")
    nowhere = Targets(webhook=Webhook("http://127.0.0.1:1/", b"x" * 24), attempts=1)
    assert deliver(nowhere) == Counter(dead=1)
    (row,) = outbox.rows("SELECT given_up_at > now() - interval '10 minutes' AS now FROM outbox_message")
    assert row["now"]
    from django.db import connection

    from dunkelwerk.feeds.outbox.messages import resend_dead

    with connection.cursor() as cursor:
        assert resend_dead(cursor, actor="betrieb") == 1
    assert outbox.rows()[0]["given_up_at"] is None


def test_what_has_no_content_cannot_be_sent_again(outbox: Outbox, run_cli: RunCli) -> None:
    give_up(outbox, "D-1", "D-2")
    outbox.run("UPDATE outbox_message SET payload = NULL WHERE key = 'D-1'")
    first, second = (row["id"] for row in outbox.rows())
    done = run_cli("outbox", "resend", str(first), str(second), "4711", "--actor", "betrieb")
    assert (done.returncode, done.stdout) == (1, "1 Nachrichten werden erneut gesendet.\n")
    assert done.stderr.splitlines() == [
        f"Nachricht {first} lässt sich nicht mehr senden: ihr Inhalt ist nach Ablauf der Frist gelöscht.",
        "Nachricht 4711 gibt es nicht.",
    ]
    assert outbox.states() == ["dead", "pending"]
    outbox.run("UPDATE outbox_message SET leased_until = now() + interval '1 hour' WHERE key = 'D-2'")
    assert "wird gerade gesendet" in run_cli("outbox", "resend", str(second), "--actor", "betrieb").stderr
    every = run_cli("outbox", "resend", "--dead", "--actor", "betrieb")
    assert (every.returncode, every.stdout[:1], every.stderr[:1]) == (0, "0", "1")


def test_the_list_warns_and_show_says_until_when(outbox: Outbox, run_cli: RunCli) -> None:
    give_up(outbox, "D-1")
    calm = run_cli("outbox", "list", DUNKELWERK_TODAY=str(LAST - timedelta(days=7)))
    assert (calm.stderr, "0 warten, 1 aufgegeben" in calm.stdout) == ("", True)
    warned = run_cli("outbox", "list", DUNKELWERK_TODAY=str(LAST))
    assert warned.stderr.startswith("Achtung: 1 aufgegebene Nachrichten verlieren")
    (row,) = outbox.rows()
    assert "Inhalt wird gelöscht am: 31.08.2026" in run_cli("outbox", "show", str(row["id"])).stdout
    erase(ERASED)
    gone = run_cli("outbox", "list", "--state", "dead", DUNKELWERK_TODAY=str(ERASED)).stdout
    assert "verfallen" in gone
    assert "0 warten, 0 aufgegeben" in gone, "nobody can do anything about it"


def test_empty_rows_go_after_their_own_term_and_full_ones_stay(outbox: Outbox) -> None:
    outbox.put("D-1", "D-2", "D-3", "D-4")
    outbox.run("UPDATE outbox_message SET at = '2026-01-01 00:30+01'")
    outbox.run(
        "UPDATE outbox_message SET state = 'delivered', delivered_at = at, payload = NULL WHERE key IN ('D-1', 'D-2')"
    )
    outbox.run("UPDATE outbox_message SET at = '2026-01-02 00:30+01' WHERE key = 'D-2'")
    outbox.run("UPDATE outbox_message SET state = 'dead', given_up_at = '2027-01-31 12:00+01' WHERE key = 'D-3'")
    last = date(2026, 1, 1) + timedelta(days=400)
    assert erase(last) == "0 gelöscht"
    assert erase(last + timedelta(days=1)) == "0 gelöscht, 1 leere Einträge entfernt"
    assert contents(outbox) == {"D-2": False, "D-3": True, "D-4": True}
    (purged,) = outbox.rows("SELECT messages, deleted_before::text FROM outbox_purge")
    assert (purged["messages"], purged["deleted_before"][:10]) == (1, "2026-01-01")


def test_the_application_deletes_only_what_is_old_and_empty(outbox: Outbox) -> None:
    give_up(outbox, "D-1")
    with psycopg.connect(outbox.url, autocommit=True) as session:
        session.execute("SET ROLE dunkelwerk_app")
        assert session.execute("SELECT delete_old_messages(now())").fetchone() == (0,)
        for statement in ("DELETE FROM outbox_message", "DELETE FROM outbox_purge"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement.encode())
    assert contents(outbox) == {"D-1": True}


@pytest.mark.parametrize("name", ["KEEP", "DEAD", "ROW"])
@pytest.mark.parametrize(("text", "fits"), [
    ("9999", True), ("10000", False), ("-1", False), ("x", False), ("²", False),
])  # fmt: skip
def test_the_terms_are_numbers_of_days(name: str, text: str, fits: bool) -> None:
    settings = {"DUNKELWERK_OUTBOX_ROW_DAYS": "9999", f"DUNKELWERK_OUTBOX_{name}_DAYS": text}
    if fits:
        read_terms(settings)
        return
    with pytest.raises(CommandError, match=f"OUTBOX_{name}_DAYS"):
        read_terms(settings)


def test_rows_are_kept_at_least_as_long_as_content() -> None:
    assert read_terms({"DUNKELWERK_OUTBOX_ROW_DAYS": "90"}).rows == 90
    with pytest.raises(CommandError, match="ROW_DAYS"):
        read_terms({"DUNKELWERK_OUTBOX_ROW_DAYS": "89"})
