"""The file: the usual case, and what each scenario changes in it and expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dunkelwerk.infra.i18n import _

FURTHER = ("second_contract", "third_contract")
#: the claim that is there in the usual case; or, where a notice opens the first, one that only some scenarios have
CLAIMS = ("claim", "other_claim")
DESCRIBES = {"name", "business_day", "person", "second_person", "tariff", "contract", *CLAIMS, "more_claims", *FURTHER}
DESCRIBES |= {"file_order", "case_file", "notice", "parameters"}
EXPECTS = {"outcome", "reasons", "actions", "referred"}
#: what the usual case must have, and one of CLAIMS; the further persons and contracts only where a scenario uses them
USUAL = ("business_day", "person", "tariff", "contract", "notice")
#: a notice may be written as what it is
SYNONYMS = {"note": "notice", "proof": "notice"}


class ScenarioError(ValueError):
    """A ``scenarios.yaml`` that cannot be read; the text says which process, which scenario, and what is wrong."""


@dataclass(frozen=True)
class Scenario:
    """One scenario of one process."""

    process: str
    chapter: str
    usual: dict[str, Any]
    differs: dict[str, Any]

    @property
    def name(self) -> str:
        """Its German sentence."""
        return str(self.differs["name"])

    @property
    def claim(self) -> str:
        """The key of its usual claim: ``claim`` where it is always there, else ``other_claim``."""
        return next(key for key in CLAIMS if key in self.usual)

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons it expects."""
        return [reason_line(each)[0].split()[0] for each in self.differs.get("reasons", [])]


def read_scenarios(process: str, content: Mapping[str, Any]) -> Iterator[Scenario]:
    """The scenarios of one file; raises ScenarioError for what the language does not know, or misses."""
    usual = with_synonyms(mapping(content.get("usual case"), place=f"{process}, usual case"))
    wanted = (*USUAL, *(() if usual.keys() & set(CLAIMS) else CLAIMS[:1]))
    if missing := [name for name in wanted if name not in usual]:
        text = _("{process}, usual case: es fehlt {missing}.")
        raise ScenarioError(text.format(process=process, missing=", ".join(missing)))
    for chapter, listed in mapping(content.get("chapters"), place=f"{process}, chapters").items():
        for number, each in enumerate(listed if isinstance(listed, list) else [None], 1):
            differs = with_synonyms(mapping(each, place=f"{process}, {chapter}, {number}."))
            check_keys(differs, place=f"{process}, {differs.get('name') or f'{chapter}, {number}.'}")
            yield Scenario(process, str(chapter), usual, differs)


def mapping(value: Any, *, place: str) -> dict[str, Any]:
    """The value; raises ScenarioError where names are not mapped to something."""
    if not isinstance(value, dict):
        raise ScenarioError(_("{place}: hier müssen Namen mit Doppelpunkt und Inhalt stehen.").format(place=place))
    return value


def with_synonyms(written: Mapping[str, Any]) -> dict[str, Any]:
    """With one name for each thing."""
    return {SYNONYMS.get(key, key): value for key, value in written.items()}


def check_keys(differs: Mapping[str, Any], *, place: str) -> None:
    """Raise ScenarioError where a scenario says what nobody reads, or does not say what it expects."""
    if unknown := differs.keys() - DESCRIBES - EXPECTS:
        text = _("{place}: unbekannt ist {unknown}; bekannt sind {known}.")
        known = ", ".join(sorted(DESCRIBES | EXPECTS))
        raise ScenarioError(text.format(place=place, unknown=", ".join(sorted(map(str, unknown))), known=known))
    if missing := [name for name in ("name", "outcome") if name not in differs]:
        raise ScenarioError(_("{place}: es fehlt {missing}.").format(place=place, missing=", ".join(missing)))


def reason_line(written: str | Mapping[str, str]) -> tuple[str, str]:
    """The reason with its claim, and the piece of its text that is expected (or nothing)."""
    if isinstance(written, str):
        return written, ""
    ((line, text),) = written.items()
    return line, str(text)
