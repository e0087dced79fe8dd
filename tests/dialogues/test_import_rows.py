"""Importing: every shape of file, every bad row with its line and reason, nothing lost between rows and letters."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from dialogue_support import BORN, HEADER, TODAY, person_row, read_csv, write_csv

RunCli = object


def run(run_cli: RunCli, folder: Path, path: Path, *more: object, **environment: str) -> object:
    arguments = ("dialogues", "import", "proof", path, "--pins-out", folder / "out.csv")
    bad = ("--errors-out", folder / "bad.csv")
    return run_cli(*arguments, *bad, *more, DUNKELWERK_TODAY=TODAY, **environment)  # type: ignore[operator]


BAD = {
    "birth_date fehlt": {"birth_date": ""},
    "birth_date: diesen Tag gibt es nicht": {"birth_date": "29.02.1981"},
    "birth_date ist kein Datum": {"birth_date": "02/29/1980"},
    "birth_date liegt in der Zukunft": {"birth_date": "2026-11-23"},
    "external_id fehlt": {"external_id": "  "},
    "external_id ist länger als 200 Zeichen": {"external_id": "x" * 201},
    "last_name fehlt": {"last_name": ""},
    "postal_code fehlt": {"postal_code": ""},
    "city enthält ein Steuerzeichen": {"city": "Kö\0ln"},
    "last_name enthält ein unlesbares Zeichen": {"last_name": "M\ufffdller"},
    "external_id enthält ein unsichtbares": {"external_id": "E-1\u200b"},
    "first_name enthält ein unsichtbares": {"first_name": "A\u202eB"},
    "last_name enthält ein unsichtbares": {"last_name": "\u200b\u2060"},
    "last_name enthält keinen Buchstaben": {"last_name": "-"},
    "postal_code hat keine fünf Ziffern": {"postal_code": "5066"},
    "postal_code hat keine fünf": {"postal_code": "-"},
    "postal_code hat keine": {"postal_code": "D-50667"},
    "postal_code hat": {"postal_code": "XX-50667"},
    "prefill.contract enthält ein unsichtbares": {"prefill.contract": "RS-1\u2060"},
    "prefill.contract fehlt": {"prefill.contract": ""},
    "die Kennung der Akte ist länger als 60 Zeichen": {"prefill.contract": "x" * 61},
    "prefill.since ist kein Wert der Art date": {"prefill.since": "31.02.2026"},
}


@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_delimiter_and_encoding_are_found_out(
    proof: str, folder: Path, run_cli: RunCli, delimiter: str, encoding: str
) -> None:
    rows = [person_row(1, last_name="Größ, der; Erste", city="Köln"), person_row(2, street='Am "Tor"\nHinterhaus')]
    path = write_csv(folder / "persons.csv", rows, delimiter=delimiter, encoding=encoding)
    done = run(run_cli, folder, path)
    assert (done.returncode, done.stderr.count("Achtung")) == (0, 1)  # type: ignore[attr-defined]
    letters = read_csv(folder / "out.csv", delimiter=delimiter)
    assert [each["last_name"] for each in letters] == ["Größ, der; Erste", "Nachname2"]
    assert letters[1]["street"] == 'Am "Tor"\nHinterhaus'
    assert [*letters[0]] == [*HEADER, "dialogue", "pin", "link", "qr"]


def test_every_bad_row_is_told_with_line_and_reason(proof: str, folder: Path, run_cli: RunCli) -> None:
    rows = [person_row(0), *(person_row(n, **change) for n, change in enumerate(BAD.values(), start=1)), person_row(99)]
    done = run(run_cli, folder, write_csv(folder / "persons.csv", rows))
    assert done.returncode == 1  # type: ignore[attr-defined]
    bad = read_csv(folder / "bad.csv")
    assert [int(each["line"]) for each in bad] == [*range(3, len(BAD) + 3)]
    for each, reason in zip(bad, BAD, strict=True):
        assert each["reason"].startswith(reason)
    assert bad[1]["birth_date"] == "29.02.1981"
    assert "29.02.1981" not in done.stdout + done.stderr  # type: ignore[attr-defined]
    assert stat.S_IMODE((folder / "bad.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "out.csv").stat().st_mode) == 0o600
    assert [each["external_id"] for each in read_csv(folder / "out.csv")] == ["E-0", "E-99"]
    expected = f"Zeilen {len(rows)} = neu 2 + vervollständigt 0 + schon vorhanden 0 + fehlerhaft {len(BAD)}; Briefe 2"
    assert expected in done.stdout  # type: ignore[attr-defined]


def test_the_limits_are_in_pairs(proof: str, folder: Path, run_cli: RunCli) -> None:
    header = [*HEADER, "valid_until"]
    until = {1: TODAY, 2: "21.11.2026", 3: "", 4: "2028-11-21", 5: "2028-11-22"}
    path = folder / "persons.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, header, delimiter=";")
        writer.writeheader()
        writer.writerows(person_row(number, birth_date=TODAY) | {"valid_until": day} for number, day in until.items())
    done = run(run_cli, folder, path)
    assert done.returncode == 1  # type: ignore[attr-defined]
    reasons = ["valid_until ist vorbei", "valid_until ist mehr als 730 Tage entfernt"]
    assert [each["reason"] for each in read_csv(folder / "bad.csv")] == reasons
    assert [each["external_id"] for each in read_csv(folder / "out.csv")] == ["E-1", "E-3", "E-4"]


def test_what_just_looks_strange_is_taken(proof: str, folder: Path, run_cli: RunCli) -> None:
    rows = [
        person_row(1, last_name="Müller\u00adMeier", first_name="-"),
        person_row(2, last_name="O", postal_code="a-1010", city="Wien"),
        person_row(3, last_name="Łuczak-Øster", postal_code="01067", city="Nowe\u00a0Miasto"),
        person_row(4, postal_code="GB-SW1A 1AA"),
    ]
    done = run(run_cli, folder, write_csv(folder / "persons.csv", rows))
    assert "neu 4 + vervollständigt 0 + schon vorhanden 0 + fehlerhaft 0; Briefe 4" in done.stdout  # type: ignore[attr-defined]


def test_twice_in_the_file_is_bad_and_known_before_is_known(proof: str, folder: Path, run_cli: RunCli) -> None:
    first = run(run_cli, folder, write_csv(folder / "persons.csv", [person_row(1), person_row(2), person_row(1)]))
    assert first.returncode == 1  # type: ignore[attr-defined]
    assert read_csv(folder / "bad.csv")[0]["reason"] == "external_id steht in Zeile 2 dieser Datei schon"
    pins = (folder / "out.csv").read_text()
    again = run(run_cli, folder, write_csv(folder / "persons.csv", [person_row(1), person_row(2), person_row(3)]))
    assert again.returncode == 0  # type: ignore[attr-defined]
    assert "Zeilen 3 = neu 1 + vervollständigt 0 + schon vorhanden 2 + fehlerhaft 0; Briefe 1" in again.stdout  # type: ignore[attr-defined]
    assert [each["external_id"] for each in read_csv(folder / "out.csv")] == ["E-3"]
    assert (folder / "out.csv.1").read_text() == pins


def test_a_duplicate_far_below_is_found(proof: str, folder: Path, run_cli: RunCli) -> None:
    rows = [person_row(number) for number in range(1100)]
    done = run(run_cli, folder, write_csv(folder / "persons.csv", [*rows, person_row(5)]))
    assert "neu 1100 + vervollständigt 0 + schon vorhanden 0 + fehlerhaft 1; Briefe 1100" in done.stdout  # type: ignore[attr-defined]
    letters = read_csv(folder / "out.csv")
    assert len({each["pin"] for each in letters}) == len({each["pin"].replace("-", "")[:5] for each in letters}) == 1100


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "die Datei ist leer"),
        (b"\xef\xbb\xbf\n", "die Datei ist leer"),
        ("external_id;last_name\n".encode("utf-16"), "UTF-16"),
        (b"external_id;last_name\n1;2\n", "es fehlt salutation, first_name"),
        ((";".join([*HEADER, "pin"]) + "\n").encode(), "unbekannt ist pin"),
        ((";".join([*HEADER, "prefill.iban"]) + "\n").encode(), "unbekannt ist prefill.iban"),
        (
            (";".join([*HEADER[:-2], "contract", "since"]) + "\n").encode(),
            "gemeint ist wohl prefill.contract, prefill.since",
        ),
        ((";".join([*HEADER, "city"]) + "\n").encode(), "die Spalte city steht mehrmals da"),
        ((";".join(HEADER[:-2]) + "\n").encode(), "es fehlt prefill.contract, prefill.since"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(
    proof: str, folder: Path, run_cli: RunCli, content: bytes, sentence: str
) -> None:
    path = folder / "persons.csv"
    path.write_bytes(content)
    done = run(run_cli, folder, path)
    assert (done.returncode, done.stdout) == (1, "")  # type: ignore[attr-defined]
    assert sentence in done.stderr  # type: ignore[attr-defined]
    assert len(done.stderr.strip().splitlines()) == 1  # type: ignore[attr-defined]
    assert list(folder.glob("out.csv*")) == []


def test_rows_that_are_no_csv_are_bad_and_the_others_are_not(proof: str, folder: Path, run_cli: RunCli) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, delimiter=";")
    writer.writeheader()
    writer.writerows([person_row(1)])
    lines = text.getvalue() + 'E-2;"Frau"x;a;b\r\n' + "E-3;zu;wenig\r\n" + ";;;;;\r\n" + "\r\n"
    good = ";".join(person_row(4).values())
    path = folder / "persons.csv"
    path.write_bytes((lines + good + ";mehr\r\n" + good + ";\r\n").encode() + b'E-9;"' + b"x" * 50)
    done = run(run_cli, folder, path)
    assert done.returncode == 1  # type: ignore[attr-defined]
    reasons = [each["reason"] for each in read_csv(folder / "bad.csv")]
    assert reasons[0].startswith("Anführungszeichen")
    assert reasons[1:4] == ["weniger Felder als Spalten", "die Zeile ist leer", "mehr Felder als Spalten"]
    assert [each["external_id"] for each in read_csv(folder / "out.csv")] == ["E-1", "E-4"]


def test_one_broken_line_does_not_make_the_file_windows(proof: str, folder: Path, run_cli: RunCli) -> None:
    path = write_csv(folder / "persons.csv", [person_row(1), person_row(2)])
    path.write_bytes(path.read_bytes().replace(b"Nachname2", b"M\xfcller2"))
    done = run(run_cli, folder, path)
    assert done.returncode == 1  # type: ignore[attr-defined]
    assert [each["city"] for each in read_csv(folder / "out.csv")] == ["Köln"]
    assert "unlesbares Zeichen" in read_csv(folder / "bad.csv")[0]["reason"]


def test_no_cell_that_goes_out_is_a_formula(proof: str, folder: Path, run_cli: RunCli) -> None:
    rows = [
        person_row(1, last_name="=A1+1", first_name="+x", street="-x", city="@x"),
        person_row(2, last_name="=cmd()", birth_date=""),
    ]
    run(run_cli, folder, write_csv(folder / "persons.csv", rows))
    letter, bad = read_csv(folder / "out.csv")[0], read_csv(folder / "bad.csv")[0]
    assert [letter[name] for name in ("last_name", "first_name", "street", "city")] == ["'=A1+1", "'+x", "'-x", "'@x"]
    assert bad["last_name"] == "'=cmd()"


def test_with_a_recipient_no_pin_is_readable(proof: str, folder: Path, run_cli: RunCli) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    path = write_csv(folder / "persons.csv", [person_row(number) for number in range(50)])
    portal = {"DUNKELWERK_PORTAL_URL": "https://post.example.de"}
    done = run(run_cli, folder, path, "--recipient", str(identity.to_public()), **portal)
    assert (done.returncode, done.stderr) == (0, "")  # type: ignore[attr-defined]
    sealed = (folder / "out.csv").read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"E-1" not in sealed
    clear = pyrage.decrypt(sealed, [identity]).decode()
    letters = list(csv.DictReader(io.StringIO(clear), delimiter=";"))
    assert len(letters) == 50
    assert letters[0]["link"] == letters[0]["qr"] == f"https://post.example.de/#{letters[0]['pin']}"


@pytest.mark.parametrize("recipient", ["age1xyz", "", "ssh-rsa x"])
def test_a_wrong_recipient_is_wrong_usage(proof: str, folder: Path, run_cli: RunCli, recipient: str) -> None:
    done = run(run_cli, folder, write_csv(folder / "persons.csv", [person_row(1)]), "--recipient", recipient)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)  # type: ignore[attr-defined]


def test_the_portal_address_is_a_setting(proof: str, folder: Path, run_cli: RunCli) -> None:
    path = write_csv(folder / "persons.csv", [person_row(1)])
    run(run_cli, folder, path, DUNKELWERK_PORTAL_URL="https://post.example.de/")
    [letter] = read_csv(folder / "out.csv")
    assert letter["link"] == f"https://post.example.de/#{letter['pin']}"
    assert letter["birth_date"] == BORN


def test_files_must_be_apart(proof: str, folder: Path, run_cli: RunCli) -> None:
    path = write_csv(folder / "out.csv", [person_row(1)])
    done = run(run_cli, folder, path)
    assert done.returncode == 2  # type: ignore[attr-defined]
    assert read_csv(path)[0]["external_id"] == "E-1"


def test_an_unknown_type_is_wrong_usage(proof: str, folder: Path, run_cli: RunCli) -> None:
    path = write_csv(folder / "persons.csv", [person_row(1)])
    done = run_cli("dialogues", "import", "nothing", path, "--pins-out", folder / "o.csv")  # type: ignore[operator]
    assert (done.returncode, "Dialogtyp nothing" in done.stderr) == (2, True)
