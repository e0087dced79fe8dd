"""The insurer whose letters these are: its data, and its own templates, letterhead and fonts.

``DUNKELWERK_LETTERS`` names a folder: ``insurer.yaml`` (or ``insurer.json``), ``letterhead.typ``, any template of the
product under its name, and ``fonts/``. A file there goes before ours. Described in docs/letters.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

TEMPLATES = Path(__file__).parent / "templates"
NAMES = ("insurer.yaml", "insurer.yml", "insurer.json")


class Complaints(Struct, frozen=True, forbid_unknown_fields=True):
    """An office that hears complaints, with how to reach it."""

    name: str
    reach: str


class CompanyUnknown(CommandError):
    """insurer.yaml has no such company: what is to go out in its name would go out in that of the insurer."""

    def __init__(self, legal_entity: str) -> None:
        message = _(
            "legal_entity: die Gesellschaft {name} steht nicht in insurer.yaml; dort unter legal_entities eintragen "
            "(mit {{}}, wenn sie der Versicherer selbst ist)."
        )
        super().__init__(message.format(name=legal_entity))
        self.legal_entity = legal_entity


class Insurer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a letter says of its sender. ``address``: the lines below the name; ``footer``: columns of lines."""

    name: str
    address: list[str]
    phone: str
    email: str
    hours: str = ""
    #: for people who read English; without it the hours stand as above
    hours_en: str = ""
    website: str = ""
    contact: str = ""
    signature: str = ""
    form: str = ""
    font: list[str] = []
    footer: list[list[str]] = []
    complaints: list[Complaints] = []
    #: by legal entity of a cover or a dialogue type: the fields that differ
    legal_entities: dict[str, dict[str, Any]] = {}

    def knows(self, legal_entity: str) -> bool:
        """Whether it is the insurer itself, or a company that it lists."""
        return not legal_entity or legal_entity in self.legal_entities

    def ensure_known(self, legal_entity: str) -> None:
        """Raise CompanyUnknown for a company in whose name nothing may go out."""
        if not self.knows(legal_entity):
            raise CompanyUnknown(legal_entity)

    def of(self, legal_entity: str) -> dict[str, Any]:
        """The insurer as a letter shows it, for the company that carries the cover.

        Covers may name any entity of the books; one that is not listed differs in nothing. Where a wrong name would do
        harm, ``ensure_known`` comes first.
        """
        whole = {**msgspec.to_builtins(self), **self.legal_entities.get(legal_entity, {})}
        whole.pop("legal_entities")
        return whole

    def company(self, legal_entity: str) -> Insurer:
        """The company of this legal entity; the insurer itself where it has no fields of its own."""
        return msgspec.convert(self.of(legal_entity), Insurer)


def own_folder() -> Path | None:
    """The insurer's folder; raises CommandError where ``DUNKELWERK_LETTERS`` names none."""
    named = os.environ.get("DUNKELWERK_LETTERS")
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise CommandError(_("DUNKELWERK_LETTERS: den Ordner {folder} gibt es nicht.").format(folder=folder))
    return folder


def read_insurer(folder: Path | None) -> Insurer:
    """The insurer's data from its folder, else a made-up one's; raises CommandError naming file and field."""
    path = next((folder / name for name in NAMES if (folder / name).is_file()), None) if folder else None
    path = path or TEMPLATES / "insurer.yaml"
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        insurer = msgspec.convert(content, Insurer)
        for entity, fields in insurer.legal_entities.items():
            msgspec.convert({**content, "legal_entities": {}, **fields}, Insurer)
            if "legal_entities" in fields:
                raise ValueError(f"legal_entities.{entity}")
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        fault = " ".join(str(error).split())
        raise CommandError(_("{path}: nicht lesbar ({fault}).").format(path=path, fault=fault)) from None
    return insurer
