"""Helpers of the tests of dialogues: files of persons, imports inside the test, letters read back."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dunkelwerk.infra.businessday import BERLIN

TODAY = "2026-11-22"
AT = datetime(2026, 11, 22, 10, 0, tzinfo=BERLIN)
TYPE = Path(__file__).with_name("proof.yaml")
HEADER = [
    *("external_id", "salutation", "first_name", "last_name", "street", "house_number", "postal_code", "city"),
    *("birth_date", "prefill.contract", "prefill.since"),
]
BORN = "1980-02-29"


def person_row(number: int, **changes: str) -> dict[str, str]:
    """Person ``E-n``."""
    usual = ["Frau", f"Vorname{number}", f"Nachname{number}", "Lindenstr.", "7", "50667", "Köln", BORN]
    row = dict(zip(HEADER, [f"E-{number}", *usual, f"RS-{number}", "2026-01-31"], strict=True))
    return row | {name.replace("__", "."): value for name, value in changes.items()}


def write_csv(path: Path, rows: Iterable[dict[str, str]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    """A file of persons."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, HEADER, delimiter=delimiter, extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path, *, delimiter: str = ";") -> list[dict[str, str]]:
    """The rows of a file that was written."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def publish_proof(**changes: Any) -> Any:
    """The test's type, published."""
    import msgspec

    from dunkelwerk.dialogues import type_versions
    from dunkelwerk.dialogues.forms.reading import load

    return type_versions.publish(msgspec.structs.replace(load(TYPE), **changes), actor="test")


def import_rows(
    folder: Path, rows: Sequence[dict[str, str]], *, out: str = "out.csv"
) -> tuple[Any, list[dict[str, str]]]:
    """Import inside the test: the counts, and the letters."""
    from dunkelwerk.dialogues.importing.run import Order, import_file

    path = write_csv(folder / "persons.csv", rows)
    order = Order("proof", path, folder / out, "test", date.fromisoformat(TODAY), None, folder / "bad.csv")
    counts = import_file(order, advance=lambda count: None, complain=lambda bad: None)
    return counts, read_csv(folder / out)


def answer(reference: str, **answers: Any) -> Any:
    """A draft with answers, and the form that holds them: (dialogue, form, revision)."""
    from dunkelwerk.dialogues import answers as drafts
    from dunkelwerk.dialogues.forms.filling import Form
    from dunkelwerk.dialogues.queries import find

    dialogue = find(reference)
    draft = drafts.load_draft(dialogue.id)
    said = draft.answers | answers
    revision = drafts.save_draft(dialogue.id, said, revision=draft.revision)
    form = Form(dialogue.form, said, prefill=dialogue.prefill, person=dialogue.facts, today=date.fromisoformat(TODAY))
    return dialogue, form, revision


def submit(reference: str, *, at: datetime = AT, **answers: Any) -> Any:
    """Answer and submit."""
    from dunkelwerk.dialogues.answers import submit

    dialogue, form, revision = answer(reference, **({"benefit_kind": "alg1"} | answers))
    pdf = b"%PDF-1.7 receipt"
    digest = hashlib.sha256(pdf).hexdigest()
    return submit(dialogue, form, revision=revision, receipt=pdf, receipt_sha256=digest, language="de", at=at)
