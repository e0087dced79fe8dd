"""A line of business in ten lines, to show that the core knows none: fines of a library."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from dunkelwerk.decisions.decision import Action, Looked, Subject, when
from dunkelwerk.decisions.parameters import CoreParameters
from dunkelwerk.decisions.process import Line, Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK, Catalogue, Reason, Scope

#: every entry of ``parameters.yaml``: what the core needs, and one of the line's own
DEFAULTS = {"isolation": "all_or_nothing", "mode": "dark", "adverse_needs_human": False, "dispositions": {}, "grace": 3}


class Loan(Subject, frozen=True):
    reader: str | None
    title: str | None = None


class Late(Struct, frozen=True):
    title: str
    days: int
    facts: dict[str, Any] = {}
    tables: tuple[()] = ()
    reader: str = "R-1"

    @property
    def subject(self) -> Loan:
        return Loan(self.reader, self.title)


class Visit(Struct, frozen=True):
    subject: Loan
    parts: tuple[Late, ...]


class Return(Struct, frozen=True, forbid_unknown_fields=True):
    reader: str
    id: str | None = None
    process: str | None = None
    card: str = "valid"


class Account(Struct, frozen=True):
    reader: str
    loans: dict[str, int]


class Fine(Action, frozen=True, tag="fine"):
    adverse = True
    title: str
    euros: int


class Grace(CoreParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grace: int


VISIT, BOOK = Scope("visit"), Scope("book", isolates=True)
CATALOGUE = Catalogue()
UNKNOWN = CATALOGUE.add(
    Reason("reader_unknown", "Leser unbekannt", "Leser {reader} ist unbekannt", "§ 1", refer_only=True)
)
FAILURE = CATALOGUE.add(Reason("technical_failure", "Fehler", "Fehler: {what} ({where})", "§ 2", refer_only=True))
CARD = CATALOGUE.add(Reason("card_expired", "Ausweis", "Der Ausweis ist {card}", "§ 3"))
LOST = CATALOGUE.add(Reason("probably_lost", "Wohl verloren", "{title} ist seit {days} Tagen fällig", "§ 4"))


def toy_process(folder: Path) -> Process[Return, Late, Visit, Grace]:
    """The process, its parameters written to the folder."""
    texts = {"name": "x", "unit": "x", "source": "x"}
    entries = {name: {**texts, "values": {date(2000, 1, 1): value}} for name, value in DEFAULTS.items()}
    (folder / "parameters.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    line = Line(
        name="library", case_file=Account, key="reader", subject=Loan, whole=VISIT, catalogue=CATALOGUE,
        parameters=Grace, folder=folder, package="library", case_unknown=UNKNOWN, technical_failure=FAILURE,
        names_once=lambda loose, reader: loose.get("reader") == reader,
    )  # fmt: skip
    process: Process[Return, Late, Visit, Grace] = Process(
        "book_return", title="Rückgabe", line=line, notice=Return, folder=folder
    )

    @process.identifies
    def visit(notice: Return, account: Account, p: Grace) -> Visit | Stop:
        if account.reader != notice.reader:
            return Stop(UNKNOWN, Loan(notice.reader), {"reader": notice.reader})
        return Visit(Loan(notice.reader), tuple(Late(title, days) for title, days in account.loans.items()))

    @process.finds(CARD, scope=VISIT, default=SECOND_CHECK)
    def card_expired(notice: Return, visit: Visit, p: Grace) -> Looked:
        return when(notice.card != "valid", card=notice.card)

    @process.finds(LOST, scope=BOOK)
    def probably_lost(notice: Return, late: Late, visit: Visit, p: Grace) -> Looked | None:
        return when(late.days > 100, title=late.title, days=late.days) if late.days else None

    @process.proposes
    def fine(notice: Return, late: Late, visit: Visit, p: Grace) -> tuple[Action, ...]:
        return (Fine(late.title, 1000 // (late.days - p.grace)),) if late.days > 0 else ()

    return process
