"""``dunkelwerk replay``: what a person sees, in the terminal and on the page; exit codes; any number of workers."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from replay_support import make, replayed, tamper, write_parameters
from work_support import TODAY, World, household, note, person

from dunkelwerk.runner.replay import RECORDS_PER_CHUNK
from dunkelwerk.runner.replay_case import show_reason
from dunkelwerk.runner.replay_tally import Case, View


@pytest.fixture
def worked(world: World) -> World:
    return make(world)


def run(run_cli: Any, *arguments: object, code: int = 0) -> str:
    """What the command says; its exit code must be this."""
    done = run_cli("replay", *arguments, DUNKELWERK_TODAY=TODAY, COLUMNS="140")
    assert done.returncode == code, done.stdout + done.stderr
    text: str = done.stdout if code < 2 else done.stderr
    return text


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.source = path.read_text("utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_nothing_changes_under_the_same_version(worked: World, run_cli: Any, tmp_path: Path) -> None:
    said = run(run_cli, "--since", TODAY, "--html", tmp_path / "r.html", "--out", tmp_path / "r.jsonl", "--workers", 1)
    assert "8 Entscheidungen vom 02.11.2026 bis 02.11.2026" in said
    assert "0 gingen anders aus, 8 blieben gleich" in said
    assert "Nachvollziehbar: 8 unter derselben Version" in said
    assert (tmp_path / "r.jsonl").read_text() == ""
    assert "Nachvollziehbar: 8" in Page(tmp_path / "r.html").text


def test_the_report_names_what_changes(worked: World, run_cli: Any, tmp_path: Path) -> None:
    parameters = write_parameters(worked, gap_tolerance=1, authority_limit="999.99")
    said = run(run_cli, "--parameters", parameters, "--cases", 1, "--workers", 1, "--out", tmp_path / "all.jsonl")
    assert "3 gingen anders aus, 5 blieben gleich" in said
    assert "ausgesteuert → dunkel erledigt: 1" in said
    assert re.search(r"Vertrag RS-3 · Meldung N-3 \(scan\).*\n +− Lücke vor dem Folgenachweis, 0,00 € → 312,50 €", said)
    assert re.search(r"Über der Vollmachtsgrenze +│ above_authority +│ +1 │ +– │ +– │ +1 │", said)
    assert re.search(r"ohne Mensch freigegeben +│ +1\.625,00 € │ +937,50 € │ +−687,50 € │", said)
    assert 'Eigene Parameter: authority_limit "999.99" · gap_tolerance 1' in said
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert [(line["notice"], line["before"]["outcome"], line["after"]["outcome"]) for line in lines] == [
        ("N-3", "refer", "apply"),
        ("N-5", "apply", "second_check"),
        ("N-6", "second_check", "second_check"),
    ]


def test_no_cases_where_none_are_wanted(worked: World, run_cli: Any) -> None:
    parameters = write_parameters(worked, gap_tolerance=1)
    shown = [run(run_cli, "--parameters", parameters, "--cases", count, "--workers", 1) for count in (0, 1)]
    assert ["RS-3" in each for each in shown] == [False, True]


def test_two_workers_say_what_one_says(world: World, run_cli: Any, tmp_path: Path) -> None:
    """Enough for three chunks, with own tables, which the processes must see."""
    numbers = range(1, 2 * RECORDS_PER_CHUNK + 50)
    world.load(*(household(number, icd=["F32.1"] if number % 7 else ["M54.5"]) for number in numbers))
    world.receive(*(note(number, incapacity_until="2026-12-31") for number in numbers))
    world.work()
    own = tmp_path / "tables" / "extension_days.csv"
    own.parent.mkdir()
    own.write_text("first,in chapter text,out days integer\n,F,42\n,-,16\n", "utf-8")
    found = []
    for workers in (1, 2):
        page, lines = tmp_path / f"{workers}.html", tmp_path / f"{workers}.jsonl"
        said = run(run_cli, "--tables", own.parent, "--workers", workers, "--html", page, "--out", lines)
        found.append((said.replace(str(page), ""), page.read_text(), lines.read_text()))
    assert found[0] == found[1]
    names = [json.loads(line)["notice"] for line in found[0][2].splitlines()]
    assert names == [f"N-{number}" for number in numbers if number % 7 == 0]


def test_what_is_not_reproducible_exits_with_1_and_is_listed(worked: World, run_cli: Any, tmp_path: Path) -> None:
    def altered(content: Any) -> None:
        content["decision"]["actions"][2]["amount"] = "999.99"

    identity = tamper(worked, "N-1", altered)
    said = run(run_cli, "--workers", 2, "--html", tmp_path / "r.html", code=1)
    assert "1 sind nicht reproduzierbar!" in said
    assert f"Vertrag RS-1 · Meldung N-1 (scan) · Entscheidung {identity} vom 02.11.2026" in said
    page = Page(tmp_path / "r.html")
    assert "999,99 €" in page.text
    assert ("section", {"class": "bad"}) in page.tags


def test_nothing_to_decide_again(world: World, run_cli: Any) -> None:
    assert "hat kein Prozess etwas entschieden" in run(run_cli, "--since", "2026-11-02")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--since", "gestern"], "--since: kein Datum der Form JJJJ-MM-TT."),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "--until liegt vor --since."),
        (["--process", "tea"], "Den Prozess tea gibt es nicht"),
        (["--parameters", "PARAMETERS"], "unbekannter Parameter colour"),
        (["--tables", "no-such-folder"], "nicht lesbar"),
    ],
)
def test_wrong_usage_is_one_sentence(world: World, run_cli: Any, arguments: list[str], sentence: str) -> None:
    path = write_parameters(world, colour="red")
    said = run(run_cli, *(str(path) if each == "PARAMETERS" else each for each in arguments), code=2)
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_value_must_be_in_force_on_the_first_day(worked: World, run_cli: Any) -> None:
    for start, code in ((date(2026, 11, 2), 0), (date(2026, 11, 3), 2)):
        path = write_parameters(worked, gap_tolerance={start: 1})
        assert ("er beginnt am 2026-11-03" in run(run_cli, "--parameters", path, code=code)) is (code == 2)


# The page


@pytest.fixture
def page(world: World, run_cli: Any, tmp_path: Path) -> Page:
    """A page on which something hostile stands, and all kinds of changes."""
    world.load(household(1), household(2, icd=["O80.1"]), household(3))
    late = {"issued_on": "2026-11-03", "received_on": "2026-11-03"}
    hostile = note(1, name='<script>alert("1")</script>', **late)
    world.receive(hostile, note(2, incapacity_until=None), note(3))
    world.work()
    parameters = write_parameters(world, gap_tolerance=1, dispositions={"extension_unclear": "ignore"})
    run(run_cli, "--parameters", parameters, "--html", tmp_path / "r.html", "--workers", 1)
    return Page(tmp_path / "r.html")


def test_every_text_is_escaped(page: Page) -> None:
    assert "<script" not in page.source
    assert '<script>alert("1")</script>' in page.text


def test_it_needs_nothing_but_itself(page: Page) -> None:
    """No script, no style attribute, nothing loaded; and a policy that would stop it all the same."""
    names = {tag for tag, _ in page.tags}
    assert names & {"script", "img", "link", "iframe", "object", "form", "input", "base"} == set()
    attributes = [(name, value) for _, attrs in page.tags for name, value in attrs.items()]
    assert [name for name, _ in attributes if name in ("style", "src") or name.startswith("on")] == []
    assert [value for name, value in attributes if name == "href" and not (value or "").startswith("#")] == []
    policies = [attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policies
    assert (policies[0] or "").startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in page.source
    assert "@import" not in page.source


def test_links_lead_to_groups_and_tables_have_headings(page: Page) -> None:
    targets = {attrs["href"] for tag, attrs in page.tags if tag == "a"}
    ids = {f"#{attrs['id']}" for tag, attrs in page.tags if tag == "section"}
    assert targets == ids == {"#refer-apply"}
    assert {attrs.get("scope") for tag, attrs in page.tags if tag == "th"} == {"row", "col"}
    assert ("html", {"lang": "de"}) in page.tags
    assert len([tag for tag, _ in page.tags if tag == "details"]) == 2


def test_no_personal_data_and_no_diagnosis(page: Page) -> None:
    """Contract, claim and notice; neither names nor birth dates, nor the chapter that a reason tells."""
    assert "RS-2" in page.text
    assert "Verlängerung unklar" in page.text
    for hidden in (*(person(2)[each] for each in ("first_name", "last_name")), "O80", "Kapitel"):
        assert hidden not in page.source
    for written in (r"1972-03-03", r"03\.03\.1972"):
        assert not re.search(written, page.source)


def test_the_style_is_the_one_that_the_policy_names(page: Page) -> None:
    import base64
    import hashlib

    style = re.search(r"<style>(.*?)</style>", page.source, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.source


def test_english(worked: World, run_cli: Any, tmp_path: Path) -> None:
    done = run_cli("replay", "--html", tmp_path / "r.html", DUNKELWERK_TODAY=TODAY, DUNKELWERK_LANGUAGE="en")
    assert "entschieden" not in done.stdout
    assert ("html", {"lang": "en"}) in Page(tmp_path / "r.html").tags


# What a report may show of a reason


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ({"days": 2, "proven_until": "2026-10-30"}, True),
        ({"amount": "312.50", "limit": None, "onset_after_deadline": False}, True),
        ({"claims": ["C-1"], "days": {"start": "2026-11-01", "end": "2026-11-30"}}, True),
        ({"chapter": "M", "days": 35}, False),
        ({"icd": ["M54.5"]}, False),
        ({"something": "new"}, False),
    ],
)
def test_evidence_that_may_tell_a_diagnosis_is_left_out(evidence: dict[str, Any], shown: bool) -> None:
    from dunkelwerk.lines.credit_protection.reasons import CATALOGUE

    reason = {"code": "extension_unclear", "contract": "RS-1", "claim": "C-1", "text": "im Wortlaut"}
    told = show_reason({**reason, "evidence": evidence, "disposition": "refer"}, CATALOGUE)
    assert told.text == ("im Wortlaut" if shown else "Verlängerung unklar")
    assert (told.evidence == evidence) is shown


def test_an_unknown_action_is_told_by_its_name(worked: World) -> None:
    from dunkelwerk.insight.replay_words import tell_action, tell_change

    assert tell_action({"type": "brew_tea", "contract": "RS-1", "claim": None, "cups": 2}) == "brew_tea cups 2"
    view = View("apply", [], [], [], "r", "p")
    case = Case(1, 1, "N", "scan", "RS-1", "p", worked_day(worked), "dark", True, view, view)
    assert tell_change(case) == "andere Angaben"


def worked_day(world: World) -> Any:
    return next(iter(replayed(world).days))
