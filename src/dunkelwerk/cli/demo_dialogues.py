"""The second half of the demonstration: letters with PINs go out, people answer on the portal, cases close dark."""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from dunkelwerk.cli.demo_people import Asked, asked_customers, asked_members
from dunkelwerk.cli.portal_client import PortalClient, PortalRefused
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

KINDS = ("tax_id", "sepa_mandate", "accident", "sick_note_upload")
LETTERS = 3
#: the folder of sample letters
SAMPLES = "musterbriefe"
AT_ONCE = 4
#: seconds until the portal must have answered once
PATIENCE = 60
WIDTH = 110
OUTCOMES = """
    SELECT d.type, count(*), count(*) FILTER (WHERE s.id IS NOT NULL),
           count(*) FILTER (WHERE n.state = 'settled'), count(*) FILTER (WHERE n.state IN ('proposed', 'joined')),
           count(*) FILTER (WHERE n.state IN ('referred', 'partial'))
    FROM dialogue d LEFT JOIN dialogue_submission s ON s.dialogue = d.id LEFT JOIN notice n ON n.id = s.notice
    GROUP BY d.type ORDER BY d.type
"""
WENT = """
    SELECT what, name, count(*) FROM (
        SELECT 'letter' AS what, l.template AS name FROM letter_order l JOIN movement m ON m.id = l.action
            JOIN decision_record r ON r.id = m.decision JOIN notice n ON n.id = r.notice WHERE n.channel = 'dialogue'
        UNION ALL
        SELECT 'item', i.basket || ' / ' || i.task FROM work_item i
            JOIN decision_record r ON r.id = i.decision JOIN notice n ON n.id = r.notice WHERE n.channel = 'dialogue'
        UNION ALL
        SELECT 'message', kind FROM outbox_message
    ) AS went GROUP BY 1, 2 ORDER BY 1, 2
"""
Command = Callable[..., float]


def show_dialogues(
    folder: Path,
    notices: Sequence[Mapping[str, Any]],
    *,
    on: date,
    seed: int,
    answers: int,
    run: Command,
    papers: Path,
    stay: bool,
) -> None:
    """Import, print, answer, work, report; then the portal for whoever wants to try it.

    ``notices``: sick notes of which no notice has come yet. ``answers``: how many people of each type answer.
    ``papers``: where a letter and a receipt of each type stay.
    """
    people = {kind: asked_members(kind, len(notices), on=on, seed=seed) for kind in KINDS[:3]}
    people["sick_note_upload"] = asked_customers(notices)
    with portal(on) as address:
        waiting: dict[str, list[tuple[Asked, dict[str, str]]]] = {}
        for kind in KINDS:
            waiting[kind] = import_people(folder, kind, people[kind], run)
            run("dialogues", "letters", folder / f"{kind}-pins.csv", "--out", folder / kind, "--limit", str(LETTERS))
        receipts = answer_all([each for kind in KINDS for each in waiting[kind][:answers]], address)
        run("work", "--once")
        run("jobs", "run", "--once")
        report()
        run("check")
        run("letters", "sample", "--out", papers / SAMPLES)
        keep_papers(papers, {kind: waiting[kind][0][1]["dialogue"] for kind in KINDS}, folder, receipts)
        offer(address, {kind: waiting[kind][-1] for kind in KINDS[:3]}, stay=stay)


def import_people(folder: Path, kind: str, people: Sequence[Asked], run: Command) -> list[tuple[Asked, dict[str, str]]]:
    """Bring the people in as an operator would; each with the line of the print export."""
    source, pins = folder / f"{kind}.csv", folder / f"{kind}-pins.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, people[0].row, delimiter=";")
        writer.writeheader()
        writer.writerows(each.row for each in people)
    run("dialogues", "import", kind, source, "--pins-out", pins)
    with pins.open(encoding="utf-8", newline="") as stream:
        printed = {row["external_id"]: row for row in csv.DictReader(stream, delimiter=";")}
    return [(each, printed[each.row["external_id"]]) for each in people if each.row["external_id"] in printed]


