"""Decision tables: the cell grammar, what is refused and how it is said, and the checks against a brute force."""

from __future__ import annotations

import itertools
import pickle
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunkelwerk.decisions import table_check, tables
from dunkelwerk.decisions.tables import Match, Table, TableError, TableInputError, parse_table, read_table

EXTENSION_DAYS = """\
first,in chapter text,out days integer,# Bemerkung
1,in A|B|J,14,Infektionen/Atemwege
2,in K|N|H|L|R,21,
3,in E|G,28,
4,in M|S|T|I,35,
5,in F|C,42,
6,O,0,
7,-,14,kein Code oder anderer
"""


@pytest.fixture(autouse=True)
def _german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_LANGUAGE", "de")


def problems_of(text: str) -> list[str]:
    """The sentences with which a table is refused."""
    with pytest.raises(TableError) as caught:
        parse_table(text, name="t")
    return [str(problem) for problem in caught.value.problems]


def quote(cell: str) -> str:
    """A cell as a spreadsheet writes it."""
    return '"' + cell.replace('"', '""') + '"'


def one_cell(kind: str, cell: str) -> Table:
    """A table whose first row has this condition; all that it leaves meets the second row."""
    return parse_table(f"first;in x {kind};out y text\nthis;{quote(cell)};yes\nrest;-;no\n", name="t")


def cell_problem(kind: str, cell: str) -> str:
    """The one sentence with which this condition is refused."""
    (problem,) = problems_of(f"first;in x {kind};out y text\nthis;{quote(cell)};yes\nrest;-;no\n")
    return problem


def meets(table: Table, value: Any) -> bool:
    match = table.lookup(x=value)
    assert match is not None
    return match.label == "this"


# --- the example, and what a lookup answers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chapter", "days", "row"),
    [
        *[("A", 14, 2), ("J", 14, 2), ("R", 21, 3), ("G", 28, 4), ("M", 35, 5), ("C", 42, 6), ("O", 0, 7)],
        *[("Z", 14, 8), ("", 14, 8), ("a", 14, 8), ("AB", 14, 8), (None, 14, 8)],
    ],
)
def test_extension_days(chapter: str | None, days: int, row: int) -> None:
    match = parse_table(EXTENSION_DAYS, name="extension_days").lookup(chapter=chapter)
    assert match == Match(
        table="extension_days", row=row, label=str(row - 1), inputs={"chapter": chapter}, outputs={"days": days}
    )


def test_the_page_for_analysts_shows_this_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "decision-tables.md"
    assert f"```csv\n{EXTENSION_DAYS}```" in page.read_text(encoding="utf-8")


def test_a_quoted_text_in_a_text_editor_and_what_csv_itself_unquotes() -> None:
    table = parse_table('first,in x text,out y text\n1,= "-",\n2,"""unknown""",\n3,"-",\n', name="t")
    assert [table.lookup(x=x).label for x in ("-", "unknown", "A", None)] == ["1", "2", "3", "3"]  # type: ignore[union-attr]


def test_a_table_tells_its_shape() -> None:
    table = parse_table(EXTENSION_DAYS, name="extension_days")
    assert (table.name, table.policy) == ("extension_days", "first")
    assert [(column.name, column.type) for column in table.inputs] == [("chapter", "text")]
    assert [(column.name, column.type) for column in table.outputs] == [("days", "integer")]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_file_of_any_spreadsheet(tmp_path: Path, delimiter: str, mark: str, newline: str) -> None:
    path = tmp_path / "extension_days.csv"
    path.write_bytes((mark + EXTENSION_DAYS.replace(",", delimiter).replace("\n", newline)).encode())
    match = read_table(path).lookup(chapter="O")
    assert match is not None
    assert (match.table, match.row, match.outputs) == ("extension_days", 7, {"days": 0})


def test_parse_takes_a_byte_order_mark_too() -> None:
    assert parse_table("\ufeff" + EXTENSION_DAYS, name="t").policy == "first"


def test_decomposed_letters_are_composed() -> None:
    table = parse_table("first,in x text,out y text\nthis,Ko\u0308ln,\nrest,-,\n", name="t")
    assert meets(table, "Köln")


def test_the_trace_becomes_json() -> None:
    table = parse_table(
        "first,in a decimal,in d date,in b boolean,out r decimal,out s date,out t text\nx,-,-,-,0.50,2026-01-31,\n",
        name="t",
    )
    match = table.lookup(a=Decimal("1.20"), d=date(2026, 2, 1), b=None)
    encoded = msgspec.json.encode(match)
    assert encoded == (
        b'{"table":"t","row":2,"label":"x","inputs":{"a":"1.20","d":"2026-02-01","b":null},'
        b'"outputs":{"r":"0.50","s":"2026-01-31","t":null}}'
    )
    assert msgspec.json.decode(encoded, type=Match).outputs["r"] == "0.50"


