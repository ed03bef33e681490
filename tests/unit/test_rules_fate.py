"""What a failure does to a search, in the words of messages."""

from dataclasses import replace

import pytest

from hypershape.model import Fate, Hyperparameter, Parent, ProbeError, TunerCall
from hypershape.rules.common.wording import REFUSED, consequence
from hypershape.source import analyse, from_text

from .test_rules_consequence import ERROR, TEXT, analysed, whole

STEP = ProbeError("ValueError", "no", "step")


def tuner(arguments: str) -> TunerCall:
    module = analyse(from_text("m.py", TEXT.format(tuner="RandomSearch", arguments=arguments)))
    return module.tuners[0]


def played(**counts: float) -> Fate:
    fields = {"searches": 400, "exact": False, "causes": (ERROR,), "failed": (4.0,), "trials": 12.0, **counts}
    return Fate(tuner("max_trials=20").call.span, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fate", "says"),
    [
        (played(exact=True, searches=1), ": 4 of your 12 trials"),
        (played(exact=True, searches=1, failed=(0.0,)), ": none of your 12 trials"),
        (played(exact=True, searches=1, aborted=1), ": 4 of the 12 trials after which the search aborts"),
        (played(aborted=200), ": about 4 of some 12 trials, a 45 to 55 % chance that the search aborts"),
        (played(searches=10, aborted=5), ": about 4 of some 12 trials"),
        (played(aborted=100, left=200), ""),
        (played(aborted=390, left=10), ": a 95 to 100 % chance that the search aborts"),
        (played(searches=1, refused=1, decisive=ERROR), REFUSED),
        (played(searches=1, refused=1, decisive=STEP), ""),
    ],
)
def test_a_search_that_was_played_through_is_told_as_far_as_it_is_certain(fate: Fate, says: str) -> None:
    target, cause = analysed("RandomSearch", "max_trials=20", 0.25, [whole("k", 4)])
    assert consequence(replace(target, fates=(fate,)), cause) == says


def test_a_failure_of_the_defaults_keeps_every_search_from_beginning() -> None:
    target, cause = analysed("Hyperband", "", 0.25, [Hyperparameter("k", "Int", 4, (1, 2, 3, 4), 4)])
    assert consequence(target, cause) == REFUSED


def test_a_failure_under_a_scope_keeps_every_search_from_beginning() -> None:
    """Keras Tuner gives the parent the first value that opens the scope, before the first trial."""
    scoped = Hyperparameter("k", "Int", 4, (4, 5), 2, conditions=(Parent("deep", (True,)),))
    deep = Hyperparameter("deep", "Boolean", False, (False, True), 2)
    target, cause = analysed("RandomSearch", "max_trials=9", 0.25, [deep, scoped])
    under = replace(cause, failing=({"deep": True, "k": 4},))
    assert consequence(replace(target, causes=(under,)), under) == REFUSED


def test_what_only_training_shows_is_not_met_before_the_first_trial() -> None:
    target, cause = analysed(
        "RandomSearch", "max_trials=20", 0.25, [Hyperparameter("k", "Int", 4, (1, 2, 3, 4), 4)]
    )
    trained = replace(cause, error=STEP)
    assert consequence(replace(target, causes=(trained,)), trained) != REFUSED
