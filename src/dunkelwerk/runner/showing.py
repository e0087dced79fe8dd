"""Looking something up: the register's part from its line, what happened from the runner, as one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import snapshot
from dunkelwerk.lines.choosing import ensure_line, several_lines
from dunkelwerk.lines.disclosing import OTHERS, disclosers
from dunkelwerk.lines.portraying import (
    ClaimShown,
    ContractShown,
    PersonShown,
    PersonsShown,
    Portrayer,
    ProofShown,
    Sheet,
    portrayers,
)
from dunkelwerk.runner.show_queries import Desk, Part
from dunkelwerk.runner.show_things import (
    DecisionShown,
    DeedShown,
    ItemShown,
    LetterShown,
    NoticeShown,
    PostingShown,
    ProposalShown,
)

#: candidates that a sentence names
NAMED = 5


class Papers(Struct, frozen=True):
    """Everything that happened, each in the order of its happening."""

    notices: list[NoticeShown]
    decisions: list[DecisionShown]
    proposals: list[ProposalShown]
    items: list[ItemShown]
    letters: list[LetterShown]
    postings: list[PostingShown]
    deeds: list[DeedShown]


class Page(Struct, frozen=True):
    """What is shown. ``kind``: contract, person, claim, notice.

    By claim (``CONTRACT/CLAIM``): ``proofs``, and ``balances``: of each account debit less credit, in euros.
    """

    kind: str
    key: str
    on: date
    person: PersonShown | None
    contract: ContractShown | None
    contracts: list[ContractShown]
    claims: list[ClaimShown]
    proofs: dict[str, list[ProofShown]]
    balances: dict[str, dict[str, Decimal]]
    papers: Papers
    #: what a line without contracts shows of a person, see ``PersonsShown``
    facts: list[tuple[str, str]] = []
    sheets: list[Sheet] = []
    milestones: list[tuple[date, str]] = []


@contextmanager
def desk(day: date) -> Iterator[Desk]:
    """A snapshot to read in."""
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=day)
    with snapshot(), connection.cursor() as cursor:
        yield Desk(cursor, vault)


def show_contract(number: str, day: date) -> Page:
    """A contract with its claims; raises CommandError for an unknown one."""
    with desk(day) as reads:
        for portrayer in portrayers().values():
            contract = portrayer.contract(reads.cursor, number)
            if contract is not None:
                wanted = {(number, each.number) for each in contract.claims}
                relevant = Relevant(wanted, {number})
                papers = collect(reads, [number, *contract.related], contract.claims, relevant)
                return page("contract", number, day, reads, portrayer, papers, contract.claims, contract=contract)
        if any(portrayer.person(reads.cursor, number) is not None for portrayer in portrayers().values()):
            message = _("{number} ist kein Vertrag, sondern eine Person: dunkelwerk show person {number}")
            raise CommandError(message.format(number=number))
    raise CommandError(_("Den Vertrag {number} gibt es nicht.").format(number=number))


def show_person(key: str, day: date, *, line: str | None = None) -> Page:
    """A person with what the (named) line keeps about them; raises CommandError for an unknown one, or several."""
    ensure_line(line)
    with desk(day) as reads:
        known = [
            (name, portrayer, found)
            for name, portrayer in portrayers().items()
            if line in (None, name) and (found := portrayer.person(reads.cursor, key)) is not None
        ]
        if len(known) > 1:
            raise several_lines(key, [name for name, _portrayer, _found in known])
        for name, portrayer, found in known:
            return portray(reads, name, portrayer, found, day)
    raise CommandError(_("Die Person {key} gibt es nicht.").format(key=key))


def portray(reads: Desk, line: str, portrayer: Portrayer, found: PersonsShown, day: date) -> Page:
    """The page of a person of a line."""
    key = found.person.key
    claims = [claim for each in found.contracts for claim in each.claims if claim.person.key == key]
    parts = {(each.contract, each.number) for each in claims} | set(found.parts)
    relevant = Relevant(parts, {*found.related}, is_about(reads, line, key))
    papers = collect(reads, found.related, claims, relevant)
    made = page("person", key, day, reads, portrayer, papers, claims, person=found.person, contracts=found.contracts)
    return msgspec.structs.replace(made, facts=found.facts, sheets=found.sheets, milestones=found.milestones)


def show_claim(name: str, day: date) -> Page:
    """A claim by ``CONTRACT/CLAIM``, or its number alone; raises CommandError for an unknown one, and for several."""
    with desk(day) as reads:
        found = [
            (line, portrayer, *each)
            for line, portrayer in portrayers().items()
            for each in portrayer.claims(reads.cursor, name)
        ]
        if len(found) > 1:
            raise CommandError(ambiguous(name, [f"{each[2]}/{each[3]}" for each in found]))
        for line, portrayer, number, claim_number in found:
            contract = portrayer.contract(reads.cursor, number)
            if contract is not None:
                (claim,) = [each for each in contract.claims if each.number == claim_number]
                about = is_about(reads, line, claim.person.key)
                relevant = Relevant({(number, claim_number)}, {number}, about)
                papers = collect(reads, [number, *contract.related], [claim], relevant)
                return page("claim", claim.part, day, reads, portrayer, papers, [claim], contract=contract)
    raise CommandError(_("Den Leistungsfall {name} gibt es nicht.").format(name=name))


def ambiguous(name: str, found: list[str]) -> str:
    """The sentence for a claim's number that several contracts have."""
    message = _("Leistungsfälle {name} gibt es {count}: {found}; bitte VERTRAG/FALL angeben.")
    more = " …" if len(found) > NAMED else ""
    return message.format(name=name, count=len(found), found=", ".join(found[:NAMED]) + more)


