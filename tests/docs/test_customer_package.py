"""A customer's package: what goes wrong with one is said in a sentence; what it adds stays its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from package_support import clean_environment, install, make_editable

from pages import File, steps
from progress_lines import without_progress

PAGE = "new-process.md"
MODULE = "beispiel-processes/beispiel_processes/recovery_notice"
DUNKELWERK = str(Path(sys.executable).with_name("dunkelwerk"))


class Customer:
    """The package of the page, installed in a folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name, value in install(folder).items():
            patch.setenv(name, value)
        for step in steps(PAGE):
            if isinstance(step, File):
                step.write(folder)
        make_editable(str(folder / "beispiel-processes"))

    def change(self, file: str, old: str, new: str) -> None:
        """Change a file of the process."""
        path = self.folder / MODULE / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command, in the folder."""
        done = subprocess.run(
            [DUNKELWERK, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=240
        )
        done.stderr = without_progress(done.stderr)
        return done

    def decide(self, process: str, notices: str, *more: str) -> subprocess.CompletedProcess[str]:
        """Decide without a database."""
        files = ("--case-files", "case.jsonl", "--notices", notices)
        return self.run("decide", process, *files, "--on", "2026-11-13", *more)


@pytest.fixture
def customer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Customer:
    clean_environment(monkeypatch)
    return Customer(tmp_path, monkeypatch)


def test_a_package_that_cannot_be_loaded_is_one_sentence_with_file_and_line(customer: Customer) -> None:
    customer.change("decide.py", "finds = PROCESS.finds", "finds = PROCESS.find")
    done = customer.run("scenarios", "recovery-notice")
    line = (customer.folder / MODULE / "decide.py").read_text("utf-8").splitlines().index("finds = PROCESS.find") + 1
    assert done.returncode == 1
    assert done.stderr.startswith("Paket beispiel-processes: der Prozess recovery_notice lässt sich nicht laden")
    assert f"decide.py:{line}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_process_may_not_take_the_name_of_another(customer: Customer) -> None:
    customer.change("decide.py", '"recovery_notice",', '"follow_up_sick_note",')
    done = customer.run("scenarios", "follow-up-sick-note")
    sentence = "Den Prozess follow_up_sick_note gibt es schon; bitte das Paket beispiel-processes unter anderem Namen"
    assert (done.returncode, done.stderr.startswith(sentence)) == (1, True), done.stderr


def test_a_reason_may_not_take_the_code_of_another(customer: Customer) -> None:
    customer.change("reasons.py", '"bv_benefit_left"', '"proof_gap"')
    done = customer.run("scenarios", "recovery-notice")
    assert (done.returncode, "reason proof_gap is declared twice" in done.stderr) == (1, True), done.stderr


def test_what_offers_no_process_is_refused(customer: Customer) -> None:
    customer.change("decide.py", "finds = PROCESS.finds\n", "finds = PROCESS.finds\nOFFERED = 1\n")
    (entry,) = customer.folder.glob(".packages/*.dist-info/entry_points.txt")
    entry.write_text(entry.read_text("utf-8").replace(":PROCESS", ":OFFERED"), "utf-8")
    done = customer.run("scenarios", "recovery-notice")
    assert (done.returncode, "ist kein Process" in done.stderr) == (1, True), done.stderr


def test_one_file_of_parameters_serves_every_process(customer: Customer) -> None:
    """The product's process passes over what is the customer's, but not over a slip of the pen."""
    note = customer.folder / "note.jsonl"
    note.write_text("{}\n", "utf-8")
    done = customer.decide("follow-up-sick-note", "note.jsonl", "--parameters", "mine.yaml")
    assert "mine.yaml" not in done.stderr
    assert '"outcome":"refer"' in done.stdout
    (customer.folder / "mine.yaml").write_text("bv_days_ahaed: 0\n", "utf-8")
    for process in ("follow-up-sick-note", "recovery-notice"):
        done = customer.decide(process, "notice.jsonl", "--parameters", "mine.yaml")
        assert (done.returncode, done.stderr.startswith("mine.yaml: unbekannter Parameter bv_days_ahaed")) == (2, True)


def test_an_impossible_value_of_an_own_parameter_is_refused(customer: Customer) -> None:
    (customer.folder / "mine.yaml").write_text("bv_days_ahead: -1\n", "utf-8")
    done = customer.decide("recovery-notice", "notice.jsonl", "--parameters", "mine.yaml")
    assert (done.returncode, "bv_days_ahead" in done.stderr, done.stdout) == (2, True, "")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("      outcome: apply\n", "      outcom: apply\n", "unbekannt ist outcom; bekannt sind"),
        ("      outcome: apply\n      actions: usual\n", "      actions: usual\n", "es fehlt outcome."),
        ("  business_day: 2026-11-13\n", "", "recovery_notice, usual case: es fehlt business_day."),
        ("usual case:", "usual:", "recovery_notice, usual case: hier müssen Namen"),
        ("chapters:\n", "chapters: [\n", "scenarios.yaml, Zeile"),
        ("parameters: {bv_days_ahead: 0}", "parameters: {bv_days: 0}", "unbekannter Parameter bv_days"),
        ("instalments: 2026-04..2026-10 paid", "instalments: 2026-04..", "das Szenario ist nicht zu lesen (ValueError"),
    ],
)
def test_scenarios_that_cannot_be_read_are_one_sentence(customer: Customer, old: str, new: str, sentence: str) -> None:
    customer.change("scenarios.yaml", old, new)
    done = customer.run("scenarios", "recovery-notice")
    assert (done.returncode, sentence in done.stderr, len(done.stderr.splitlines())) == (1, True, 1), done.stderr


def test_scenarios_name_reasons_that_none_shows(customer: Customer) -> None:
    text = (customer.folder / MODULE / "scenarios.yaml").read_text("utf-8")
    first, deceased = text.split("    - name: Ist die Person verstorben")
    _case, rest = deceased.split("    - name: Sieben", 1)
    (customer.folder / MODULE / "scenarios.yaml").write_text(f"{first}    - name: Sieben{rest}", "utf-8")
    done = customer.run("scenarios", "recovery-notice")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Gründe ohne Szenario: person_deceased",
        "recovery_notice: 10 Szenarien, alle wie erwartet.",
    ]


def test_a_process_without_scenarios_says_where_they_are_missed(customer: Customer) -> None:
    (customer.folder / MODULE / "scenarios.yaml").unlink()
    done = customer.run("scenarios", "recovery-notice")
    assert (done.returncode, done.stderr.endswith("scenarios.yaml: hier stehen keine Szenarien.\n")) == (1, True)


def test_the_version_of_the_rules_knows_the_package(customer: Customer) -> None:
    def versions() -> set[str]:
        return set(customer.decide("recovery-notice", "notice.jsonl").stdout.split('"versions":')[1].split(","))

    before = versions()
    customer.change("parameters.yaml", "Nr. 2", "Nr. 3")
    assert before != versions()
