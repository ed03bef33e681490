"""What a failing share means for the search, in the words of the message."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from hypershape.model import Cause, Coverage, Hyperparameter, ProbeError, Rehearsal, Report, TargetAnalysis
from hypershape.rules.common.wording import consequence, when, with_article
from hypershape.source import analyse, from_text
from hypershape.space import fates

from .handmade import blame

TEXT = """
import keras_tuner as kt

def build_model(hp):
    return hp.Int("k", 1, 4)

tuner = kt.{tuner}(build_model, objective="loss", {arguments})
"""

RATE = Hyperparameter("rate", "Float", 0.1, None, None, 0.1, 0.5)
"""A domain without end: no trial repeats another."""


def whole(name: str, last: int) -> Hyperparameter:
    return Hyperparameter(name, "Int", 1, tuple(range(1, last + 1)), last, 1, last, 1)


ERROR = ProbeError("ValueError", "no", "build")


def analysed(
    tuner: str,
    arguments: str,
    share: float,
    hps: Sequence[Hyperparameter] = (RATE,),
    condition: str = "k >= 4",
    coverage: Coverage | None = None,
) -> tuple[TargetAnalysis, Cause]:
    module = analyse(from_text("m.py", TEXT.format(tuner=tuner, arguments=arguments)))
    first = Report({"k": 4}, "fail", "symbolic", ERROR)
    cause = Cause(ERROR, first, (first.configuration,), blame(condition), True, share)
    coverage = coverage or Coverage("exhaustive", 4, 4, 1, share, (share, share))
    return (
        TargetAnalysis(
            module.targets[0], "probed", hyperparameters=tuple(hps), coverage=coverage, causes=(cause,)
        ),
        cause,
    )


@pytest.mark.parametrize(
    ("tuner", "arguments", "share", "says"),
    [
        (
            "RandomSearch",
            "max_trials=20",
            0.5,
            ": about 6 of your 20 trials, a 79 % chance that the search aborts",
        ),
        (
            "RandomSearch",
            "max_trials=20, max_consecutive_failed_trials=30",
            0.5,
            ": about 10 of your 20 trials",
        ),
        ("RandomSearch", "max_trials=2", 0.01, ""),
        ("BayesianOptimization", "max_trials=10", 0.1, ": about 1 of your 10 trials under random draws"),
        ("RandomSearch", "max_trials=number", 0.5, ""),
        ("RandomSearch", "overwrite=True", 0.5, ""),
    ],
)
def test_the_share_is_told_in_trials(tuner: str, arguments: str, share: float, says: str) -> None:
    assert consequence(*analysed(tuner, arguments, share)) == says


def test_a_search_that_repeats_nothing_cannot_fail_more_often_than_there_are_failing_configurations() -> None:
    """Two of eight fail: never three in a row, and never three of seven trials."""
    target, cause = analysed("RandomSearch", "max_trials=7", 0.25, [whole("k", 4), whole("n", 2)])
    assert consequence(target, cause) == ": about 2 of your 7 trials"


def test_configurations_that_are_drawn_unevenly_from_a_small_space_have_no_odds() -> None:
    bent = Hyperparameter("k", "Int", 1, (1, 2, 3, 4), 4, 1, 4, None, "log")
    assert consequence(*analysed("RandomSearch", "max_trials=7", 0.25, [bent])) == ""


@pytest.mark.parametrize(
    ("trials", "hps", "condition", "says"),
    [
        (8, [whole("k", 4), whole("n", 2)], "k >= 4", ": 2 of your 8 trials"),
        (6, [whole("k", 4), whole("n", 2)], "k >= 4", ""),
        (20, [whole("k", 4), whole("n", 3)], "k >= 4", ": 3 of your 20 trials, and the search aborts"),
        (20, [RATE], "k >= 4", ""),
    ],
)
def test_what_a_grid_search_meets_is_certain(
    trials: int, hps: list[Hyperparameter], condition: str, says: str
) -> None:
    assert consequence(*analysed("GridSearch", f"max_trials={trials}", 0.25, hps, condition)) == says


@pytest.mark.parametrize(
    ("interval", "says"),
    [
        ((0.4, 0.5), "about 45 % of the space: about 4 to 5 of your 10 trials"),
        ((0.3, 0.6), ""),
    ],
)
def test_an_estimate_is_told_only_where_its_interval_is_narrow(
    interval: tuple[float, float], says: str
) -> None:
    coverage = Coverage("sampled", None, 200, 90, 0.45, interval)
    arguments = "max_trials=10, max_consecutive_failed_trials=10"
    target, cause = analysed("RandomSearch", arguments, 0.45, coverage=coverage)
    assert when(target, cause) == f"when k >= 4 ({says}{', ' if says else ''}e.g. k=4)"


def test_a_small_share_is_not_about_less_than_one_percent() -> None:
    coverage = Coverage("sampled", None, 2000, 9, 0.0045, (0.002, 0.009))
    assert "(less than 1 % of the space, " in when(*analysed("RandomSearch", "", 0.0045, coverage=coverage))


def test_a_condition_that_holds_where_another_layer_fails_first_is_told_with_both_shares() -> None:
    """`k >= 4` is a quarter of the space, of which half stops at an earlier layer."""
    target, cause = analysed("RandomSearch", "", 0.125, [whole("k", 4), whole("n", 2)])
    assert "(12 % of the space; another 12 % fails elsewhere first, " in when(target, cause)


def test_failures_of_all_causes_end_a_search_together() -> None:
    coverage = Coverage("exhaustive", 4, 4, 2, 0.5, (0.5, 0.5))
    target, cause = analysed("RandomSearch", "max_trials=20", 0.25, coverage=coverage)
    assert consequence(target, cause) == (": about 3 of your 20 trials, a 79 % chance that the search aborts")


def test_trials_are_drawn_from_what_the_training_declares_as_well() -> None:
    small = [whole("k", 4)]
    target, cause = analysed("RandomSearch", "max_trials=12", 0.25, small)
    batch = Rehearsal(
        {}, "ok", target.target.tuners[0].call.span, hyperparameters=(*small, whole("batch", 10))
    )
    alone, both = consequence(target, cause), consequence(replace(target, rehearsals=(batch,)), cause)
    assert alone == ": about 1 of your 12 trials"
    assert both.startswith(": about 3 of your 12 trials")


def test_a_failure_of_every_configuration_says_whether_a_search_begins() -> None:
    target, cause = analysed("RandomSearch", "max_trials=12", 1.0, [whole("k", 1)])
    report = replace(cause.first, configuration={"k": 1})
    cause = replace(cause, first=report, failing=(report.configuration,), condition=None)
    target = replace(target, causes=(cause,), coverage=Coverage("exhaustive", 1, 1, 1, 1.0, (1.0, 1.0)))
    assert when(target, cause) == "in every configuration: no search begins"
    in_a_trial = replace(cause, error=replace(ERROR, stage="step"))
    assert when(replace(target, causes=(in_a_trial,)), in_a_trial) == "in every configuration"
    nothing = replace(cause, error=replace(ERROR, stage="return", kind="no-model"))
    assert when(replace(target, causes=(nothing,)), nothing).endswith(": the search ends at once")


@pytest.mark.parametrize(
    ("stage", "kind", "ends"),
    [("return", "no-model", True), ("return", "rank", False), ("build", "no-model", False)],
)
def test_only_what_is_no_model_ends_a_search_at_the_trial_that_builds_it(
    stage: str, kind: str, ends: bool
) -> None:
    """A model of the user's own class is called for the first time after it was returned: that costs a trial."""
    target, cause = analysed("GridSearch", "max_trials=12", 0.25, [whole("k", 4)])
    cause = replace(cause, error=replace(ERROR, stage=stage, kind=kind))
    asked = fates.question(replace(target, causes=(cause,)), target.target.tuners[0])
    assert asked is not None
    assert asked["at_once"] == ([0] if ends else [])
    assert asked["in_trials"] == ([0] if stage == "return" else [])


def test_a_failure_by_what_an_earlier_build_left_does_not_meet_the_constructor() -> None:
    target, cause = analysed(
        "RandomSearch",
        "max_trials=20",
        1.0,
        coverage=Coverage("exhaustive", 1, 1, 1, 1.0, (1.0, 1.0)),
        hps=(whole("k", 4),),
    )
    at_default = replace(cause, failing=({"k": 1},), condition=None)
    assert when(replace(target, causes=(at_default,)), at_default).endswith("no search begins")
    later = replace(at_default, error=replace(ERROR, later=True))
    assert when(replace(target, causes=(later,)), later).endswith("what every trial then fails by")


@pytest.mark.parametrize(
    ("figure", "told"),
    [("11", "an 11"), ("8", "an 8"), ("80 to 84", "an 80 to 84"), ("18", "an 18"), ("12", "a 12")],
)
def test_a_figure_has_its_article(figure: str, told: str) -> None:
    assert with_article(figure) == told
