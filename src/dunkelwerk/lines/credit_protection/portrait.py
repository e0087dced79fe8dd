"""What the register of credit protection shows of a contract, a person, a claim. See ``lines.portraying``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from dunkelwerk.decisions.money import euros
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.lines import portraying as shown
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    Contract,
    Cover,
    DeathCover,
    InstalmentStatus,
    Person,
    Settlement,
    Tariff,
)
from dunkelwerk.lines.credit_protection.loader import LoadedCase, load_cases
from dunkelwerk.lines.credit_protection.worlds import CLOSINGS

#: live ones by the constraint's index, cancelled ones by their own
RELEASES = """
    SELECT claim_id, lower(days), upper(days) - 1, origin = 0, cancelled_on, decision
    FROM (
        SELECT r.* FROM unnest(%s::bigint[]) AS u (id) JOIN release r ON r.claim_id = u.id AND cancelled_on IS NULL
        UNION ALL
        SELECT r.* FROM unnest(%s::bigint[]) AS u (id) JOIN release r ON r.claim_id = u.id AND cancelled_on IS NOT NULL
    ) r ORDER BY lower(days), id
"""
INSTALMENTS = """
    SELECT claim_id, coalesce(key, CASE WHEN decision IS NOT NULL THEN 'DW-' || id END), due, amount, set_off, status,
           decision, cancelled_by, held_by, replaces
    FROM instalment WHERE claim_id = ANY(%s) ORDER BY claim_id, due, id
"""
WAITS = """
    SELECT claim_id, requested_on, remind_on, urgent_on, reminded_by, ended_on, decision
    FROM document_wait WHERE claim_id = ANY(%s) ORDER BY id
"""
LOADED_PROOFS = "SELECT claim_id, until, NULL::bigint FROM proof WHERE claim_id = ANY(%s) AND decision IS NULL"
OUR_PROOFS = """
    SELECT claim_id, until, decision FROM proof
    WHERE decision BETWEEN %s AND %s AND decision = ANY(%s) AND claim_id = ANY(%s) ORDER BY id
"""
CONTRACTS_OF = """
    SELECT k.number FROM insured i JOIN contract k ON k.id = i.contract_id JOIN person p ON p.id = i.person_id
    WHERE p.key = %s
    UNION
    SELECT k.number FROM claim c JOIN contract k ON k.id = c.contract_id JOIN person p ON p.id = c.person_id
    WHERE p.key = %s ORDER BY 1
"""
ALONE = """
    SELECT id, key, first_name, last_name, birth_date, deceased_on, salutation, street, house_number, postal_code,
           city, country
    FROM person WHERE key = %s
"""
CLAIMS_OF = """
    SELECT k.number, c.number FROM contract k JOIN claim c ON c.contract_id = k.id
    WHERE (k.number, c.number) IN (SELECT * FROM unnest(%s::text[], %s::text[])) ORDER BY 1, 2
"""
CLAIMS_ALONE = """
    SELECT k.number, c.number FROM claim c JOIN contract k ON k.id = c.contract_id WHERE c.number = %s ORDER BY 1, 2
