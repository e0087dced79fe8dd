"""The outcome rule: over random findings, against a second reading of the rules, and its invariants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.decision import Action, Finding, Subject
from dunkelwerk.decisions.outcome import judge
from dunkelwerk.decisions.parameters import CoreParameters
from dunkelwerk.decisions.reasons import IGNORE, REFER, SECOND_CHECK, Disposition, Reason, Scope


class Book(Subject, frozen=True):
    """A subject of this test's own."""

    title: str


class Mend(Action, frozen=True, tag="mend"):
    """A harmless action."""

    title: str


class Fine(Mend, frozen=True, tag="fine"):
    """An adverse action."""

    adverse = True


WHOLE, PART = Scope("visit"), Scope("book", isolates=True)
WAIVE = Disposition.special("waive", counts_as=SECOND_CHECK)
BOOKS = tuple(Book(title) for title in "ABCD")
VISIT = Book("the whole visit")
REASON = Reason("stained", "Befleckt", "befleckt", "house rules")
DISPOSITIONS = (REFER, SECOND_CHECK, IGNORE, WAIVE)

#: a reason of the whole may carry what a part carries (a contract whose claim has no number yet)
WHOLE_FINDINGS = st.builds(
    lambda subject, disposition: Finding(REASON, WHOLE, subject, {}, disposition),
    st.sampled_from((VISIT, BOOKS[0])),
    st.sampled_from(DISPOSITIONS),
)
PART_FINDINGS = st.builds(
    lambda subject, disposition: Finding(REASON, PART, subject, {}, disposition),
    st.sampled_from(BOOKS),
    st.sampled_from(DISPOSITIONS),
)
FINDINGS = st.lists(st.one_of(PART_FINDINGS, PART_FINDINGS, WHOLE_FINDINGS), max_size=6)
PROPOSED = st.fixed_dictionaries(
    {book: st.lists(st.sampled_from([Mend(book.title), Fine(book.title)]), max_size=3).map(tuple) for book in BOOKS}
)
PARAMETERS = st.builds(
    CoreParameters,
    isolation=st.sampled_from(["all_or_nothing", "per_claim"]),
    mode=st.sampled_from(["dark", "second_check"]),
    adverse_needs_human=st.booleans(),
    dispositions=st.just({}),
)
CASES = st.tuples(FINDINGS, PROPOSED, PARAMETERS)
Case = tuple[list[Finding], dict[Subject, tuple[Action, ...]], CoreParameters]


def read_again(
    findings: Sequence[Finding], proposed: Mapping[Subject, Sequence[Action]], p: CoreParameters
) -> tuple[str, list[Action], list[Subject]]:
    """The rules' section 3, point by point, as clumsily as they stand."""
    nothing: tuple[str, list[Action], list[Subject]] = ("refer", [], [])
    out: set[Subject] = set()
    for finding in findings:
        if finding.disposition is REFER:
            if p.isolation != "per_claim" or finding.scope is not PART:
                return nothing
            out.add(finding.subject)
    goes_on = [subject for subject in proposed if subject not in out]
    actions = [action for subject in goes_on for action in proposed[subject]]
    if out and not actions:
        return nothing
    referred = [subject for subject in proposed if subject in out]
    counted = [each for each in findings if each.scope is WHOLE or each.subject not in out]
    asks = any(each.disposition in (SECOND_CHECK, WAIVE) for each in counted)
    if asks or p.mode == "second_check" or (p.adverse_needs_human and any(type(each) is Fine for each in actions)):
        return "second_check", actions, referred
    return ("partial" if referred else "apply"), actions, referred


@given(CASES)
def test_judge_reads_the_rules_as_a_second_reader_does(case: Case) -> None:
    outcome, actions, referred = judge(*case)
    assert (outcome, list(actions), list(referred)) == read_again(*case)


@given(CASES)
def test_a_referral_has_no_actions_and_names_nobody(case: Case) -> None:
    outcome, actions, referred = judge(*case)
    if outcome == "refer":
        assert (actions, referred) == ((), ())


def test_a_reason_about_the_whole_counts_though_it_carries_what_is_left_out() -> None:
    left_out, goes_on = BOOKS[:2]
    findings = [Finding(REASON, PART, left_out, {}, REFER), Finding(REASON, WHOLE, left_out, {}, SECOND_CHECK)]
    p = CoreParameters(isolation="per_claim", mode="dark", adverse_needs_human=False, dispositions={})
    proposed = {left_out: (Mend("A"),), goes_on: (Mend("B"),)}
    assert judge(findings, proposed, p) == ("second_check", (Mend("B"),), (left_out,))


