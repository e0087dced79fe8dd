"""A page that a person wants to read: what is open first, then the facts, then how it came.

Source: docs/show.md.
"""

from __future__ import annotations

from datetime import date

from rich.table import Table

from dunkelwerk.decisions.money import ZERO, euros
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight import show_calendar as calendar
from dunkelwerk.insight.casewords import tell_event, tell_value
from dunkelwerk.insight.casework import shown
from dunkelwerk.insight.show_layout import (
    FEW,
    ROWS,
    Facts,
    flow,
    plain,
    print_cut,
    print_facts,
    print_grid,
    print_heading,
    print_list,
)
from dunkelwerk.insight.show_notice import print_notices
from dunkelwerk.insight.show_open import next_things, open_things
from dunkelwerk.insight.show_timeline import events_of, has_several
from dunkelwerk.insight.show_words import tell_account, tell_balances, tell_letter_state, tell_process, tell_state
from dunkelwerk.lines.portraying import ClaimShown, ContractShown, PersonShown
from dunkelwerk.runner.showing import Page

#: entries of the time line, and related contracts that are shown without --all
ENTRIES, NAMED = 30, 8
#: signs of who did something
WHO = 16


def print_page(page: Page, *, everything: bool) -> None:
    """The whole page."""
    print_heading(title_of(page), first=True)
    print_list(_("Offen"), open_things(page), nothing=_("Nichts ist offen."))
    print_list(_("Als Nächstes"), next_things(page), nothing="")
    if page.kind == "notice":
        print_notices(page.papers.notices)
    if page.person is not None:
        print_facts(_("Person"), person_facts(page.person) + page.facts)
        print_contracts(page, everything=everything)
        for sheet in page.sheets:
            print_heading(sheet.title)
            print_cut(sheet.headings, sheet.rows, everything=everything)
    if page.kind == "contract" and page.contract is not None:
        print_facts(_("Vertrag"), contract_facts(page.contract, everything=everything))
    for claim in page.claims:
        print_claim(claim, page, everything=everything)
    if page.kind == "claim" and page.contract is not None:
        cause = page.claims[0].cause
        facts = contract_facts(page.contract, cause=cause, everything=everything)
        print_facts(_("Vertrag {number}").format(number=page.contract.number), facts)
    print_postings(page, everything=everything)
    print_letters(page, everything=everything)
    print_timeline(page, everything=everything)


def title_of(page: Page) -> str:
    """One line: what it is, and how it stands."""
    if page.kind == "person" and page.person is not None:
        return _("Person {key}: {name}").format(key=page.key, name=page.person.name)
    if page.kind == "claim":
        claim = page.claims[0]
        text = _("Leistungsfall {part}: {cause}, {status} – {name}")
        return text.format(part=claim.part, cause=claim.cause_words, status=claim.status_words, name=claim.person.name)
    if page.contract is not None:
        names = ", ".join(each.name for each in page.contract.insured)
        text = _("Vertrag {number}: {status} – {names}")
        return text.format(number=page.key, status=page.contract.status_words, names=names)
    newest = page.papers.notices[-1]
    text = _("Meldung {notice}: {process}, {state}")
    return text.format(notice=newest.external_id, process=tell_process(newest.process), state=tell_state(newest.state))


def person_facts(person: PersonShown) -> Facts:
    """Who it is."""
    return [
        (_("Geboren am"), shown(person.birth_date)),
        (_("Verstorben am"), shown(person.deceased_on)),
        (_("Anschrift"), ", ".join(person.address)),
    ]


def tell_person(person: PersonShown) -> str:
    """A person in one line."""
    said = _("{name} ({key}), geboren am {born}").format(
        name=person.name, key=person.key, born=shown(person.birth_date)
    )
    died = _(", verstorben am {day}").format(day=shown(person.deceased_on)) if person.deceased_on else ""
    return said + died


def contract_facts(contract: ContractShown, *, cause: str | None = None, everything: bool) -> Facts:
    """The contract's terms (those of one cause), whom it insures, what is owed."""
    arrears = _("gemahnt am {reminded}, Frist {deadline}").format(
        reminded=shown(contract.reminded_on), deadline=shown(contract.arrears_deadline)
    )
    rate = _("{amount}, fällig am {day}.").format(amount=euros(contract.instalment), day=contract.due_day)
    last = _("; Schlussrate {amount}").format(amount=euros(contract.final_instalment or ZERO))
    related = contract.related if everything else contract.related[:NAMED]
    more = f" … (--all: {len(contract.related)})" if len(related) < len(contract.related) else ""
    blocked = _("; gesperrt seit {day}").format(day=shown(contract.payee_blocked_since))
    return [
        (_("Status"), contract.status_words),
        (_("Laufzeit"), _("{start} bis {end}").format(start=shown(contract.start), end=shown(contract.end))),
        *((_("Versichert"), tell_person(each)) for each in contract.insured),
        (_("Rate"), rate + (last if contract.final_instalment is not None else "")),
        (_("Empfänger"), (contract.payee or _("keiner")) + (blocked if contract.payee_blocked_since else "")),
        (_("Rückstand"), arrears if contract.in_arrears else ""),
        (_("Offener Regress"), euros(contract.recourse_open) if contract.recourse_open else ""),
        (_("Tarif"), contract.tariff),
        *((f"  {each.cause_words}", each.terms) for each in contract.covers if cause in (None, each.cause)),
        (_("Weitere Verträge"), ", ".join(related) + more),
    ]


