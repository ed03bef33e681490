"""What a failure does to a search, in the words of messages."""

from dataclasses import replace

import pytest

from hypershape.model import Coverage, Fate, Hyperparameter, Parent, ProbeError, TunerCall
from hypershape.rules.common.wording import REFUSED, consequence, end_untold, of_search
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
        (
            played(exact=True, searches=1, ended=1, failed=(1.0,), trials=1.0),
            ": its first trial is one, and the search ends at once",
        ),
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


def test_what_several_causes_do_to_a_search_is_told_of_all_together() -> None:
    target, cause = analysed("RandomSearch", "max_trials=20", 0.25, [whole("k", 4)])
    other = replace(cause, error=STEP)
    both = replace(played(aborted=200), causes=(ERROR, STEP), failed=(4.0, 2.0))
    two = replace(target, causes=(cause, other), fates=(both,))
    (searched,) = target.target.tuners
    assert (
        of_search(two, searched) == ": about 6 of some 12 trials, a 45 to 55 % chance that the search aborts"
    )
    assert consequence(two, other).startswith(": about 2 of some 12 trials")
    unplayed = replace(two, fates=())
    assert of_search(unplayed, searched) == ": about 1 of your 20 trials", "one of four configurations fails"
    assert of_search(replace(target, causes=(cause,)), searched) == consequence(target, cause)
    assert of_search(replace(target, causes=()), searched) == ""


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


SEVERAL = Hyperparameter("k", "Int", 4, (1, 2, 3, 4), 4)


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("Keras Tuner refuses this Choice.", " No search begins."),
        ("Keras Tuner refuses this Choice in every configuration: no search begins.", ""),
    ],
)
def test_a_failure_that_the_text_explains_says_that_no_search_begins(message: str, end: str) -> None:
    target, cause = analysed("RandomSearch", "max_trials=9", 1.0, [SEVERAL])
    assert end_untold(message, target, cause) == end


@pytest.mark.parametrize(
    ("message", "kind", "end"),
    [
        ("Three classes do not fit.", "other", " Every trial fails."),
        ("Three classes do not fit in every configuration.", "other", ""),
        ("No model comes back.", "no-model", " The search ends at once."),
    ],
)
def test_a_failure_of_every_trial_that_the_text_explains_says_so(message: str, kind: str, end: str) -> None:
    target, cause = analysed("RandomSearch", "max_trials=9", 1.0, [SEVERAL])
    later = replace(cause, error=replace(cause.error, stage="step", kind=kind))
    alone = Coverage("exhaustive", 1, 1, 1, 1.0, (1.0, 1.0))
    whole_space = replace(target, causes=(later,), coverage=alone)
    assert end_untold(message, whole_space, later) == end


def test_nothing_is_added_where_a_part_of_the_space_fails_or_no_tuner_searches() -> None:
    target, cause = analysed("RandomSearch", "max_trials=9", 0.25, [SEVERAL])
    later = replace(cause, error=STEP)
    assert end_untold("It fails.", replace(target, causes=(later,)), later) == ""
    alone = replace(target, target=replace(target.target, tuners=()))
    assert end_untold("It fails.", alone, cause) == ""