def test_inputs_stand_in_the_order_of_the_columns() -> None:
    table = parse_table("first,in a text,in b text,out r text\n,x,-,1\n,-,-,2\n", name="t")
    match = table.lookup(b="y", a="x")
    assert match is not None
    assert match.outputs == {"r": "1"}
    assert list(match.inputs) == ["a", "b"]


def test_line_numbers_count_lines_within_quoted_cells() -> None:
    table = parse_table('first,in a text,out r text,# why\n,x,1,"two\nlines"\n\n,-,2,\n', name="t")
    match = table.lookup(a="y")
    assert match is not None
    assert match.row == 5


def test_blank_lines_and_mere_remarks_are_no_rows() -> None:
    table = parse_table("first,in a text,out r text,# why\n,,,Übliche Fälle\n,x,1,\n,-,2,\n,,,\n\n  \n", name="t")
    assert [row.line for row in table.rows] == [3, 4]


def test_a_labelled_row_without_conditions_takes_the_rest() -> None:
    assert parse_table("first,in a text,out r text\n,x,1\nrest,,\n", name="t").lookup(a="y").label == "rest"  # type: ignore[union-attr]


def test_a_caller_cannot_change_the_table() -> None:
    table = parse_table(EXTENSION_DAYS, name="t")
    for _ in range(2):
        match = table.lookup(chapter="O")
        assert match is not None
        assert match.outputs == {"days": 0}
        match.outputs["days"] = 99


def test_equal_numbers_written_differently_keep_their_spelling_in_the_trace() -> None:
    table = one_cell("decimal", "1..2")
    assert [str(table.lookup(x=Decimal(text)).inputs["x"]) for text in ("1", "1.0", "1.00")] == ["1", "1.0", "1.00"]  # type: ignore[union-attr]


def test_the_cache_is_bounded_and_does_not_change_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_CACHE_SIZE", 3)
    table = one_cell("integer", "2..4")
    for _ in range(3):
        assert [meets(table, number) for number in range(7)] == [False, False, True, True, True, False, False]
        assert len(table._cache) <= 3


def test_a_table_travels_to_another_process_without_the_inputs_it_saw() -> None:
    table = parse_table(EXTENSION_DAYS, name="t")
    table.lookup(chapter="SECRET")
    sent = pickle.dumps(table)
    assert b"SECRET" not in sent
    assert pickle.loads(sent).lookup(chapter="M") == table.lookup(chapter="M")


def test_an_error_travels_to_another_process() -> None:
    with pytest.raises(TableError) as caught:
        parse_table("first,in x text,out y text\n", name="t")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_a_table_is_frozen() -> None:
    with pytest.raises(AttributeError):
        parse_table(EXTENSION_DAYS, name="t").name = "other"  # type: ignore[misc]


# --- wrong calls ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell", "wrong"),
    [
        ("integer", "> 0", [True, 1.0, "1", Decimal(1), [1]]),
        ("decimal", "> 0", [1.0, 1, "1", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), False]),
        ("date", "> 2026-01-01", [datetime(2026, 1, 2), "2026-01-02", 1]),  # noqa: DTZ001
        ("boolean", "ja", [1, 0, "ja"]),
        ("text", "A", [1, b"A", ["A"], {}]),
        ("one of A|B", "A", [1, ["A"]]),
    ],
)
def test_a_value_of_another_type_is_an_error(kind: str, cell: str, wrong: list[Any]) -> None:
    table = one_cell(kind, cell)
    for right in (None, 1, True, Decimal(1), "A", date(2026, 1, 2)):
        if table.inputs[0].takes(right):
            table.lookup(x=right)  # an equal value of the right type in the cache must not let a wrong one through
    for value in wrong:
        with pytest.raises(TableInputError, match="Tabelle t, Spalte x: Ein Wert der Art"):
            table.lookup(x=value)


def test_an_input_error_does_not_name_the_value() -> None:
    with pytest.raises(TableInputError) as caught:
        one_cell("integer", "> 0").lookup(x="M54.5")
    assert "M54" not in str(caught.value)


@pytest.mark.parametrize("inputs", [{}, {"y": "A"}, {"x": "A", "y": "A"}])
def test_other_names_are_an_error(inputs: dict[str, Any]) -> None:
    with pytest.raises(TableInputError, match="gebraucht werden genau x"):
        one_cell("text", "A").lookup(**inputs)


def test_a_text_outside_a_closed_domain_meets_no_row() -> None:
    table = one_cell("one of A|B", "A")
    assert table.lookup(x="C") is None
    assert table.lookup(x="C") is None
    assert (meets(table, "A"), meets(table, "B"), meets(table, None)) == (True, False, False)


def test_one_text_outside_its_domain_is_enough() -> None:
    table = parse_table("first,in a one of A|B,in b one of A|B,out r text\n,-,-,\n", name="t")
    found = [table.lookup(a=a, b=b) is not None for a in "AC" for b in "AC"]
    assert found == [True, False, False, False]


