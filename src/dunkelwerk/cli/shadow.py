"""``dunkelwerk shadow``: what processes in shadow would have done, beside what clerks did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.shadow import Compared, Totals

EXAMPLE = (
    "Beispiele: dunkelwerk shadow --since 2026-11-01\n\n"
    "dunkelwerk shadow --since 2026-11-01 --process follow-up-sick-note --cases 50 --out schatten.jsonl"
)


def shadow(
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="Ab diesem Geschäftstag.")],
    process: Annotated[str | None, typer.Option("--process", metavar="PROZESS", help="Nur dieser Prozess.")] = None,
    cases: Annotated[int, typer.Option("--cases", min=0, help="So viele abweichende Fälle zeigen.")] = 10,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Alle Fälle als JSON Lines.")] = None,
) -> None:
    """Vergleicht den Schattenlauf mit dem, was die Sachbearbeitung tat: gleich, anders, noch offen, Euro."""
    from dunkelwerk.cli.decide import find_process
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day, parse_day

    day = parse_day(since, source="--since")
    wanted = find_process(process) if process else None
    database.start()
    from django.db import connection

    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.runner.shadow import DIFFERENT, NOTHING, Totals, compare

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=business_day())
    totals: Totals = Totals({})
    differing: list[Compared] = []
    with snapshot():
        for one in written(compare(vault, since=day, process=wanted), out):
            totals.add(one)
            if one.verdict in (DIFFERENT, NOTHING) and len(differing) < cases:
                differing.append(one)
    report(totals, differing)


def written(compared: Iterable[Compared], out: Path | None) -> Iterator[Compared]:
    """The cases, each written to the file as it comes."""
    import msgspec

    from dunkelwerk.cli.decide import output

    if out is None:
        yield from compared
        return
    with output(out) as stream:
        for one in compared:
            stream.write(msgspec.json.encode(one) + b"\n")
            yield one


def report(totals: Totals, differing: list[Compared]) -> None:
    """Print it."""
    from dunkelwerk.decisions.money import euros
    from dunkelwerk.insight.casework import print_table

    words = {
        "same": _("wie die Sachbearbeitung"),
        "different": _("anders als die Sachbearbeitung"),
        "nothing": _("die Sachbearbeitung tat nichts"),
        "open": _("noch nicht bearbeitet"),
        "referred": _("hätte er ausgesteuert oder vorgelegt"),
    }
    rows = [(word, totals.notices.get(verdict, 0)) for verdict, word in words.items()]
    if not sum(totals.notices.values()):
        print(_("Seit diesem Tag lief nichts im Schatten."))
        return
    print_table([_("Der Schattenlauf entschied …"), _("Meldungen")], rows, nothing="")
    message = _("Freigaben der bearbeiteten Fälle: Schattenlauf {shadow}, Sachbearbeitung {clerk}.")
    print(message.format(shadow=euros(totals.shadow_released), clerk=euros(totals.clerk_released)))
    for one in differing:
        decision = _("Entscheidung {decision}").format(decision=one.decision)
        print(f"\n{one.notice} · {one.contract} · {decision}")
        for label, actions in ((_("Schatten"), one.shadow), (_("Sachbearbeitung"), one.clerk)):
            print(f"  {label}: {'; '.join(map(tell, actions)) or '–'}")


def tell(action: str) -> str:
    """An action as it is compared, in words: the claim, what is done, what it says."""
    from dunkelwerk.insight.casewords import tell_type
    from dunkelwerk.insight.telling import show

    kind, contract, claim, *said = action.split()
    return f"{contract}/{claim} {tell_type(kind)} {', '.join(map(show, said))}"
