"""The English catalogue is complete, German is what one sees without asking, and ``tools/messages.py`` finds flaws."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from source import ROOT
from test_texts import is_english, msgids

from dunkelwerk.decisions.cells import parse_column, parse_condition, parse_literal, show
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.infra.i18n import _

TOOL = ROOT / "tools" / "messages.py"
#: marks a translation that somebody left in German, or German quotes; none of these is an English word
GERMAN = re.compile(r"[äöüßÄÖÜ„]|\b(?:der|das|und|oder|ist|sind|nicht|kein|keine|bitte|eine|einen|mit|Zeile)\b")
#: shows which modules a run of the command imported, of those that cost time
IMPORTED = """
import sys
from dunkelwerk.cli import main
try:
    main()
finally:
    print(*sorted({"babel", "django"} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = spec_from_file_location("messages", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def translations(tool: ModuleType) -> dict[str, str]:
    return tool.read(tool.TARGET.read_text(encoding="utf-8"))


def run(*command: str | Path, language: str | None) -> subprocess.CompletedProcess[str]:
    """Run a program in a language (None: nothing said about it), wide enough that no line is broken."""
    environment = {name: value for name, value in os.environ.items() if name != "DUNKELWERK_LANGUAGE"}
    environment |= {"COLUMNS": "200"} | ({"DUNKELWERK_LANGUAGE": language} if language else {})
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize("language", [None, "en"])
def test_the_catalogue_is_complete_and_as_the_tool_writes_it(language: str | None) -> None:
    done = run(sys.executable, TOOL, "--check", language=language)
    assert done.returncode == 0, done.stderr


def test_every_text_that_the_source_translates_is_found(tool: ModuleType) -> None:
    wanted = tool.messages()
    assert {text for _place, text in msgids()} - wanted == set()
    assert {"erwartet {0}, gefunden {1}", "ganze Zahl", "Akten, JSON Lines.", "Freigaben und Nachweise"} <= wanted
    assert {"Die Saldenliste aller Tage.", "Beispiel: dunkelwerk check", "ja oder nein eintragen"} <= wanted


@pytest.mark.parametrize("language", [None, "de", "de_DE.UTF-8", "fr"])
def test_every_message_is_german_by_default(
    tool: ModuleType, language: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUNKELWERK_LANGUAGE", raising=False)
    if language:
        monkeypatch.setenv("DUNKELWERK_LANGUAGE", language)
    shown = {message: _(message) for message in tool.messages()}
    assert {message: text for message, text in shown.items() if text != message} == {}
    assert [text for text in shown if is_english(text)] == []


@pytest.mark.parametrize("language", ["en", "en_GB.UTF-8"])
def test_every_message_is_english_when_asked_for(
    tool: ModuleType, translations: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUNKELWERK_LANGUAGE", language)
    shown = {message: _(message) for message in tool.messages()}
    assert shown == translations
    assert [text for text in shown.values() if GERMAN.search(text)] == []


@pytest.mark.parametrize(
    ("arguments", "code", "german", "english"),
    [
        (["--help"], 0, "Der Posteingang: Meldungen jedes Kanals.", "The inbox: notices of every channel."),
        (["decide", "--help"], 0, "Akten, JSON Lines.", "Case files, JSON Lines."),
        (["decide", "--help"], 0, "Beispiel: dunkelwerk decide", "Example: dunkelwerk decide"),
        (["export", "ledger", "--help"], 0, "Die Saldenliste aller Tage.", "The trial balance of all days."),
        (["inbox", "add", "no-such-file"], 2, "diese Datei gibt es nicht.", "there is no such file."),
        (
            ["decide", "nix", "--case-files", "x", "--notices", "x"],
            2,
            "Den Prozess nix gibt es nicht",
            "There is no process nix",
        ),
    ],
)
def test_a_run_shows_the_language(arguments: list[str], code: int, german: str, english: str) -> None:
    for language, expected, other in ((None, german, english), ("en", english, german)):
        done = run(sys.executable, "-m", "dunkelwerk", *arguments, language=language)
        assert done.returncode == code
        assert expected in done.stdout + done.stderr
        assert other not in done.stdout + done.stderr


@pytest.mark.parametrize(("language", "imported"), [(None, ""), ("de", ""), ("en", "babel")])
def test_help_imports_nothing_that_takes_long(language: str | None, imported: str) -> None:
    done = run(sys.executable, "-c", IMPORTED, "--help", language=language)
    assert (done.returncode, done.stderr.strip()) == (0, imported)


def test_a_fault_of_a_field_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrase and types are translated each for itself, and put together."""
    monkeypatch.setenv("DUNKELWERK_LANGUAGE", "en")
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(b'{"day": 1}', type=dict[str, str | None])
    assert fault_in_words(caught.value) == "[...]: expected text or nothing, found whole number"


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_message_names_values_as_a_decision_table_takes_them(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An analyst types what the message shows: ``ja`` or ``true``, but never ``yes``."""
    monkeypatch.setenv("DUNKELWERK_LANGUAGE", language)
    column = parse_column("final", "boolean")
    assert [parse_literal(show(value), column) for value in (True, False)] == [True, False]
    if language == "en":
        assert parse_condition(show(None), column).matches(None)


@pytest.mark.parametrize(
    ("german", "english", "flaw"),
    [
        ("Den Vertrag {contract} gibt es nicht.", "There is no contract {contract}.", None),
        ("{one} oder {two}", "{two}, or {one}: {two}", None),
        ("neuer Versuch in {wait:.0f} s", "next attempt in {wait} s", None),
        ("Den Vertrag {contract} gibt es nicht.", "", "no translation"),
        ("Den Vertrag {contract} gibt es nicht.", "There is no contract {Contract}.", "slots differ"),
        ("Den Vertrag {contract} gibt es nicht.", "There is no contract.", "slots differ"),
        ("Den Vertrag gibt es nicht.", "There is no contract {contract}.", "slots differ"),
        ("erwartet {0}, gefunden {1}", "expected {1}, found {0}", None),
        ("erwartet {0}, gefunden {1}", "expected {0}, found {}", "slots differ"),
        ("{count} weitere", "{count more", "slots differ"),
        (" und ", " and ", None),
        (" und ", "and ", "spaces at the ends differ"),
        (" und ", " and", "spaces at the ends differ"),
    ],
)
def test_the_check_names_a_flaw(tool: ModuleType, german: str, english: str, flaw: str | None) -> None:
    found = list(tool.flaws({german}, {german: english}))
    assert [line.partition(":")[0] for line in found] == ([flaw] if flaw else [])
    assert all(repr(german) in line for line in found)


def test_the_check_names_obsolete_and_new_messages(tool: ModuleType) -> None:
    assert list(tool.flaws({"neu"}, {"alt": "old"})) == ["obsolete: 'alt'", "no translation: 'neu'"]


def test_the_check_names_what_reaches_a_translation_by_an_unknown_name(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(tool.BY_NAME)
    del known["decisions/faults.py", "phrase"]
    monkeypatch.setattr(tool, "BY_NAME", known | {("cli/check.py", "gone"): list})
    text = tool.render({"neu"}, {"neu": "new"})
    found = [line.partition(" and ")[0] for line in tool.examine({"neu"}, text)]
    assert found == ["cli/check.py: _(gone)", "decisions/faults.py: _(phrase)"]


def test_writing_keeps_translations_drops_obsolete_ones_and_sorts(tool: ModuleType) -> None:
    text = tool.render({"b", "a", "ä {rate} % der", 'mit "Zeichen" \\ und\nZeile'}, {"b": "B", "alt": "old"})
    assert tool.read(text) == {"a": "", "b": "B", 'mit "Zeichen" \\ und\nZeile': "", "ä {rate} % der": ""}
    assert list(tool.read(text)) == sorted(tool.read(text))
    assert tool.render(tool.read(text), tool.read(text)) == text
    assert re.findall(r"#[:,]|POT-Creation-Date|\d{4}-\d\d-\d\d", text) == []


def test_the_check_wants_the_form_that_the_tool_writes(tool: ModuleType) -> None:
    text = tool.render({"a", "b"}, {"a": "A", "b": "B"})
    assert list(tool.examine({"a", "b"}, text)) == []
    assert list(tool.examine({"a", "b"}, text + "\n")) == ["not in the order and form that this tool writes"]


def test_the_tool_writes_and_checks_its_file(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tool.TARGET.read_text(encoding="utf-8")
    target = tmp_path / "en" / "dunkelwerk.po"
    monkeypatch.setattr(tool, "TARGET", target)
    assert tool.main(["--check"]) == 1
    assert "no translation: 'Akten, JSON Lines.'" in capsys.readouterr().err
    assert tool.main([]) == 0
    assert tool.read(target.read_text(encoding="utf-8")) == dict.fromkeys(tool.messages(), "")
    target.write_text(written + '\nmsgid "alt"\nmsgstr "old"\n', encoding="utf-8")
    assert tool.main(["--check"]) == 1
    assert capsys.readouterr().err == "dunkelwerk.po: obsolete: 'alt'\n"
    assert tool.main([]) == 0
    assert target.read_text(encoding="utf-8") == written
    assert tool.main(["--chekc"]) == 2