def test_a_wrong_type_is_an_error_even_beside_a_text_outside_its_domain() -> None:
    table = parse_table("first,in a one of A|B,in b integer,out r text\n,-,-,\n", name="t")
    with pytest.raises(TableInputError):
        table.lookup(a="C", b="1")


# --- the grammar ------------------------------------------------------------------------------------------------

D = Decimal


@pytest.mark.parametrize(
    ("kind", "cell", "inside", "outside"),
    [
        ("text", "A", ["A"], ["B", "AA", "a", "", None]),
        ("text", "= A", ["A"], ["= A", "B", None]),
        ("text", "=A B", ["A B"], ["A", None]),
        ("text", "M5*", ["M5", "M54", "M5*"], ["M", "m54", "", None]),
        ("text", "*", ["", "A"], [None]),
        ("text", "in A|M5*| C ", ["A", "C", "M54"], ["B", "|", " C ", None]),
        ("text", "in A", ["A"], ["in A", None]),
        ("text", "unknown", [None], ["unknown", ""]),
        ("text", '"unknown"', ["unknown"], [None, '"unknown"']),
        ("text", '"-"', ["-"], [None, "A"]),
        ("text", '= ""', [""], ["A", None]),
        ("text", '"in A|B"', ["in A|B"], ["A", "B", None]),
        ("text", 'in "a|b"|"c ""d"""*', ["a|b", 'c "d"', 'c "d" e'], ["a", "b", "c", None]),
        ("text", '"M5*"', ["M5*"], ["M5", "M54", None]),
        ("text", "IN", ["IN"], ["in", None]),
        ("text", "inA", ["inA"], ["A", None]),
        ("text", "a-b", ["a-b"], [None]),
        ("one of A|B|unknown1", "in A|B", ["A", "B"], ["unknown1", None]),
        ('one of "unknown"|"in A"', '"unknown"', ["unknown"], ["in A", None]),
        ("integer", "5", [5], [4, 6, -5, None]),
        ("integer", "= -5", [-5], [5, None]),
        ("integer", "< 5", [4, -(10**30)], [5, None]),
        ("integer", "<=5", [5, 4], [6, None]),
        ("integer", "> 5", [6, 10**30], [5, None]),
        ("integer", ">= 5", [5, 6], [4, None]),
        ("integer", "-2..3", [-2, 0, 3], [-3, 4, None]),
        ("integer", "7 .. 7", [7], [6, 8, None]),
        ("integer", "in 1|3", [1, 3], [2, None]),
        ("decimal", "1.5..2.25", [D("1.5"), D("1.50"), D("2.25")], [D("1.49"), D("2.2500001"), None]),
        ("decimal", "< 0.1", [D("0.09999999999")], [D("0.1"), D("0.10"), None]),
        ("decimal", "0", [D(0), D("-0"), D("0.00")], [D("0.01"), None]),
        ("date", "2024-02-29", [date(2024, 2, 29)], [date(2024, 3, 1), None]),
        ("date", "2026-01-01..2026-01-31", [date(2026, 1, 1), date(2026, 1, 31)], [date(2026, 2, 1), None]),
        ("date", "> 2026-01-01", [date.max, date(2026, 1, 2)], [date(2026, 1, 1), date.min, None]),
        ("boolean", "ja", [True], [False, None]),
        ("boolean", "FALSE", [False], [True, None]),
        ("boolean", "in true|false", [True, False], [None]),
    ],
)
def test_a_condition(kind: str, cell: str, inside: list[Any], outside: list[Any]) -> None:
    table = one_cell(kind, cell)
    assert [value for value in inside if not meets(table, value)] == []
    assert [value for value in outside if meets(table, value)] == []


