"""``dunkelwerk dialogues``: import, remind, what is due, and the desk. Fixed in docs/interfaces.md section 3."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli import dialogue_desk as desk
from dunkelwerk.cli import dialogue_files as handed_in
from dunkelwerk.cli import dialogue_letters as papers
from dunkelwerk.cli import dialogue_reissue as anew
from dunkelwerk.cli.dialogue_desk import outages, start
from dunkelwerk.cli.dialogue_print import PINS_OUT, Raw, Recipient, tell_about_pins, warn_of_links
from dunkelwerk.cli.person import Actor, On
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.dialogues.importing.candidates import Bad
    from dunkelwerk.dialogues.importing.run import Counts

IMPORT = "Beispiel: dunkelwerk dialogues import tax_id personen.csv --pins-out druck.csv.age --recipient age1…"
app = typer.Typer(help="Dialoge mit Einmal-PIN.", epilog=IMPORT, no_args_is_help=True)
REMIND = "Beispiel: dunkelwerk dialogues remind tax_id --pins-out erinnerungen.csv.age --recipient age1…"
app.command("letters", epilog=papers.EXAMPLE)(papers.letters)
app.command("reissue", epilog=anew.REISSUE)(anew.reissue)
app.command("revoke", epilog=desk.REVOKE)(desk.revoke)
app.command("paper", epilog=desk.PAPER)(desk.paper)
app.command("returned", epilog=desk.RETURNED)(desk.returned)
app.command("hold", epilog=desk.HOLD)(desk.hold)
app.command("show", epilog=desk.SHOW)(desk.show)
app.command("list", epilog=desk.LIST)(desk.list_some)
app.command("files", epilog=handed_in.FILES)(handed_in.files)
#: bad rows that are told one by one
TOLD = 20


@app.callback()
def dialogues() -> None:
    """Dialoge mit Einmal-PIN."""


@app.command("import", epilog=IMPORT)
def import_dialogues(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="Dialogtyp, z. B. tax_id.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Personen, CSV mit Kopfzeile.")],
    pins_out: Annotated[Path, PINS_OUT],
    recipient: Recipient = None,
    errors_out: Annotated[
        Path | None, typer.Option("--errors-out", metavar="BAD.csv", help="Datei für fehlerhafte Zeilen.")
    ] = None,
    raw: Raw = False,
    actor: Actor = None,
    on: On = None,
) -> None:
    """Legt Dialoge an und schreibt die PINs für den Druck: jede Person einmal, wie oft die Datei auch kommt."""
    ensure_apart(file, pins_out, errors_out)
    from dunkelwerk.dialogues.importing.letters import read_recipient

    key = read_recipient(recipient)
    who = start(actor)
    from dunkelwerk.dialogues.importing.run import Order, import_file
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.progress import progress

    order = Order(type, file, pins_out, who, business_day(on), key, errors_out, raw)
    with outages(), progress(_("importiert")) as advance:
        counts = import_file(order, advance=advance, complain=Complaints(file, errors_out))
    report(counts, pins_out, encrypted=key is not None or not counts.letters)
    if counts.bad:
        raise typer.Exit(1)


class Complaints:
    """Tells the first bad rows; all of them where they go into no file."""

    def __init__(self, file: Path, errors_out: Path | None) -> None:
        self._file, self._limit, self._count = file, TOLD if errors_out else None, 0

    def __call__(self, bad: Bad) -> None:
        self._count += 1
        if self._limit is None or self._count <= self._limit:
            line = _("{file}, Zeile {line}: {reason}")
            print(line.format(file=self._file, line=bad.line, reason=bad.reason), file=sys.stderr)


def ensure_apart(file: Path, *others: Path | None) -> None:
    """Raise CommandError (wrong usage) where one file would overwrite another."""
    paths = [path.resolve() for path in (file, *others) if path is not None]
    if len(set(paths)) < len(paths):
        raise wrong_usage(_("FILE, --pins-out und --errors-out müssen verschiedene Dateien sein."))


def report(counts: Counts, pins_out: Path, *, encrypted: bool) -> None:
    """Print the reconciliation, and where the PINs are."""
    line = _(
        "Zeilen {read} = neu {imported} + vervollständigt {completed} + schon vorhanden {known} + fehlerhaft {bad}; "
        "Briefe {letters} = neu {imported} + vervollständigt {completed}"
    )
    print(
        line.format(
            read=counts.read,
            imported=counts.imported,
            completed=counts.completed,
            known=counts.known,
            bad=counts.bad,
            letters=counts.letters,
        )
    )
    if counts.is_left:
        print(_("Kein neuer Brief; {path} bleibt, wie es ist.").format(path=pins_out), file=sys.stderr)
    warn_of_links(counts.letters)
    tell_about_pins(pins_out, counts.kept, encrypted=encrypted)


@app.command("remind", epilog=REMIND)
def remind(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="Dialogtyp, z. B. tax_id.")],
    pins_out: Annotated[Path, PINS_OUT],
    recipient: Recipient = None,
    raw: Raw = False,
    actor: Actor = None,
    on: On = None,
) -> None:
    """Schreibt die fälligen Erinnerungen mit neuen PINs für den Druck; die alten PINs gelten dann nicht mehr."""
    from dunkelwerk.dialogues.importing.letters import read_recipient

    key = read_recipient(recipient)
    who = start(actor)
    from dunkelwerk.dialogues import reminding
    from dunkelwerk.infra.businessday import business_day

    with outages():
        done = reminding.remind(type, pins_out, actor=who, on=business_day(on), recipient=key, raw=raw)
    text = _("1 Erinnerung geschrieben.") if done.letters == 1 else _("{count} Erinnerungen geschrieben.")
    print(text.format(count=done.letters))
    if done.overtaken:
        message = _("{count} davon sind überholt (inzwischen beantwortet); ihre PIN öffnet nichts.")
        if done.overtaken == 1:
            message = _("1 davon ist überholt (inzwischen beantwortet); ihre PIN öffnet nichts.")
        print(message.format(count=done.overtaken), file=sys.stderr)
    warn_of_links(done.letters)
    tell_about_pins(pins_out, done.kept, encrypted=key is not None or not done.letters)


@app.command("expire", epilog="Beispiel: dunkelwerk dialogues expire --on 2026-12-01")
def expire(on: On = None) -> None:
    """Lässt ablaufen, was nicht beantwortet wurde, druckt Erinnerungen, wo ein Druckordner eingestellt ist."""
    start(None)
    from dunkelwerk.dialogues.deadlines import run_daily
    from dunkelwerk.infra.businessday import business_day

    with outages():
        done = run_daily(business_day(on))
    print(done)
    for name, count in done.reminders.items():
        text = _("{name}: {count} Erinnerungen sind fällig (dunkelwerk dialogues remind {name} --pins-out OUT)")
        if count == 1:
            text = _("{name}: 1 Erinnerung ist fällig (dunkelwerk dialogues remind {name} --pins-out OUT)")
        print(text.format(name=name, count=count))
