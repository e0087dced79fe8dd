"""The static check, reading, comparing and drawing of types."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from forms_support import FILE, PREFILL, TYPE, form, small
from msgspec import Struct
from msgspec.structs import replace

from dunkelwerk.dialogues.forms.changes import compare
from dunkelwerk.dialogues.forms.checking import NoticeFields, check, notice_fields
from dunkelwerk.dialogues.forms.drawing import draw
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.prefilling import read_prefill
from dunkelwerk.dialogues.forms.reading import TypeFileError, decode, encode, load, parse
from dunkelwerk.dialogues.forms.schema import schema
from dunkelwerk.lines.members.processes.accident.notice import AccidentNotice
from dunkelwerk.lines.members.processes.sepa_mandate.notice import SepaMandateNotice

TOOL = Path(__file__).parents[3] / "tools" / "form_schema.py"
TEXT = FILE.read_text("utf-8")
YES = "{name: a, kind: yes_no, label: {de: A}}"
DAY = "{name: d, kind: date, label: {de: D}%s}"


def page(questions: str, *, name: str = "p", more: str = "") -> str:
    return f"{{name: {name}, title: {{de: P}}, questions: [{questions}]{more}}}"


def found(pages: str, **more: str) -> list[tuple[str, str]]:
    return [(problem.path, problem.text) for problem in check(small(f"[{pages}]", **more))]


def test_the_type_of_the_tests_may_be_published() -> None:
    assert [str(problem) for problem in check(TYPE, notice_fields(SepaMandateNotice))] == []


@pytest.mark.parametrize(
    ("pages", "path", "text"),
    [
        (page(f"{YES}, {YES}"), "questions.a", "zweimal"),
        (f"{page(YES)}, {page('{name: b, kind: yes_no, label: {de: B}}')}", "pages.p", "zweimal"),
        (page("{name: asked, kind: yes_no, label: {de: B}}"), "questions.asked", "vergeben"),
        (page("{name: a, kind: yes_no, label: {en: A}}"), "pages.p.questions.a.label", "fehlt in der Sprache de"),
        (page("{name: a, kind: yes_no, label: {de: A, fr: B}}"), "pages.p.questions.a.label", "Sprache fr"),
        (page("{name: a, kind: yes_no, label: {de: ' '}}"), "pages.p.questions.a.label", "fehlt"),
        (page("{name: a, kind: yes_no, label: {de: 'A {x}'}}"), "pages.p.questions.a.label", "Für {x} gibt es"),
        (page("{name: a, kind: one_of, label: {de: A}}"), "pages.p.a", "Antworten zur Auswahl"),
        (page("{name: a, kind: yes_no, label: {de: A}, max_files: 2}"), "pages.p.a", "max_files gibt es bei der Art"),
        (page("{name: a, kind: upload, label: {de: A}, unknown: yes}"), "pages.p.a", "Weiß ich nicht"),
        (page("{name: a, kind: person_list, label: {de: A}}"), "pages.p.a", "questions ergänzen"),
        (page("{name: a, kind: declaration, label: {de: A}}"), "pages.p.a", "was erklärt wird"),
        (page("{name: a, kind: number, label: {de: A}, minimum: 5, maximum: 4}"), "pages.p.a", "größer als maximum"),
        (page("{name: a, kind: amount, label: {de: A}, minimum: '1,5'}"), "pages.p.a", "keine Zahl"),
        (page("{name: a, kind: number, label: {de: A}, minimum: '1.5'}"), "pages.p.a", "keine Zahl"),
        (page(DAY % ", not_before: 2026-02-01, not_after: 2026-01-01"), "pages.p.d", "tauschen"),
        (page(DAY % ", not_before: 31.12.2026"), "pages.p.d.not_before", "2026-01-31"),
        (page(DAY % ", not_before: {answer: d}"), "pages.p.d.not_before", "nennt sich selbst"),
        (page("{name: a, kind: iban, label: {de: A}, prefill: x}"), "pages.p.a", "Vorbelegungsfeld x gibt es nicht"),
        (
            page(YES + ", {name: b, kind: iban, label: {de: B}, visible_if: {answer: x, is: yes}}"),
            "pages.p.b.visible_if.answer",
            "x gibt es nicht",
        ),
        (page(YES, more=", checks: [{name: c, when: {answer: a, is: yes}}]"), "pages.p.c", "error und warning"),
        (page(YES, more=", checks: [{name: a, when: {answer: a, is: yes}, error: {de: E}}]"), "checks.a", "heißt wie"),
        (
            page(YES, more=", checks: [{name: c, when: {answer: a, is: yes}, error: {de: E}, at: z}]"),
            "pages.p.c",
            "at nennt keine",
        ),
        (
            page("{name: l, kind: person_list, label: {de: L}, questions: [{name: u, kind: upload, label: {de: U}}]}"),
            "pages.p.l.u",
            "Personenliste nicht",
        ),
    ],
)
def test_what_is_wrong_with_one_question(pages: str, path: str, text: str) -> None:
    assert [(where, said) for where, said in found(pages) if where == path and text in said], found(pages)


B = "{name: b, kind: yes_no, label: {de: B}, visible_if: %s}"


@pytest.mark.parametrize(
    ("pages", "path", "text"),
    [
        # a cycle of two, and of one
        (
            page(
                "{name: a, kind: yes_no, label: {de: A}, visible_if: {answer: b, is: yes}}, "
                + B % "{answer: a, is: yes}"
            ),
            "questions.a",
            "Kreis (a → b → a)",
        ),
        (page(B % "{answer: b, is: yes}"), "questions.b", "Kreis (b → b)"),
        # a later question of the page; a later page
        (page(B % "{answer: a, is: yes}" + ", " + YES), "pages.p.b.visible_if", "erst später"),
        (
            page(B % "{answer: a, is: yes}", more=", visible_if: {answer: a, is: no}") + "," + page(YES, name="q"),
            "pages.p.visible_if",
            "erst später",
        ),
        (
            page("{name: c, kind: date, label: {de: C}, required_if: {answer: a, is: yes}}")
            + ","
            + page(YES, name="q"),
            "pages.p.c.required_if",
            "erst später",
        ),
        # never true: contradictions, closed domains, limits, what hangs on something hidden
        (page(YES + ", " + B % "{all: [{answer: a, is: yes}, {answer: a, is: no}]}"), "pages.p.b", "nie"),
        (page(YES + ", " + B % "{answer: a, is: unknown}"), "pages.p.b", "nie"),
        (page(YES + ", " + B % "{answer: a, given: no}"), "pages.p.b", "nie"),
        (
            page(
                "{name: n, kind: number, label: {de: N}}, "
                + B % "{all: [{answer: n, more_than: 5}, {answer: n, less_than: 6}]}"
            ),
            "pages.p.b",
            "nie",
        ),
        (
            page(
                YES
                + ", "
                + B % "{answer: a, is: yes}"
                + ", {name: c, kind: yes_no, label: {de: C}, "
                + "visible_if: {all: [{answer: b, is: yes}, {answer: a, is: no}]}}"
            ),
            "pages.p.c",
            "nie",
        ),
        (
            page(YES) + "," + page(B % "{answer: a, is: yes}", name="q", more=", visible_if: {answer: a, is: no}"),
            "pages.q.b",
            "nie",
        ),
        (
            page(YES, more=", checks: [{name: c, when: {not: {answer: a, given: yes}}, error: {de: E}}]"),
            "pages.p.c",
            "trifft nie zu",
        ),
    ],
)
def test_conditions_that_lead_nowhere(pages: str, path: str, text: str) -> None:
    assert [(where, said) for where, said in found(pages) if where == path and text in said], found(pages)


@pytest.mark.parametrize(
    "pages",
    [
        page(
            "{name: n, kind: number, label: {de: N}}, "
            + B % "{all: [{answer: n, more_than: 5}, {answer: n, less_than: 7}]}"
        ),
        page("{name: a, kind: yes_no, label: {de: A}, unknown: yes}, " + B % "{answer: a, is: unknown}"),
        page("{name: a, kind: yes_no, label: {de: A}, required: no}, " + B % "{answer: a, given: no}"),
        page(DAY % "" + ", " + B % "{answer: d, less_than: {today: -30}}"),
        page(DAY % "" + ", " + B % "{not: {answer: d, less_than: {today: -30}}}"),
        page("{name: t, kind: short_text, label: {de: T}}, " + B % "{not: {answer: t, is: x}}"),
        page(B % "{answer: filled_by, is: representative}"),
        page(B % "{person: birth_date, more_than: {today: 0, years: -18}}"),
    ],
)
def test_conditions_that_can_be_met_are_not_reported(pages: str) -> None:
    assert found(pages) == []


def test_an_unreachable_page_is_told_once() -> None:
    contradiction = ", visible_if: {all: [{answer: a, is: yes}, {answer: a, is: no}]}"
    pages = page(YES) + "," + page("{name: b, kind: yes_no, label: {de: B}}", name="q", more=contradiction)
    assert [path for path, _text in found(pages)] == ["pages.q"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("reminder_days: 30", "reminder_days"),
        ("reminder: {subject: {de: E}, paragraphs: []}", "reminder"),
        ("prefill: {x: {kind: upload, label: {de: X}}}", "prefill.x"),
        ("prefill: {x: {kind: one_of, label: {de: X}}}", "prefill.x"),
        ("exits: [{name: not_me}, {name: not_me}]", "exits.not_me"),
    ],
)
def test_what_is_wrong_around_the_pages(more: str, path: str) -> None:
    assert path in [where for where, _text in found(page(YES), more=more)]


class SmallNotice(Struct, kw_only=True):
    iban: str
    born: date
    fine: bool
    id: str | None = None
    received_on: date
    comment: str | None = None


FIELDS = notice_fields(SmallNotice)


@pytest.mark.parametrize(
    ("notice", "path", "text"),
    [
        ("{iban: {person: city}, born: {person: birth_date}}", "notice", "Pflichtfeld fine"),
        ("{iban: {answer: nix}}", "notice.iban", "Frage nix gibt es nicht"),
        ("{iban: {prefill: nix}}", "notice.iban", "Vorbelegungsfeld nix"),
        ("{iban: {person: nix}}", "notice.iban", "kein Feld der Person"),
        ("{iban: {confirmed: a}}", "notice.iban", "keine Vorbelegung"),
        ("{iban: {}}", "notice.iban", "Genau eines"),
        ("{iban: {answer: a, value: 5}}", "notice.iban", "Genau eines"),
        ("{fine: {answer: b}}", "notice.fine", "kann leer bleiben"),
        ("{fine: {holds: {answer: b, is: yes}}}", "notice.fine", "kann leer bleiben"),
        ("{fine: {holds: {answer: nix, is: yes}}}", "notice.fine.holds.answer", "nix gibt es nicht"),
        ("{born: {answer: a}}", "notice.born", "nimmt der Prozess nicht an"),
        ("{extra: {answer: a}}", "notice.extra", "kennt der Prozess nicht"),
    ],
)
def test_what_is_wrong_with_the_mapping_of_the_notice(notice: str, path: str, text: str) -> None:
    pages = page(f"{YES}, {B % '{answer: a, is: yes}'}")
    problems = check(small(f"[{pages}]", notice=notice), FIELDS)
    assert [each for each in problems if each.path == path and text in each.text], problems


def test_a_mapping_that_fits() -> None:
    notice = "{iban: {first: [{answer: i}, {person: city}]}, born: {submitted: date}, fine: {answer: a}}"
    pages = page(YES + ", {name: i, kind: iban, label: {de: I}, required: no}")
    assert check(small(f"[{pages}]", notice=notice), FIELDS) == []
    assert check(small(f"[{pages}]", notice=notice), NoticeFields(required=["iban", "born", "fine"])) == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("kind: yes_no", "kind: yesno", ", Zeile "),
        ("valid_days: 90", "valid_days: 0", "Zeile 7"),
        ("valid_days: 90", "valid_day: 90", "valid_day ist unbekannt"),
        ("second_secret: birth_date", "second_secret: pet", "kein erlaubter Wert"),
        ("process: sepa_mandate", "process: [", "kein lesbares YAML"),
        ("process: sepa_mandate", "process: sepa_mandate\nprocess: x", "process steht doppelt"),
        ("process: sepa_mandate", "process: &p sepa_mandate\nbasket: *p", "kein lesbares YAML"),
        ("process: sepa_mandate", "process: &p sepa_mandate", "Zeile 5: kein lesbares YAML (Verweise mit & und *"),
        ("process: sepa_mandate", "process: sepa_mandate\nfoo: 1", "Zeile 6: das Feld foo ist unbekannt"),
        ("process: sepa_mandate", "process:\tsepa_mandate\n\tx: 1", "(ein Tabulator"),
        ("process: sepa_mandate", "process: @x", "(ein Zeichen, das hier nicht stehen darf)"),
        ("process: sepa_mandate", f"process: {'[' * 900}", "(zu tief verschachtelt)"),
        ("process: sepa_mandate", "process: \x07", "(ein Steuerzeichen)"),
        ("process: sepa_mandate", "process: !!python/name:os.system x", "(eine Auszeichnung mit !"),
        ("name: every_kind", "name: Every Kind", "Zeile 2: name: erwartet Text in anderer Form"),
    ],
)
def test_a_file_that_cannot_be_read_names_line_and_fault(old: str, new: str, part: str) -> None:
    with pytest.raises(TypeFileError) as caught:
        parse(TEXT.replace(old, new, 1).encode(), source="x.yaml")
    assert str(caught.value).startswith("x.yaml")
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[" * 5000, b"a: 1", b"- 1", b"\x00", b"x" * 2_000_000, b"!!python/object:os.x {}"]
)
def test_no_file_ends_in_a_traceback(content: bytes) -> None:
    with pytest.raises(TypeFileError):
        parse(content, source="x.yaml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TypeFileError, match="nicht lesbar"):
        load(tmp_path / "x.yaml")


def test_yaml_guesses_nothing() -> None:
    type = small(
        "[{name: p, title: {de: 12:30}, questions: "
        "[{name: a, kind: amount, label: {de: Wann?, en: 0.10}, minimum: 0.10}]}]"
    )
    question = type.pages[0].questions[0]
    assert (type.pages[0].title["de"], question.label, question.minimum) == (
        "12:30",
        {"de": "Wann?", "en": "0.10"},
        "0.10",
    )


def test_canonical_json_gives_the_same_type_and_the_same_bytes() -> None:
    assert decode(encode(TYPE)) == TYPE
    assert encode(decode(encode(TYPE))) == encode(TYPE)
    assert decode(encode(TYPE)) is decode(bytes(bytearray(encode(TYPE))))


def test_the_schema_takes_the_type_and_refuses_what_is_unknown() -> None:
    validator = jsonschema_rs.validator_for(schema())
    data = json.loads(encode(TYPE))
    assert validator.is_valid(data)
    assert not validator.is_valid(data | {"valid_days": 0})
    assert not validator.is_valid(data | {"colour": "red"})


def test_the_schema_in_the_docs_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def changed(old: str, new: str) -> DialogueType:
    assert old in TEXT
    return parse(TEXT.replace(old, new).encode(), source="new.yaml")


@pytest.mark.parametrize(
    ("old", "new", "structural", "path"),
    [
        ("War es ein Unfall?", "War es denn ein Unfall?", False, "pages.accident.questions.accident.label"),
        ("Das ist mehr als ein Jahr her.", "Schon lange her.", False, "pages.accident.checks.long_ago.warning"),
        ("reminder_days: 30", "reminder_days: 31", False, "reminder_days"),
        ("Alles stimmt.", "Alles ist wahr.", True, "pages.proof.questions.truth.text"),
        ("maximum: 80", "maximum: 90", True, "pages.work.questions.hours.maximum"),
        ("{today: -365}", "{today: -300}", True, "pages.accident.checks.long_ago.when"),
        ("{name: road,", "{name: street,", True, "pages.accident.questions.place.options.road"),
        ("place, in: [work, road]", "place, in: [work]", True, "pages.work.visible_if"),
        ("mandate_text: {value", "mandate_text: {value", False, ""),
        ('{value: "2026-1"}', '{value: "2026-2"}', True, "notice.mandate_text.value"),
        (
            "income: {kind: amount, label: {de: Einkommen,",
            "income: {kind: amount, label: {de: Lohn,",
            False,
            "prefill.income.label",
        ),
        ("name: proof", "name: papers", True, "pages.papers"),
    ],
)
def test_wording_is_told_from_structure(old: str, new: str, structural: bool, path: str) -> None:
    change = compare(TYPE, changed(old, new))
    assert change.structural is structural
    assert any(line.startswith(f"{path}: ") for line in change.words) is bool(path)


def test_order_and_nothing_at_all() -> None:
    assert compare(TYPE, TYPE).words == ()
    turned = compare(TYPE, replace(TYPE, pages=TYPE.pages[::-1]))
    assert (turned.structural, turned.words) == (True, ("pages: andere Reihenfolge.",))


def test_the_drawing_says_every_condition_in_words() -> None:
    text = draw(TYPE)
    for said in (
        "nur wenn „War es ein Unfall?“ ist Ja und „Wo?“ ist „Bei der Arbeit“ oder „Im Verkehr“",
        "„Wann?“ kleiner als heute − 365 Tage",
        "frühestens person.birth_date + 12 Jahre, spätestens heute",
        "Fehler, wenn Summe von „Wie viel im Monat?“ größer als 1500: Zusammen zu viel.",
        "Ausgänge: Ich bin nicht diese Person",
    ):
        assert said in text
    assert "{'" not in text


def test_prefill_of_an_import() -> None:
    values, faults = read_prefill(
        TYPE, {"member": " M-1 ", "treated_on": "02.10.2026", "income": "1200,00", "phone": ""}
    )
    assert (values, faults) == (PREFILL, ())
    assert read_prefill(TYPE, {"member": "M-1", "treated_on": "2026-10-02", "income": "1200.00"}) == (PREFILL, ())
    values, faults = read_prefill(TYPE, {"treated_on": "31.02.2026", "income": "viel", "nix": "1"})
    assert values == {}
    assert [fault.partition(" ")[0] for fault in faults] == [
        "prefill.nix",
        "prefill.member",
        "prefill.treated_on",
        "prefill.income",
    ]
    assert not any("31.02" in fault or "viel" in fault for fault in faults)


def test_a_form_of_a_decoded_type_is_the_same() -> None:
    """What is pinned to a dialogue is the canonical JSON."""
    again = decode(encode(TYPE))
    answers = {"accident": True, "place": "work", "happened_on": "2026-01-01"}
    assert form(answers, type=again).rows() == form(answers).rows()
    assert msgspec.to_builtins(again) == msgspec.to_builtins(TYPE)


def test_the_example_of_the_docs_may_be_published() -> None:
    text = (TOOL.parents[1] / "docs" / "form-language.md").read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert [str(problem) for problem in check(parse(example.encode(), source="x"), notice_fields(AccidentNotice))] == []


def test_shipped_types_may_be_published() -> None:
    folder = Path(__file__).parents[3] / "src" / "dunkelwerk" / "dialogues" / "types"
    for path in sorted(folder.glob("*.yaml")):
        assert load(path).name == path.stem
        assert [str(problem) for problem in check(load(path))] == []
