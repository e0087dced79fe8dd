"""Actions composed by a person: checked against the case file and completed, then applied like a process's own.

An extension brings its instalments with it, unless the person names them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.decision import Action
from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import Period, period
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection import actions, benefits, openings, waits
from dunkelwerk.lines.credit_protection.casefile import Cause, Claim, ClaimStatus, InstalmentStatus, Settlement
from dunkelwerk.lines.credit_protection.letters.documents import missing_of
from dunkelwerk.lines.credit_protection.letters.matter import note_of
from dunkelwerk.lines.credit_protection.loader import ClaimRow

CLOSING_REASONS = ("recovered", "max_duration", "contract_end", "age_limit", "new_job", "death", "withdrawn")
#: by which a benefit ends that had begun
OF_A_BENEFIT = ("max_duration", "contract_end", "age_limit")
TEMPLATES = ("settlement", "deferred_period", "benefit_end", "acceptance", "documents_requested", "death_settlement")
#: as a process proposes them
ORDER = (
    actions.OpenClaim,
    actions.AcceptClaim,
    actions.RecordProof,
    actions.PayLumpSum,
    actions.ExtendBenefit,
    actions.ReleaseInstalment,
    actions.OffsetRecourse,
    actions.CancelInstalments,
    actions.HoldInstalments,
    actions.ResumeInstalments,
    actions.ReviewOn,
    actions.CloseClaim,
    actions.EndContract,
    actions.SendLetter,
    actions.FileNotice,
)
OF_A_DEATH = (actions.PayLumpSum, actions.CancelInstalments, actions.HoldInstalments, actions.EndContract)
ONCE = tuple(
    kind for kind in ORDER if kind not in (actions.ReleaseInstalment, actions.OffsetRecourse, actions.SendLetter)
)


def compose(case: Any, wanted: Sequence[Action], notice: Any) -> tuple[Action, ...]:
    """The actions in order, contract by contract, with the instalments of each extension; raises CommandError.

    ``notice`` says whose claim, and since when, where one is opened.
    """
    by_claim: dict[tuple[str, str | None], list[Any]] = {}
    for action in wanted:
        if isinstance(action, actions.RegisterAction):
            raise refused(action, _("das trägt „dunkelwerk register set“ ein"))
        if not isinstance(action, ORDER):
            raise refused(action, _("von Hand nicht möglich"))
        if isinstance(action, OF_A_DEATH) and openings.died_on(notice) is None:
            raise refused(action, _("das geht nur zu einer Todesmeldung"))
        by_claim.setdefault((action.contract, action.claim), []).append(action)
    if not by_claim:
        raise CommandError(_("Kein Geschäftsvorfall angegeben; bitte mindestens einen nennen."))
    rows = {key: row_for(case, notice, key, group) for key, group in by_claim.items()}
    order = [contract.number for contract in case.file.contracts]
    composed: list[Action] = []
    for key in sorted(by_claim, key=lambda key: (order.index(key[0]), rows[key].id or math.inf)):
        composed += complete(rows[key], case, by_claim[key])
        check_request(rows[key].claim, by_claim[key], notice)
    ensure_within_recourse(rows, composed)
    return tuple(composed)


def row_for(case: Any, notice: Any, key: tuple[str, str | None], group: Sequence[Any]) -> ClaimRow:
    """The claim that actions are about, as opening and accepting it make it; raises CommandError."""
    contract, claim = key
    opens = any(isinstance(each, actions.OpenClaim) for each in group)
    accept = next((each for each in group if isinstance(each, actions.AcceptClaim)), None)
    if claim is not None and (opens or key not in case.rows):
        what = (
            _("ein neuer Leistungsfall hat noch keine Nummer")
            if opens
            else _("diesen Leistungsfall enthält die Akte nicht")
        )
        raise refused(group[0], what)
    if claim is None and not opens:
        raise refused(group[0], _("bitte den Leistungsfall nennen (claim=…) oder einen eröffnen (open_claim)"))
    row: ClaimRow = case.rows[key] if claim is not None else opened(case, notice, contract, group[0])
    if accept is None:
        return row
    if row.claim.status is not ClaimStatus.REPORTED:
        raise refused(accept, _("angenommen wird nur ein gemeldeter Leistungsfall"))
    row = openings.accepted(row, accept)
    days = period(row.claim.benefit_from, row.claim.benefit_limit)
    if row.claim.cause is not Cause.DEATH and days is None:
        raise refused(accept, _("benefit_from und benefit_limit gehören dazu, das Ende nicht vor dem Anfang"))
    return row


def opened(case: Any, notice: Any, contract: str, action: Any) -> ClaimRow:
    """The claim as opening makes it; raises CommandError for a notice that opens none."""
    try:
        row = openings.new_row(case, notice, contract, number="", identity=0)
    except TechnicalFailure as failure:
        raise refused(action, str(failure.evidence["what"])) from None
    if twin := openings.twin_of(row):
        what = _("mit diesem Eintritt ist schon {claim} gemeldet; bitte diesen annehmen (accept_claim claim={claim} …)")
        raise refused(action, what.format(claim=twin.number))
    return row


def complete(row: ClaimRow, case: Any, wanted: Sequence[Any]) -> list[Any]:
    """The actions of one claim, checked, in order."""
    for kind in ONCE:
        several = [each for each in wanted if isinstance(each, kind)]
        if len(several) > 1:
            raise refused(several[1], _("nur einmal je Leistungsfall"))
    done = list(wanted)
    extension = next((each for each in wanted if isinstance(each, actions.ExtendBenefit)), None)
    named = [each for each in wanted if isinstance(each, actions.ReleaseInstalment)]
    if extension is not None:
        terms, days = days_of(row, case, extension)
        check_dues(named, terms, days)
        if not named:
            lines = benefits.instalment_lines(terms, days)
            contract, claim = extension.contract, extension.claim
            done += [
                actions.ReleaseInstalment(contract=contract, claim=claim, due=line.due, amount=line.amount)
                for line in lines
            ]
    elif named:
        raise refused(named[0], _("eine Rate gehört zu einer Verlängerung (extend_benefit) desselben Leistungsfalls"))
    for each in done:
        check(row, each, done)
    return sorted(done, key=lambda each: (ORDER.index(type(each)), getattr(each, "due", None) or row.claim.onset))


def check_dues(named: Sequence[actions.ReleaseInstalment], terms: benefits.Terms, days: Period) -> None:
    """Raise CommandError for an instalment due outside the days released: another release has or will have it."""
    for each in named:
        of_days = days if terms.settlement is Settlement.DUE_DATE else month_range(days)
        if not of_days.start <= each.due <= of_days.end:
            raise refused(each, _("die Fälligkeit liegt nicht in den Tagen, die freigegeben werden"))


def month_range(days: Period) -> Period:
    """The whole months that days touch."""
    months = list(days.months())
    return Period(months[0].start, months[-1].end)


def days_of(row: ClaimRow, case: Any, extension: actions.ExtendBenefit) -> tuple[benefits.Terms, Period]:
    """The days that an extension releases, and their terms; raises CommandError where they cannot be released."""
    claim = row.claim
    if claim.status is not ClaimStatus.ACCEPTED or claim.benefit_from is None or claim.benefit_limit is None:
        raise refused(extension, _("der Leistungsfall ist nicht angenommen oder schon geschlossen"))
    cover = next(tariff for tariff in case.file.tariffs if tariff.id == row.tariff).cover(claim.cause)
    if cover is None:
        raise refused(extension, _("der Tarif deckt diese Ursache nicht"))
    terms = benefits.terms_of(contract=row.contract, claim=claim, cover=cover)
    days = benefits.days_to_release(terms, extension.until)
    if days is None:
        raise refused(extension, _("bis zu diesem Tag ist nichts mehr freizugeben"))
    if days.end != extension.until:
        raise refused(extension, _("die Leistung endet spätestens am {limit:%d.%m.%Y}").format(limit=days.end))
    return terms, days


def check(row: ClaimRow, action: Any, together: Iterable[Any]) -> None:
    """Raise CommandError for an action that cannot be."""
    claim = row.claim
    match action:
        case actions.RecordProof() if claim.proven_until is not None and action.until <= claim.proven_until:
            raise refused(action, _("nachgewiesen ist schon bis {day:%d.%m.%Y}").format(day=claim.proven_until))
        case actions.ReleaseInstalment() if action.amount <= ZERO:
            raise refused(action, _("der Betrag muss größer als null sein"))
        case actions.ReleaseInstalment() if dues(together).count(action.due) > 1:
            raise refused(action, _("zwei Raten mit derselben Fälligkeit"))
        case actions.OffsetRecourse() if not ZERO < action.amount <= instalment_due(action, together):
            raise refused(action, _("verrechnet wird höchstens die Rate derselben Fälligkeit in diesem Vorgang"))
        case actions.CloseClaim() if claim.status not in (ClaimStatus.ACCEPTED, ClaimStatus.REPORTED):
            raise refused(action, _("der Leistungsfall ist nicht offen"))
        case actions.CloseClaim() if action.reason not in CLOSING_REASONS:
            raise refused(action, _("reason ist eines von {known}").format(known=", ".join(CLOSING_REASONS)))
        case actions.CloseClaim() if claim.status is ClaimStatus.REPORTED and action.reason in OF_A_BENEFIT:
            raise refused(action, _("der Leistungsfall ist nur gemeldet, die Leistung begann nie"))
        case actions.ResumeInstalments() if not row.held:
            raise refused(action, _("keine Rate ist angehalten"))
        case actions.PayLumpSum() if has_lump_sum(row):
            raise refused(action, _("zu dieser Person ist eine Todesfallleistung schon freigegeben"))
        case actions.SendLetter() if action.template not in TEMPLATES:
            raise refused(action, _("template ist eines von {known}").format(known=", ".join(TEMPLATES)))
        case _:
            return


def check_request(claim: Claim, wanted: Sequence[Any], notice: Any) -> None:
    """Raise CommandError for a request of documents that could name none, or that nothing would ever end.

    The letter names what the first notice of a claim did not bring; the wait for it ends when the claim is accepted.
    """
    request = next((each for each in wanted if getattr(each, "template", None) == waits.REQUEST), None)
    if request is None:
        return
    if claim.status is not ClaimStatus.REPORTED:
        what = _("Unterlagen werden nur zu einem gemeldeten Leistungsfall angefordert, dieser ist {state}")
        raise refused(request, what.format(state=claim.status.german))
    if any(isinstance(each, actions.CloseClaim) for each in wanted):
        raise refused(request, _("der Leistungsfall wird zugleich geschlossen"))
    if (getattr(notice, "opens", None), getattr(notice, "onset", None)) != (claim.cause, claim.onset):
        raise refused(request, _("Unterlagen fordert man zu der Meldung an, mit der der Leistungsfall begann"))
    if not missing_of(note_of(notice), claim.cause):
        raise refused(request, _("zu dieser Meldung sind alle Unterlagen da"))


def has_lump_sum(row: ClaimRow) -> bool:
    """Whether a lump sum of this person's death stands on the contract already, under whichever claim."""
    deaths = (each for each in row.contract.claims if (each.person, each.cause) == (row.claim.person, Cause.DEATH))
    return any(each.status is not InstalmentStatus.CANCELLED for claim in deaths for each in claim.instalments)


