"""Whose portal this is: the insurer's name and how to reach it, its own look and texts. Described in docs/portal.md.

Name, address, telephone come from the insurer's data of the letters (``DUNKELWERK_LETTERS``). ``DUNKELWERK_PORTAL``
names a folder with what is the portal's alone: ``theme.css`` (custom properties), ``logo.svg``, and texts
(``privacy.de.md`` …) that go before ours.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.letters.insurer import Insurer, own_folder, read_insurer

TEXTS = Path(__file__).parent / "texts"
DEFAULT_LANGUAGE = "de"


class House(Struct, frozen=True):
    """The insurer, and the folder of its own files. ``static``: what browsers may load from it.

    ``companies``: the insurer, under "", and each company that has a name of its own, by legal entity.
    """

    insurer: Insurer
    companies: dict[str, Insurer]
    folder: Path | None
    static: Path | None
    has_theme: bool
    has_logo: bool

    def company(self, legal_entity: str) -> Insurer:
        """Whose pages a dialogue of this legal entity has."""
        return self.companies.get(legal_entity) or self.insurer.company(legal_entity)


@cache
def read_house() -> House:
    """Read once per process; raises CommandError for a folder that is not there."""
    named = os.environ.get("DUNKELWERK_PORTAL")
    folder = Path(named) if named else None
    if folder and not folder.is_dir():
        raise CommandError(_("DUNKELWERK_PORTAL: den Ordner {folder} gibt es nicht.").format(folder=folder))
    static = folder / "static" if folder and (folder / "static").is_dir() else None
    insurer = read_insurer(own_folder())
    named_apart = [entity for entity, fields in insurer.legal_entities.items() if "name" in fields]
    return House(
        insurer=insurer,
        companies={"": insurer} | {entity: insurer.company(entity) for entity in named_apart},
        folder=folder,
        static=static,
        has_theme=bool(static and (static / "theme.css").is_file()),
        has_logo=bool(static and (static / "logo.svg").is_file()),
    )


def find_text(name: str, language: str, house: House) -> str:
    """The text of a page (``privacy``, ``imprint`` …): the insurer's before ours, German where there is no other."""
    folders = [house.folder, TEXTS] if house.folder else [TEXTS]
    wanted = [folder / f"{name}.{each}.md" for folder in folders for each in (language, DEFAULT_LANGUAGE)]
    return next(path.read_text("utf-8") for path in wanted if path.is_file())
