"""``dunkelwerk register set``: what clerks record by hand. Each is a notice, a decision and a movement of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from dunkelwerk.cli.framing import framed
from dunkelwerk.cli.person import Actor, Parameters, Reason, acting_person
from dunkelwerk.decisions.decimals import is_plain
from dunkelwerk.infra.businessday import parse_day
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.register import Recorded

app = typer.Typer(help="Das Register: was von Hand eingetragen wird.", no_args_is_help=True)
setting = typer.Typer(no_args_is_help=True)
app.add_typer(setting, name="set", help="Trägt ein: Ende, Zahlungsempfänger, Sperre, Rückstand, Regress, Anschrift.")

Claim = Annotated[str, typer.Argument(metavar="VERTRAG/FALL", help="Der Leistungsfall.")]
Contract = Annotated[str, typer.Argument(metavar="VERTRAG", help="Der Vertrag.")]
Today = Annotated[str | None, typer.Option("--today", metavar="DATE", help="Geschäftstag, JJJJ-MM-TT.")]
Lift = Annotated[bool, typer.Option("--lift", help="Nimmt den Eintrag weg.")]


@app.callback()
def register() -> None:
    """Das Register: was von Hand eingetragen wird."""


@setting.callback()
def setting_() -> None:
    """Trägt ein: Ende, Zahlungsempfänger, Sperre, Rückstand, Regress, Anschrift."""


class Change(NamedTuple):
    """What is recorded: of a claim, contract or person, by its name; ``said`` as an action's JSON."""

    kind: str
    name: str
    said: dict[str, Any]


def record(
    change: Change, actor: Actor = None, reason: Reason = "", today: Today = None, parameters: Parameters = None
) -> None:
    """Find what is meant, record the change, and say what it was and is now."""
    person = acting_person(actor, reason, today, parameters)
    from django.db import connection

    from dunkelwerk.lines.credit_protection.register import PROCESS, standing
    from dunkelwerk.runner import register

    finders = {"claim": standing.find_claim, "contract": standing.find_contract, "person": standing.find_person}
    with connection.cursor() as cursor:
        place = finders[change.kind](cursor, change.name)
    said = {**change.said, "contract": place.contract, "claim": place.claim}
    tell(register.record(PROCESS, said, person), person.actor)


def sets(name: str, *examples: str) -> Callable[[Callable[..., Change]], Callable[..., Change]]:
    """A subcommand: the function says what changes, ``record`` does the rest."""
    told = "\n\n".join(f"dunkelwerk register set {name} {each}" for each in examples)

    def add(inner: Callable[..., Change]) -> Callable[..., Change]:
        word = "Beispiel" if len(examples) == 1 else "Beispiele"
        setting.command(name, epilog=f"{word}: {told}")(framed(inner, record))
        return inner

    return add


@sets("recovery", "RS-1/C-1 --on 2026-11-01 --actor a.kurz", "RS-1/C-1 --lift --actor a.kurz")
def recovery(
    claim: Claim,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Der letzte Tag, JJJJ-MM-TT.")] = None,
    lift: Lift = False,
) -> Change:
    """Der letzte Tag der Arbeitsunfähigkeit oder Arbeitslosigkeit wurde gemeldet."""
    ensure_one(lift=lift, given=on is not None, wanted="--on")
    return Change("claim", claim, {"type": "record_recovery", "on": read_day(on, "--on")})


@sets(
    "payee",
    "RS-1 --name 'Neue Bank AG' --iban 'DE02 1203 0000 0000 2020 51' --reference 'Darlehen 4711' --actor a.kurz "
    "--reason 'Schreiben der Bank vom 02.11.'",
)
def payee(
    contract: Contract,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Wer das Geld bekommt.")] = None,
    iban: Annotated[str | None, typer.Option("--iban", metavar="IBAN", help="Das Konto, mit oder ohne Lücken.")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="TEXT", help="Verwendungszweck; '' nimmt ihn weg.")
    ] = None,
) -> Change:
    """Ein anderer Zahlungsempfänger; was nicht genannt ist, bleibt. Gilt erst nach der Zweitprüfung."""
    if name is None and iban is None and reference is None:
        raise wrong_usage(_("Bitte sagen, was sich ändert: --name, --iban oder --reference."))
    return Change("contract", contract, {"type": "set_payee", "name": name, "iban": iban, "reference": reference})