@pytest.mark.parametrize("cell", ["-", "", "  "])
def test_any_includes_unknown(cell: str) -> None:
    table = parse_table(f"first,in x integer,out y text\nthis,{cell},1\n", name="t")
    assert meets(table, 1)
    assert meets(table, None)


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        ("integer", "vierzehn", "„vierzehn“ ist kein Wert der Art integer; eine ganze Zahl wie 14 eintragen"),
        ("integer", "1.0", "„1.0“ ist kein Wert der Art integer"),
        ("integer", "007", "„007“ ist kein Wert"),
        ("integer", "٣", "„٣“ ist kein Wert"),
        ("integer", "1" * 19, "höchstens 18 Stellen"),
        ("integer", "5..3", "„5..3“ läuft rückwärts"),
        ("integer", "1..", "„“ ist kein Wert"),
        ("integer", "1..2..3", "„2..3“ ist kein Wert"),
        ("integer", "in 1|2|1", "1 steht doppelt"),
        ("integer", "in 1|", "„“ ist kein Wert"),
        ("integer", "=< 5", "„< 5“ ist kein Wert"),
        ("integer", "<", "„“ ist kein Wert"),
        ("integer", "1*", "„1*“ ist kein Wert"),
        ("integer", "not 5", "„not 5“ ist kein Wert"),
        ("integer", "Unknown", "„Unknown“ ist kein Wert"),
        ("integer", "–", "„–“ ist kein Wert"),
        ("integer", '"5"', "ist kein Wert"),
        ("integer", "{x}", "„{x}“ ist kein Wert"),
        ("decimal", "12,50", "eine Zahl mit Punkt wie 12.50"),
        ("decimal", "1e3", "„1e3“ ist kein Wert"),
        ("decimal", "NaN", "„NaN“ ist kein Wert"),
        ("decimal", "0.123456789", "8 danach"),
        ("decimal", "in 1|1.0", "1.0 steht doppelt"),
        ("decimal", "1.0..0.9", "läuft rückwärts"),
        ("date", "31.01.2026", "„31.01.2026“ ist kein Wert der Art date; ein Datum wie 2026-01-31 eintragen"),
        ("date", "20260131", "ist kein Wert"),
        ("date", "2026-02-29", "ist kein Wert"),
        ("date", "2026-W01-1", "ist kein Wert"),
        ("date", "2026-02-01..2026-01-01", "läuft rückwärts"),
        ("boolean", "1", "ja oder nein eintragen"),
        ("boolean", "in ja|true", "ja steht doppelt"),
        ("boolean", "< ja", "vergleicht"),
        ("text", "< A", "„< A“ vergleicht"),
        ("text", "A|B", "Listen beginnen mit in"),
        ("text", "A..B", "weder Text noch Bedingung"),
        ("text", "A*B", "weder Text noch Bedingung"),
        ("text", "= A*", "weder Text noch Bedingung"),
        ("text", "not A", "weder Text noch Bedingung"),
        ("text", "In Arbeit", "weder Text noch Bedingung"),
        ("text", "UNKNOWN", "weder Text noch Bedingung"),
        ("text", "in A|unknown", "„unknown“ ist so weder"),
        ("text", "in A|-", "„-“ ist so weder"),
        ("text", "–", "„–“ ist so weder"),
        ("text", "„A“", "weder Text noch Bedingung"),
        ("text", "≥ 5", "weder Text noch Bedingung"),
        ("text", '"A', "weder Text noch Bedingung"),
        ("text", '"A" B', "weder Text noch Bedingung"),
        ("text", "in", "weder Text noch Bedingung"),
        ("text", "=", "Ein Wert fehlt"),
        ("text", "in A||B", "Ein Wert fehlt"),
        ("text", "in A|B|A", '"A" steht doppelt'),
        ("text", "in A*|A*", '"A" steht doppelt'),
        ("one of A|B", "C", '"C" gehört nicht zu x; einen der Werte A|B eintragen'),
        ("one of A|B", "A*", "weder Text noch Bedingung"),
        ("one of A|B", ">= A", "vergleicht"),
    ],
)
def test_a_bad_condition(kind: str, cell: str, said: str) -> None:
    problem = cell_problem(kind, cell)
    assert problem.startswith("t, Zeile 2, Spalte x: ")
    assert said in problem
    assert problem.endswith(".")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", "in Arbeit <= A|B*", "in Arbeit <= A|B*"),
        ("text", '" A "', " A "),
        ("text", '"-"', "-"),
        ("text", "", None),
        ("integer", "-14", -14),
        ("integer", " ", None),
        ("decimal", "0.50", D("0.50")),
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("boolean", "nein", False),
        ("one of A|B", "B", "B"),
        ("one of A|B", "", None),
    ],
)
def test_an_output(kind: str, cell: str, value: Any) -> None:
    match = parse_table(f"first,in x text,out y {kind}\n,-,{quote(cell)}\n", name="t").lookup(x=None)
    assert match is not None
    assert match.outputs == {"y": value}
    assert type(match.outputs["y"]) is type(value)
    assert str(match.outputs["y"]) == str(value)  # 0.50 stays 0.50


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        *[("integer", "1.0"), ("integer", "-"), ("text", "-"), ("text", "–"), ("text", "unknown"), ("text", '"A" B')],
        *[("one of A|B", "C"), ("one of A|B", "unknown"), ("date", "31.1.2026"), ("boolean", "vielleicht")],
    ],
)
def test_a_bad_output(kind: str, cell: str) -> None:
    (problem,) = problems_of(f"first,in x text,out y {kind}\n,-,{quote(cell)}\n")
    assert problem.startswith("t, Zeile 2, Spalte y: ")


