"""What is said of search spaces with known truth is true; `benchmarks/space.py` prints the same as a table."""

from __future__ import annotations

import pytest

pytest.importorskip("keras_tuner")

from tests.space.measure import Result, measure
from tests.space.spaces import SPACES
from tests.thinned import one_of

BUDGET, DRAWS, LEAVES = 1_000, 1_500, 1_500


@pytest.fixture(scope="module", params=one_of(2, SPACES, lambda space: space.name))
def result(request: pytest.FixtureRequest) -> Result:
    return measure(request.param, BUDGET, DRAWS, LEAVES)


def test_every_cause_is_found(result: Result) -> None:
    assert set(result.found) == set(result.space.causes)


def test_a_condition_that_is_shown_holds_exactly_where_the_space_fails(result: Result) -> None:
    assert not result.wrong, result.conditions


def test_a_condition_that_a_colleague_could_name_is_shown(result: Result) -> None:
    shown = {label for label, condition in result.conditions.items() if condition is not None}
    assert shown >= set(result.space.shown)


def test_the_failing_share_is_within_the_interval(result: Result) -> None:
    assert result.share_right, (result.true_share, result.interval)


def test_every_share_that_is_told_is_what_a_random_trial_meets(result: Result) -> None:
    assert not result.untrue
