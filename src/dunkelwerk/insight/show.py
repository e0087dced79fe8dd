"""A page that a person wants to read: what is open first, then the facts, then how it came.

Source: docs/show.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.columns import Columns
from rich.markup import escape
from rich.table import Table

from dunkelwerk.decisions.money import euros
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight import show_calendar as calendar
from dunkelwerk.insight.casewords import tell_account, tell_event, tell_value
from dunkelwerk.insight.casework import console, print_table, shown, width
from dunkelwerk.insight.show_open import next_things, open_things
from dunkelwerk.insight.show_timeline import events_of
from dunkelwerk.insight.show_words import tell_balances, tell_letter_state, tell_process, tell_state
from dunkelwerk.insight.telling import WORDS, show
from dunkelwerk.lines.portraying import ClaimShown, ContractShown, PersonShown
from dunkelwerk.runner.show_queries import NoticeShown
from dunkelwerk.runner.showing import Page

#: rows of a table, entries of the time line, and related contracts that are shown without --all
ROWS, ENTRIES, NAMED = 12, 30, 8
#: a cell that stays in one line
SHORT = 12
Facts = list[tuple[str, str]]


def print_page(page: Page, *, everything: bool) -> None:
    """The whole page."""
    print(title_of(page))
    print_list(_("Offen"), open_things(page), nothing=_("Nichts ist offen."))
    print_list(_("Als Nächstes"), next_things(page), nothing="")
    for notice in page.papers.notices if page.kind == "notice" else ():
        print_notice(notice)
    if page.person is not None:
        print_facts(_("Person"), person_facts(page.person))
        print_contracts(page)
    if page.contract is not None:
        print_facts(_("Vertrag"), contract_facts(page.contract, everything=everything))
    for claim in page.claims:
        print_claim(claim, page, everything=everything)
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


def print_heading(text: str) -> None:
    """A heading with a line under it."""
    print(f"\n{text}\n{'─' * min(len(text), width())}")


def print_list(heading: str, lines: Sequence[str], *, nothing: str) -> None:
    """Sentences under a heading; without any ``nothing``, or not even the heading."""
    if not lines and not nothing:
        return
    print_heading(heading)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines or [nothing]:
        grid.add_row("•" if lines else "", escape(line))
    print_grid(grid)


def print_facts(heading: str, facts: Facts) -> None:
    """Labels and values under a heading; what is not known is left out."""
    print_heading(heading)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in facts:
        if value and value != "–":
            grid.add_row(escape(label), escape(value))
    print_grid(grid)


def print_grid(grid: Table | Columns) -> None:
    """A grid without spaces at the ends of lines."""
    with console() as out, out.capture() as capture:
        out.print(grid)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_cut(headings: Sequence[str], rows: Sequence[Sequence[Any]], *, everything: bool, most: int = ROWS) -> None:
    """A table of the newest rows; how many older ones there are stands before."""
    older = 0 if everything else max(len(rows) - most, 0)
    if older:
        print(_("… {count} weitere, ältere (--all)").format(count=older))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, cells in zip(headings, zip(*rows, strict=True), strict=True):
        texts = [shown(cell) for cell in (heading, *cells)]
        number = all(isinstance(cell, Decimal | int) for cell in cells)
        whole = max(map(len, texts)) <= SHORT
        table.add_column(heading, overflow="fold", no_wrap=whole, justify="right" if number else "left")
    for row in rows[older:]:
        table.add_row(*(escape(shown(cell)) for cell in row))
    print_grid(table)


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


def contract_facts(contract: ContractShown, *, everything: bool) -> Facts:
    """The contract's terms, whom it insures, what is owed."""
    arrears = _("gemahnt am {reminded}, Frist {deadline}").format(
        reminded=shown(contract.reminded_on), deadline=shown(contract.arrears_deadline)
    )
    rate = _("{amount}, fällig am {day}.").format(amount=euros(contract.instalment), day=contract.due_day)
    last = _("; Schlussrate {amount}").format(amount=euros(contract.final_instalment or 0))
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
        *((f"  {each.cause_words}", each.terms) for each in contract.covers),
        (_("Weitere Verträge"), ", ".join(related) + more),
    ]


def print_contracts(page: Page) -> None:
    """The contracts of a person."""
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
    print_table(headings, rows, nothing=_("Kein Vertrag."))