# --- the shape of the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "t: Die Datei ist leer"),
        ("\ufeff\n\n;;\n", "t: Die Datei ist leer"),
        ("any,in x text,out y text\n,-,\n", "t, Zeile 1: „any“ ist keine Trefferregel; first oder unique"),
        ("First,in x text,out y text\n,-,\n", "„First“ ist keine Trefferregel"),
        ("first,in x text,out y text\n", "t: Die Tabelle hat keine Zeilen"),
        ("first,in x text,out y text,#\n,,,nur eine Bemerkung\n", "t: Die Tabelle hat keine Zeilen"),
        ("first,out y text\n,A\n", "t: Die Tabelle hat keine Eingabe"),
        ("first,in x text\n,-\n", "t: Die Tabelle hat kein Ergebnis"),
        ("first,in x text,in x text,out y text\n,-,-,\n", "t, Zeile 1, Spalte 3: x steht schon"),
        ("first,in x text,out x text\n,-,A\n", "t, Zeile 1, Spalte 3: x steht schon"),
        ("first,in x text,out y text,\n,-,,\n", "t, Zeile 1, Spalte 4: „“ ist keine Überschrift"),
        ("first,in x,out y text\n,-,\n", "t, Zeile 1, Spalte 2: „in x“ ist keine Überschrift"),
        ("first,into x text,out y text\n,-,\n", "Spalte 2: „into x text“ ist keine Überschrift"),
        ("first,{x} y,out y text\n,-,\n", "Spalte 2: „{x} y“ ist keine Überschrift"),
        ("first,in x float,out y text\n,-,\n", "Spalte 2: „float“ ist keine Art von Werten"),
        ("first,in x one of,out y text\n,-,\n", "Spalte 2: „one of“ ist keine Art von Werten"),
        ("first,in x one of A|A,out y text\n,-,\n", 'Spalte 2: "A" steht doppelt'),
        ("first,in x one of A|,out y text\n,-,\n", "Spalte 2: Ein Wert fehlt"),
        ("first,in größe text,out y text\n,-,\n", "Spalte 2: „größe“ ist kein Name"),
        ("first,in x text,out y text\n,-\n", "t, Zeile 2: Die Zeile hat 2 statt 3 Zellen"),
        ("first,in x text,out y text\n,-,,\n", "t, Zeile 2: Die Zeile hat 4 statt 3 Zellen"),
        ('first,in x text,out y text\n\n,"-,\n', "t, Zeile 3: Die Zeile ist kein gültiges CSV"),
        ('first,in x text,out y text\n,"A"|B,\n', "t, Zeile 2: Die Zeile ist kein gültiges CSV"),
    ],
)
def test_a_bad_file(text: str, said: str) -> None:
    (problem,) = problems_of(text)
    assert said in problem
    assert problem.endswith(".")


def test_all_problems_of_a_file_at_once() -> None:
    text = "first,in x integer,in z colour,out y date\n,drei,-,2026-01-01\n,-\n,4,-,morgen\n,5,-,\n,5,-,\n"
    problems = problems_of(text)
    assert [problem.partition(":")[0] for problem in problems] == [
        "t, Zeile 1, Spalte 3",
        "t, Zeile 2, Spalte x",
        "t, Zeile 3",
        "t, Zeile 4, Spalte y",
    ]


def test_bad_rows_hide_no_unreached_row_and_invent_no_gap() -> None:
    problems = problems_of("first,in x integer,out y integer\n,5,1\n,< 9,1\n,5,2\n,>= neun,3\n")
    assert [problem.partition(":")[0] for problem in problems] == ["t, Zeile 5, Spalte x", "t, Zeile 4"]


def test_the_message_of_many_problems_is_cut_but_none_is_lost() -> None:
    with pytest.raises(TableError) as caught:
        parse_table("first,in x integer,out y text\n" + ",drei,\n" * 25, name="t")
    assert len(caught.value.problems) == 25
    assert len(str(caught.value).splitlines()) == 21
    assert "… und 5 weitere Fehler." in str(caught.value)


