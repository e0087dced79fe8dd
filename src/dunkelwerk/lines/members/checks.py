"""Checks that all processes of the line share. A check's name says what is true when it finds something.

Source: docs/members.md section 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.lines.members.identification import Identified
from dunkelwerk.lines.members.notices import MemberNotice
from dunkelwerk.lines.members.parameters import MemberParameters as Parameters


def person_deceased(notice: MemberNotice, case: Identified, p: Parameters) -> Looked:
    return when(case.member.deceased_on is not None, deceased_on=case.member.deceased_on)


def filled_by_representative(notice: MemberNotice, case: Identified, p: Parameters) -> Looked:
    return when(notice.filled_by == "representative", filled_by=notice.filled_by)


def free_text(notice: MemberNotice, case: Identified, p: Parameters) -> Looked:
    return written({"Bemerkung": notice.comment})


def written(texts: Mapping[str, str | None]) -> Looked:
    """Whether somebody wrote something in one of these fields; the evidence names the fields alone."""
    fields = [name for name, text in texts.items() if text and text.strip()]
    return when(bool(fields), fields=fields)