@given(CASES)
def test_all_or_nothing(case: Case) -> None:
    findings, proposed, p = case
    outcome, actions, referred = judge(findings, proposed, p)
    if p.isolation == "all_or_nothing":
        refers = any(finding.disposition is REFER for finding in findings)
        assert (outcome == "refer") is refers
        assert referred == ()
        assert actions == (() if refers else tuple(action for each in proposed.values() for action in each))


@given(CASES)
def test_one_reason_about_the_whole_refers_the_whole(case: Case) -> None:
    findings, proposed, p = case
    assert judge([*findings, Finding(REASON, WHOLE, VISIT, {}, REFER)], proposed, p) == ("refer", (), ())


@given(CASES)
def test_the_referred_are_exactly_the_obstacles_and_get_no_action(case: Case) -> None:
    findings, proposed, p = case
    _, actions, referred = judge(findings, proposed, p)
    assert set(referred) <= set(proposed)
    assert list(referred) == [subject for subject in proposed if subject in referred]
    if referred:
        assert set(referred) == {finding.subject for finding in findings if finding.disposition is REFER}
        assert {action.title for action in actions} & {book.title for book in referred} == set()  # type: ignore[attr-defined]


@given(CASES)
def test_partial_is_selective_dark_and_leaves_something_on_both_sides(case: Case) -> None:
    _, _, p = case
    outcome, actions, referred = judge(*case)
    if outcome == "partial":
        assert (p.isolation, p.mode) == ("per_claim", "dark")
        assert actions
        assert referred


@given(CASES)
def test_ignored_reasons_change_nothing(case: Case) -> None:
    findings, proposed, p = case
    assert judge(findings, proposed, p) == judge(
        [each for each in findings if each.disposition is not IGNORE], *case[1:]
    )


@given(CASES)
def test_the_order_of_the_findings_changes_nothing(case: Case) -> None:
    findings, proposed, p = case
    assert judge(findings, proposed, p) == judge(findings[::-1], proposed, p)


@given(CASES, st.sampled_from([SECOND_CHECK, WAIVE, REFER]), st.sampled_from([*BOOKS, VISIT]))
def test_another_reason_never_makes_it_go_darker(case: Case, disposition: Disposition, subject: Book) -> None:
    findings, proposed, p = case
    scope = WHOLE if subject is VISIT else PART
    before, actions, _ = judge(findings, proposed, p)
    after, fewer, _ = judge([*findings, Finding(REASON, scope, subject, {}, disposition)], proposed, p)
    assert set(fewer) <= set(actions)
    assert after != "apply"
    if before == "refer":
        assert after == "refer"


@given(CASES)
def test_second_check_and_adverse_modes_only_add_a_person(case: Case) -> None:
    findings, proposed, p = case
    dark = msgspec.structs.replace(p, mode="dark", adverse_needs_human=False)
    strict = msgspec.structs.replace(p, mode="second_check")
    loose, careful = judge(findings, proposed, dark), judge(findings, proposed, strict)
    assert loose[1:] == careful[1:]
    assert careful[0] == ("refer" if loose[0] == "refer" else "second_check")


def judged(findings: list[Finding], p: dict[str, Any], proposed: dict[Subject, tuple[Action, ...]]) -> str:
    defaults: dict[str, Any] = {"isolation": "all_or_nothing", "mode": "dark", "adverse_needs_human": False}
    return judge(findings, proposed, CoreParameters(**{**defaults, "dispositions": {}, **p}))[0]


def test_without_reasons_it_applies_even_without_actions() -> None:
    assert judged([], {}, {BOOKS[0]: ()}) == "apply"
    assert judged([], {}, {}) == "apply"


def test_adverse_needs_a_human_only_where_it_is_on_and_something_is_adverse() -> None:
    proposed: dict[Subject, tuple[Action, ...]] = {BOOKS[0]: (Fine("A"),)}
    assert judged([], {}, proposed) == "apply"
    assert judged([], {"adverse_needs_human": True}, proposed) == "second_check"
    assert judged([], {"adverse_needs_human": True}, {BOOKS[0]: (Mend("A"),)}) == "apply"