def dues(together: Iterable[Any]) -> list[Any]:
    """The due dates of the instalments."""
    return [each.due for each in together if isinstance(each, actions.ReleaseInstalment)]


def instalment_due(offset: actions.OffsetRecourse, together: Iterable[Any]) -> Decimal:
    """The amount of the instalment that an offset is about; zero where there is none."""
    matching = (each for each in together if isinstance(each, actions.ReleaseInstalment) and each.due == offset.due)
    return next((each.amount for each in matching), ZERO)


def ensure_within_recourse(rows: Mapping[tuple[str, str | None], ClaimRow], composed: Sequence[Any]) -> None:
    """Raise CommandError where more is set off than is open on a contract, or twice from one instalment."""
    offsets = [each for each in composed if isinstance(each, actions.OffsetRecourse)]
    seen = set()
    for each in offsets:
        together = sum((one.amount for one in offsets if one.contract == each.contract), ZERO)
        if together > rows[each.contract, each.claim].contract.recourse_open:
            raise refused(each, _("so viel Regress ist nicht offen"))
        if (each.contract, each.claim, each.due) in seen:
            raise refused(each, _("je Rate nur eine Verrechnung"))
        seen.add((each.contract, each.claim, each.due))


def refused(action: Any, what: str) -> CommandError:
    """The sentence for an action that cannot be."""
    name = str(type(action).__struct_config__.tag)
    where = f"{action.contract}/{action.claim or _('neu')}"
    return CommandError(_("{name} für {where}: {what}.").format(name=name, where=where, what=what))
