"""Reading the register: case files as they now stand, and instalments."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.db import connection

from dunkelwerk.infra.snapshot import stream
from dunkelwerk.infra.tabular import Column, Dataset, Kind
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Tariff
from dunkelwerk.lines.credit_protection.loader import load_cases

CASES_PER_BATCH = 500
#: the name by which case files and the core system know an instalment that was released here
KEY = "coalesce(i.key, CASE WHEN i.decision IS NOT NULL THEN 'DW-' || i.id END)"
#: The business day of an instalment is that of its expense; one that was loaded has none.
INSTALMENTS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "i.id"),
        Column("contract", Kind.TEXT, "k.number"),
        Column("claim", Kind.TEXT, "c.number"),
        Column("due", Kind.DAY, "i.due"),
        Column("amount", Kind.EUROS, "i.amount"),
        Column("set_off", Kind.EUROS, "i.set_off"),
        Column("net", Kind.EUROS, "i.amount - i.set_off"),
        Column("status", Kind.TEXT, "i.status"),
        Column("decision", Kind.WHOLE, "i.decision"),
        Column("release", Kind.WHOLE, "i.release"),
        Column("key", Kind.TEXT, KEY),
        Column("replaces", Kind.TEXT, "i.replaces"),
    ),
    source="""instalment i JOIN claim c ON c.id = i.claim_id JOIN contract k ON k.id = c.contract_id
        LEFT JOIN (
            SELECT DISTINCT decision, claim, business_day FROM posting WHERE event = 'instalment_released'
        ) p ON p.decision = i.decision AND p.claim = i.claim_id""",
    day="p.business_day",
    order="i.id",
)


def is_contract(number: str) -> bool:
    """Whether there is a contract of that number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM contract WHERE number = %s)", (number,))
        return bool(cursor.fetchone()[0])


def count_contracts() -> int:
    """The number of contracts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contract")
        return int(cursor.fetchone()[0])


def case_file_lines(contract: str | None = None) -> Iterator[list[bytes]]:
    """The case files as JSON, one line per contract in the register's order, in batches. Within a ``snapshot``."""
    where, parameters = ("", ()) if contract is None else (" WHERE number = %s", (contract,))
    encoder = CaseFileEncoder()
    for rows in stream(f"SELECT number FROM contract{where} ORDER BY id", parameters, size=CASES_PER_BATCH):
        numbers = [row[0] for row in rows]
        with connection.cursor() as cursor:
            cases = load_cases(cursor, numbers)
        yield [encoder.encode(cases[number].file) for number in numbers]


class CaseFileEncoder:
    """Writes case files. A tariff stands in many of them: it is put into JSON once, without the covers it lacks."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._tariffs: dict[Tariff, msgspec.Raw] = {}

    def encode(self, file: CaseFile) -> bytes:
        """One line, with its end."""
        tariffs = [self._tariff(tariff) for tariff in file.tariffs]
        content = {"key": file.key, "persons": file.persons, "tariffs": tariffs, "contracts": file.contracts}
        return self._encode(content) + b"\n"

    def _tariff(self, tariff: Tariff) -> msgspec.Raw:
        if tariff not in self._tariffs:
            fields = {name: value for name, value in msgspec.structs.asdict(tariff).items() if value is not None}
            self._tariffs[tariff] = msgspec.Raw(self._encode(fields))
        return self._tariffs[tariff]
