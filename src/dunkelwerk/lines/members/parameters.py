"""The parameters of the members line. Source: docs/members.md; values in ``parameters.yaml``."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from stdnum.eu import at_02

from dunkelwerk.decisions.days import federal_states
from dunkelwerk.decisions.parameters import CoreParameters

Count = Annotated[int, Meta(ge=0, le=9999)]


class MemberParameters(CoreParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a fund may set for all processes; units stand in ``parameters.yaml``."""

    federal_state: str | None
    legal_entity: str

    def __post_init__(self) -> None:
        if self.federal_state is not None and self.federal_state not in federal_states():
            known = ", ".join(sorted(federal_states()))
            raise ValueError(f"federal_state: unbekanntes Bundesland; bekannt sind {known}")


class SepaMandateParameters(MemberParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a fund may set for SEPA mandates; units stand in the ``parameters.yaml`` of the process."""

    mandate_texts: tuple[str, ...]
    mandate_receipt_days: Count
    sepa_countries: tuple[str, ...]
    creditor_identifier: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not at_02.is_valid(self.creditor_identifier):
            raise ValueError("creditor_identifier: keine gültige Gläubiger-Identifikationsnummer")
