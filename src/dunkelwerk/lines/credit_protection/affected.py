"""An affected claim: one open claim with everything that its checks and actions compare.

The wanted end ``p``, the cut end ``u`` and the release ``r`` of docs/rules.md section 4 are ``proof_until``,
``cut_until`` and ``release_until`` here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Claim, Contract, Cover, Person
from dunkelwerk.lines.credit_protection.identification import NamesPerson
from dunkelwerk.lines.credit_protection.parts import Benefit, Identified, Reach


class AffectedClaim(Benefit, frozen=True, kw_only=True):
    """One open claim that the notice affects. ``days`` are None outside the releasing branch."""

    claim: Claim
    cover: Cover
    terms: benefits.Terms

    @property
    def claim_number(self) -> str:
        """The number that its actions carry."""
        return self.claim.number

    @property
    def onset(self) -> date:
        """When the insured event began."""
        return self.claim.onset

    @property
    def release_until(self) -> date:
        """``r``: the cut end, but never past the limit."""
        return min(self.reach.cut_until, self.terms.limit)

    @property
    def releasing(self) -> bool:
        """Whether the notice releases anything."""
        return self.days is not None

    @property
    def facts(self) -> dict[str, Any]:
        """What was computed, for the trace."""
        return {
            "proof_until": self.reach.proof_until,
            "cut_until": self.reach.cut_until,
            "was_cut": self.reach.was_cut,
            "release_until": self.release_until,
            "limit": self.terms.limit,
            "benefit_from": self.terms.benefit_from,
            "released_until": self.terms.released_until,
            "proven_until": self.claim.proven_until,
            "days": self.days,
            "monthly": self.terms.monthly,
            "gross": self.gross,
        }


class Affected(Identified, frozen=True):
    """An identified follow-up notice: every claim that it affects."""

    parts: tuple[AffectedClaim, ...]


def find_affected(
    note: NamesPerson, file: CaseFile, *, cause: Cause, reach_of: Callable[[Claim], Reach]
) -> Affected | Stop:
    """The named person's open claims of a cause, under the named contract and every other one of theirs.

    ``reach_of`` says how far the notice reaches for a claim. Raises TechnicalFailure for a case file that cannot be
    computed with.
    """
    named = identify.find_named(note, file)
    if isinstance(named, Stop):
        return named
    contract, person = named
    claims = identify.find_open_claims(note, person, file, cause)
    if isinstance(claims, Stop):
        return claims
    parts = []
    for each, claim in claims:
        cover = identify.cover_of(each, claim, file)
        parts.append(affected_claim(contract=each, claim=claim, person=person, cover=cover, reach=reach_of(claim)))
    return Affected(contract, person, file, tuple(parts))


def affected_claim(*, contract: Contract, claim: Claim, person: Person, cover: Cover, reach: Reach) -> AffectedClaim:
    """The claim with its days to be released, which are none unless something is left to release."""
    terms = benefits.terms_of(contract=contract, claim=claim, cover=cover)
    days = benefits.days_to_release(terms, reach.cut_until)
    lines = benefits.instalment_lines(terms, days) if days else ()
    return AffectedClaim(
        contract=contract, claim=claim, person=person, cover=cover, terms=terms, reach=reach, days=days, lines=lines
    )
