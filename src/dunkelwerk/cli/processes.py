"""``dunkelwerk processes``: how each process runs, and its brake. Source: docs/operations.md, brake."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.cli.person import Actor, AsJson, On, Parameters, Reason, acting_person
from dunkelwerk.decisions.decimals import is_plain
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.modes import Setting
    from dunkelwerk.runner.steering import Standing

app = typer.Typer(help="Wie jeder Prozess läuft, und die Notbremse.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="PROZESS", help="z. B. follow-up-sick-note")]
#: what a limit, a band or the sample is taken away with
NONE = "none"
LONGEST_SEED, LONGEST_NUMBER = 100, 10


@app.callback()
def processes() -> None:
    """Wie jeder Prozess läuft, und die Notbremse."""


@app.command("list", epilog="Beispiel: dunkelwerk processes list")
def list_(on: On = None, as_json: AsJson = False) -> None:
    """Betriebsart, Bremse und was wartet, je Prozess."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day

    database.start()
    from dunkelwerk.insight.casework import print_table
    from dunkelwerk.runner.steering import read_standings

    standings = read_standings(business_day(on))
    if as_json:
        from dunkelwerk.cli.proposals import print_json

        print_json([each.as_json() for each in standings])
        return
    headings = [
        _("Prozess"),
        _("Betriebsart"),
        _("Stichprobe"),
        _("wartet"),
        _("heute"),
        _("dunkel"),
        _("freigegeben"),
        _("Zustand"),
    ]
    print_table(headings, [cells(each) for each in standings], nothing=_("Kein Prozess installiert."))
    for each in standings:
        if brake := tell_brake(each.setting):
            print(_("Bremse {process}: {brake}").format(process=each.setting.process.replace("_", "-"), brake=brake))


def cells(each: Standing) -> list[Any]:
    """One line of the list."""
    from dunkelwerk.insight.casewords import tell_mode

    setting = each.setting
    rate = f"{each.today.dark_rate:.0%}" if each.today.decided else "–"
    sample = _("1 von {n}").format(n=setting.sample) if setting.sample else "–"
    name = setting.process.replace("_", "-")
    return [
        name,
        tell_mode(setting.mode),
        sample,
        each.waiting,
        each.today.decided,
        rate,
        each.today.euros,
        each.state,
    ]


def tell_brake(setting: Setting) -> str | None:
    """Limits and bands of a process as a sentence; None where it has none."""
    from dunkelwerk.insight.casework import shown

    said = []
    if setting.cases_per_day is not None:
        said.append(_("höchstens {count} dunkle Fälle am Tag").format(count=setting.cases_per_day))
    if setting.euros_per_day is not None:
        said.append(_("höchstens {euros} am Tag").format(euros=shown(setting.euros_per_day)))
    if setting.dark_rate_low is not None or setting.dark_rate_high is not None:
        low, high = (None if end is None else f"{end:.0%}" for end in (setting.dark_rate_low, setting.dark_rate_high))
        said.append(_("Quote {low} bis {high}").format(low=shown(low), high=shown(high)))
    if setting.mean_amount_low is not None or setting.mean_amount_high is not None:
        low, high = shown(setting.mean_amount_low), shown(setting.mean_amount_high)
        said.append(_("mittlerer Betrag {low} bis {high}").format(low=low, high=high))
    if setting.has_bands:
        said.append(_("über die letzten {count} Meldungen").format(count=setting.watched))
    return ", ".join(said) or None