def test_the_file_is_named_and_its_folder_is_not(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("first,in x text,out y text\n,A,1\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_table(path)
    assert str(caught.value).startswith("days.csv: Kein Treffer für x = ")


def test_a_missing_file_and_another_encoding(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"^gone\.csv: Die Datei lässt sich nicht lesen"):
        read_table(tmp_path / "gone.csv")
    (tmp_path / "old.csv").write_bytes("first,in x text,out y text\n,Köln,1\n,-,2".encode("cp1252"))
    with pytest.raises(TableError, match=r"^old\.csv: Die Datei ist nicht in UTF-8"):
        read_table(tmp_path / "old.csv")


# --- gaps, overlaps, unreached rows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cells", "example"),
    [
        ("text", ["*"], "unbekannt"),
        ("text", ["A", "unknown"], "ein anderer Text"),
        ("text", ["unknown"], "ein Text"),
        ("text", ["*", "unknown"], None),
        ("one of A|B", ["A", "unknown"], '"B"'),
        ("one of A|B", ["A", "B", "unknown"], None),
        ("boolean", ["ja", "unknown"], "nein"),
        ("boolean", ["ja", "nein"], "unbekannt"),
        ("boolean", ["in ja|nein", "unknown"], None),
        ("integer", ["< 5", "> 5", "unknown"], "5"),
        ("integer", ["<= 5", "> 5", "unknown"], None),
        ("integer", ["<= 5", ">= 6", "unknown"], None),
        ("integer", ["<= 5", ">= 7", "unknown"], "6"),
        ("integer", ["> 5", "in 4|5", "unknown"], "3"),
        ("decimal", ["<= 5", ">= 6", "unknown"], "5.5"),
        ("decimal", ["< 5", "5", "> 5", "unknown"], None),
        ("decimal", ["< 5", "> 5", "unknown"], "5"),
        ("decimal", ["<= 0.00000001", ">= 0.00000002", "unknown"], "0.000000015"),
        (
            "decimal",
            ["<= 999999999999999.00000001", ">= 999999999999999.00000002", "unknown"],
            "999999999999999.000000015",
        ),
        ("date", ["<= 2024-02-28", ">= 2024-03-01", "unknown"], "2024-02-29"),
        ("date", ["<= 2023-02-28", ">= 2023-03-01", "unknown"], None),
        ("date", ["< 9999-12-31", "unknown"], "9999-12-31"),
        ("date", ["> 0001-01-01", "unknown"], "0001-01-01"),
        ("date", ["<= 9999-12-31", "unknown"], None),
    ],
)
def test_a_gap(kind: str, cells: list[str], example: str | None) -> None:
    text = f"unique,in x {kind},out y text\n" + "".join(f",{cell},\n" for cell in cells)
    if example is None:
        assert parse_table(text, name="t").policy == "unique"
    else:
        assert problems_of(text) == [f"t: Kein Treffer für x = {example}; eine Zeile für diesen Fall ergänzen."]


def test_a_gap_of_several_columns() -> None:
    problems = problems_of("first,in a boolean,in b integer,out r text\n,ja,-,\n,nein,> 0,\n,unknown,-,\n,-,<= 0,\n")
    assert problems == ["t: Kein Treffer für a = nein, b = unbekannt; eine Zeile für diesen Fall ergänzen."]


def test_of_several_gaps_the_first_is_the_example() -> None:
    problems = problems_of("unique,in a boolean,in b boolean,out r text\n,ja,ja,\n,nein,nein,\n")
    assert problems == ["t: Kein Treffer für a = ja, b = nein; eine Zeile für diesen Fall ergänzen."]


@pytest.mark.parametrize(
    ("kind", "one", "other", "example"),
    [
        ("text", "M5*", "M54*", 'ein anderer Text mit dem Anfang "M54"'),
        ("text", "M5*", "M54", '"M54"'),
        ("text", "M5*", "M6*", None),
        ("text", "M5*", "M", None),
        ("text", "A", "B", None),
        ("text", "in A|B", "in C|B", '"B"'),
        ("text", "M*", "*", 'ein anderer Text mit dem Anfang "M"'),
        ("integer", "1..5", "5..9", "5"),
        ("integer", "1..4", "5..9", None),
        ("integer", "< 5", "> 3", "4"),
        ("integer", "< 5", "> 4", None),
        ("decimal", "< 5", "> 4", "4.5"),
        ("decimal", "< 5", ">= 5", None),
        ("decimal", "<= 5", ">= 5", "5"),
        ("decimal", "1.0", "1", "1.0"),
        ("date", "< 2024-03-01", "> 2024-02-28", "2024-02-29"),
        ("date", "< 2023-03-01", "> 2023-02-28", None),
        ("boolean", "ja", "true", "ja"),
        ("one of A|B", "A", "in A|B", '"A"'),
        ("one of A|B", "-", "unknown", "unbekannt"),
    ],
)
def test_an_overlap(kind: str, one: str, other: str, example: str | None) -> None:
    problems = checked(f"unique,in x {kind},out y text\n,{one},\n,{other},\n")[1]
    said = [str(problem) for problem in problems if "überschneidet" in problem.text]
    assert len(said) == (example is not None)
    for problem in said:
        assert problem.startswith(
            f"t, Zeile 3: Die Zeile überschneidet sich mit Zeile 2, zum Beispiel bei x = {example};"
        )


def test_an_overlap_names_every_row() -> None:
    rows = ",1,-,\n,-,ja,\n,2,nein,\n,1..2,-,\n"
    overlaps = [text for text in problems_of(f"unique,in a integer,in b boolean,out r text\n{rows}") if "über" in text]
    assert [text[: text.index(";")] for text in overlaps] == [
        "t, Zeile 3: Die Zeile überschneidet sich mit Zeile 2, zum Beispiel bei a = 1, b = ja",
        "t, Zeile 5: Die Zeile überschneidet sich mit Zeile 2 und Zeile 3 und Zeile 4, zum Beispiel bei a = 1, b = ja",
    ]


@pytest.mark.parametrize(
    ("cells", "dead", "takers"),
    [
        (["1..5", "3", "-"], 3, "Zeile 2"),
        (["< 5", ">= 5", "7", "-"], 4, "Zeile 3"),
        (["<= 5", "> 4", "3..7", "-"], 4, "Zeile 2 und Zeile 3"),
        (["-", "3"], 3, "Zeile 2"),
        (["unknown", "<= 0", "> 0", "-"], 5, "Zeile 2 und Zeile 3 und Zeile 4"),
    ],
)
def test_an_unreached_row(cells: list[str], dead: int, takers: str) -> None:
    text = "first,in x integer,out y text\n" + "".join(f",{cell},\n" for cell in cells)
    assert problems_of(text) == [
        f"t, Zeile {dead}: Die Zeile wird nie erreicht, weil alle ihre Fälle schon vergeben sind ({takers}); "
        "sie löschen oder weiter oben einfügen."
    ]


def test_a_row_that_is_reached_by_one_value_stays() -> None:
    table = parse_table("first,in x integer,out y text\n,<= 4,\n,>= 6,\n,3..7,five\nrest,-,\n", name="t")
    assert table.lookup(x=5).outputs == {"y": "five"}  # type: ignore[union-attr]


@pytest.mark.parametrize("policy", ["first", "unique"])
def test_a_condition_that_no_value_meets(policy: str) -> None:
    problems = problems_of(f"{policy},in x date,out y text\n,> 9999-12-31,\n,<= 9999-12-31,\n,unknown,\n")
    assert len(problems) == 1
    assert problems[0].startswith("t, Zeile 2, Spalte x: Diese Bedingung trifft auf keinen Wert zu")


def hard_table(pairs: int) -> str:
    """Rows of two conditions each, so that nearly every subset of the rows is left by some combination."""
    names = [f"a{number}" for number in range(pairs)] + [f"b{number}" for number in range(pairs)]
    header = "first," + ",".join(f"in {name} boolean" for name in names) + ",out r text\n"
    rows = [["ja" if index % pairs == number else "-" for index in range(2 * pairs)] for number in range(pairs)]
    return header + "".join(f",{','.join(row)},\n" for row in [*rows, ["-"] * (2 * pairs)])


def test_too_many_combinations_are_refused() -> None:
    (problem,) = problems_of(hard_table(18))
    assert "mehr als 200.000 Kombinationen" in problem
    assert len(parse_table(hard_table(8), name="t").rows) == 9


def test_the_limit_of_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "first,in a boolean,in b boolean,out r text\n,ja,ja,\n,-,-,\n"
    monkeypatch.setattr(table_check, "MAX_COMBINATIONS", 4)  # a: ja or not; after ja, b: ja or not
    assert len(parse_table(text, name="t").rows) == 2
    monkeypatch.setattr(table_check, "MAX_COMBINATIONS", 3)
    assert "mehr als 3 Kombinationen" in problems_of(text)[0]


def test_many_columns_that_matter_little_are_no_obstacle() -> None:
    names = [f"c{number}" for number in range(600)]
    rows = [["ja" if index == number else "-" for index in range(600)] for number in range(0, 600, 100)]
    header = "first," + ",".join(f"in {name} boolean" for name in names) + ",out r text\n"
    table = parse_table(header + "".join(f",{','.join(row)},\n" for row in [*rows, ["-"] * 600]), name="t")
    assert len(table.rows) == 7


# --- against a brute force ----------------------------------------------------------------------------------------

Test = Callable[[Any], bool]
DAYS = [date(2024, 2, 27) + timedelta(days=offset) for offset in range(5)]
NUMBERS = [D(n) / 4 for n in range(-4, 9)]
#: For each type: literals that cells use, and values that stand for every case which such cells can tell apart.
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["A", "AB", "ABC", "B"], ["", "A", "AB", "ABC", "B", "A~", "AB~", "ABC~", "B~", "~"]),
    "one of A|AB|ABC|B": (["A", "AB", "ABC", "B"], ["A", "AB", "ABC", "B"]),
    "integer": ([0, 1, 2, 3], [-1, 0, 1, 2, 3, 4]),
    "decimal": ([n for n in NUMBERS if n == n.to_integral_value() or n == D("0.5")], [*NUMBERS, D(-9), D(99)]),
    "date": (DAYS[1:4], DAYS),
    "boolean": ([True, False], [True, False]),
}


