"""Scenarios: a process's ``scenarios.yaml`` read, decided and compared, for its tests and for ``dunkelwerk scenarios``.

The language is explained, in German, at the top of ``processes/follow_up_sick_note/scenarios.yaml``. The modules, in
the order of the way: ``language`` (the file), ``cases`` (notice and case file as JSON),
``running`` (the decision), ``telling`` (what differs).
"""

from dunkelwerk.lines.credit_protection.scenarios.language import ScenarioError
from dunkelwerk.lines.credit_protection.scenarios.running import decide, scenarios_of
from dunkelwerk.lines.credit_protection.scenarios.telling import differences

__all__ = ["ScenarioError", "decide", "differences", "scenarios_of"]
