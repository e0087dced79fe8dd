"""What was recorded in the register by hand, in words: one phrase per action, from its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.i18n import _

Said = Mapping[str, Any]


def tell_change(said: Said) -> str | None:
    """The phrase for an action by hand; None for any other, and for one whose fields are not known."""
    teller = TELLERS.get(str(said.get("type")))
    return teller(said) if teller else None


def tell_recovery(said: Said) -> str:
    """The last day, or that none is known any more."""
    if said.get("on") is None:
        return _("Ende nicht mehr gemeldet")
    return _("Ende gemeldet zum {day}").format(day=day(said["on"]))


def tell_payee(said: Said) -> str:
    """Name, account, reference, as far as they were said."""
    parts = filter(None, (said.get("name"), said.get("iban"), said.get("reference")))
    return _("Zahlungsempfänger: {payee}").format(payee=", ".join(parts))


def tell_block(said: Said) -> str:
    """Since when, or that it is lifted."""
    if said.get("since") is None:
        return _("Kontosperre aufgehoben")
    return _("Konto gesperrt seit {day}").format(day=day(said["since"]))


def tell_arrears(said: Said) -> str:
    """The reminder with its deadline, or that nothing is open."""
    if said.get("reminded_on") is None:
        return _("Beitragsrückstand erledigt")
    message = _("Beitragsrückstand: gemahnt am {reminded}, Frist bis {deadline}")
    return message.format(reminded=day(said["reminded_on"]), deadline=day(said["deadline"]))


def tell_recourse(said: Said) -> str:
    """What is open now."""
    return _("Offener Regress: {amount}").format(amount=euros(Decimal(said["amount"])))


def tell_address(said: Said) -> str:
    """Whose address, and where."""
    lines = (("street", "house_number"), ("postal_code", "city"))
    where = ", ".join(" ".join(filter(None, (said.get(name) for name in names))) for names in lines)
    return _("Anschrift von {person}: {where}").format(person=said["person"], where=where)


def day(value: Any) -> str:
    """A day as people write it; in JSON it is a text."""
    return f"{date.fromisoformat(str(value)):%d.%m.%Y}"


TELLERS: dict[str, Callable[[Said], str]] = {
    "record_recovery": tell_recovery,
    "set_payee": tell_payee,
    "block_account": tell_block,
    "set_arrears": tell_arrears,
    "set_recourse": tell_recourse,
    "set_address": tell_address,
}