def spell(value: Any) -> str:
    return {True: "ja", False: "nein"}[value] if isinstance(value, bool) else str(value)


@st.composite
def conditions(draw: st.DrawFn, kind: str) -> tuple[str, Test]:
    """A cell, and what it means, said without the code under test."""
    literals = VALUES[kind][0]
    ways = ["any", "unknown", "equal", "list"] + (["prefix", "mixed"] if kind == "text" else [])
    ways += ["<", "<=", ">", ">=", "range"] if kind in ("integer", "decimal", "date") else []
    way = draw(st.sampled_from(ways))
    x, y = draw(st.sampled_from(literals)), draw(st.sampled_from(literals))
    low, high = min(x, y), max(x, y)
    some = draw(st.lists(st.sampled_from(literals), min_size=1, unique=True))
    meanings: dict[str, tuple[str, Test]] = {
        "any": (draw(st.sampled_from(["-", ""])), lambda v: True),
        "unknown": ("unknown", lambda v: v is None),
        "equal": (draw(st.sampled_from(["= ", ""])) + spell(x), lambda v: v is not None and v == x),
        "list": ("in " + "|".join(map(spell, some)), lambda v: v is not None and v in some),
        "prefix": (f"{x}*", lambda v: v is not None and v.startswith(x)),
        "mixed": (f"in {x}|{y}*", lambda v: v is not None and (v == x or v.startswith(y))),
        "<": (f"< {spell(x)}", lambda v: v is not None and v < x),
        "<=": (f"<={spell(x)}", lambda v: v is not None and v <= x),
        ">": (f"> {spell(x)}", lambda v: v is not None and v > x),
        ">=": (f">={spell(x)}", lambda v: v is not None and v >= x),
        "range": (f"{spell(low)}..{spell(high)}", lambda v: v is not None and low <= v <= high),
    }
    return meanings[way]


