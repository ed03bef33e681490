"""The odds that are told of a search are those of Keras Tuner's own oracles, which are run here without any training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hypershape.model import Configuration, Hyperparameter
from hypershape.space import odds

keras_tuner = pytest.importorskip("keras_tuner")

SEARCHES = 400


def space() -> Any:
    hp = keras_tuner.HyperParameters()
    hp.Int("kernel", 1, 4)
    hp.Choice("filters", [16, 8])
    return hp


HPS = [
    Hyperparameter("kernel", "Int", 1, (1, 2, 3, 4), 4, 1, 4, 1),
    Hyperparameter("filters", "Choice", 16, (16, 8), 2),
]


def search(oracle: Any, folder: Path, fails: Callable[[Configuration], bool]) -> tuple[int, bool]:
    """Failed trials until a search ends, and whether failures end it."""
    oracle._set_project_dir(folder, "search")
    oracle.verbose = 0
    oracle.save = oracle._save_trial = lambda *_: None
    failed = 0
    while True:
        trial = oracle.create_trial("tuner")
        if trial.status == "STOPPED":
            return failed, False
        if fails(trial.hyperparameters.values):
            trial.status, failed = "FAILED", failed + 1
        else:
            oracle.update_trial(trial.trial_id, {"loss": 1.0})
            trial = oracle.trials[trial.trial_id]
            trial.status = "COMPLETED"
        try:
            oracle.end_trial(trial)
        except RuntimeError:
            return failed, True


@pytest.mark.parametrize("trials", [3, 7, 20])
@pytest.mark.parametrize("least", [2, 3, 4])
def test_a_random_search_fails_as_often_as_is_told(tmp_path: Path, trials: int, least: int) -> None:
    found = odds.search_odds((5 - least) / 4, trials, 3, odds.drawn(HPS))
    assert found is not None
    seen = [
        search(
            keras_tuner.oracles.RandomSearchOracle("loss", trials, seed + 1, space()),
            tmp_path,
            lambda values: values["kernel"] >= least,
        )
        for seed in range(SEARCHES)
    ]
    assert sum(failed for failed, _ in seen) / SEARCHES == pytest.approx(found.failures, abs=0.3)
    assert sum(aborted for _, aborted in seen) / SEARCHES == pytest.approx(found.abort, abs=0.1)


@pytest.mark.parametrize("trials", [4, 6, 20])
@pytest.mark.parametrize("kernel", [1, 3, 4])
def test_a_grid_search_meets_what_is_told(tmp_path: Path, trials: int, kernel: int) -> None:
    def fails(values: Configuration) -> bool:
        return values["kernel"] == kernel or values["filters"] == 8

    found = odds.grid_odds(HPS, fails, trials)
    oracle = keras_tuner.oracles.GridSearchOracle("loss", trials, 1, space())
    assert found is not None
    assert search(oracle, tmp_path, fails) == (found.failures, found.abort == 1.0)
