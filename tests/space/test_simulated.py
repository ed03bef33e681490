"""Simulated searches are Keras Tuner's own: they agree with what can be computed, and stop where scores decide."""

from __future__ import annotations

import importlib
from typing import Any
from unittest import mock

import pytest

from hypershape.agent import simulation
from hypershape.model import Hyperparameter
from hypershape.space import odds

KERNEL = Hyperparameter("kernel", "Int", 1, (1, 2, 3, 4), 4, 1, 4, None, "linear")
FILTERS = Hyperparameter("filters", "Choice", 16, (16, 8), 2)
SECONDS = 20.0


def asked(oracle: str, condition: str, **more: Any) -> dict[str, Any]:
    """A space of two hyperparameters, of which a part fails in training."""
    kernel = {"name": "kernel", "kind": "Int", "default": 1, "values": None, "min": 1, "max": 4}
    filters = {
        "name": "filters",
        "kind": "Choice",
        "default": 16,
        "values": [16, 8],
        "min": None,
        "max": None,
    }
    return {
        "oracle": oracle,
        "arguments": {"max_trials": 7} if oracle != "HyperbandOracle" else {"max_epochs": 4},
        "seed": None,
        "searches": 400,
        "hyperparameters": [
            {**each, "step": None, "sampling": "linear", "conditions": []} for each in (kernel, filters)
        ],
        "paths": [{"reads": ["kernel", "filters"], "allowed": {}, "cause": None}],
        "conditions": [condition],
        "causes": 1,
        "in_trials": [0],
        "at_once": [],
        **more,
    }


@pytest.mark.parametrize("least", [2, 3, 4])
def test_simulated_random_searches_fail_as_often_as_is_computed(least: int) -> None:
    found = simulation.played(asked("RandomSearchOracle", f"hp.get('kernel') >= {least}"), SECONDS)
    known = odds.search_odds((5 - least) / 4, 7, 3, odds.drawn([KERNEL, FILTERS]))
    assert known is not None and len(found) == 400
    assert sum(each["failed"][0] for each in found) / 400 == pytest.approx(known.failures, abs=0.3)
    assert sum(each["end"] == "aborted" for each in found) / 400 == pytest.approx(known.abort, abs=0.1)


def test_a_simulated_grid_goes_in_the_order_that_is_computed() -> None:
    question = asked("GridSearchOracle", "hp.get('kernel') >= 3", seed=1, searches=1)
    (search,) = simulation.played(question, SECONDS)
    known = odds.grid_odds([KERNEL, FILTERS], lambda each: each["kernel"] >= 3, 7)  # type: ignore[operator]
    assert known is not None
    assert (search["failed"], search["end"] == "aborted") == ([known.failures], known.abort == 1.0)


def test_a_retried_trial_fails_once() -> None:
    question = asked("RandomSearchOracle", "hp.get('kernel') >= 1", searches=1)
    question["arguments"] = {"max_trials": 9, "max_retries_per_trial": 2, "max_consecutive_failed_trials": 4}
    (search,) = simulation.played(question, SECONDS)
    assert (search["end"], search["failed"]) == ("aborted", [4])


def test_a_bayesian_search_is_left_where_scores_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    # What fits scores is made with the oracle and not asked before they decide: any object will do.
    bayesian = importlib.import_module("keras_tuner.src.tuners.bayesian")
    for needed in ("scipy", "sklearn"):
        monkeypatch.setattr(bayesian, needed, mock.MagicMock())
    question = asked("BayesianOptimizationOracle", "hp.get('kernel') >= 4", searches=20)
    question["arguments"] = {"max_trials": 30, "max_consecutive_failed_trials": 20}
    assert {each["end"] for each in simulation.played(question, SECONDS)} <= {"open", "finished"}


def test_what_ends_a_search_at_once_ends_it_at_its_first_trial() -> None:
    (search,) = simulation.played(
        asked("RandomSearchOracle", "hp.get('kernel') >= 1", at_once=[0], searches=1), SECONDS
    )
    assert (search["end"], search["trials"]) == ("ended", 1)


def test_nothing_is_told_of_a_space_that_is_known_in_part() -> None:
    half = [{"reads": ["kernel", "filters"], "allowed": {"kernel": [1, 2]}, "cause": None}]
    assert simulation.played(asked("RandomSearchOracle", "False", paths=half), SECONDS) == []


def test_the_constructor_opens_every_scope() -> None:
    question = asked("RandomSearchOracle", "hp.get('filters') == 8 and hp.get('kernel') >= 1", in_trials=[])
    question["hyperparameters"] = [
        question["hyperparameters"][1],
        {**question["hyperparameters"][0], "conditions": [{"name": "filters", "values": [8]}]},
    ]
    question["paths"] = [
        {"reads": ["filters"], "allowed": {"filters": [16]}, "cause": None},
        {"reads": ["filters", "kernel"], "allowed": {"filters": [8]}, "cause": None},
    ]
    (search,) = simulation.played(question, SECONDS)
    assert (search["end"], search["cause"]) == ("refused", 0)
