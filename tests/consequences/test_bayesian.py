"""What is said of a BayesianOptimization is what the real search does, with scikit-learn's own model of its scores."""

import os
from collections.abc import Callable, Iterator
from unittest import mock

import pytest

from tests.thinned import one_of, one_row_of

from .searches import SCIKIT_LEARN, Seen, Told, script, seen, telling

pytestmark = pytest.mark.tensorflow

IN_A_BRANCH = """
kernel = 3
if hp.Boolean("deep", default=True):
    kernel = hp.Int("kernel", 1, 12)
"""


@pytest.fixture(scope="module")
def told() -> Iterator[Callable[[str], Told]]:
    assert SCIKIT_LEARN.is_dir(), "`make scikit-learn` puts there what BayesianOptimization needs"
    with mock.patch.dict(
        os.environ, {"PYTHONPATH": os.pathsep.join([str(SCIKIT_LEARN), os.environ.get("PYTHONPATH", "")])}
    ):
        yield from telling()


@pytest.mark.parametrize(
    ("body", "arguments", "says"),
    one_row_of(
        2,
        [
            (
                'kernel = hp.Int("kernel", 3, 12)',
                "max_trials=6, num_initial_points=6, seed=2",
                "of your 6 trials",
            ),
            (IN_A_BRANCH, "max_trials=5, num_initial_points=5, seed=3", ""),
            (
                'kernel = hp.Int("kernel", 5, 12)',
                "max_trials=6, num_initial_points=6, seed=5, max_consecutive_failed_trials=1",
                "after which the search aborts",
            ),
        ],
    ),
)
def test_a_search_that_only_draws_goes_as_is_told(
    body: str, arguments: str, says: str, told: Callable[[str], Told]
) -> None:
    text = script(body, "BayesianOptimization", arguments)
    finding, (fate,) = told(text)
    assert fate.exact
    assert fate.left == 0
    assert seen(text) == Seen(
        round(fate.trials), round(sum(fate.failed)), "aborted" if fate.aborted else "finished"
    )
    assert says in finding.message


@pytest.mark.parametrize("seed", one_of(3, [2, 1, 4]))
def test_of_a_search_that_scores_decide_only_the_draws_before_them_are_told(
    seed: int, told: Callable[[str], Told]
) -> None:
    text = script(
        'kernel = hp.Int("kernel", 1, 12)',
        "BayesianOptimization",
        f"max_trials=9, num_initial_points=3, seed={seed}",
    )
    finding, (fate,) = told(text)
    after = seen(text)
    if fate.left:
        assert "of the space" in finding.message
        assert "trials" not in finding.message
        assert after.trials > fate.trials
        assert after.failed >= sum(fate.failed)
    else:
        assert after == Seen(round(fate.trials), round(sum(fate.failed)), "aborted")
