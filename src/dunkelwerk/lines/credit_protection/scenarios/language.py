"""What a scenario of credit protection may say."""

from __future__ import annotations

from dunkelwerk.lines.scenarios import Scenario

FURTHER = ("second_contract", "third_contract")
#: the claim that is there in the usual case; or, where a notice opens the first, one that only some scenarios have
CLAIMS = ("claim", "other_claim")
DESCRIBES = frozenset(
    {
        *("name", "business_day", "person", "second_person", "tariff", "contract", *CLAIMS, "more_claims", *FURTHER),
        *("file_order", "case_file", "notice", "parameters"),
    }
)
EXPECTS = frozenset({"outcome", "reasons", "actions", "referred"})
#: what the usual case must have, and one of CLAIMS; the further persons and contracts only where a scenario uses them
USUAL = ("business_day", "person", "tariff", "contract", "notice")
#: a notice may be written as what it is
SYNONYMS = {"note": "notice", "proof": "notice"}


def usual_claim(scenario: Scenario) -> str:
    """The key of its usual claim: ``claim`` where it is always there, else ``other_claim``."""
    return next(key for key in CLAIMS if key in scenario.usual)
