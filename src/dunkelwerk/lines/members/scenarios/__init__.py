"""Scenarios: a process's ``scenarios.yaml`` read, decided and compared, for its tests and for ``dunkelwerk scenarios``.

The language is explained, in German, at the top of ``processes/tax_id/scenarios.yaml``; what every line's has is in
``lines.scenarios``. ``language``: what a scenario may say, and its case file; ``telling``: its lines to compare.
"""

from dunkelwerk.lines.members.scenarios.language import LANGUAGE, case_file_of
from dunkelwerk.lines.scenarios import Scenario, ScenarioError, notice_of

__all__ = ["Scenario", "ScenarioError", "case_file_of", "decide", "differences", "notice_of", "scenarios_of"]

scenarios_of, decide, differences = LANGUAGE.scenarios_of, LANGUAGE.decide, LANGUAGE.differences