"""
CAUSES = {
    Cause.ILLNESS: "Arbeitsunfähigkeit",
    Cause.UNEMPLOYMENT: "Arbeitslosigkeit",
    Cause.DISABILITY: "Erwerbsunfähigkeit",
    Cause.DREAD_DISEASE: "schwere Krankheit",
    Cause.DEATH: "Tod",
}


class CreditProtectionPortrayer:
    """See ``lines.portraying.Portrayer``."""

    def contract(self, cursor: Any, number: str) -> shown.ContractShown | None:
        """The contract of this number; None where there is none."""
        case = load_cases(cursor, [number]).get(number)
        return None if case is None else portray(cursor, case, [number])[0]

    def person(self, cursor: Any, key: str) -> shown.PersonsShown | None:
        """The person of this key with their contracts; None where there is none."""
        cursor.execute(ALONE, (key,))
        row = cursor.fetchone()
        if row is None:
            return None
        person = portray_person(row[0], person_of(row))
        cursor.execute(CONTRACTS_OF, (key, key))
        numbers = [number for (number,) in cursor.fetchall()]
        contracts, related = [], set(numbers)
        for number, case in load_cases(cursor, numbers).items():
            contracts += portray(cursor, case, [number])
            related |= {each.number for each in case.file.contracts}
        contracts.sort(key=lambda each: (each.start, each.number))
        return shown.PersonsShown(person, contracts, sorted(related))

    def claims(self, cursor: Any, name: str) -> list[tuple[str, str]]:
        """The claims that are called so; a number may hold a slash itself."""
        places = [place for place, sign in enumerate(name) if sign == "/"]
        pairs = [(name[:place], name[place + 1 :]) for place in places]
        cursor.execute(CLAIMS_OF, ([each for each, _ in pairs], [each for _, each in pairs]))
        found = cursor.fetchall()
        if not found:
            cursor.execute(CLAIMS_ALONE, (name,))
            found = cursor.fetchall()
        return [(contract, number) for contract, number in found]

    def proofs(self, cursor: Any, claims: Sequence[int], decisions: Sequence[int]) -> dict[int, list[shown.ProofShown]]:
        """The proofs of claims: loaded ones, and those of these decisions."""
        cursor.execute(LOADED_PROOFS, (list(claims),))
        rows = cursor.fetchall()
        if decisions:
            cursor.execute(OUR_PROOFS, (min(decisions), max(decisions), list(decisions), list(claims)))
            rows += cursor.fetchall()
        found: dict[int, list[shown.ProofShown]] = defaultdict(list)
        for claim, until, decision in rows:
            found[claim].append(shown.ProofShown(until, decision))
        return dict(found)


def portray(cursor: Any, case: LoadedCase, numbers: Iterable[str]) -> list[shown.ContractShown]:
    """These contracts of a case file, with their claims."""
    contracts = [each for each in case.file.contracts if each.number in set(numbers)]
    ids = [case.rows[each.number, claim.number].id for each in contracts for claim in each.claims]
    details = Details(cursor, ids)
    return [portray_contract(each, case, details) for each in contracts]


class Details:
    """What the rows of claims say beyond the case file, by claim."""

    def __init__(self, cursor: Any, claims: list[int]) -> None:
        self.releases = read(cursor, RELEASES, (claims, claims), shown.ReleaseShown)
        self.waits = read(cursor, WAITS, (claims,), shown.WaitShown)
        self.instalments: dict[int, list[shown.InstalmentShown]] = defaultdict(list)
        cursor.execute(INSTALMENTS, (claims,))
        for claim, *row in cursor.fetchall():
            self.instalments[claim].append(portray_instalment(row))


def read(cursor: Any, statement: str, values: Sequence[Any], kind: type[Any]) -> dict[int, list[Any]]:
    """The rows of a query by their first column."""
    cursor.execute(statement, values)
    found: dict[int, list[Any]] = defaultdict(list)
    for claim, *row in cursor.fetchall():
        found[claim].append(kind(*row))
    return found


def portray_instalment(row: Sequence[Any]) -> shown.InstalmentShown:
    """One payment, its status in words."""
    key, due, amount, set_off, status, decision, cancelled_by, held_by, replaces = row
    words = InstalmentStatus(status).german
    if held_by is not None and status == InstalmentStatus.RELEASED.value:
        words = "angehalten"
    if status == InstalmentStatus.CANCELLED.value and cancelled_by is not None:
        words = "storniert (Tod)"
    if set_off and set_off != amount:
        words += f", {euros(set_off)} verrechnet"
    return shown.InstalmentShown(key, due, amount, set_off, status, words, decision, cancelled_by, held_by, replaces)


def person_of(row: Sequence[Any]) -> Person:
    """A person from their row."""
    names = ("first_name", "last_name", "birth_date", "deceased_on", "salutation", "street", "house_number")
    return Person(id=row[1], **dict(zip((*names, "postal_code", "city", "country"), row[2:], strict=True)))


def portray_person(identity: int, person: Person) -> shown.PersonShown:
    """A person with an address of up to three lines."""
    street = " ".join(filter(None, (person.street, person.house_number)))
    city = " ".join(filter(None, (person.postal_code, person.city)))
    country = person.country if person.country not in (None, "DE") else None
    return shown.PersonShown(
        identity,
        person.id,
        person.first_name,
        person.last_name,
        person.birth_date,
        person.deceased_on,
        [line for line in (street, city, country) if line],
    )


def portray_contract(contract: Contract, case: LoadedCase, details: Details) -> shown.ContractShown:
    """One contract with persons, covers, claims."""
    file = case.file
    tariff = next(each for each in file.tariffs if each.id == contract.tariff)
    payee, arrears = contract.payee, contract.arrears
    persons = {each.id: portray_person(case.person_ids[each.id], each) for each in file.persons}
    return shown.ContractShown(
        number=contract.number,
        tariff=contract.tariff,
        covers=portray_covers(tariff),
        start=contract.start,
        end=contract.end,
        status=contract.status.value,
        status_words=contract.status.german,
        instalment=contract.instalment,
        final_instalment=contract.final_instalment,
        due_day=contract.due_day,
        payee=", ".join(filter(None, (payee.name, payee.iban, payee.reference))) if payee else None,
        payee_blocked_since=payee.blocked_since if payee else None,
        in_arrears=arrears is not None,
        reminded_on=arrears.reminded_on if arrears else None,
        arrears_deadline=arrears.deadline if arrears else None,
        recourse_open=contract.recourse_open,
        insured=[persons[each] for each in contract.insured],
        claims=[portray_claim(claim, contract, case, persons[claim.person], details) for claim in contract.claims],
        related=related(contract, file),
    )


def related(contract: Contract, file: CaseFile) -> list[str]:
    """The other contracts of the case file."""
    return [each.number for each in file.contracts if each.number != contract.number]


def portray_covers(tariff: Tariff) -> list[shown.CoverShown]:
    """The covers that the tariff has."""
    covers = ((Cause.ILLNESS, tariff.illness), (Cause.UNEMPLOYMENT, tariff.unemployment), (Cause.DEATH, tariff.death))
    return [
        shown.CoverShown(cause.value, CAUSES[cause], terms_of(cover), cover.legal_entity)
        for cause, cover in covers
        if cover is not None
    ]


def terms_of(cover: Cover | DeathCover) -> str:
    """The terms of a cover in one line."""
    said = [f"Wartezeit {cover.waiting_months} Monate"] if cover.waiting_months else []
    if isinstance(cover, DeathCover):
        said += [f"höchstens {euros(cover.cap)}"] if cover.cap is not None else []
    else:
        said += [f"Karenz {cover.deferred_days} Tage", f"höchstens {cover.max_months} Monate"]
        said += [f"{euros(cover.monthly_cap)} im Monat"] if cover.monthly_cap is not None else []
        said += ["tageweise" if cover.settlement is Settlement.DAILY else "nach Fälligkeit"]
    said += [f"bis {cover.age_limit} Jahre"] if cover.age_limit is not None else []
    return ", ".join(said) or "ohne Grenzen"


def portray_claim(
    claim: Claim, contract: Contract, case: LoadedCase, person: shown.PersonShown, details: Details
) -> shown.ClaimShown:
    """One claim with the rows that belong to it."""
    identity = case.rows[contract.number, claim.number].id
    limit = min(claim.benefit_limit, contract.end) if claim.benefit_limit else None
    releases = details.releases.get(identity, [])
    closing = claim.closing_reason
    return shown.ClaimShown(
        id=identity,
        contract=contract.number,
        number=claim.number,
        person=person,
        cause=claim.cause.value,
        cause_words=CAUSES[claim.cause],
        status=claim.status.value,
        status_words=claim.status.german,
        onset=claim.onset,
        icd=list(claim.icd),
        benefit_from=claim.benefit_from,
        limit=limit,
        proven_until=claim.proven_until,
        released_until=claim.released_until,
        recovered_on=claim.recovered_on,
        closed_on=claim.closed_on,
        closing_reason=CLOSINGS.get(closing, closing) if closing else None,
        months_used_before=claim.months_used_before,
        instalments=details.instalments.get(identity, []),
        releases=releases,
        waits=details.waits.get(identity, []),
        days=spans(claim, limit, releases),
    )


def spans(claim: Claim, limit: date | None, releases: Iterable[shown.ReleaseShown]) -> list[shown.Span]:
    """The claim's days by kind, later ones before earlier ones in force; none for a claim without benefit days."""
    start = claim.benefit_from
    if start is None or limit is None:
        return []
    found = [shown.Span(shown.OPEN, start, limit)]
    if claim.proven_until is not None:
        found.append(shown.Span(shown.PROVEN, start, min(claim.proven_until, limit)))
    found += [shown.Span(shown.CANCELLED, each.start, each.end) for each in releases if each.cancelled_on]
    live = [each for each in releases if not each.cancelled_on]
    # loaded without the days themselves; those of a declined claim count as cancelled
    if claim.released_until is not None and not live and not claim.is_declined:
        found.append(shown.Span(shown.RELEASED, start, claim.released_until))
    found += [shown.Span(shown.RELEASED, each.start, each.end) for each in live]
    found.append(shown.Span(shown.DEFERRED, claim.onset, day_before(start)))
    found.append(shown.Span(shown.LIMIT, limit, limit))
    return [each for each in found if each.start <= each.end]


PORTRAYER = CreditProtectionPortrayer()
