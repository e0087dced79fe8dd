"""``dunkelwerk demo``: the main job on a synthetic register, then what a manager would want to know."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
import yaml

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk demo --contracts 20000 --notices 5000"
#: of everybody in the scenarios, which say nothing of it
ADDRESS = {"street": "Musterweg", "house_number": "1", "postal_code": "50667", "city": "Köln"}
DAY = date(2026, 11, 23)
#: the process that the thousands of notices are for
MAIN = "follow_up_sick_note"
#: dialogue types that are shown, each with its share of the letters
TYPES = 4


def demo(
    contracts: Annotated[int, typer.Option("--contracts", min=500, help="Verträge im Bestand.")] = 20_000,
    notices: Annotated[int, typer.Option("--notices", min=100, help="Folgeatteste im Posteingang.")] = 5_000,
    seed: Annotated[int, typer.Option("--seed", help="Startwert des Zufalls.")] = 1,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Arbeitsprozesse.")] = 2,
    dialogues: Annotated[int, typer.Option("--dialogues", min=40, help="Briefe mit Einmal-PIN.")] = 1_000,
    answers: Annotated[int, typer.Option("--answers", min=4, help="Wie viele davon beantwortet werden.")] = 200,
    out: Annotated[
        Path, typer.Option("--out", metavar="ORDNER", help="Wo einige Briefe und Quittungen zum Ansehen bleiben.")
    ] = Path("demo-output"),
    keep: Annotated[bool, typer.Option("--keep", help="Die Datenbank der Vorführung behalten.")] = False,
) -> None:
    """Führt vor: ein erfundener Bestand, tausende Meldungen, tausend Briefe mit PIN; was dunkel ging und was nicht."""
    papers = make_folder(out)
    home = demo_home()
    os.environ["DUNKELWERK_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    try:
        asked = run(contracts=contracts, notices=notices, seed=seed, workers=workers, dialogues=dialogues // TYPES)
        with tempfile.TemporaryDirectory(prefix="dunkelwerk-demo-") as folder:
            step(_("Die zweite Hälfte: {count} Menschen bekommen einen Brief mit PIN.").format(count=dialogues))
            from dunkelwerk.cli.demo_dialogues import show_dialogues

            stay = sys.stdin.isatty() and sys.stdout.isatty()
            many = answers // TYPES
            show_dialogues(Path(folder), asked, on=DAY, seed=seed, answers=many, run=command, papers=papers, stay=stay)
        if keep:
            print(_("Die Datenbank bleibt: DUNKELWERK_HOME={home}").format(home=home))
    finally:
        if not keep:
            from dunkelwerk.infra import embedded

            embedded.stop(home)
            shutil.rmtree(home, ignore_errors=True)


def demo_home() -> Path:
    """A new folder for the demonstration's own database: never a real one, nor that of another demonstration."""
    return Path(tempfile.mkdtemp(prefix="dunkelwerk-demo-"))


