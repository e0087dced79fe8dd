"""The outcome rule: from all findings and the proposed actions to one Decision. Source: docs/rules.md section 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunkelwerk.decisions.decision import APPLY, PARTIAL, REFERRED, SECOND, Action, Finding, Subject
from dunkelwerk.decisions.parameters import ALL_OR_NOTHING, CoreParameters
from dunkelwerk.decisions.reasons import SECOND_CHECK

Outcome = tuple[str, tuple[Action, ...], tuple[Subject, ...]]
NOTHING: Outcome = (REFERRED, (), ())


def judge(
    findings: Sequence[Finding], proposed: Mapping[Subject, tuple[Action, ...]], parameters: CoreParameters
) -> Outcome:
    """Outcome, actions and the subjects left to a clerk; ``proposed`` is in the order of the actions."""
    obstacles = [finding for finding in findings if finding.refers]
    if obstacles and not may_isolate(obstacles, parameters):
        return NOTHING
    left_out = {finding.stands_against for finding in obstacles}
    actions = tuple(action for subject, each in proposed.items() if subject not in left_out for action in each)
    if left_out and not actions:
        return NOTHING
    referred = tuple(subject for subject in proposed if subject in left_out)
    # a reason of the whole notice counts even where it carries what a part that is left out carries
    counted = [each for each in findings if not each.scope.isolates or each.stands_against not in left_out]
    if needs_second_check(counted, actions, parameters):
        return SECOND, actions, referred
    return PARTIAL if referred else APPLY, actions, referred


def may_isolate(obstacles: Sequence[Finding], parameters: CoreParameters) -> bool:
    """Whether the parts of the notice without an obstacle may go on."""
    return parameters.isolation != ALL_OR_NOTHING and all(finding.scope.isolates for finding in obstacles)


def needs_second_check(counted: Sequence[Finding], actions: Sequence[Action], parameters: CoreParameters) -> bool:
    """Whether a second person must confirm what goes on."""
    return (
        parameters.mode == SECOND_CHECK.name
        or any(finding.disposition.counts_as == SECOND_CHECK.name for finding in counted)
        or (parameters.adverse_needs_human and any(action.is_adverse for action in actions))
    )
