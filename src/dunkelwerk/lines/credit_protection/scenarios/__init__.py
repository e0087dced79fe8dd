"""Scenarios: a process's ``scenarios.yaml`` read, decided and compared, for its tests and for ``dunkelwerk scenarios``.

The language is explained, in German, at the top of ``processes/follow_up_sick_note/scenarios.yaml``; what every line's
has is in ``lines.scenarios``. The modules: ``language`` (what a scenario may say), ``cases`` (its case file as JSON),
``telling`` (its lines to compare), ``running`` (all of it together).
"""

from dunkelwerk.lines.credit_protection.scenarios.running import decide, differences, scenarios_of
from dunkelwerk.lines.scenarios import ScenarioError

__all__ = ["ScenarioError", "decide", "differences", "scenarios_of"]
