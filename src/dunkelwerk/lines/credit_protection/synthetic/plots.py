"""The mix of the synthetic inbox: which plots occur, how often, and what each must lead to.

One line of `LIVE` is one plot of the follow-up sick notes: its weight, the function that arranges it, the households
it needs, then the reasons and the outcome under default parameters, and what must be seen among the actions (an
action's type, or type and value). `QUIET` are the households that send nothing.
"""

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from dunkelwerk.lines.credit_protection.synthetic import name_plots as names
from dunkelwerk.lines.credit_protection.synthetic import paid_plots as paid
from dunkelwerk.lines.credit_protection.synthetic import quiet_plots as quiet
from dunkelwerk.lines.credit_protection.synthetic import referred_plots as referred
from dunkelwerk.lines.credit_protection.synthetic import unidentified_plots as unidentified
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, Shape

SINGLE: Shape = ((0,),)
JOINT: Shape = ((0, 1),)
TWO: Shape = ((0,), (0,))
THREE: Shape = ((0,), (0,), (0,))
JOINT_AND_OWN: Shape = ((0, 1), (0,))
JOINT_AND_PARTNERS: Shape = ((0, 1), (1,))
COUPLE: Shape = ((0, 1), (0,), (1,))


class Households:
    """Shapes of households with their weights."""

    def __init__(self, weights: dict[Shape, float]) -> None:
        """Remember the running sums."""
        self.shapes = tuple(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, rng: Random) -> Shape:
        """One shape."""
        return self.shapes[bisect(self._sums, rng.random() * self._sums[-1])]


ANY = Households({SINGLE: 80, JOINT: 10, TWO: 5, THREE: 0.6, JOINT_AND_OWN: 1, JOINT_AND_PARTNERS: 0.8, COUPLE: 0.6})
LONE = Households({SINGLE: 88, JOINT: 12})
PAIR = Households({JOINT: 1})
MANY = Households({TWO: 10, THREE: 1, JOINT_AND_OWN: 2, COUPLE: 1})
PARTNERS = Households({JOINT_AND_PARTNERS: 2, COUPLE: 1})

APPLY, SECOND_CHECK, REFER = "apply", "second_check", "refer"


