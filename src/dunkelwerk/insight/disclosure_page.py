"""A disclosure as one HTML page: what each line keeps, the dialogues, then the law. In German, as the law is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from html import escape

from msgspec import Struct

from dunkelwerk.infra.i18n import speaking
from dunkelwerk.insight.disclosure_dialogues import tell_dialogues
from dunkelwerk.insight.disclosure_html import Thing, fields, frame, listing, section, table
from dunkelwerk.insight.disclosure_words import LINES, WORDS, calling, label, show

#: shown in a chapter or table of their own
APART = frozenset({"claims", "instalments", "releases", "proofs", "tariffs"})
INSIDE = frozenset(
    {"content", "decisions", "proposals", "work_items", "deeds", "handled_by", "reasons", "actions", "trace"}
)
#: in the JSON alone
TECHNICAL = frozenset({"id", "rules", "process", "mode", "cause", "legal_entity"})
BESIDE = frozenset({"case_file", "versions", "referred", "request", "notice", "external_id"})
OF_LETTERS = frozenset(
    {"insurer", "noun", "adjective", "proof", "salutation", "cause", "contract_label", "claim_label", "legal_entity"}
)
TITLE = "Auskunft über Ihre gespeicherten Daten"


class Chapter(Struct, frozen=True):
    """A chapter of the page; ``line``: what it is about, where there are several."""

    name: str
    title: str
    line: str
    parts: Callable[[], Iterator[str]]


def page(told: Thing) -> str:
    """The page of a disclosure that was read back from its JSON."""
    with speaking("de"):
        chapters = list(chapters_of(told))
        return frame("Auskunft über gespeicherte Daten", [*head(told, chapters), *body(chapters)])


def head(told: Thing, chapters: Sequence[Chapter]) -> Iterator[str]:
    """What it is, and a list of the chapters."""
    yield f"<h1>{TITLE}</h1>"
    who = "den Dialog" if told["person"].startswith("D-") and not told["lines"] else "die Person"
    yield f"<p>Nach Artikel 15 DSGVO, Stand {escape(show(told['on']))}, für {who} {escape(told['person'])}.</p>"
    yield '<nav aria-label="Inhalt"><ol>'
    yield from (f'<li><a href="#{each.name}">{escape(each.title)}</a></li>' for each in chapters)
    yield "</ol></nav>"


def body(chapters: Sequence[Chapter]) -> Iterator[str]:
    """The chapters, each in the words of its line."""
    for each in chapters:
        with calling(each.line):
            yield from section(each.name, each.title, each.parts())


def chapters_of(told: Thing) -> Iterator[Chapter]:
    """What each line keeps, then the dialogues, then what the law wants told, by line."""
    lines, dialogues = told["lines"], told["dialogues"]
    several = len(lines) > 1
    for name, line in lines.items():
        for chapter in data_chapters(name, line):
            yield of_line(chapter) if several else chapter
    if dialogues["dialogues"] or not lines:
        yield Chapter("dialogues", "Fragebögen", "", partial(tell_dialogues, dialogues["dialogues"]))
    laws = {name: line["law"] for name, line in lines.items()} | dialogues["law"]
    for name, law in laws.items():
        chapter = Chapter("law", "Wozu, für wen, wie lange, Ihre Rechte", name, partial(tell_law, law))
        yield of_line(chapter) if len(laws) > 1 else chapter
    left_out = [line["left_out"] for line in lines.values()]
    tell = partial(tell_left_out, left_out, len(dialogues["unclear"]))
    yield Chapter("left-out", "Was nicht enthalten ist", "", tell)


def of_line(chapter: Chapter) -> Chapter:
    """The chapter of one of several lines."""
    title = f"{LINES.get(chapter.line, chapter.line)}: {chapter.title}"
    return Chapter(f"{chapter.name}-{chapter.line}", title, chapter.line, chapter.parts)


def data_chapters(name: str, line: Thing) -> Iterator[Chapter]:
    """What a line keeps."""
    yield Chapter("person", "Ihre Stammdaten", name, partial(fields, line["person"]))
    if "contracts" in line:
        yield Chapter("contracts", "Verträge und Leistungsfälle", name, partial(tell_contracts, line))
    if "mandates" in line:
        yield Chapter("register", "Steuer-ID und SEPA-Mandate", name, partial(tell_register, line))
    notices = partial(tell_notices, line["notices"], titles_of(line["law"]))
    yield Chapter("notices", "Meldungen und Entscheidungen", name, notices)
    yield Chapter("letters", "Briefe an Sie", name, partial(tell_letters, line["letters"]))
    yield Chapter("books", "Bewegungen und Buchungen", name, partial(tell_books, line))


def tell_register(line: Thing) -> Iterator[str]:
    """Tax IDs and mandates, also those that do not count any more."""
    if not (line["tax_ids"] or line["mandates"]):
        yield "<p>Nichts gespeichert.</p>"
    yield from table("Steuer-Identifikationsnummern", line["tax_ids"])
    for mandate in line["mandates"]:
        yield f"<article><h3>SEPA-Mandat {escape(mandate['reference'])}</h3>"
        yield from fields(mandate, without={"reference"})
        yield "</article>"


def tell_contracts(line: Thing) -> Iterator[str]:
    """Contracts, their claims, and what was proven, released and paid."""
    if not line["contracts"]:
        yield "<p>Kein Vertrag.</p>"
    for contract in line["contracts"]:
        yield f"<h3>Vertrag {escape(contract['number'])}</h3>"
        yield from fields(contract, without={*APART, "number", "insured"})
        for claim in contract["claims"]:
            yield f"<article><h4>Leistungsfall {escape(claim['number'])}</h4>"
            yield from fields(claim, without={*APART, "number", "person"})
            yield from table("Nachweise", claim["proofs"])
            yield from table("Freigegebene Zeiträume", claim["releases"])
            yield from table("Raten", claim["instalments"])
            yield "</article>"
    for tariff in line["tariffs"]:
        yield f"<details><summary>Bedingungen des Tarifs {escape(tariff['id'])}</summary>"
        yield from fields(tariff, without={"id"})
        yield "</details>"


def titles_of(law: Thing) -> dict[str, str]:
    """What each check is called."""
    return {check["code"]: check["title"] for process in law["processes"] for check in process["checks"]}


def tell_notices(notices: Sequence[Thing], titles: Mapping[str, str]) -> Iterator[str]:
    """Notices with what was decided, why, and who had to do with it."""
    if not notices:
        yield "<p>Keine Meldung.</p>"
    for notice in notices:
        yield f"<h3>Meldung {escape(str(notice['external_id']))}</h3>"
        yield from fields(notice, without={*INSIDE, *BESIDE})
        yield "<h4>Inhalt</h4>"
        yield from fields(notice["content"])
        for decision in notice["decisions"]:
            yield from tell_decision(decision, titles)
        proposals = [{**each, "parts": list(map(place, each["parts"]))} for each in notice["proposals"]]
        yield from table("Vorschläge zur Zweitprüfung", proposals, without=INSIDE | BESIDE)
        items = [
            {**each, "reasons": [titles.get(code, code) for code in each["reasons"]]} for each in notice["work_items"]
        ]
        yield from table("Aufgaben für Menschen", items, without={"deeds", "id", "key", "kind"})
        yield from table("Wer sie bearbeitet hat", notice["handled_by"])
        deeds = [deed for each in (notice, *notice["proposals"], *notice["work_items"]) for deed in each["deeds"]]
        yield from table("Was Menschen dazu getan haben", sorted(deeds, key=lambda deed: str(deed["at"])))


def tell_decision(decision: Thing, titles: Mapping[str, str]) -> Iterator[str]:
    """One decision: its outcome, its reasons, what it did; behind a click every check."""
    day, outcome = show(decision["business_day"]), show(decision["outcome"])
    yield f"<article><h4>Entscheidung {decision['id']} vom {escape(day)}: {escape(outcome)}</h4>"
    nothing = {name for name in ("released",) if decision[name] == "0.00"}
    yield from fields(decision, without={*INSIDE, *BESIDE, *nothing, "id", "business_day", "outcome"})
    rules = decision.get("versions") or {}
    stand = ", ".join(f"{label(name)} {value}" for name, value in rules.items())
    yield f'<p class="quiet">{escape(stand)}</p>'
    if not decision["reasons"]:
        yield "<p>Es stand nichts entgegen.</p>"
    yield from listing("Gründe", (each["text"] for each in decision["reasons"]))
    yield from listing("Was daraus folgte oder folgen sollte", map(tell_action, decision["actions"]))
    if decision["trace"]:
        yield from tell_trace(decision["trace"], titles)
    yield from table("Was Menschen dazu getan haben", decision["deeds"])
    yield "</article>"


def tell_trace(trace: Sequence[Thing], titles: Mapping[str, str]) -> Iterator[str]:
    """Every check, with what it looked at."""
    yield "<details><summary>Alle Prüfungen, und was sie angesehen haben</summary>"
    for traced in trace:
        where = place("/".join(str(each) for each in traced["subject"].values() if each))
        yield from fields({"contract": where, **traced["facts"]})
        checks = [tell_check(each, titles) for each in traced["checks"]]
        yield from table(f"Prüfungen zu {where}", checks)
    yield "</details>"


def tell_check(check: Thing, titles: Mapping[str, str]) -> Thing:
    """One check as a row."""
    title = titles.get(check["code"], check["code"])
    return {"Prüfung": title, "trifft zu": check["found"], "angesehen": check["evidence"]}


def tell_action(action: Thing) -> str:
    """One action in a line."""
    where = place("/".join(str(action[name]) for name in ("contract", "claim") if action.get(name)))
    rest = {name: value for name, value in action.items() if name not in ("type", "contract", "claim", "movement")}
    said = show(rest) if any(value is not None for value in rest.values()) else ""
    return f"{where}: {show(action['type'])}" + (f" ({said})" if said else "")


def place(where: str) -> str:
    """A contract and claim, or a member and topic, as people call the topic."""
    first, slash, last = where.rpartition("/")
    return f"{first}{slash}{WORDS.get(last, last)}" if slash else where


def tell_letters(letters: Sequence[Thing]) -> Iterator[str]:
    """The letters with what they say."""
    if not letters:
        yield "<p>Kein Brief.</p>"
    for letter in letters:
        content = letter["content"] or {}
        title = content.get("subject") or show(letter["template"])
        yield f"<article><h3>{escape(title)}</h3>"
        yield from fields(letter, without={"content", "sha256", "id", "version"})
        if content:
            yield "<details><summary>Angaben in diesem Brief</summary>"
            yield from fields(content, without=OF_LETTERS)
            yield "</details>"
        yield "</article>"


def tell_books(line: Thing) -> Iterator[str]:
    """Movements and postings."""
    yield from table("Bewegungen für die Statistik", line["movements"], without=TECHNICAL)
    yield from table("Buchungen", line["postings"], without=TECHNICAL)
    if not (line["movements"] or line["postings"]):
        yield "<p>Keine.</p>"


def tell_law(law: Thing) -> Iterator[str]:
    """What Art. 15 (1) asks for beside the data."""
    yield f"<p>{escape(law['controller'])}</p>"
    yield from listing("Zwecke und Rechtsgrundlagen", law["purposes"], level=3)
    yield from listing("Empfänger", law["recipients"], level=3)
    yield from listing("Herkunft der Daten", law["sources"], level=3)
    yield f"<p>{escape(law['transfers'])}</p>"
    kept = (f"{each['name']}: {each['years']} {each['starts']} ({each['source']})" for each in law.get("terms", ()))
    yield from listing("Wie lange wir speichern", kept, level=3)
    yield f"<h3>Automatisierte Entscheidungen</h3><p>{escape(law['automated'])}</p>"
    for process in law.get("processes", ()):
        title, rules = escape(process["title"]), ", ".join(process["rules"])
        if process["by_hand"]:
            yield f"<p>„{title}“: Hier entscheidet immer ein Mensch (Regelstand {escape(rules)}).</p>"
            continue
        yield f"<details><summary>Was „{title}“ prüft (Regelstand {escape(rules)})</summary><ol>"
        yield from (f"<li>{escape(each['title'])}</li>" for each in process["checks"])
        yield "</ol></details>"
    yield from listing("Ihre Rechte", law["rights"], level=3)


def tell_left_out(left_out: Sequence[Thing], unclear_dialogues: int) -> Iterator[str]:
    """What is kept back, and why."""
    yield "<p>Namen, Geburtsdaten, Diagnosen und Leistungsfälle anderer Personen (Art. 15 Abs. 4 DSGVO)."
    yield "Wer im Haus etwas getan hat, steht als Nummer da, nicht mit Namen.</p>"
    others = sum(each["notices_of_others"] for each in left_out)
    unclear = sum(len(each["unclear_notices"]) for each in left_out)
    if others:
        yield f"<p>Meldungen anderer versicherter Personen: {others}.</p>"
    if unclear:
        yield f"<p>Meldungen, bei denen unklar ist, wen sie betreffen: {unclear}.</p>"
    if unclear_dialogues:
        yield f"<p>Fragebögen, bei denen unklar ist, wen sie betreffen: {unclear_dialogues}.</p>"
