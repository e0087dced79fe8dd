"""Helpers of the tests of the runner: households, notes, and a world in which they are loaded, received and worked."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import dict_row

Thing = dict[str, Any]

ON = date(2026, 11, 2)
TODAY = ON.isoformat()
TARIFF: Thing = {
    "id": "RSV-2021",
    "illness": {"deferred_days": 42, "max_months": 24, "monthly_cap": "2500.00", "settlement": "due_date"},
}
CONTRACT: Thing = {
    **{"tariff": "RSV-2021", "start": "2024-03-01", "end": "2031-02-28", "status": "active", "instalment": "312.50"},
    **{"due_day": 15, "payee": {"name": "Beispielbank AG"}, "recourse_open": "0.00"},
}
CLAIM: Thing = {
    **{"cause": "illness", "status": "accepted", "onset": "2026-03-02", "icd": ["M54.5"]},
    **{"benefit_from": "2026-04-13", "benefit_limit": "2028-04-12"},
    **{"proven_until": "2026-10-30", "released_until": "2026-10-30", "instalments": []},
}
NOTE: Thing = {
    **{"process": "follow_up_sick_note", "incapacity_from": "2026-03-02", "incapacity_until": "2026-11-30"},
    **{"issued_on": "2026-10-30", "received_on": "2026-11-02", "formally_correct": True, "final": False, "icd": []},
}
#: per month one instalment falls due on the 15th: a note until the 30th of November frees one
ACTIONS = ["record_proof", "extend_benefit", "release_instalment", "send_letter"]
#: a database that is copied must have no session; whoever loaded may not have hung up yet
CUT_SESSIONS = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"
#: what makes two runs comparable: everything they wrote, without the numbers that a database gave
PICTURES = {
    "notices": """
        SELECT n.external_id, n.channel, n.state, d.outcome, d.reasons, d.actions, d.released, d.business_day,
               n.work_item IS NOT NULL AS has_item
        FROM notice n LEFT JOIN decision_record d ON d.id = n.decision""",
    "records": """
        SELECT n.external_id, count(*) AS records FROM decision_record d JOIN notice n ON n.id = d.notice GROUP BY 1""",
    "postings": """
        SELECT n.external_id, p.event, p.debit, p.credit, p.amount, k.number AS contract, c.number AS claim,
               p.legal_entity, p.business_day
        FROM posting p JOIN decision_record d ON d.id = p.decision JOIN notice n ON n.id = d.notice
        JOIN contract k ON k.id = p.contract JOIN claim c ON c.id = p.claim""",
    "movements": """
        SELECT n.external_id, m.action, m.contract, m.claim, m.cause, m.icd_chapter, m.period_from, m.period_until,
               m.amount, m.mode, m.reasons, m.business_day
        FROM movement m JOIN decision_record d ON d.id = m.decision JOIN notice n ON n.id = d.notice""",
    "letters": """
        SELECT n.external_id, l.template, l.contract, l.claim, p.key AS person, l.state
        FROM letter_order l JOIN decision_record d ON d.id = l.decision JOIN notice n ON n.id = d.notice
        LEFT JOIN person p ON p.id = l.person""",
    "items": """
        SELECT coalesce(n.external_id, w.key) AS key, w.basket, w.task, w.contract, w.claim, w.reasons, w.priority,
               w.open_from, w.due_on, w.state
        FROM work_item w LEFT JOIN notice n ON w.kind = 'notice' AND n.id::text = w.key""",
    "proposals": """
        SELECT n.external_id, p.parts, p.state FROM proposal p JOIN notice n ON n.id = p.notice""",
    "releases": """
        SELECT k.number AS contract, c.number AS claim, r.days::text, r.origin <> 0 AS ours, r.cancelled_on
        FROM release r JOIN claim c ON c.id = r.claim_id JOIN contract k ON k.id = c.contract_id""",
    "instalments": """
        SELECT k.number AS contract, c.number AS claim, i.due, i.amount, i.set_off, i.status,
               i.decision IS NULL AS loaded
        FROM instalment i JOIN claim c ON c.id = i.claim_id JOIN contract k ON k.id = c.contract_id""",
    "proofs": """
        SELECT k.number AS contract, c.number AS claim, p.until, p.decision IS NULL AS loaded
        FROM proof p JOIN claim c ON c.id = p.claim_id JOIN contract k ON k.id = c.contract_id""",
    "claims": """
        SELECT k.number AS contract, k.recourse_open, c.number, c.status, c.proven_until, c.released_until,
               c.recovered_on, c.closed_on, c.closing_reason
        FROM claim c JOIN contract k ON k.id = c.contract_id""",
}


def person(number: int) -> Thing:
    """Person ``P-n``, with names and a birth date of their own."""
    born = date(1970 + number % 20, 1 + number % 12, 1 + number % 28)
    return {
        **{"id": f"P-{number}", "first_name": f"Vorname{number}", "last_name": f"Nachname{number}"},
        "birth_date": born.isoformat(),
    }


def claim(number: str, insured: int, **changes: Any) -> Thing:
    """The usual claim: ill since March, proven and released up to 30 October."""
    return copy.deepcopy(CLAIM) | {"number": number, "person": f"P-{insured}"} | changes


def contract(number: str, insured: Iterable[int], *claims: Thing, **changes: Any) -> Thing:
    """A contract of these persons, with these claims."""
    own = {"number": number, "insured": [f"P-{each}" for each in insured], "claims": list(claims)}
    return copy.deepcopy(CONTRACT) | own | changes


def case_file(*contracts: Thing) -> Thing:
    """A line for ``dunkelwerk load``: contracts with all persons in them."""
    persons = dict.fromkeys(each for one in contracts for each in one["insured"])
    return {
        "key": contracts[0]["number"],
        "persons": [person(int(each.removeprefix("P-"))) for each in persons],
        "tariffs": [TARIFF],
        "contracts": list(contracts),
    }


def household(number: int, **changes: Any) -> Thing:
    """One person, one contract ``RS-n``, one claim ``C-n``; ``changes`` are the claim's."""
    return case_file(contract(f"RS-{number}", [number], claim(f"C-{number}", number, **changes)))