@dataclass(frozen=True, slots=True)
class Plot:
    """What happens to one household, and what a right decision about its notes is."""

    weight: float
    arrange: Callable[[Scene], None]
    households: Households = ANY
    outcome: str = APPLY
    reasons: frozenset[str] = frozenset()
    shows: tuple[str, ...] = ()
    notices: int = 1
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the plot after its function."""
        object.__setattr__(self, "name", self.arrange.__name__)


def _applied(
    weight: float, arrange: Callable[[Scene], None], households: Households, *shows: str, notices: int = 1
) -> Plot:
    return Plot(weight, arrange, households, shows=shows, notices=notices)


def _checked(weight: float, arrange: Callable[[Scene], None], households: Households) -> Plot:
    return Plot(weight, arrange, households, SECOND_CHECK, frozenset({"above_authority"}), ("release_instalment",))


def _referred(weight: float, arrange: Callable[[Scene], None], households: Households, *reasons: str) -> Plot:
    return Plot(weight, arrange, households, REFER, frozenset(reasons))


_EXTENDS = ("record_proof", "extend_benefit", "send_letter:settlement")
_CUT = ("record_proof", "review_on")
_RECOVERED = ("close_claim:recovered", "send_letter:benefit_end")
_DEFERRED = ("record_proof", "send_letter:deferred_period")

# Weights are relative to one another; 3 means one notice in some four hundred, so that five thousand show every plot.
LIVE: tuple[Plot, ...] = (
    # Applied
    _applied(320, paid.plain_extension, ANY, *_EXTENDS),
    _applied(95, paid.plain_daily_extension, ANY, *_EXTENDS, "release_instalment"),
    _applied(32, paid.several_contracts, MANY, *_EXTENDS),
    _applied(8, paid.other_contract_left_alone, MANY, *_EXTENDS),
    _applied(5, paid.second_contract_named, MANY, *_EXTENDS),
    _applied(20, paid.earlier_claims_closed, LONE, *_EXTENDS),
    _applied(16, names.without_umlaut, ANY, *_EXTENDS),
    _applied(6, names.umlaut_missing_in_register, ANY, *_EXTENDS),
    _applied(10, names.in_capitals, ANY, *_EXTENDS),
    _applied(9, names.hyphen_missing, ANY, *_EXTENDS),
    _applied(4, names.other_apostrophe, ANY, *_EXTENDS),
    _applied(6, names.title_left_out, ANY, *_EXTENDS),
    _applied(5, names.title_added, ANY, *_EXTENDS),
    _applied(7, names.one_of_two_first_names, ANY, *_EXTENDS),
    _applied(3, names.twins_told_apart, PAIR, *_EXTENDS),
    _applied(10, paid.diagnosis_on_note_only, LONE, *_EXTENDS),
    _applied(70, paid.cut_note, ANY, *_CUT, "extend_benefit"),
    _applied(22, paid.cut_open_ended_note, ANY, *_CUT, "extend_benefit"),
    _applied(4, paid.proof_only, ANY, *_CUT, "file_notice"),
    _applied(45, paid.final_note, ANY, "extend_benefit", *_RECOVERED),
    _applied(8, paid.final_note_nothing_to_release, ANY, *_RECOVERED),
    _applied(5, paid.final_note_within_proven_days, ANY, "extend_benefit", *_RECOVERED),
    _applied(6, paid.final_note_in_deferred_period, LONE, "record_proof", *_RECOVERED),
    _applied(5, paid.final_note_first_release, LONE, "extend_benefit", *_RECOVERED),
    _applied(10, paid.ends_with_contract, LONE, "close_claim:contract_end", "send_letter:benefit_end"),
    _applied(5, paid.ends_with_age_limit, LONE, "close_claim:age_limit", "send_letter:benefit_end"),
    _applied(12, paid.ends_with_duration, LONE, "close_claim:max_duration", "send_letter:benefit_end"),
    _applied(24, paid.deferred_period, LONE, *_DEFERRED),
    _applied(34, paid.first_release, LONE, *_EXTENDS),
    _applied(20, paid.nothing_new, ANY, "file_notice"),
    _applied(10, paid.proven_earlier, ANY, "extend_benefit", "send_letter:settlement"),
    _applied(14, paid.backlog_released, ANY, *_EXTENDS),
    _applied(5, paid.two_notes_in_succession, LONE, *_EXTENDS, notices=2),
    _applied(3, paid.same_note_twice, LONE, *_EXTENDS, notices=2),
    _applied(3, paid.partner_ill_on_own_contract, PARTNERS, *_EXTENDS, notices=2),
    _applied(4, paid.partner_ill_earlier, PAIR, *_EXTENDS),
    _applied(6, paid.return_made_good, LONE, *_EXTENDS),
    _applied(4, paid.recovery_announced, LONE, *_EXTENDS),
    _applied(3, paid.disability_declined, LONE, *_EXTENDS),
    _applied(4, paid.exactly_the_authority, LONE, *_EXTENDS, "release_instalment"),
    # Second check
    _checked(4, paid.one_cent_above_the_authority, LONE),
    _checked(20, paid.large_release, LONE),
    _checked(13, paid.large_release_together, MANY),
    # Referred: who and what
    _referred(5, unidentified.contract_number_misread, ANY, "contract_unknown"),
    _referred(4, unidentified.other_last_name, ANY, "person_not_insured"),
    _referred(3, unidentified.other_first_name, ANY, "person_not_insured"),
    _referred(5, unidentified.other_birth_date, ANY, "person_not_insured"),
    _referred(3, unidentified.twins_not_told_apart, PAIR, "person_not_insured"),
    _referred(3, unidentified.no_claim_at_all, LONE, "no_open_claim"),
    _referred(6, unidentified.claim_closed_already, LONE, "no_open_claim"),
    _referred(4, unidentified.claim_only_reported, LONE, "no_open_claim"),
    _referred(3, unidentified.claim_on_other_contract_only, MANY, "no_open_claim"),
    _referred(3, unidentified.two_open_claims, ANY, "claim_ambiguous"),
    # Referred: the person
    _referred(18, referred.note_without_stamp, ANY, "formally_defective"),
    _referred(4, referred.issued_after_receipt, ANY, "implausible_dates"),
    _referred(3, referred.ends_before_it_begins, ANY, "implausible_dates"),
    _referred(3, referred.final_but_open_ended, ANY, "implausible_dates"),
    _referred(3, referred.begins_after_issue, ANY, "implausible_dates", "different_onset"),
    _referred(4, referred.disabled, ANY, "permanent_disability"),
    _referred(3, referred.deceased, ANY, "person_deceased"),
    # Referred: a claim
    _referred(10, referred.other_onset, ANY, "different_onset"),
    _referred(36, referred.gap_between_notes, ANY, "proof_gap"),
    _referred(7, referred.cancelled_contract, ANY, "contract_not_active"),
    _referred(23, referred.premium_unpaid, ANY, "premium_in_arrears"),
    _referred(5, referred.account_blocked, ANY, "payment_returned"),
    _referred(6, referred.instalment_returned, LONE, "payment_returned"),
    _referred(18, referred.recovered_earlier, ANY, "recovery_recorded"),
    _referred(5, referred.released_too_far, ANY, "released_beyond_recovery"),
    _referred(8, referred.recourse, ANY, "recourse_open"),
    _referred(4, referred.partner_ill_too, PAIR, "second_person_overlap"),
    _referred(4, referred.unemployed_too, ANY, "unemployment_overlap"),
    _referred(4, referred.severe_disease, ANY, "dread_disease_or_death"),
    _referred(3, referred.partner_died, PAIR, "dread_disease_or_death"),
    _referred(5, referred.instalment_changed, ANY, "amount_changed"),
    _referred(4, referred.pregnancy, ANY, "extension_unclear"),
    _referred(3, referred.contract_shortened, LONE, "no_benefit_left"),
    # Referred: several at once
    _referred(5, referred.gap_and_arrears, ANY, "proof_gap", "premium_in_arrears"),
    _referred(4, referred.no_stamp_and_gap, ANY, "formally_defective", "proof_gap"),
    _referred(3, referred.cancelled_and_account_blocked, ANY, "contract_not_active", "payment_returned"),
    _referred(3, referred.death_reported, ANY, "person_deceased", "dread_disease_or_death"),
    _referred(3, referred.recovered_earlier_with_recourse, ANY, "recovery_recorded", "recourse_open"),
    _referred(3, referred.disabled_and_other_onset, ANY, "permanent_disability", "different_onset"),
    _referred(5, referred.arrears_on_other_contract, MANY, "premium_in_arrears"),
    _referred(3, referred.large_release_in_arrears, LONE, "premium_in_arrears", "above_authority"),
    _referred(3, referred.hopeless, ANY, "formally_defective", "proof_gap", "premium_in_arrears", "recourse_open"),
    # Referred: the register is incomplete
    _referred(4, unidentified.proven_until_missing, ANY, "technical_failure"),
    _referred(3, unidentified.benefit_from_missing, ANY, "technical_failure"),
    _referred(3, unidentified.benefit_limit_missing, ANY, "technical_failure"),
    _referred(3, unidentified.cover_gone, ANY, "technical_failure"),
)

QUIET: tuple[Plot, ...] = (
    Plot(760, quiet.no_claim, notices=0),
    Plot(20, quiet.in_arrears, notices=0),
    Plot(90, quiet.old_illness, notices=0),
    Plot(30, quiet.old_unemployment, notices=0),
    Plot(30, quiet.unemployed, notices=0),
    Plot(20, quiet.illness_reported, notices=0),
    Plot(12, quiet.illness_declined, notices=0),
    Plot(6, quiet.disabled_for_good, notices=0),
    Plot(4, quiet.severely_ill, notices=0),
    Plot(6, quiet.died, notices=0),
    Plot(22, quiet.expired, notices=0),
)

_LIVE_SUMS = list(accumulate(plot.weight for plot in LIVE))
_QUIET_SUMS = list(accumulate(plot.weight for plot in QUIET))


def draw_plot(rng: Random, *, ready_share: float) -> Plot:
    """A plot for one household: with this probability one that sends a note."""
    plots, sums = (LIVE, _LIVE_SUMS) if rng.random() < ready_share else (QUIET, _QUIET_SUMS)
    return plots[bisect(sums, rng.random() * sums[-1])]


def plot_named(name: str) -> Plot:
    """The plot of this name; KeyError if there is none."""
    return _BY_NAME[name]


_BY_NAME = {plot.name: plot for plot in (*LIVE, *QUIET)}
