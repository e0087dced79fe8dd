"""``dunkelwerk dialogues reissue``: a new PIN in a letter, or in a row for the printer; nowhere else."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli.dialogue_desk import Reference, act, outages
from dunkelwerk.cli.dialogue_print import PINS_OUT, Raw, Recipient, tell_about_pins, warn_of_links
from dunkelwerk.cli.person import Actor, Reason
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.dialogues.reissuing import Posted

REISSUE = 'Beispiel: dunkelwerk dialogues reissue D-7K2MA-9QXR4 --actor s.desk --reason "Brief verloren" --out briefe'
ValidUntil = Annotated[str | None, typer.Option("--valid-until", metavar="DATE", help="Neuer letzter Tag.")]


def reissue(
    reference: Reference,
    reason: Reason,
    out: Annotated[Path | None, typer.Option("--out", metavar="ORDNER", help="Wohin der Brief kommt.")] = None,
    pins_out: Annotated[Path | None, PINS_OUT] = None,
    recipient: Recipient = None,
    raw: Raw = False,
    actor: Actor = None,
    valid_until: ValidUntil = None,
    despite_exit: Annotated[
        bool, typer.Option("--despite-exit", help="Auch nach „verstorben“ oder „falsche Person“.")
    ] = False,
) -> None:
    """Gibt eine neue PIN aus, als Brief oder für den Druck; die alte gilt nicht mehr. Sonst steht sie nirgends."""
    if out is None and pins_out is None:
        message = _("Bitte --out ORDNER (der Brief) oder --pins-out OUT (für den Druck): sonst steht die PIN nirgends.")
        raise wrong_usage(message)
    if pins_out is None and (recipient is not None or raw):
        raise wrong_usage(_("--recipient und --raw gelten für --pins-out OUT; der Brief ist ein PDF für Sie allein."))
    from dunkelwerk.dialogues.importing.letters import read_recipient

    key = read_recipient(recipient)
    who = act(actor)
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.reissuing import Target, post_new_pin
    from dunkelwerk.infra.businessday import business_day, parse_day

    until = None if valid_until is None else parse_day(valid_until, source="--valid-until")
    again = partial(
        operations.reissue, reference, actor=who, reason=reason, valid_until=until, despite_exit=despite_exit
    )
    with outages():
        done = post_new_pin(reference, Target(out, pins_out, key, raw), on=business_day(None), reissue=again)
    report(done, pins_out, encrypted=key is not None)


def report(done: Posted, pins_out: Path | None, *, encrypted: bool) -> None:
    """What happened and where the PIN is; never the PIN."""
    line = _("{reference}: neue PIN, gültig bis {until}; die alte gilt nicht mehr.")
    print(line.format(reference=done.created.reference, until=f"{done.created.valid_until:%d.%m.%Y}"))
    if done.letter is not None:
        print(_("Der Brief steht in {path}.").format(path=done.letter))
        message = _("Achtung: {path} enthält die PIN. Bitte nach dem Druck löschen.")
        print(message.format(path=done.letter), file=sys.stderr)
    warn_of_links(1)
    if pins_out is not None:
        print(_("Die Zeile für den Druck steht in {path}.").format(path=pins_out))
        tell_about_pins(pins_out, done.kept, encrypted=encrypted)