@contextmanager
def portal(on: date) -> Iterator[str]:
    """The portal on a free port of this machine; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    os.environ["DUNKELWERK_PORTAL_URL"] = address
    words = [sys.executable, "-m", "dunkelwerk", "serve", "--port", str(port)]
    environment = os.environ | {"DUNKELWERK_TODAY": on.isoformat()}
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_portal(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def await_portal(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until it answers; raises CommandError where it does not."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health/ready", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise CommandError(_("Die Vorführung endet hier: das Portal antwortet nicht."))


def answer_all(waiting: Sequence[tuple[Asked, dict[str, str]]], address: str) -> dict[str, bytes]:
    """Everybody answers, some at the same time; the receipts by reference."""
    print("\n" + _("{count} Personen antworten im Portal.").format(count=len(waiting)), flush=True)
    start = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = list(pool.map(lambda each: answer(address, *each), waiting))
    seconds = time.monotonic() - start
    text = _("  ({count} Quittungen, {pages} Seiten, {seconds:.1f} s)")
    pages = sum(count for count, _receipt in answered)
    print(text.format(count=len(waiting), pages=pages, seconds=seconds), flush=True)
    references = (printed["dialogue"] for _person, printed in waiting)
    return dict(zip(references, (receipt for _count, receipt in answered), strict=True))


def answer(address: str, person: Asked, printed: Mapping[str, str]) -> tuple[int, bytes]:
    """One person from the letter to the receipt; the pages it took, and the receipt."""
    try:
        with PortalClient(address, timeout=PATIENCE) as client:
            client.log_in(printed["pin"], person.born)
            client.answer(person.answers, person.files)
            if (receipt := client.receipt()).startswith(b"%PDF"):
                return client.pages, receipt
            raise PortalRefused(_("es gab keine Quittung"))
    except (PortalRefused, httpx.HTTPError) as error:
        message = _("Die Vorführung endet hier, Dialog {reference}: {fault}")
        raise CommandError(message.format(reference=printed["dialogue"], fault=error or type(error).__name__)) from None


def keep_papers(papers: Path, shown: Mapping[str, str], folder: Path, receipts: Mapping[str, bytes]) -> None:
    """Keep a letter and the receipt of each type, of one who has answered: the PIN in the letter opens nothing more.

    ``shown``: whose, by type. Those of an earlier demonstration are replaced.
    """
    for kind, reference in shown.items():
        shutil.copy(folder / kind / f"{reference}.pdf", papers / f"anschreiben-{kind}.pdf")
        (papers / f"quittung-{kind}.pdf").write_bytes(receipts[reference])
    print("\n" + _("Zum Ansehen bleiben in {folder}:").format(folder=papers))
    print(_("  anschreiben-*.pdf  je Art ein Brief mit PIN und QR-Code (schon beantwortet: die PIN ist verbraucht)"))
    print(_("  quittung-*.pdf     je Art die Quittung, die die Person bekam"))
    print(_("  {folder}/      je Vorlage ein Musterbrief").format(folder=SAMPLES))


def report() -> None:
    """What was closed dark, and what went to whom."""
    from django.db import connection

    console = Console(width=WIDTH, highlight=False)
    table = Table(title=_("Dialoge"), title_justify="left", width=WIDTH)
    for heading in (_("Art"), _("Briefe"), _("beantwortet"), _("dunkel"), _("Zweitprüfung"), _("an Menschen")):
        table.add_column(heading, justify="left" if heading == _("Art") else "right")
    with connection.cursor() as cursor:
        cursor.execute(OUTCOMES)
        for kind, *counts in cursor.fetchall():
            table.add_row(title_of(kind), *map(str, counts))
        cursor.execute(WENT)
        went = cursor.fetchall()
    console.print()
    console.print(table)
    titles = {"letter": _("Briefe"), "item": _("Aufgaben"), "message": _("Nachrichten an das Kernsystem")}
    told: dict[str, Counter[str]] = {}
    for what, name, count in went:
        told.setdefault(what, Counter())[name] = count
    for what, names in told.items():
        listed = ", ".join(f"{name_of(what, name)}: {count}" for name, count in names.items())
        console.print(f"{titles[what]}: {listed}", markup=False)


def title_of(kind: str) -> str:
    """What the form of a type is called."""
    from dunkelwerk.dialogues.forms.posted import say
    from dunkelwerk.dialogues.shipped import read_name_or_file

    return say(read_name_or_file(kind).title)


def name_of(what: str, name: str) -> str:
    """A letter, a basket with its task, or a message, as people call it."""
    from dunkelwerk.insight.casewords import tell_basket, tell_task, tell_value

    messages = {
        "dialogue.submitted": _("Antworten eingegangen"),
        "dialogue.processed": _("fertig bearbeitet"),
        "dialogue.expired": _("abgelaufen"),
    }
    if what == "item":
        basket, task = name.split(" / ", 1)
        return f"{tell_basket(basket)} / {tell_task(task)}"
    return messages.get(name, name) if what == "message" else tell_value(name)


def offer(address: str, unused: Mapping[str, tuple[Asked, dict[str, str]]], *, stay: bool) -> None:
    """A PIN of each form to try by hand; stay until Ctrl-C where somebody sits at a terminal."""
    print("\n" + _("Selbst ausprobieren: {address}").format(address=address))
    for kind, (person, printed) in unused.items():
        born = _("Geburtsdatum {born:%d.%m.%Y}").format(born=person.born)
        print(f"  PIN {printed['pin']}   {born}   {title_of(kind)}")
    if not stay:
        print(_("  (Kein Terminal: das Portal wird beendet. Mit einem Terminal bleibt es, bis Sie Strg+C drücken.)"))
        return
    print(_("  Ende mit Strg+C."), flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("\n" + _("Wird beendet …"), flush=True)
