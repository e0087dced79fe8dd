"""What stands in the register of what clerks record by hand: for the second check, and for people to read.

Every name of a part is that of the actions that change it (``RegisterAction.part``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection import actions
from dunkelwerk.lines.credit_protection.casefile import CaseFile
from dunkelwerk.lines.credit_protection.worlds import day

SIGN = " · "
CONTRACTS = """
    SELECT number, payee_name, payee_iban, payee_reference, blocked_since, reminded_on, arrears_deadline, recourse_open
    FROM contract WHERE number = ANY(%s) ORDER BY number
"""
PERSONS = """
    SELECT key, street, house_number, postal_code, city, country FROM person WHERE key = ANY(%s) ORDER BY key
"""
KNOWN = "SELECT EXISTS (SELECT FROM contract WHERE number = %s)"
CLAIMS = """
    SELECT k.number, c.number FROM contract k JOIN claim c ON c.contract_id = k.id
    WHERE k.number || '/' || c.number = %s
"""
#: one of a person's contracts: every other one is in its case file
INSURING = """
    SELECT k.number FROM person p JOIN insured i ON i.person_id = p.id JOIN contract k ON k.id = i.contract_id
    WHERE p.key = %s
    UNION ALL
    SELECT k.number FROM person p JOIN claim c ON c.person_id = p.id JOIN contract k ON k.id = c.contract_id
    WHERE p.key = %s
    LIMIT 1
"""
OF_CONTRACTS: tuple[type[actions.RegisterAction], ...] = (
    actions.SetPayee,
    actions.BlockAccount,
    actions.SetArrears,
    actions.SetRecourse,
)
LABELS = {actions.SetAddress.label, *(each.label for each in OF_CONTRACTS)}


class Place(Struct, frozen=True):
    """Where a change belongs: the contract, and the claim where it has one."""

    contract: str
    claim: str | None = None


def find_contract(cursor: Any, number: str) -> Place:
    """The contract of this number; raises CommandError for an unknown one."""
    cursor.execute(KNOWN, (number,))
    if not cursor.fetchone()[0]:
        raise CommandError(_("Den Vertrag {number} gibt es nicht.").format(number=number))
    return Place(number)


def find_claim(cursor: Any, name: str) -> Place:
    """The claim CONTRACT/CLAIM; raises CommandError for an unknown one."""
    cursor.execute(CLAIMS, (name,))
    found = cursor.fetchall()
    if len(found) != 1:
        raise CommandError(
            _("Den Leistungsfall {name} gibt es nicht; bitte als VERTRAG/FALL angeben.").format(name=name)
        )
    return Place(*found[0])


def find_person(cursor: Any, key: str) -> Place:
    """A contract of the person; raises CommandError for an unknown one, and for one without any contract."""
    cursor.execute(INSURING, (key, key))
    found = cursor.fetchone()
    if found is None:
        raise CommandError(_("Die Person {key} gibt es nicht.").format(key=key))
    return Place(found[0])


def facts(file: CaseFile) -> dict[str, Any]:
    """For each part what a proposal to change it rests on."""
    found: dict[str, Any] = {}
    for each in file.contracts:
        values = (each.payee, each.payee, each.arrears, each.recourse_open)
        found |= {f"{each.number}{SIGN}{kind.label}": value for kind, value in zip(OF_CONTRACTS, values, strict=True)}
    return found | {f"{each.id}{SIGN}{actions.SetAddress.label}": each for each in file.persons}


def is_part(part: str) -> bool:
    """Whether a part is one of the register, and no claim."""
    return part.rpartition(SIGN)[2] in LABELS


def read(cursor: Any, parts: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each part labels and values."""
    wanted = [part.rpartition(SIGN)[::2] for part in parts]
    keys = [key for key, _label in wanted]
    cursor.execute(CONTRACTS, (keys,))
    found = {f"{row[0]}{SIGN}{label}": said for row in cursor.fetchall() for label, said in tell(*row[1:]).items()}
    cursor.execute(PERSONS, (keys,))
    found |= {f"{row[0]}{SIGN}{actions.SetAddress.label}": tell_address(*row[1:]) for row in cursor.fetchall()}
    return {SIGN.join(each): found[SIGN.join(each)] for each in wanted if SIGN.join(each) in found}


def tell(
    name: Any, iban: Any, reference: Any, blocked: Any, reminded: Any, deadline: Any, recourse: Any
) -> dict[str, dict[str, str]]:
    """What stands of a contract, by label."""
    return {
        actions.SetPayee.label: {
            "Name": name or "–",
            "IBAN": iban or "–",
            "Verwendungszweck": reference or "–",
            "Konto gesperrt seit": day(blocked),
        },
        actions.BlockAccount.label: {"IBAN": iban or "–", "Konto gesperrt seit": day(blocked)},
        actions.SetArrears.label: {"Gemahnt am": day(reminded), "Frist bis": day(deadline)},
        actions.SetRecourse.label: {"Offener Regress": euros(recourse)},
    }


def tell_address(street: Any, house_number: Any, postal_code: Any, city: Any, country: Any) -> dict[str, str]:
    """A person's address."""
    return {
        "Straße": " ".join(filter(None, (street, house_number))) or "–",
        "Ort": " ".join(filter(None, (postal_code, city))) or "–",
        "Land": country or "DE",
    }