def make_folder(out: Path) -> Path:
    """Where papers stay, made before anything else is; raises CommandError."""
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(out, os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        message = _("{path}: nicht schreibbar ({reason}); --out nennt einen anderen Ordner.")
        raise CommandError(message.format(path=out, reason=error.strerror)) from None
    return out.resolve()


def run(*, contracts: int, notices: int, seed: int, workers: int, dialogues: int) -> list[dict[str, Any]]:
    """Make the register, then do what a user would: load it, add the notices, work; and report.

    Gives sick notes that nobody has sent yet, one for each of the ``dialogues`` that ask for one.
    """
    from dunkelwerk.cli.demo_people import can_be_told
    from dunkelwerk.lines.credit_protection.synthetic.notices import notices as invent_notices
    from dunkelwerk.lines.credit_protection.synthetic.register import case_files

    with tempfile.TemporaryDirectory(prefix="dunkelwerk-demo-") as folder:
        cases, inbox = Path(folder) / "akten.jsonl", Path(folder) / "folgeatteste.jsonl"
        step(
            _("Ein Bestand mit {contracts} Verträgen und {notices} Folgeatteste werden erfunden.").format(
                contracts=contracts, notices=notices
            )
        )
        write_lines(cases, case_files(seed=seed, contracts=contracts, on=DAY))
        invented = list(invent_notices(seed=seed, contracts=contracts, on=DAY, count=notices + dialogues))
        tellable = [each for each in invented if can_be_told(each, DAY)]
        kept = tellable[:: len(tellable) // dialogues][:dialogues]
        write_lines(inbox, (each for each in invented if each not in kept))
        command("load", cases)
        command("inbox", "add", inbox)
    seconds = command("work", "--once", "--workers", str(workers))
    from dunkelwerk.cli.demo_report import report, report_processes

    report(notices / seconds)
    show_other_processes()
    report_processes()
    return kept


def show_other_processes() -> None:
    """The other processes, on the scenarios that the business signed: every reason happens to somebody."""
    from dunkelwerk.lines.credit_protection.synthetic.staged import show_every_reason, stage
    from dunkelwerk.lines.registry import processes

    others = (each for name, each in processes().items() if name != MAIN and each.line.name == "credit_protection")
    staged, more = show_every_reason(each for process in others for each in stage(process))
    with tempfile.TemporaryDirectory(prefix="dunkelwerk-demo-") as folder:
        cases, inbox = Path(folder) / "akten-szenarien.jsonl", Path(folder) / "meldungen.jsonl"
        message = _(
            "Erstatteste, Nachweise der Arbeitslosigkeit und Todesmeldungen: {count} Fälle aus den Szenarien. Ihre "
            "Fehler sind Absicht; Warnungen und Hinweise gehören dazu."
        )
        step(message.format(count=len(staged)))
        write_lines(cases, (with_addresses(each.case_file) for each in (*staged, *more)))
        write_lines(inbox, (each.notice for each in staged))
        command("load", cases)
        command("inbox", "add", inbox)
        command("work", "--once")
        show_other_insurers(Path(folder), more)
    command("check")


def show_other_insurers(folder: Path, staged: Iterable[Any]) -> None:
    """Scenarios under parameters of an insurer's own, each in one line: what became of its notice."""
    inbox, parameters = folder / "meldungen.jsonl", folder / "parameter.yaml"
    step(_("Versicherer, die es anders wollen, jeder mit eigenen Parametern (work --parameters parameter.yaml):"))
    for each in staged:
        parameters.write_text(yaml.safe_dump(each.parameters, allow_unicode=True), encoding="utf-8")
        write_lines(inbox, [each.notice])
        call(["inbox", "add", inbox], shown="inbox add", stdout=subprocess.DEVNULL)
        ended = call(["work", "--once", "--parameters", parameters], shown="work", stdout=subprocess.PIPE)
        print(f"  • {each.scenario.name}: {ended.strip().splitlines()[-1].partition(': ')[2]}", flush=True)


def with_addresses(case_file: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's case file whose persons live somewhere: their letters can be printed."""
    return {**case_file, "persons": [settled(each) for each in case_file["persons"]]}


def settled(person: Mapping[str, Any]) -> dict[str, Any]:
    """A person with an address, invented where none is known."""
    return dict(person) if person.get("street") else {**person, **ADDRESS}


def step(text: str) -> None:
    """Say what comes."""
    print(f"\n{text}", flush=True)


def command(*arguments: str | Path) -> float:
    """Run the command as a user would, on the day of the demonstration; the seconds it took."""
    shown = " ".join(each.name if isinstance(each, Path) else each for each in arguments)
    step(f"$ dunkelwerk {shown}")
    start = time.monotonic()
    call(arguments, shown=shown)
    seconds = time.monotonic() - start
    print(f"  ({seconds:.1f} s)", flush=True)
    return seconds


def call(arguments: Sequence[str | Path], *, shown: str, stdout: int | None = None) -> str:
    """Run the command; what it said, where ``stdout`` is a pipe. Raises CommandError where it fails."""
    words = [sys.executable, "-m", "dunkelwerk", *map(str, arguments)]
    environment = os.environ | {"DUNKELWERK_TODAY": DAY.isoformat()}
    result = subprocess.run(words, env=environment, stdout=stdout, text=True, check=False)
    if result.returncode:
        raise CommandError(_("Die Vorführung endet hier: der Befehl {command} schlug fehl.").format(command=shown))
    return result.stdout or ""


def write_lines(path: Path, objects: Iterable[Any]) -> None:
    """Write JSON Lines."""
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as stream:
        stream.writelines(encode(each) + b"\n" for each in objects)
