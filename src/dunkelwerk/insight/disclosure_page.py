"""A disclosure as one HTML page: no script, nothing from elsewhere; every text is escaped. In German, as the law is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from dunkelwerk.insight.disclosure_words import label, show

Thing = Mapping[str, Any]
STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --quiet: #57606a; --line: #c9d1d9; --soft: #f4f6f8; --link: #0a4fa3; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: #fff; color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7em; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.3em; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.1em; margin: 1.75rem 0 .25rem; }
h4 { font-size: 1em; margin: 1rem 0 .25rem; }
p, ul, ol { margin: .35rem 0; }
ul, ol { padding-left: 1.3rem; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: .35rem 0; }
table { border-collapse: collapse; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); }
article { border-left: 4px solid var(--line); padding-left: .9rem; margin: 1rem 0; }
details { border: 1px solid var(--line); margin: .5rem 0; padding: 0 .75rem; }
summary { cursor: pointer; padding: .5rem 0; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  th, td { padding: .25rem .4rem; font-size: .875rem; } article { padding-left: .6rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  details, tr, article { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
CHAPTERS = (
    ("person", "Ihre Stammdaten"),
    ("contracts", "Verträge und Leistungsfälle"),
    ("notices", "Meldungen und Entscheidungen"),
    ("letters", "Briefe an Sie"),
    ("books", "Bewegungen und Buchungen"),
    ("law", "Wozu, für wen, wie lange, Ihre Rechte"),
    ("left-out", "Was nicht enthalten ist"),
)
#: shown in a chapter or table of their own
APART = frozenset({"claims", "instalments", "releases", "proofs", "tariffs"})
INSIDE = frozenset(
    {"content", "decisions", "proposals", "work_items", "deeds", "handled_by", "reasons", "actions", "trace"}
)
#: in the JSON alone
TECHNICAL = frozenset({"id", "rules", "process", "mode", "cause", "legal_entity"})
BESIDE = frozenset({"case_file", "versions", "referred", "request", "notice", "external_id"})


def page(told: Thing) -> str:
    """The page of a disclosure that was read back from its JSON."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    parts = [
        '<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(digest=digest)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>Auskunft über gespeicherte Daten</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
        "<h1>Auskunft über Ihre gespeicherten Daten</h1>",
        f"<p>Nach Artikel 15 DSGVO, Stand {escape(show(told['on']))}, für die Person {escape(told['person'])}.</p>",
        *(part for line in told["lines"].values() for part in body(line)),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def body(line: Thing) -> Iterator[str]:
    """The chapters of one line, with a list of them first."""
    yield '<nav aria-label="Inhalt"><ol>'
    yield from (f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in CHAPTERS)
    yield "</ol></nav>"
    tell = {
        "person": lambda: fields(line["person"]),
        "contracts": lambda: tell_contracts(line),
        "notices": lambda: tell_notices(line["notices"], titles_of(line["law"])),
        "letters": lambda: tell_letters(line["letters"]),
        "books": lambda: tell_books(line),
        "law": lambda: tell_law(line["law"]),
        "left-out": lambda: tell_left_out(line["left_out"]),
    }
    for name, title in CHAPTERS:
        yield f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(title)}</h2>'
        yield from tell[name]()
        yield "</section>"


def fields(thing: Thing, *, without: Iterable[str] = ()) -> Iterator[str]:
    """The fields of a thing that say something."""
    shown = [(name, value) for name, value in thing.items() if name not in without and value not in (None, "", [], {})]
    if shown:
        yield "<dl>"
        yield from (f"<dt>{escape(label(name))}</dt><dd>{escape(show(value))}</dd>" for name, value in shown)
        yield "</dl>"


def table(caption: str, rows: Sequence[Thing], *, without: Iterable[str] = ()) -> Iterator[str]:
    """A table that scrolls by itself where the screen is narrow, by keyboard too; nothing for no rows."""
    names = [name for name in (rows[0] if rows else ()) if name not in without]
    names = [name for name in names if any(row[name] not in (None, "", [], {}) for row in rows)]
    if not names:
        return
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
    yield f"<caption>{escape(caption)}</caption><thead><tr>"
    yield from (f'<th scope="col">{escape(label(name))}</th>' for name in names)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(show(row[name]))}</td>" for name in names) + "</tr>"
    yield "</tbody></table></div>"


def listing(title: str, texts: Iterable[str], *, level: int = 4) -> Iterator[str]:
    """A list with its heading, unless it is empty."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    if items:
        yield f"<h{level}>{escape(title)}</h{level}><ul>{items}</ul>"


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
        yield from table("Vorschläge zur Zweitprüfung", notice["proposals"], without=INSIDE | BESIDE)
        yield from table("Aufgaben für Menschen", notice["work_items"], without={"deeds", "id", "key", "kind"})
        yield from table("Wer sie bearbeitet hat", notice["handled_by"])
        deeds = [deed for each in (notice, *notice["proposals"], *notice["work_items"]) for deed in each["deeds"]]
        yield from table("Was Menschen dazu getan haben", sorted(deeds, key=lambda deed: str(deed["at"])))


def tell_decision(decision: Thing, titles: Mapping[str, str]) -> Iterator[str]:
    """One decision: its outcome, its reasons, what it did; behind a click every check."""
    day, outcome = show(decision["business_day"]), show(decision["outcome"])
    yield f"<article><h4>Entscheidung {decision['id']} vom {escape(day)}: {escape(outcome)}</h4>"
    yield from fields(decision, without={*INSIDE, *BESIDE, "id", "business_day", "outcome"})
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
        where = "/".join(str(each) for each in traced["subject"].values() if each)
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
    where = "/".join(str(action[name]) for name in ("contract", "claim") if action.get(name))
    rest = {name: value for name, value in action.items() if name not in ("type", "contract", "claim", "movement")}
    said = show(rest) if any(value is not None for value in rest.values()) else ""
    return f"{where}: {show(action['type'])}" + (f" ({said})" if said else "")


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
            yield from fields(content, without={"insurer", "noun", "adjective", "proof", "salutation", "cause"})
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
    kept = (f"{each['name']}: {each['years']} {each['starts']} ({each['source']})" for each in law["terms"])
    yield from listing("Wie lange wir speichern", kept, level=3)
    yield f"<h3>Automatisierte Entscheidungen</h3><p>{escape(law['automated'])}</p>"
    for process in law["processes"]:
        title, rules = escape(process["title"]), ", ".join(process["rules"])
        if process["by_hand"]:
            yield f"<p>„{title}“: Hier entscheidet immer ein Mensch (Regelstand {escape(rules)}).</p>"
            continue
        yield f"<details><summary>Was „{title}“ prüft (Regelstand {escape(rules)})</summary><ol>"
        yield from (f"<li>{escape(each['title'])}</li>" for each in process["checks"])
        yield "</ol></details>"
    yield from listing("Ihre Rechte", law["rights"], level=3)


def tell_left_out(left_out: Thing) -> Iterator[str]:
    """What is kept back, and why."""
    yield "<p>Namen, Geburtsdaten, Diagnosen und Leistungsfälle anderer Personen (Art. 15 Abs. 4 DSGVO)."
    yield "Wer im Haus etwas getan hat, steht als Nummer da, nicht mit Namen.</p>"
    if left_out["notices_of_others"]:
        yield f"<p>Meldungen anderer versicherter Personen: {left_out['notices_of_others']}.</p>"
    if left_out["unclear_notices"]:
        yield f"<p>Meldungen, bei denen unklar ist, wen sie betreffen: {len(left_out['unclear_notices'])}.</p>"