def print_contracts(page: Page, *, everything: bool) -> None:
    """The contracts of a person."""
    if not page.contracts:
        return
    print_heading(_("Verträge"))
    key = page.person.key if page.person else ""
    rows = [
        (
            each.number,
            each.status_words,
            each.start,
            each.end,
            each.instalment,
            [other.name for other in each.insured if other.key != key],
        )
        for each in page.contracts
    ]
    headings = [_("Vertrag"), _("Status"), _("Beginn"), _("Ende"), _("Rate"), _("Mitversichert")]
    print_cut(headings, rows, everything=everything)


def print_claim(claim: ClaimShown, page: Page, *, everything: bool) -> None:
    """A claim: facts, the bar of its days, its instalments."""
    heading = _("Leistungsfall {part}: {cause}").format(part=claim.part, cause=claim.cause_words)
    print_facts(heading, claim_facts(claim, page))
    if bar := calendar.draw(claim.days):
        print("\n" + "\n".join(bar))
        print("\n".join(flow(calendar.legend("".join(bar)))))
    if claim.instalments:
        print()
        rows = [(each.due, each.amount, each.words, each.key, each.decision) for each in claim.instalments]
        headings = [_("Fällig"), _("Betrag"), _("Stand"), _("Kennung"), _("Entsch.")]
        print_cut(headings, rows, everything=everything, most=ROWS if len(page.claims) == 1 else FEW)


def claim_facts(claim: ClaimShown, page: Page) -> Facts:
    """How a claim stands."""
    proofs = page.proofs.get(claim.part, [])
    said = ", ".join(
        f"{shown(each.until)}" + (_(" (Entscheidung {number})").format(number=each.decision) if each.decision else "")
        for each in proofs
    )
    closed = f"{shown(claim.closed_on)}: {claim.closing_reason}" if claim.closed_on else ""
    balances = tell_balances(page.balances.get(claim.part, {}))
    released = shown(claim.released_until)
    return [
        (_("Status"), claim.status_words),
        (_("Person"), tell_person(claim.person) if page.kind != "person" else ""),
        (_("Eintritt"), shown(claim.onset)),
        (_("Diagnosen"), ", ".join(claim.icd)),
        (_("Leistung ab"), shown(claim.benefit_from)),
        (_("Belegt bis"), shown(claim.proven_until)),
        (_("Freigegeben bis"), released),
        (_("Längstens bis"), shown(claim.limit)),
        (
            _("Früher verbraucht"),
            _("{count} Monate").format(count=claim.months_used_before) * bool(claim.months_used_before),
        ),
        (_("Arbeitsunfähig bis"), shown(claim.recovered_on)),
        (_("Geschlossen am"), closed),
        (_("Nachweise bis"), said),
        (_("Unterlagen"), tell_wait(claim, page.on)),
        (_("Gebucht"), balances),
    ]


def tell_wait(claim: ClaimShown, today: date) -> str:
    """Since when documents are awaited, and whether somebody was reminded of them."""
    for wait in claim.waits:
        if wait.ended_on is None:
            text = _("angefordert am {day}").format(day=shown(wait.requested_on))
            reminded = _(", erinnert (Entscheidung {number})").format(number=wait.reminded_by)
            urgent = _(", dringend seit {day} (§ 14 VVG)").format(day=shown(wait.urgent_on))
            text += reminded if wait.reminded_by is not None else ""
            return text + (urgent if wait.urgent_on < today else "")
    return ""


def print_postings(page: Page, *, everything: bool) -> None:
    """The postings with the accounts' names."""
    if not page.papers.postings:
        return
    print_heading(_("Buchungen"))
    several = has_several(page)
    rows = [
        (
            each.business_day,
            *([f"{each.contract}/{each.claim}"] if several else []),
            tell_event(each.event),
            _("{debit} an {credit}").format(debit=tell_account(each.debit), credit=tell_account(each.credit)),
            each.amount,
            each.decision,
        )
        for each in page.papers.postings
    ]
    where = [_("Fall")] if several else []
    headings = [_("Tag"), *where, _("Buchung"), _("Konten"), _("Betrag"), _("Entsch.")]
    print_cut(headings, rows, everything=everything)


def print_letters(page: Page, *, everything: bool) -> None:
    """The letters and how they stand."""
    if not page.papers.letters:
        return
    print_heading(_("Briefe"))
    rows = [
        (
            each.id,
            each.business_day,
            tell_value(each.template),
            f"{each.contract}/{each.claim}" if each.claim else each.contract,
            tell_letter_state(each.state) + (f" {shown(each.rendered_on)}" if each.rendered_on else ""),
            each.decision,
        )
        for each in page.papers.letters
    ]
    print_cut([_("Nr."), _("Beauftragt"), _("Brief"), _("Fall"), _("Stand"), _("Entsch.")], rows, everything=everything)


def print_timeline(page: Page, *, everything: bool) -> None:
    """What happened, oldest first; the newest entries where there are many."""
    events = events_of(page)
    older = 0 if everything else max(len(events) - ENTRIES, 0)
    print_heading(_("Verlauf"))
    if older:
        print(_("… {count} weitere, ältere (--all)").format(count=older))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(_("Tag"), no_wrap=True)
    table.add_column(_("Was"), overflow="fold")
    table.add_column(_("Wer"), overflow="fold", max_width=WHO)
    table.add_column(_("Entsch."), no_wrap=True, justify="right")
    for each in events[older:]:
        said = "\n".join(each.lines)
        table.add_row(shown(each.day), plain(said), plain(each.by), str(each.decision or ""))
    print_grid(table)
