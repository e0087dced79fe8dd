"""The scenarios of credit protection read, decided and compared."""

from __future__ import annotations

from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of
from dunkelwerk.lines.credit_protection.scenarios.language import CLAIMS, DESCRIBES, EXPECTS, SYNONYMS, USUAL
from dunkelwerk.lines.credit_protection.scenarios.telling import actual_lines, expected_lines
from dunkelwerk.lines.scenarios import Language

LANGUAGE = Language(
    known=DESCRIBES | EXPECTS,
    usual=USUAL,
    either=CLAIMS,
    synonyms=SYNONYMS,
    case_file_of=case_file_of,
    expected=expected_lines,
    actual=actual_lines,
)
scenarios_of, decide, differences = LANGUAGE.scenarios_of, LANGUAGE.decide, LANGUAGE.differences