def print_claim(claim: ClaimShown, page: Page, *, everything: bool) -> None:
    """A claim: facts, the bar of its days, its instalments."""
    heading = _("Leistungsfall {part}: {cause}").format(part=claim.part, cause=claim.cause_words)
    print_facts(heading, claim_facts(claim, page))
    if bar := calendar.draw(claim.days):
        print("\n" + "\n".join(bar))
        print_grid(columns_of(calendar.legend("".join(bar))))
    if claim.instalments:
        print()
        rows = [(each.due, each.amount, each.words, each.key, each.decision) for each in claim.instalments]
        headings = [_("Fällig"), _("Betrag"), _("Stand"), _("Kennung"), _("Entsch.")]
        print_cut(headings, rows, everything=everything)


def columns_of(texts: Sequence[str]) -> Columns:
    """Short texts side by side, as many as fit."""
    return Columns([escape(each) for each in texts], padding=(0, 3))


def claim_facts(claim: ClaimShown, page: Page) -> Facts:
    """How a claim stands."""
    proofs = page.proofs.get(claim.part, [])
    said = ", ".join(
        f"{shown(each.until)}" + (_(" (Entscheidung {number})").format(number=each.decision) if each.decision else "")
        for each in proofs
    )
    closed = f"{shown(claim.closed_on)}: {claim.closing_reason}" if claim.closed_on else ""
    balances = tell_balances(page.balances.get(claim.part, {}), tell_account)
    released = shown(claim.released_until)
    return [
        (_("Status"), claim.status_words),
        (_("Person"), tell_person(claim.person)),
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
        (_("Gebucht"), balances),
    ]


def print_postings(page: Page, *, everything: bool) -> None:
    """The postings with the accounts' names."""
    if not page.papers.postings:
        return
    print_heading(_("Buchungen"))
    several = len(page.claims) != 1
    rows = [
        (
            each.business_day,
            *([f"{each.contract}/{each.claim}"] if several else []),
            tell_event(each.event),
            tell_account(each.debit),
            tell_account(each.credit),
            each.amount,
            each.decision,
        )
        for each in page.papers.postings
    ]
    where = [_("Fall")] if several else []
    headings = [_("Tag"), *where, _("Buchung"), _("Soll"), _("Haben"), _("Betrag"), _("Entsch.")]
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


def print_notice(notice: NoticeShown) -> None:
    """One attempt: where it came from, what it says."""
    heading = _("Meldung {notice}, Versuch {attempt}: {state}")
    received = notice.received_at.astimezone(BERLIN)
    facts = [
        (_("Nummer"), str(notice.id)),
        (_("Eingegangen"), f"{received:%d.%m.%Y %H:%M}"),
        (_("Kanal"), notice.channel),
        (_("Gebracht von"), notice.brought_by or "–"),
        *((label_of(name), tell_field(value)) for name, value in notice.said.items() if name not in ("id", "process")),
    ]
    text = heading.format(notice=notice.external_id, attempt=notice.attempt, state=tell_state(notice.state))
    print_facts(text, facts)


def label_of(field: str) -> str:
    """What a notice's field is called."""
    from dunkelwerk.insight.disclosure_words import LABELS

    label = LABELS.get(field) or WORDS.get(field) or field.replace("_", " ")
    return label[:1].upper() + label[1:]


def tell_field(value: Any) -> str:
    """What a notice's field says."""
    if isinstance(value, list):
        return ", ".join(map(tell_field, value))
    return "" if value is None else show(value)


def print_timeline(page: Page, *, everything: bool) -> None:
    """What happened, oldest first; the newest entries where there are many."""
    events = events_of(page)
    older = 0 if everything else max(len(events) - ENTRIES, 0)
    print_heading(_("Verlauf"))
    if older:
        print(_("… {count} weitere, ältere (--all)").format(count=older))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, whole in ((_("Tag"), True), (_("Was"), False), (_("Wer"), False), (_("Entsch."), True)):
        table.add_column(
            heading, no_wrap=whole, overflow="fold", ratio=None if whole else (4 if heading == _("Was") else 1)
        )
    for each in events[older:]:
        said = "\n".join(each.lines)
        table.add_row(shown(each.day), escape(said), escape(each.by), str(each.decision or ""))
    print_grid(table)
