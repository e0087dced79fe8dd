"""The time line of a page: what happened, by whom, by which decision; what happens together is one entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from msgspec import Struct

from dunkelwerk.decisions.money import ZERO, euros
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.casewords import tell_value
from dunkelwerk.insight.casework import shown
from dunkelwerk.insight.member_words import tell_code
from dunkelwerk.insight.show_words import tell_actions, tell_decision, tell_process, tell_proposal_state
from dunkelwerk.lines.portraying import ClaimShown, InstalmentShown
from dunkelwerk.runner.casequeries import tell_deed
from dunkelwerk.runner.show_things import DecisionShown, DeedShown, NoticeShown, ProposalShown
from dunkelwerk.runner.showing import Page

#: deeds that made a decision record: the record tells them, with their words
TOLD_BY_DECISION = {"confirmed": "proposal", "acted": "work_item", "reversal_proposed": "decision"}
#: deeds that made a notice, or another attempt of one, which tells them
TOLD_BY_ATTEMPT = ("corrected", "completed", "recorded")
#: of other proposals the next one, or the decision that took effect, tells the same again
TOLD_IN_FULL = ("pending", "discarded")
#: the channel in which persons themselves answer
DIALOGUE = "dialogue"
FIRST, LAST = datetime.min.replace(tzinfo=BERLIN), datetime.max.replace(tzinfo=BERLIN)


class Event(Struct, frozen=True):
    """One entry; ``lines`` are its text."""

    day: date
    at: datetime
    lines: list[str]
    by: str
    decision: int | None = None


class Clock:
    """On which business day a moment was: where the day is set (tests, demos), it is not the calendar's."""

    def __init__(self, decisions: list[DecisionShown]) -> None:
        self._batches = sorted((each.at, each.business_day) for each in decisions)

    def day_of(self, moment: datetime) -> date:
        """The business day of the batch next to the moment on its calendar day; else the calendar's day."""
        day = moment.astimezone(BERLIN).date()
        same = [each for each in self._batches if each[0].astimezone(BERLIN).date() == day]
        if not same:
            return day
        after = [each for each in same if each[0] >= moment]
        return (after or same[-1:])[0][1]


def events_of(page: Page) -> list[Event]:
    """The time line, oldest first."""
    papers, clock = page.papers, Clock(page.papers.decisions)
    notices = {each.id: each for each in papers.notices}
    found = [receipt(each, page, clock) for each in papers.notices]
    found += [decided(each, page, notices.get(each.notice)) for each in papers.decisions]
    found += [done(each, clock) for each in papers.deeds if is_own_event(each)]
    found += printed(page)
    found += [Event(day, FIRST, [said], "") for day, said in page.milestones]
    found += accidents(page) if page.kind == "person" else ()
    for claim in page.claims:
        found += milestones(claim) if page.kind == "claim" else ()
        found += dues(claim, page.on, several=len(page.claims) > 1)
    return sorted(found, key=lambda each: (each.day, each.at))


def receipt(notice: NoticeShown, page: Page, clock: Clock) -> Event:
    """A notice came in, or was given again."""
    text = _("Meldung {notice} eingegangen: {process} (Kanal {channel}, Nr. {number})")
    if notice.attempt > 1:
        text = _("Meldung {notice} {deed}: Versuch {attempt} (Nr. {number})")
    said = text.format(
        notice=notice.external_id,
        attempt=notice.attempt,
        process=tell_process(notice.process),
        channel=notice.channel,
        number=notice.id,
        deed=tell_deed(notice.brought_how or ""),
    )
    words = [
        f"„{each.words}“"
        for each in page.papers.deeds
        if each.words and (each.kind, each.key, each.deed) == ("notice", str(notice.id), notice.brought_how)
    ]
    own = notice.channel == DIALOGUE and notice.attempt == 1
    by = _("versicherte Person") if own else notice.brought_by or ""
    return Event(clock.day_of(notice.received_at), notice.received_at, [said, *words], by)


def decided(decision: DecisionShown, page: Page, notice: NoticeShown | None) -> Event:
    """A decision with its reasons, and what it did."""
    of = f"{notice.external_id}: " if notice and len(page.papers.notices) > 1 else ""
    proposal = next((each for each in page.papers.proposals if each.decision == decision.id), None)
    lines = [of + tell_decision(decision) + tell_fate(decision, proposal)]
    if proposal is None or proposal.state in TOLD_IN_FULL:
        lines += told_in_full(decision, several=has_several(page))
    lines += words_about(decision, page)
    by = decision.actor or (tell_process(decision.process) if decision.kind == "decision" else "dunkelwerk")
    return Event(decision.business_day, decision.at, lines, by, decision.id)


def tell_fate(decision: DecisionShown, proposal: ProposalShown | None) -> str:
    """What became of a decision, or of its proposal."""
    fate = ""
    if proposal is not None:
        state = tell_proposal_state(proposal.state)
        fate = _(" – Vorschlag {number}: {state}").format(number=proposal.id, state=state)
    if decision.reversed_by is not None:
        fate += _(" – zurückgenommen durch Entscheidung {number}").format(number=decision.reversed_by)
    return fate