def note(number: int, *, on: str | None = None, name: str | None = None, **changes: Any) -> Thing:
    """A note of person ``P-n``, by its usual name ``N-n``, on contract ``RS-n`` unless said."""
    who = person(number)
    known = {field: who[field] for field in ("first_name", "last_name", "birth_date")}
    return {"id": name or f"N-{number}", "contract": on or f"RS-{number}"} | known | copy.deepcopy(NOTE) | changes


def write_lines(path: Path, lines: Iterable[Thing]) -> Path:
    """JSON Lines."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def read_lines(path: Path) -> list[Thing]:
    """The lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class World:
    """A database with what was loaded and received, worked on inside the test."""

    _numbers = count(1)

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.copies = folder, url, list[World]()

    def enter(self) -> None:
        """Let our own code, inside this process, work on this database."""
        from django.db import connections

        name = urlsplit(self.url).path.lstrip("/")
        if connections.settings["default"]["NAME"] != name:
            connections.close_all()
            for alias in ("default", "owner"):
                connections.settings[alias]["NAME"] = name

    def copy(self) -> World:
        """Another database with the same content, so that two ways to go on can be compared."""
        from django.db import connections

        connections.close_all()
        parts = urlsplit(self.url)
        name = f"{parts.path.lstrip('/')}_{next(self._numbers)}"
        with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
            server.execute(CUT_SESSIONS, (parts.path.lstrip("/"),))
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{parts.path.lstrip("/")}"'.encode())
        self.copies.append(World(self.folder, parts._replace(path=f"/{name}").geturl()))
        return self.copies[-1]

    def drop_copies(self) -> None:
        """Remove the copies."""
        for each in self.copies:
            parts = urlsplit(each.url)
            with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
                server.execute(f'DROP DATABASE "{parts.path.lstrip("/")}" WITH (FORCE)'.encode())

    def load(self, *lines: Thing) -> None:
        """Load case files."""
        self.enter()
        from dunkelwerk.lines.credit_protection.intake.loading import load_files

        path, faults = write_lines(self.folder / "case-files.jsonl", lines), []
        load_files([path], actor="test", complain=faults.append, advance=lambda count: None)
        assert not faults

    def receive(self, *notices: Thing, channel: str = "scan") -> None:
        """Put notices into the inbox."""
        self.enter()
        from dunkelwerk.cli.inbox import receive_files

        path, faults = write_lines(self.folder / "notices.jsonl", notices), []
        added, _known, refused = receive_files([path], channel, "test", faults)
        assert (added, refused, faults) == (len(notices), 0, [])

    def work(
        self, *, size: int = 500, patience: float = 60.0, on: str | None = TODAY, **overrides: Any
    ) -> Counter[str]:
        """Work until nothing waits; ``overrides`` are the insurer's parameters."""
        self.enter()
        from dunkelwerk.runner.work import Job, Worker

        return Worker(Job(overrides, on, size, True, patience)).run(lambda count: None)

    def connect(self) -> psycopg.Connection[Thing]:
        """A session of somebody else, who may do everything."""
        return psycopg.connect(self.url, row_factory=dict_row)

    def rows(self, query: str) -> list[Thing]:
        """The rows of a query."""
        with self.connect() as session:
            return session.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        """The one value of a query."""
        (row,) = self.rows(query)
        (value,) = row.values()
        return value

    def run(self, *statements: str) -> None:
        """Change something behind the runner's back."""
        with self.connect() as session:
            for statement in statements:
                session.execute(statement.encode())

    def states(self) -> dict[str, str]:
        """The state of each notice."""
        return {row["external_id"]: row["state"] for row in self.rows("SELECT external_id, state FROM notice")}

    def reasons(self) -> dict[str, list[str]]:
        """The codes of each decided notice."""
        query = "SELECT n.external_id, d.reasons FROM notice n JOIN decision_record d ON d.id = n.decision"
        return {row["external_id"]: row["reasons"] for row in self.rows(query)}

    def items(self) -> list[Thing]:
        """All work items, in the order of their opening."""
        return self.rows("SELECT * FROM work_item ORDER BY id")

    def picture(self) -> dict[str, list[str]]:
        """Everything written, without the numbers that the database gave."""
        return {name: sorted(map(repr, self.rows(query))) for name, query in PICTURES.items()}

    def decisions(self) -> dict[str, Thing]:
        """The full decisions, opened, by notice, in the order of deciding."""
        return {line["notice"]: line for line in self._exported_decisions()}

    def _exported_decisions(self) -> Iterator[Thing]:
        self.enter()
        from django.db import connection

        from dunkelwerk.infra.keys import Vault
        from dunkelwerk.infra.snapshot import snapshot
        from dunkelwerk.runner.queries import decision_lines

        with connection.cursor() as cursor:
            vault = Vault(cursor, on=ON)
        with snapshot():
            for batch in decision_lines(vault, None):
                yield from map(json.loads, batch)

    def broken(self) -> list[str]:
        """The names of the invariants that do not hold: what ``dunkelwerk check`` would say."""
        self.enter()
        from django.db import connection

        from dunkelwerk.infra.invariants import examine
        from dunkelwerk.infra.keys import Vault
        from dunkelwerk.runner.invariants import all_groups
        from dunkelwerk.runner.sealed import examine_sealed

        with connection.cursor() as cursor:
            found = [each for group in all_groups() for each in examine(cursor, group.invariants)]
            found += examine_sealed(cursor, Vault(cursor, on=ON))
        return [each.name for each in found if each is not None and not each.hint]