@st.composite
def drafts(draw: st.DrawFn) -> tuple[list[str], list[list[tuple[str, Test]]]]:
    """The types of the inputs, and rows, often with a last one for all the rest."""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3))
    row = st.tuples(*(conditions(kind) for kind in kinds)).map(list)
    rows = draw(st.lists(row, min_size=1, max_size=6))
    if draw(st.booleans()):
        rows.append([("-", lambda v: True)] * len(kinds))
    return kinds, rows


def write(policy: str, kinds: list[str], rows: list[list[tuple[str, Test]]]) -> str:
    header = [policy, *(f"in c{index} {kind}" for index, kind in enumerate(kinds)), "out r integer"]
    body = [["row", *(cell for cell, _ in row), str(number)] for number, row in enumerate(rows, start=2)]
    return "".join(",".join(line) + "\n" for line in [header, *body])


def brute_force(kinds: list[str], rows: list[list[tuple[str, Test]]]) -> dict[tuple[Any, ...], list[int]]:
    """For every combination of values the lines of all rows that match."""
    grid = itertools.product(*([*VALUES[kind][1], None] for kind in kinds))
    return {
        point: [
            line for line, row in enumerate(rows, start=2) if all(t(v) for (_, t), v in zip(row, point, strict=True))
        ]
        for point in grid
    }


def checked(text: str) -> tuple[Table | None, list[table_check.Problem]]:
    try:
        return parse_table(text, name="t"), []
    except TableError as error:
        return None, list(error.problems)


@settings(max_examples=300, deadline=None)
@given(drafts())
def test_first_agrees_with_a_brute_force(draft: tuple[list[str], list[list[tuple[str, Test]]]]) -> None:
    kinds, rows = draft
    met = brute_force(kinds, rows)
    table, problems = checked(write("first", kinds, rows))
    gaps = [problem for problem in problems if "Kein Treffer" in problem.text]
    assert bool(gaps) == any(not lines for lines in met.values())
    reached = {lines[0] for lines in met.values() if lines}
    assert {problem.row for problem in problems if "nie erreicht" in problem.text} == set(
        range(2, len(rows) + 2)
    ) - reached
    if table is not None:
        agree(table, met)


@settings(max_examples=300, deadline=None)
@given(drafts())
def test_unique_agrees_with_a_brute_force(draft: tuple[list[str], list[list[tuple[str, Test]]]]) -> None:
    kinds, rows = draft
    met = brute_force(kinds, rows)
    table, problems = checked(write("unique", kinds, rows))
    later = {line for lines in met.values() for line in lines[1:]}
    assert {problem.row for problem in problems if "überschneidet" in problem.text} == later
    assert any("Kein Treffer" in problem.text for problem in problems) == any(not lines for lines in met.values())
    if table is not None:
        agree(table, met)


def agree(table: Table, met: dict[tuple[Any, ...], list[int]]) -> None:
    for _ in range(2):  # the second time from the cache
        for point, lines in met.items():
            inputs = {f"c{index}": value for index, value in enumerate(point)}
            match = table.lookup(**inputs)
            assert match is not None
            assert (match.row, match.inputs, match.outputs) == (lines[0], inputs, {"r": lines[0]})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.sampled_from(sorted(VALUES)))
def test_any_cell_is_read_or_refused_in_a_sentence(cell: str, kind: str) -> None:
    _, problems = checked(f"first,in x {kind},out y text\n,{quote(cell)},{quote(cell)}\nrest,-,\n")
    assert all(str(problem).startswith("t") and str(problem).endswith(".") for problem in problems)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='first,;in x text"\n\r-#{}|', max_size=60))
def test_any_file_is_read_or_refused_in_a_sentence(text: str) -> None:
    table, problems = checked(text)
    assert (table is None) == bool(problems)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))
def test_any_text_can_be_quoted(text: str) -> None:
    literal = unicodedata.normalize("NFC", text)
    table = one_cell("text", quote(literal))
    assert meets(table, literal)
    assert not meets(table, literal + "x")
    assert not meets(table, None)