def told_in_full(decision: DecisionShown, *, several: bool) -> Iterator[str]:
    """Reasons, and what was done, or is planned; ``several``: the page is about more than one claim."""
    several = several or len({(each.contract, each.claim) for each in decision.actions}) > 1
    for reason in decision.reasons:
        where = f"{reason.contract}/{reason.claim}: " if several and reason.claim else ""
        yield f"• {where}{reason.text}"
    done = "→ {what}" if decision.effective else _("geplant: {what}")
    yield from (done.format(what=each) for each in tell_actions(decision.actions, several=several))


def words_about(decision: DecisionShown, page: Page) -> Iterator[str]:
    """The words of the deeds that made a decision."""
    papers = page.papers
    things = {("proposal", str(each.id), "confirmed") for each in papers.proposals if each.applied == decision.id}
    proposed = any(each.decision == decision.id for each in papers.proposals)
    if decision.kind == "reversal" and proposed and decision.reverses is not None:
        things.add(("decision", str(decision.reverses), "reversal_proposed"))
    for deed in papers.deeds:
        acted = deed.deed == "acted" and decision.kind == "manual" and is_beside(deed, decision, page)
        if deed.words and ((deed.kind, deed.key, deed.deed) in things or acted):
            yield f"„{deed.words}“ ({deed.actor})"


def is_beside(deed: DeedShown, decision: DecisionShown, page: Page) -> bool:
    """Whether a person acted by this decision: the last that they composed before the deed was written down."""
    before = [each for each in page.papers.decisions if each.kind == "manual" and each.at <= deed.at]
    own = [each.id for each in before if each.actor == deed.actor]
    return bool(own) and max(own) == decision.id


def is_own_event(deed: DeedShown) -> bool:
    """Whether no decision tells a deed."""
    return TOLD_BY_DECISION.get(deed.deed) != deed.kind and deed.deed not in TOLD_BY_ATTEMPT


def done(deed: DeedShown, clock: Clock) -> Event:
    """What somebody did."""
    things = {
        "notice": _("Meldung {key}"),
        "proposal": _("Vorschlag {key}"),
        "work_item": _("Postkorbeintrag {key}"),
        "decision": _("Entscheidung {key}"),
    }
    what = things.get(deed.kind, "{key}").format(key=deed.key)
    lines = [f"{what} {tell_deed(deed.deed)}"] + ([f"„{deed.words}“"] if deed.words else [])
    return Event(clock.day_of(deed.at), deed.at, lines, deed.actor)


def printed(page: Page) -> Iterator[Event]:
    """Letters that were printed; ordering one stands with its decision."""
    for letter in page.papers.letters:
        if letter.rendered_on is not None:
            text = _("Brief {number} gedruckt: {template}")
            said = text.format(number=letter.id, template=tell_value(letter.template))
            yield Event(letter.rendered_on, LAST, [said], "", letter.decision)


def accidents(page: Page) -> Iterator[Event]:
    """The accidents that notices tell of, each on its day; of several attempts the last one counts."""
    newest = {(each.channel, each.external_id): each for each in page.papers.notices}
    for notice in newest.values():
        said = notice.said
        if said.get("accident") is True and said.get("occurred_on"):
            details = (tell_code(str(said.get(name))) for name in ("setting", "kind") if said.get(name))
            text = ", ".join(filter(None, (_("Unfall"), *details)))
            yield Event(date.fromisoformat(said["occurred_on"]), FIRST, [text], "")


def has_several(page: Page) -> bool:
    """Whether the page is about several claims, so that each entry has to say about which."""
    if page.kind != "notice":
        return len(page.claims) > 1
    parts = {(each.contract, each.claim) for one in page.papers.decisions for each in one.actions if each.claim}
    return len(parts) > 1


def milestones(claim: ClaimShown) -> Iterator[Event]:
    """What the register knows of a claim's course."""
    yield Event(claim.onset, FIRST, [_("Eintritt: {cause}").format(cause=claim.cause_words)], "")
    if claim.benefit_from is not None:
        yield Event(claim.benefit_from, FIRST, [_("erster Leistungstag")], "")
    if claim.recovered_on is not None:
        yield Event(claim.recovered_on, FIRST, [_("letzter Tag der Arbeitsunfähigkeit")], "")


def dues(claim: ClaimShown, today: date, *, several: bool) -> Iterator[Event]:
    """Instalments that are due by today, neighbours of the same status as one entry."""
    of = f"{claim.part}: " if several else ""
    for group in runs([each for each in claim.instalments if each.due <= today]):
        last, total = group[-1], sum((each.amount for each in group), ZERO)
        status = group[0].words
        if len(group) == 1:
            said = _("Zahlung fällig: {amount} ({status})").format(amount=euros(total), status=status)
        else:
            text = _("{count} Zahlungen fällig seit {first}: zusammen {amount} ({status})")
            said = text.format(count=len(group), first=shown(group[0].due), amount=euros(total), status=status)
        at = datetime.combine(last.due, time.max, BERLIN)
        yield Event(last.due, at, [of + said], "", group[0].decision if len(group) == 1 else None)


def runs(instalments: list[InstalmentShown]) -> Iterator[list[InstalmentShown]]:
    """Neighbouring instalments of one status."""
    group: list[InstalmentShown] = []
    for each in instalments:
        if group and (group[-1].words, group[-1].decision is None) != (each.words, each.decision is None):
            yield group
            group = []
        group.append(each)
    if group:
        yield group