@sets("blocked", "RS-1 --since 2026-11-02 --actor a.kurz", "RS-1 --lift --actor a.kurz")
def blocked(
    contract: Contract,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Gesperrt seit, JJJJ-MM-TT.")] = None,
    lift: Lift = False,
) -> Change:
    """Das Konto des Zahlungsempfängers ist gesperrt: dorthin wird nichts dunkel freigegeben."""
    ensure_one(lift=lift, given=since is not None, wanted="--since")
    return Change("contract", contract, {"type": "block_account", "since": read_day(since, "--since")})


@sets("arrears", "RS-1 --reminded 2026-11-02 --deadline 2026-11-16 --actor a.kurz", "RS-1 --lift --actor a.kurz")
def arrears(
    contract: Contract,
    reminded: Annotated[str | None, typer.Option("--reminded", metavar="DATE", help="Gemahnt am, JJJJ-MM-TT.")] = None,
    deadline: Annotated[str | None, typer.Option("--deadline", metavar="DATE", help="Frist bis, JJJJ-MM-TT.")] = None,
    lift: Lift = False,
) -> Change:
    """Der Beitrag ist im Rückstand und angemahnt (§ 38 VVG), oder er ist bezahlt."""
    ensure_one(lift=lift, given=reminded is not None or deadline is not None, wanted=_("--reminded und --deadline"))
    days = {"reminded_on": read_day(reminded, "--reminded"), "deadline": read_day(deadline, "--deadline")}
    return Change("contract", contract, {"type": "set_arrears", **days})


@sets("recourse", "RS-1 --amount 120.00 --actor a.kurz")
def recourse(
    contract: Contract,
    amount: Annotated[str, typer.Option("--amount", metavar="EURO", help="So viel ist offen; 0 für nichts mehr.")],
) -> Change:
    """So viel Regress ist offen."""
    return Change("contract", contract, {"type": "set_recourse", "amount": read_amount(amount)})


@sets("address", "P1 --street Domstr. --house-number 7 --postal-code 50667 --city Köln --actor a.kurz")
def address(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Das Kennzeichen der Person.")],
    street: Annotated[str, typer.Option("--street", metavar="TEXT", help="Straße.")],
    postal_code: Annotated[str, typer.Option("--postal-code", metavar="TEXT", help="Postleitzahl.")],
    city: Annotated[str, typer.Option("--city", metavar="TEXT", help="Ort.")],
    house_number: Annotated[str | None, typer.Option("--house-number", metavar="TEXT", help="Hausnummer.")] = None,
    country: Annotated[str, typer.Option("--country", metavar="LAND", help="Zwei Buchstaben, z. B. AT.")] = "DE",
) -> Change:
    """Wo eine Person wohnt; die ganze Anschrift."""
    said = {"type": "set_address", "person": person, "street": street, "house_number": house_number}
    return Change("person", person, {**said, "postal_code": postal_code, "city": city, "country": country})


def tell(done: Recorded, actor: str) -> None:
    """What it was, what it is now, and who must confirm."""
    from dunkelwerk.insight.casework import print_side_by_side

    for part in done.before:
        before, after = done.before[part], done.after.get(part, {})
        changed = [label for label in before | after if before.get(label) != after.get(label)]
        print_side_by_side(
            part, *({label: each[label] for label in changed if label in each} for each in (before, after))
        )
    print()
    if done.proposal is None:
        message = _("Eingetragen (Meldung {notice}, Entscheidung {decision}).")
        print(message.format(notice=done.name, decision=done.decision))
        return
    message = _(
        "Noch nicht wirksam: Vorschlag {proposal} (Meldung {notice}) wartet auf die Zweitprüfung durch jemand anderen "
        "als {actor}:\n  dunkelwerk proposals confirm {proposal} --actor NAME --reason TEXT"
    )
    print(message.format(proposal=done.proposal, notice=done.name, actor=actor))


def ensure_one(*, lift: bool, given: bool, wanted: str) -> None:
    """Raise CommandError (wrong usage) unless either a value or ``--lift`` was given."""
    if lift == given:
        raise wrong_usage(_("Bitte entweder {wanted} angeben oder --lift.").format(wanted=wanted))


def read_day(text: str | None, option: str) -> str | None:
    """A date as JSON says it; raises CommandError (wrong usage)."""
    return None if text is None else parse_day(text, source=option).isoformat()


def read_amount(text: str) -> str:
    """An amount as JSON says it, with a German comma, too; raises CommandError (wrong usage)."""
    written = text.strip().replace(",", ".") if "." not in text else text.strip()
    if not is_plain(written):
        raise wrong_usage(_("--amount: keine Zahl wie 120.00."))
    return written