def show_notice(name: str, day: date) -> Page:
    """Every attempt of a notice, by its number or external id; raises CommandError for an unknown one."""
    with desk(day) as reads:
        notices = reads.notices_called(name)
        if not notices:
            raise CommandError(_("Die Meldung {name} gibt es nicht.").format(name=name))
        decisions, _parts = reads.decisions(notices)
        papers = gather(reads, notices, decisions, [], Relevant(set(), set()))
    return Page("notice", name, day, None, None, [], [], {}, {}, papers)


def page(
    kind: str,
    key: str,
    day: date,
    reads: Desk,
    portrayer: Portrayer,
    papers: Papers,
    claims: list[ClaimShown],
    *,
    person: PersonShown | None = None,
    contract: ContractShown | None = None,
    contracts: list[ContractShown] | None = None,
) -> Page:
    """The page, with the proofs of its claims."""
    proofs = portrayer.proofs(reads.cursor, [each.id for each in claims], [each.id for each in papers.decisions])
    by_claim = {each.part: proofs.get(each.id, []) for each in claims}
    return Page(kind, key, day, person, contract, contracts or [], claims, by_claim, balances_of(papers), papers)


def balances_of(papers: Papers) -> dict[str, dict[str, Decimal]]:
    """What stands on each account, by claim; our postings alone: what was loaded stands in the core system's books."""
    found: dict[str, dict[str, Decimal]] = {}
    for each in papers.postings:
        accounts = found.setdefault(f"{each.contract}/{each.claim}", {})
        accounts[each.debit] = accounts.get(each.debit, ZERO) + each.amount
        accounts[each.credit] = accounts.get(each.credit, ZERO) - each.amount
    return found


class Relevant:
    """What belongs on a page: these claims; and what names no claim, on these contracts, about the right person.

    Without claims and contracts: everything.
    """

    def __init__(
        self, parts: set[tuple[str, str]], contracts: set[str], about: Callable[[NoticeShown], bool] | None = None
    ) -> None:
        self.parts, self.contracts, self.about = parts, contracts, about

    def part(self, contract: str | None, claim: str | None) -> bool:
        """Whether something with this reference belongs there."""
        if claim is None or not self.contracts:
            return not self.contracts or contract is None or contract in self.contracts
        return (contract, claim) in self.parts

    def notice(self, notice: NoticeShown, parts: Iterable[Part]) -> bool:
        """Whether a notice, whose decisions are about these parts, belongs there."""
        parts = set(parts)
        if parts & self.parts:
            return True
        mine = notice.case_key in self.contracts or any(each in self.contracts for each, _ in parts)
        if self.about is None:
            return mine
        return mine and not any(claim for _, claim in parts) and self.about(notice)


def is_about(reads: Desk, line: str, key: str) -> Callable[[NoticeShown], bool]:
    """Whether a notice may be about a person: on a joint contract it may be about another."""
    discloser = disclosers().get(line)
    concerned = discloser.find(reads.cursor, key) if discloser else None
    if concerned is None:
        return lambda notice: True
    return lambda notice: concerned.redaction.whose(notice.said, notice.case_key) != OTHERS


def collect(reads: Desk, keys: Iterable[str], claims: list[ClaimShown], relevant: Relevant) -> Papers:
    """The papers on these contracts, as far as they belong to what is shown."""
    notices = reads.notices_on(keys)
    decisions, parts = reads.decisions(notices)
    kept = [each for each in notices if relevant.notice(each, parts.get(each.id, ()))]
    ids = {each.id for each in kept}
    return gather(reads, kept, [each for each in decisions if each.notice in ids], claims, relevant)


def gather(
    reads: Desk,
    notices: list[NoticeShown],
    decisions: list[DecisionShown],
    claims: list[ClaimShown],
    relevant: Relevant,
) -> Papers:
    """What followed from notices and decisions."""
    for each in decisions:
        each.reasons = [one for one in each.reasons if relevant.part(one.contract, one.claim)]
        each.actions = [one for one in each.actions if relevant.part(one.contract, one.claim)]
    ids, made = [each.id for each in notices], [each.id for each in decisions]
    letters = [each for each in reads.letters(made) if relevant.part(each.contract, each.claim)]
    proposals = reads.proposals(ids)
    parts = [each.part for each in claims]
    items = reads.items(ids, parts, [each.id for each in letters], made)
    things: list[tuple[str, Any]] = [("notice", each) for each in ids] + [("decision", each) for each in made]
    things += [("proposal", each.id) for each in proposals] + [("work_item", each.id) for each in items]
    claim_ids = [each.id for each in claims]
    return Papers(
        notices=notices,
        decisions=decisions,
        proposals=proposals,
        items=[each for each in items if relevant.part(each.contract, each.claim)],
        letters=letters,
        postings=reads.postings(claims=claim_ids, decisions=[] if relevant.contracts else made),
        deeds=reads.deeds(things),
    )
