"""``dunkelwerk outbox``: what goes to the core system, where it is stuck, sending it again. Source: docs/outbox.md."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.cli.person import Actor, AsJson
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.feeds.outbox.looking import Standing
    from dunkelwerk.feeds.outbox.targets import Targets

IDLE_SECONDS = 5.0

app = typer.Typer(help="Nachrichten an das Fachsystem.", no_args_is_help=True)


@app.callback()
def outbox() -> None:
    """Nachrichten an das Fachsystem."""


@app.command("list", epilog="Beispiel: dunkelwerk outbox list --state dead")
def list_(
    state: Annotated[
        str | None, typer.Option("--state", metavar="NAME", help="Nur diese: pending, delivered oder dead.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Höchstens so viele.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Was wartet, was angekommen ist, was aufgegeben wurde und warum; die ältesten zuerst, ohne Inhalt."""
    from dunkelwerk.cli.keys import session
    from dunkelwerk.feeds.outbox.looking import read_standings
    from dunkelwerk.feeds.outbox.messages import STATES, figures
    from dunkelwerk.feeds.outbox.terms import count_expiring, read_terms
    from dunkelwerk.infra.businessday import business_day

    if state is not None and state not in STATES:
        raise wrong_usage(_("--state: erwartet wird pending, delivered oder dead."))
    terms = read_terms()
    with session() as cursor:
        rows, standing = read_standings(cursor, state=state, limit=limit), figures(cursor)
        soon = count_expiring(cursor, terms, on=business_day())
    if as_json:
        print_json(rows)
        return
    from dunkelwerk.insight.casework import print_table

    headings = [
        _("Nr."),
        _("seit"),
        _("Ereignis"),
        _("Kennung"),
        _("Stand"),
        _("Versuche"),
        _("nächster"),
        _("zuletzt"),
    ]
    print_table(headings, [cells(row) for row in rows], nothing=_("Keine Nachricht."))
    message = _("{pending} warten, {dead} aufgegeben")
    print(message.format(pending=standing.pending, dead=standing.dead))
    if soon:
        message = _(
            "Achtung: {count} aufgegebene Nachrichten verlieren binnen einer Woche ihren Inhalt und lassen sich dann "
            "nicht mehr senden."
        )
        print(message.format(count=soon), file=sys.stderr)


def print_json(rows: list[Standing]) -> None:
    """One object per line."""
    import msgspec

    for row in rows:
        print(msgspec.json.encode(row).decode())


def cells(row: Standing) -> list[Any]:
    """One line of the list."""
    following = moment(row.next_attempt_at) if row.state == "pending" else None
    fault = tell_fault(row.last_error)
    return [row.id, moment(row.at), row.kind, row.key, tell_state(row), row.attempts, following, fault]


def moment(at: datetime | None) -> str | None:
    """A moment in Berlin, to the minute."""
    from dunkelwerk.infra.businessday import BERLIN

    return at.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M") if at else None


def tell_state(row: Standing) -> str:
    """The state in words."""
    if row.state == "dead" and row.erased:
        return _("verfallen")
    words = {"pending": _("wartet"), "delivered": _("angekommen"), "dead": _("aufgegeben")}
    return _("wird gesendet") if row.sending and row.state == "pending" else words[row.state]


def tell_fault(fault: str | None) -> str | None:
    """What went wrong, in words."""
    kind, _blank, detail = (fault or "").partition(" ")
    words = {
        "status": _("Antwort {detail}"),
        "timeout": _("keine Antwort in der Zeit"),
        "unreachable": _("keine Verbindung ({detail})"),
        "folder": _("Ordner nicht beschreibbar ({detail})"),
        "unreadable": _("Inhalt lässt sich nicht öffnen"),
        "unsent": _("Empfänger nicht erreichbar, nicht versucht"),
    }
    return words[kind].format(detail=detail) if kind in words else fault


@app.command("show", epilog="Beispiel: dunkelwerk outbox show 17")
def show(
    number: Annotated[int, typer.Argument(metavar="NUMMER", help="Die Nachricht.")],
    content: Annotated[bool, typer.Option("--content", help="Auch den Inhalt, als JSON: personenbezogen.")] = False,
) -> None:
    """Wie es um eine Nachricht steht; den Inhalt nur auf Wunsch."""
    from dunkelwerk.cli.keys import session
    from dunkelwerk.feeds.outbox.looking import read_content, read_standing

    with session() as cursor:
        row = read_standing(cursor, number)
        said = read_content(cursor, number) if content else None
    for name, value in told(row):
        print(f"{name}: {value}")
    if said is not None:
        print(said)


