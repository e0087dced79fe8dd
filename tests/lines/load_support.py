"""Helpers of the tests of ``dunkelwerk load``: one usual case file, a load inside the test, rows as dictionaries."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Thing = dict[str, Any]

PERSON: Thing = {
    **{"id": "P1", "first_name": "Jürgen", "last_name": "Groß", "birth_date": "1980-02-29", "deceased_on": None},
    **{"salutation": "Herr", "street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln"},
    "country": "DE",
}
ILLNESS: Thing = {
    **{"waiting_months": 0, "deferred_days": 42, "max_months": 24, "monthly_cap": "2500.00"},
    **{"settlement": "due_date", "relapse_months": 6, "age_limit": 65},
}
TARIFF: Thing = {
    "id": "RSV-2021",
    "illness": ILLNESS,
    "unemployment": {"waiting_months": 3, "deferred_days": 30, "max_months": 12, "settlement": "daily"},
    "death": {"waiting_months": 0, "cap": "50000.00", "legal_entity": "leben"},
}
INSTALMENTS: list[Thing] = [
    {"id": "I-1", "due": "2026-04-15", "amount": "312.50", "status": "paid", "replaces": None},
    {"id": "I-2", "due": "2026-05-15", "amount": "312.50", "status": "paid", "replaces": None},
    {"id": "I-3", "due": "2026-06-15", "amount": "312.50", "status": "released", "replaces": None},
]
CLAIM: Thing = {
    **{"number": "C-1", "person": "P1", "cause": "illness", "status": "accepted", "onset": "2026-03-02"},
    **{"icd": ["M54.5"], "benefit_from": "2026-04-13", "benefit_limit": "2028-04-12", "proven_until": "2026-06-30"},
    **{"released_until": "2026-06-30", "recovered_on": None, "closed_on": None, "closing_reason": None},
    **{"months_used_before": 0, "instalments": INSTALMENTS},
}
PAYEE: Thing = {"name": "Beispielbank AG", "iban": "DE02120300000000202051", "reference": "Darlehen 4711"}
CONTRACT: Thing = {
    **{"number": "RS-1", "tariff": "RSV-2021", "start": "2024-03-01", "end": "2031-02-28", "status": "active"},
    **{"insured": ["P1"], "instalment": "312.50", "final_instalment": None, "due_day": 15, "payee": PAYEE},
    **{"arrears": None, "recourse_open": "0.00", "claims": [CLAIM]},
}
#: what no sentence may show
SECRETS = ("Jürgen", "Groß", "1980-02-29", "M54.5", "DE02120300000000202051", "DE02120300000000202052", "Lindenstr")


def case(key: str = "RS-1") -> Thing:
    """The usual case file: one person, one contract with one illness claim, three instalments; to be changed freely."""
    return copy.deepcopy({"key": key, "persons": [PERSON], "tariffs": [TARIFF], "contracts": [CONTRACT]})


def other_case(number: str, *, person: str = "P1", claims: Iterable[Thing] = ()) -> Thing:
    """The same for another contract, without claims unless given."""
    file = case(number)
    file["persons"][0]["id"] = person
    file["contracts"][0] |= {"number": number, "insured": [person], "claims": list(claims)}
    return file


def claim_of(file: Thing, at: int = 0) -> Thing:
    """A claim of the first contract."""
    found: Thing = file["contracts"][0]["claims"][at]
    return found


def write(path: Path, *lines: Thing | str) -> Path:
    """A file of these lines; a text stays as it is."""
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return path


class Loader:
    """Loads inside the test; keeps the sentences of the last load."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.sentences: list[str] = []

    def load(self, *lines: Thing | str) -> Any:
        """Load one file of these lines; the totals."""
        return self.load_files(write(self.folder / "akten.jsonl", *lines))

    def load_files(self, *paths: Path) -> Any:
        """Load files; the totals."""
        from dunkelwerk.lines.credit_protection.intake.loading import load_files

        self.sentences = []
        return load_files(paths, actor="test", complain=self.sentences.append, advance=lambda count: None)

    def refuse(self, *lines: Thing | str) -> str:
        """Load lines of which exactly one is refused; its sentence, which must show nothing personal."""
        totals = self.load(*lines)
        assert totals.refused == 1, self.sentences
        (sentence,) = self.sentences
        assert not [secret for secret in SECRETS if secret in sentence], sentence
        return sentence

    def rows(self, query: str) -> list[Thing]:
        """The rows of a query."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        """The one value of a query."""
        (row,) = self.rows(query)
        (value,) = row.values()
        return value

    def run(self, statement: str) -> None:
        """What happens in the register between two loads."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statement.encode())

    def picture(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the register but which load it came from."""
        queries = {
            "contract": "SELECT to_jsonb(c) - 'load' - 'load_line' AS it FROM contract c ORDER BY id",
            "person": "SELECT to_jsonb(c) - 'load' - 'load_line' AS it FROM person c ORDER BY id",
        }
        for table in ("tariff", "cover", "insured", "claim", "proof", "release", "instalment"):
            queries[table] = f"SELECT to_jsonb(c) - 'load' - 'load_line' AS it FROM {table} c ORDER BY id"
        return {table: [row["it"] for row in self.rows(query)] for table, query in queries.items()}