@app.command(
    "set",
    epilog="Beispiele: dunkelwerk processes set follow-up-sick-note --mode shadow --actor leitung\n\n"
    "dunkelwerk processes set follow-up-sick-note --mode dark --sample 20 --euros-per-day 50000 --dark-rate 0.40:0.95 "
    "--actor leitung",
)
def set_(
    name: Name,
    mode: Annotated[
        str | None, typer.Option("--mode", help="off, shadow, second_check, dark, oder none (nach Parametern).")
    ] = None,
    sample: Annotated[str | None, typer.Option("--sample", help="1 von so vielen zur Zweitprüfung, oder none.")] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="Woraus die Stichprobe gezogen wird.")] = None,
    cases: Annotated[str | None, typer.Option("--cases-per-day", help="Höchstens so viele Fälle am Tag.")] = None,
    euros: Annotated[str | None, typer.Option("--euros-per-day", help="Höchstens so viele Euro am Tag.")] = None,
    dark_rate: Annotated[
        str | None, typer.Option("--dark-rate", metavar="VON:BIS", help="Band der Quote, z. B. 0.40:0.95.")
    ] = None,
    mean_amount: Annotated[
        str | None, typer.Option("--mean-amount", metavar="VON:BIS", help="Band des mittleren Betrags, Euro.")
    ] = None,
    window: Annotated[str | None, typer.Option("--window", help="Die Bänder gelten für die letzten so vielen.")] = None,
    actor: Actor = None,
    reason: Reason = "",
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Stellt ein, wie ein Prozess läuft. Was nicht genannt wird, bleibt."""
    changes = read_changes(mode, sample, seed, cases, euros, window)
    changes |= read_band("dark_rate", dark_rate, largest=Decimal(1)) | read_band("mean_amount", mean_amount)
    if not changes:
        raise wrong_usage(_("Bitte sagen, was einzustellen ist, z. B. --mode shadow."))
    person, process = acting_person(actor, reason, on, parameters), find(name)
    from dunkelwerk.runner.steering import change

    change(process, changes, person)
    print(_("{process} ist eingestellt.").format(process=name))


@app.command(
    "stop", epilog='Beispiel: dunkelwerk processes stop follow-up-sick-note --actor betrieb --reason "Prüfung"'
)
def stop(name: Name, actor: Actor = None, reason: Reason = "", on: On = None, parameters: Parameters = None) -> None:
    """Notbremse: hält einen Prozess an. Seine Meldungen warten, nichts geht verloren."""
    person, process = acting_person(actor, reason, on, parameters), find(name)
    from dunkelwerk.runner.steering import stop

    stop(process, person)
    print(_("{process} ist angehalten; seine Meldungen warten.").format(process=name))


@app.command(
    "start", epilog='Beispiel: dunkelwerk processes start follow-up-sick-note --actor betrieb --reason "geklärt"'
)
def start(name: Name, actor: Actor = None, reason: Reason = "", on: On = None, parameters: Parameters = None) -> None:
    """Löst die Notbremse, auch nachdem ein Band verlassen war. Eine erreichte Tagesgrenze ändert „set“."""
    person, process = acting_person(actor, reason, on, parameters), find(name)
    from dunkelwerk.runner.steering import start

    start(process, person)
    print(_("{process} läuft wieder.").format(process=name))


def find(name: str) -> str:
    """The process's name in data."""
    from dunkelwerk.cli.decide import find_process

    return find_process(name)


def read_changes(
    mode: str | None, sample: str | None, seed: str | None, cases: str | None, euros: str | None, window: str | None
) -> dict[str, Any]:
    """What is to be set; raises CommandError (wrong usage) for what cannot be."""
    from dunkelwerk.runner.modes import MODES

    changes: dict[str, Any] = {}
    if mode is not None:
        if mode not in (*MODES, NONE):
            raise wrong_usage(_("--mode: erlaubt sind {known}.").format(known=", ".join((*MODES, NONE))))
        changes["mode"] = None if mode == NONE else mode
    if seed is not None:
        if len(seed) > LONGEST_SEED:
            raise wrong_usage(_("--seed: höchstens {longest} Zeichen.").format(longest=LONGEST_SEED))
        changes["seed"] = seed
    for field, text, option in (("sample", sample, "--sample"), ("cases_per_day", cases, "--cases-per-day")):
        if text is not None:
            changes[field] = None if text == NONE else whole(text, option=option)
    if window is not None:
        changes["watched"] = whole(window, option="--window")
    if euros is not None:
        changes["euros_per_day"] = None if euros == NONE else number(euros, option="--euros-per-day", places=2)
    return changes


def read_band(name: str, text: str | None, *, largest: Decimal | None = None) -> dict[str, Any]:
    """A band LOW:HIGH, one end may be left open; raises CommandError (wrong usage)."""
    if text is None:
        return {}
    option = f"--{name.replace('_', '-')}"
    if text == NONE:
        return {f"{name}_low": None, f"{name}_high": None}
    low, separator, high = text.partition(":")
    if not separator or text == separator:
        raise wrong_usage(_("{option}: erwartet VON:BIS.").format(option=option))
    places = 2 if largest is None else 4
    ends = [number(each, option=option, places=places) if each else None for each in (low, high)]
    if any(each is not None and largest is not None and each > largest for each in ends):
        raise wrong_usage(_("{option}: höchstens {largest}.").format(option=option, largest=largest))
    if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
        raise wrong_usage(_("{option}: das untere Ende liegt über dem oberen.").format(option=option))
    return {f"{name}_low": ends[0], f"{name}_high": ends[1]}


def whole(text: str, *, option: str) -> int:
    """A whole number from 1; raises CommandError (wrong usage)."""
    if not text.isdecimal() or len(text) > LONGEST_NUMBER or not 0 < int(text) <= 1_000_000_000:
        raise wrong_usage(_("{option}: erwartet eine ganze Zahl ab 1, oder none.").format(option=option))
    return int(text)


def number(text: str, *, option: str, places: int) -> Decimal:
    """A number not below zero, with so many decimals at most; raises CommandError (wrong usage).

    More decimals are no number that is kept, or a German thousand: ``50.000``.
    """
    value = Decimal(text) if is_plain(text) else Decimal(-1)
    if not 0 <= value < Decimal("1e9") or places < -value.as_tuple().exponent:  # type: ignore[operator]
        message = _("{option}: erwartet eine Zahl ab 0 mit höchstens {places} Nachkommastellen, oder none.")
        raise wrong_usage(message.format(option=option, places=places))
    return value
