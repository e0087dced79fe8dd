"""What is open on a page, and what comes next: the first things that a clerk wants to know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.casewords import tell_kind, tell_reasons, tell_task, tell_value
from dunkelwerk.insight.casework import shown
from dunkelwerk.lines.portraying import ClaimShown
from dunkelwerk.runner.show_things import ItemShown
from dunkelwerk.runner.showing import Page


def open_things(page: Page) -> list[str]:
    """What waits for somebody now, one sentence each."""
    return [*waiting_notices(page), *open_items(page), *held_money(page)]


def waiting_notices(page: Page) -> Iterator[str]:
    """Notices that no worker has decided yet, or that wait behind a proposal."""
    for each in page.papers.notices:
        if each.state == "waiting":
            yield _("Meldung {notice} wartet auf die Bearbeitung").format(notice=each.external_id)
        if each.state == "joined":
            yield _("Meldung {notice} wartet, bis über den Vorschlag entschieden ist").format(notice=each.external_id)


def open_items(page: Page) -> Iterator[str]:
    """Work items that are open today."""
    for each in page.papers.items:
        if each.state != "done" and each.open_from <= page.on:
            yield tell_item(each, page)


def tell_item(item: ItemShown, page: Page) -> str:
    """A work item with its number, the proposal, and the reasons by title."""
    said = [f"{tell_task(item.task)} {about(item, page)}"]
    said += [_("in Zweitprüfung")] if item.state == "in_check" else []
    for each in page.papers.proposals:
        if each.work_item == item.id and each.state == "pending":
            said.append(_("Vorschlag {number} ({kind})").format(number=each.id, kind=tell_kind(each.kind)))
    said += [", ".join(tell_reasons(item.reasons))] if item.reasons else []
    basket = _("Postkorb {basket}, Eintrag {item}, fällig {due}")
    said.append(basket.format(basket=item.basket, item=item.id, due=shown(item.due_on)))
    late = _("ÜBERFÄLLIG: ") if item.due_on < page.on else ""
    return late + " · ".join(said)


def about(item: ItemShown, page: Page) -> str:
    """What an item is about: the claim, else the notice by its external id, else the contract."""
    names = {str(each.id): each.external_id for each in page.papers.notices}
    where = "/".join(each for each in (item.contract, item.claim) if each)
    if item.kind == "notice" and item.key in names:
        return f"{names[item.key]} ({where})" if where else names[item.key]
    return where or item.key


def held_money(page: Page) -> Iterator[str]:
    """Instalments that are held back, or came back."""
    for claim in page.claims:
        held = [each for each in claim.instalments if each.held_by is not None and each.status == "released"]
        replaced = {each.replaces for each in claim.instalments if each.status != "cancelled"}
        back = [each for each in claim.instalments if each.status == "returned" and each.key not in replaced]
        if held:
            text = _("{claim}: {count} Raten angehalten, bis über die Todesmeldung entschieden ist")
            yield text.format(claim=claim.part, count=len(held))
        for each in back:
            text = _("{claim}: Rate vom {due} ({amount}) kam zurück")
            yield text.format(claim=claim.part, due=shown(each.due), amount=euros(each.amount))


def next_things(page: Page) -> list[str]:
    """What comes by itself, by day."""
    found = [*later_items(page)]
    for claim in page.claims:
        found += ahead(claim, page.on)
    return [f"{shown(day)}  {text}" for day, text in sorted(found)]


def later_items(page: Page) -> Iterator[tuple[date, str]]:
    """Work items that open on a later day."""
    for each in page.papers.items:
        if each.state != "done" and each.open_from > page.on:
            where = about(each, page)
            text = _("{task} {where} im Postkorb {basket} (Eintrag {item})")
            yield (
                each.open_from,
                text.format(task=tell_task(each.task), where=where, basket=each.basket, item=each.id),
            )


def ahead(claim: ClaimShown, today: date) -> Iterator[tuple[date, str]]:
    """Reminders, the next payment, the last day that can be paid."""
    for wait in claim.waits:
        if wait.ended_on is None:
            if wait.reminded_by is None:
                yield wait.remind_on, f"{claim.part}: {tell_value('documents_reminder')}"
            if wait.urgent_on >= today:
                text = _("{claim}: Unterlagen fehlen seit einem Monat, wird dringend (§ 14 VVG)")
                yield wait.urgent_on, text.format(claim=claim.part)
    if claim.status != "accepted":
        return
    payable = [each for each in claim.instalments if each.status == "released" and each.held_by is None]
    coming = [each for each in payable if each.due >= today]
    if coming:
        text = _("{claim}: {amount} fällig")
        more = _("; {count} weitere bis {last}").format(count=len(coming) - 1, last=shown(coming[-1].due))
        amount = euros(coming[0].amount - coming[0].set_off)
        yield coming[0].due, text.format(claim=claim.part, amount=amount) + (more if len(coming) > 1 else "")
    if claim.limit is not None and claim.days:
        yield claim.limit, _("{claim}: letzter Leistungstag").format(claim=claim.part)