def told(row: Standing) -> list[tuple[str, Any]]:
    """What is known about a message, as names and values."""
    from dunkelwerk.feeds.outbox.terms import erased_on, read_terms

    ends = f"{erased_on(row.given_up_at, read_terms()):%d.%m.%Y}" if row.given_up_at and not row.erased else None
    pairs = [
        (_("Nachricht"), row.id),
        (_("Zustellkennung"), row.delivery),
        (_("Ereignis"), row.kind),
        (_("Kennung"), row.key),
        (_("seit"), moment(row.at)),
        (_("Stand"), tell_state(row)),
        (_("Versuche"), row.attempts),
        (_("nächster Versuch"), moment(row.next_attempt_at) if row.state == "pending" else None),
        (_("zuletzt"), tell_fault(row.last_error)),
        (_("Ziele erreicht"), ", ".join(row.target)),
        (_("angekommen"), moment(row.delivered_at)),
        (_("aufgegeben"), moment(row.given_up_at)),
        (_("erneut gesendet"), f"{moment(row.resent_at)} {row.resent_by}" if row.resent_by else None),
        (_("Inhalt"), _("gelöscht") if row.erased else _("verschlüsselt")),
        (_("Inhalt wird gelöscht am"), ends),
    ]
    return [(name, value) for name, value in pairs if value not in (None, "")]


@app.command(
    "resend",
    epilog="Beispiele: dunkelwerk outbox resend 17 18 --actor betrieb\n\n"
    "dunkelwerk outbox resend --dead --actor betrieb",
)
def resend(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="NUMMER…", help="Die Nachrichten.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Alle aufgegebenen.")] = False,
    actor: Actor = None,
) -> None:
    """Lässt Nachrichten sofort noch einmal senden, mit derselben Zustellkennung."""
    from dunkelwerk.cli.keys import session
    from dunkelwerk.feeds.outbox import messages
    from dunkelwerk.runner.acting import clean_actor

    if bool(numbers) == dead:
        raise wrong_usage(_("Bitte Nummern angeben, oder --dead."))
    name = clean_actor(actor)
    with session() as cursor:
        if dead:
            done, left = messages.resend_dead(cursor, actor=name), dict[int, str]()
            gone = messages.count_unsendable(cursor)
        else:
            found, gone = messages.resend(cursor, numbers or [], actor=name), 0
            done, left = len(found), messages.why_unsendable(cursor, sorted(set(numbers or []) - found))
    print(_("{count} Nachrichten werden erneut gesendet.").format(count=done))
    if gone:
        print(_("{count} aufgegebene haben keinen Inhalt mehr und bleiben liegen.").format(count=gone), file=sys.stderr)
    for number, reason in left.items():
        print(tell_refusal(number, reason), file=sys.stderr)
    if left:
        raise typer.Exit(1)


def tell_refusal(number: int, reason: str) -> str:
    """Why a message is not sent again."""
    sentences = {
        "unknown": _("Nachricht {number} gibt es nicht."),
        "erased": _("Nachricht {number} lässt sich nicht mehr senden: ihr Inhalt ist nach Ablauf der Frist gelöscht."),
        "sending": _("Nachricht {number} wird gerade gesendet; bitte später noch einmal versuchen."),
    }
    return sentences[reason].format(number=number)


@app.command("deliver", epilog="Beispiel: dunkelwerk outbox deliver --once")
def deliver(
    once: Annotated[bool, typer.Option("--once", help="Enden, sobald nichts mehr fällig ist.")] = False,
) -> None:
    """Liefert aus, was fällig ist: an den Webhook, in den Ordner, oder beides."""
    from dunkelwerk.feeds.outbox.targets import read_targets

    targets = read_targets()
    if not targets.names:
        raise wrong_usage(_("Kein Ziel eingestellt: DUNKELWERK_OUTBOX_WEBHOOK oder DUNKELWERK_OUTBOX_FOLDER."))
    from dunkelwerk.infra import database

    database.start()
    ends = deliver_until_told(targets, once=once)
    print(summarise(ends))
    if once and ends.keys() - {"delivered"}:
        raise typer.Exit(1)


def deliver_until_told(targets: Targets, *, once: bool) -> Counter[str]:
    """Round after round until a signal comes; only one with ``once``."""
    from dunkelwerk.feeds.outbox.delivery import deliver
    from dunkelwerk.infra.stopping import pause, stopped_by_signals

    ends, told_to = Counter[str](), list[bool]()
    with stopped_by_signals(lambda: told_to.append(True)):
        while not told_to:
            ends += deliver(targets, is_told=lambda: bool(told_to))
            if once:
                break
            pause(IDLE_SECONDS, lambda: bool(told_to))
    return ends


def summarise(ends: Counter[str]) -> str:
    """The counts as one line."""
    message = _("{delivered} ausgeliefert, {pending} später erneut, {dead} aufgegeben")
    pending = ends["pending"] + ends["unsent"]
    return message.format(delivered=ends["delivered"], pending=pending, dead=ends["dead"])
