"""A batch's plan becomes rows: new ones by COPY, changed ones by ``UPDATE … FROM unnest``, one statement per table.

New contracts and persons are written sorted by their key: two loads that write the same ones wait for each other, and
the later finds them there and starts its batch again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from dunkelwerk.decisions.periods import Period
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.lines.credit_protection import waits
from dunkelwerk.lines.credit_protection.casefile import Claim, Contract
from dunkelwerk.lines.credit_protection.intake import rows
from dunkelwerk.lines.credit_protection.intake.changes import ClaimChange, days_released
from dunkelwerk.lines.credit_protection.intake.known import Known
from dunkelwerk.lines.credit_protection.intake.plan import Plan, Stamp

UPDATE_INSTALMENTS = """
    UPDATE instalment i SET key = u.key, status = u.status, replaces = u.replaces
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS u (id, key, status, replaces) WHERE i.id = u.id
"""
#: the days of a declined claim stand against no other claim, to the rules as to the constraints
CANCEL_RELEASES = "UPDATE release SET cancelled_on = %s WHERE claim_id = ANY(%s) AND cancelled_on IS NULL"


class Writer:
    """Writes one batch. ``load`` is the run's id."""

    def __init__(self, cursor: Any, known: Known, *, load: int) -> None:
        self._cursor, self._load, self._day = cursor, load, business_day(None)
        self._persons = {key: row.id for key, row in known.persons.items()}
        self._tariffs = {key: row.id for key, row in known.tariffs.items()}

    def write(self, plan: Plan) -> None:
        """Write everything planned, in the order in which locks are taken."""
        new_persons = self._take_keys("person", [person.id for person, _ in plan.new_persons], self._persons)
        new_tariffs = self._take_keys("tariff", [tariff.id for tariff, _ in plan.new_tariffs], self._tariffs)
        new_contracts = self._write_contracts(plan)
        self._write_persons(plan, new_persons)
        self._write_tariffs(plan, new_tariffs)
        self._write_insured(plan, new_contracts)
        claims = self._write_claims(plan, new_contracts)
        self._cancel_declined(plan)
        self._write_benefits(plan, claims)
        waits.end(self._cursor, [each.id for each in claim_changes(plan) if each.went_on], self._day)

    def _take_keys(self, table: str, keys: list[str], ids: dict[str, int]) -> list[int]:
        new = take_ids(self._cursor, table, len(keys))
        ids.update(zip(keys, new, strict=True))
        return new

    def _stamp(self, stamp: Stamp) -> tuple[Any, ...]:
        return self._load, stamp.line, stamp.digest

    def _write_contracts(self, plan: Plan) -> list[tuple[int, Contract]]:
        """Write the contracts' own rows; the new ones with their ids."""
        ids = take_ids(self._cursor, "contract", len(plan.new_contracts))
        new = [
            (identity, contract.number, *self._stamp(stamp), *self._contract_row(contract))
            for identity, (contract, stamp) in zip(ids, plan.new_contracts, strict=True)
        ]
        new.sort(key=lambda row: row[1])
        self._copy("contract", ("id", "number", *rows.STAMP, *rows.CONTRACT), new)
        changed = [
            (change.known.id, *self._stamp(stamp), *self._contract_row(change.contract))
            for change, stamp in plan.contracts
        ]
        self._update("contract", (*rows.STAMP, *rows.CONTRACT), changed)
        return [(identity, contract) for identity, (contract, _) in zip(ids, plan.new_contracts, strict=True)]

    def _contract_row(self, contract: Contract) -> tuple[Any, ...]:
        return rows.contract_row(contract, self._tariffs[contract.tariff])

    def _write_persons(self, plan: Plan, ids: list[int]) -> None:
        new = [
            (identity, person.id, *self._stamp(stamp), *rows.person_row(person))
            for identity, (person, stamp) in zip(ids, plan.new_persons, strict=True)
        ]
        new.sort(key=lambda row: row[1])
        self._copy("person", ("id", "key", *rows.STAMP, *rows.PERSON), new)
        changed = [
            (identity, *self._stamp(stamp), *rows.person_row(person)) for identity, person, stamp in plan.persons
        ]
        self._update("person", (*rows.STAMP, *rows.PERSON), changed)

    def _write_tariffs(self, plan: Plan, ids: list[int]) -> None:
        new = [
            (identity, tariff.id, *self._stamp(stamp))
            for identity, (tariff, stamp) in zip(ids, plan.new_tariffs, strict=True)
        ]
        new.sort(key=lambda row: row[1])
        self._copy("tariff", ("id", "key", *rows.STAMP), new)
        self._update("tariff", rows.STAMP, [(identity, *self._stamp(stamp)) for identity, _, stamp in plan.tariffs])
        self._delete("cover", "tariff_id", [identity for identity, _, _ in plan.tariffs])
        terms = chain(
            ((tariff, identity) for identity, (tariff, _) in zip(ids, plan.new_tariffs, strict=True)),
            ((tariff, identity) for identity, tariff, _ in plan.tariffs),
        )
        covers = [row for tariff, identity in terms for row in rows.cover_rows(tariff, identity)]
        self._copy("cover", rows.COVER, covers)

    def _write_insured(self, plan: Plan, new: Sequence[tuple[int, Contract]]) -> None:
        again = [(change.known.id, change.contract) for change, _ in plan.contracts if change.insured]
        self._delete("insured", "contract_id", [identity for identity, _ in again])
        insured = [
            (identity, self._persons[person], position)
            for identity, contract in chain(new, again)
            for position, person in enumerate(contract.insured)
        ]
        self._copy("insured", ("contract_id", "person_id", "position"), insured)

    def _write_claims(self, plan: Plan, new: Sequence[tuple[int, Contract]]) -> list[tuple[int, int, Claim]]:
        """Write the claims' own rows; the new ones with their contracts' and their own ids."""
        claims = [(identity, claim) for identity, contract in new for claim in contract.claims]
        claims += [(change.known.id, claim) for change, _ in plan.contracts for claim in change.new_claims]
        ids = take_ids(self._cursor, "claim", len(claims))
        whole = [(contract, identity, claim) for identity, (contract, claim) in zip(ids, claims, strict=True)]
        values = [
            (identity, contract, claim.number, *rows.claim_row(claim, self._persons))
            for contract, identity, claim in whole
        ]
        self._copy("claim", ("id", "contract_id", "number", *rows.CLAIM), values)
        changed = [
            (change.id, *rows.claim_row(change.claim, self._persons))
            for change in claim_changes(plan)
            if change.columns
        ]
        self._update("claim", rows.CLAIM, changed)
        return whole

    def _cancel_declined(self, plan: Plan) -> None:
        if declined := [each.id for each in claim_changes(plan) if each.is_declined_now]:
            self._cursor.execute(CANCEL_RELEASES, (self._day, declined))

    def _write_benefits(self, plan: Plan, new: Sequence[tuple[int, int, Claim]]) -> None:
        """Proofs, releases and instalments."""
        changes = [(change.known.id, each) for change, _ in plan.contracts for each in change.claims]
        proofs = [(identity, claim.proven_until) for _, identity, claim in new if claim.proven_until]
        proofs += [(change.id, change.proof) for _, change in changes if change.proof]
        self._copy("proof", ("claim_id", "until"), proofs)
        releases = [
            self._release(contract, identity, claim, days_released(claim, None)) for contract, identity, claim in new
        ]
        releases += [self._release(contract, change.id, change.claim, change.release) for contract, change in changes]
        self._copy("release", rows.RELEASE, [row for row in releases if row])
        instalments = [rows.instalment_row(identity, each) for _, identity, claim in new for each in claim.instalments]
        instalments += [
            rows.instalment_row(change.id, each) for _, change in changes for each in change.new_instalments
        ]
        self._copy("instalment", rows.INSTALMENT, instalments)
        if updates := [each for _, change in changes for each in change.instalments]:
            self._cursor.execute(UPDATE_INSTALMENTS, columns_of(updates))

    def _release(self, contract: int, claim_id: int, claim: Claim, days: Period | None) -> tuple[Any, ...] | None:
        if days is None:
            return None
        span = f"[{days.start},{days.end}]"
        cancelled_on = self._day if claim.is_declined else None
        return claim_id, contract, self._persons[claim.person], claim.cause.value, span, 0, cancelled_on

    def _copy(self, table: str, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
        values = list(values)
        if values:
            copy_rows(self._cursor, table, columns, values)

    def _update(self, table: str, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
        """Set the columns of rows; each value begins with the row's id."""
        if not values:
            return
        arrays = ", ".join(f"%s::{rows.KINDS.get(name, 'text')}[]" for name in ("id", *columns))
        settings = ", ".join(f"{name} = u.{name}{'::text[]' if name == 'icd' else ''}" for name in columns)
        names = ", ".join(("id", *columns))
        query = f"UPDATE {table} t SET {settings} FROM unnest({arrays}) AS u ({names}) WHERE t.id = u.id"
        self._cursor.execute(query, columns_of(values))

    def _delete(self, table: str, column: str, ids: list[int]) -> None:
        if ids:
            self._cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", (ids,))


def claim_changes(plan: Plan) -> Iterable[ClaimChange]:
    """All changes of claims in a plan."""
    return (each for change, _ in plan.contracts for each in change.claims)
