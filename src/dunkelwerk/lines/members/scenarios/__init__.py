"""Scenarios: a process's ``scenarios.yaml`` read, decided and compared, for its tests and for ``dunkelwerk scenarios``.

The language is explained, in German, at the top of ``processes/tax_id/scenarios.yaml``. ``language``: the file, notice
and case file as JSON, the decision; ``telling``: what differs.
"""

from dunkelwerk.lines.members.scenarios.language import (
    Scenario,
    ScenarioError,
    case_file_of,
    decide,
    notice_of,
    scenarios_of,
)
from dunkelwerk.lines.members.scenarios.telling import differences

__all__ = ["Scenario", "ScenarioError", "case_file_of", "decide", "differences", "notice_of", "scenarios_of"]
