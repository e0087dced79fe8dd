"""What the law wants told beside the data: purposes, recipients, terms, how it is decided, rights (Art. 15 GDPR)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.decisions.parameters import ParameterError, read_yaml
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.disclosing import disclosers
from dunkelwerk.lines.registry import procedure, recorders
from dunkelwerk.lines.terms import Terms


class Texts(Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of a line's ``texts.yaml``."""

    controller: str
    purposes: list[str]
    recipients: list[str]
    sources: list[str]
    transfers: str
    automated: str
    rights: list[str]


def read_texts(own: Path | None = None) -> dict[str, Texts]:
    """The texts of every line, with an insurer's own before them; raises CommandError (wrong usage).

    In the insurer's file the name of a line holds what is that line's alone.
    """
    try:
        changes = read_yaml(own) if own else {}
        ours = {name: read_yaml(each.folder / "texts.yaml") for name, each in disclosers().items()}
        for_all = {name: value for name, value in changes.items() if name not in ours}
        own_of = {name: msgspec.convert(changes.get(name) or {}, dict[str, Any]) for name in ours}
        return {name: msgspec.convert({**texts, **for_all, **own_of[name]}, Texts) for name, texts in ours.items()}
    except ParameterError as error:
        raise wrong_usage(str(error)) from None
    except msgspec.ValidationError as error:
        raise wrong_usage(_("{file}: {fault}.").format(file=own, fault=fault_in_words(error))) from None


def law_of(line: str, told: Mapping[str, Any], texts: Texts, terms: Terms | None, on: date) -> dict[str, Any]:
    """The texts, the terms in force, and the logic of every process that decided something about the person."""
    decisions = [each for notice in told["notices"] for each in notice["decisions"]]
    versions: dict[str, set[str]] = {}
    for each in decisions:
        versions.setdefault(each["process"], set()).add((each.get("versions") or {}).get("rules", ""))
    kept = [
        {"name": entry.name, "years": terms.years(name, on), "starts": entry.unit, "source": entry.source}
        for name, entry in (terms.entries.items() if terms else ())
    ]
    logic = [tell_process(name, sorted(rules)) for name, rules in sorted(versions.items())]
    return {**msgspec.to_builtins(texts), "terms": kept, "processes": logic}


def law_of_dialogues(
    dialogues: Sequence[Mapping[str, Any]], lines: Mapping[str, Any], texts: Mapping[str, Texts]
) -> dict[str, Any]:
    """The texts of the lines to whom dialogues belong, where nothing else of that line is told, by line."""
    found = {each["line"] for each in dialogues} - lines.keys()
    return {name: msgspec.to_builtins(texts[name]) for name in sorted(found & texts.keys())}


def tell_process(name: str, rules: list[str]) -> dict[str, Any]:
    """What a process checks, in the order of its checks; of one that is not installed any more, its name."""
    process = procedure(name)
    checks = process.checks if process else []
    return {
        "process": name,
        "title": process.title if process else name,
        "rules": rules,
        "by_hand": name in recorders(),
        "checks": [{"code": each.reason.code, "title": each.reason.title} for each in checks],
    }
