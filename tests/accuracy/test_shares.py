"""Every share that is told of a space is what random trials meet, and no condition holds where a model builds."""

from __future__ import annotations

import os

import pytest
from benchmarks._spaces import SPACES, SearchSpace

from .shares import analysed, figures

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

TRIALS = int(os.environ.get("HYPERSHAPE_ACCURACY_TRIALS", "1500"))
"""How many random trials of a space are compared with what is told of it."""

QUICK = ("CNN 2D", "inception names")
"""The spaces that are looked at where the number of trials is not set."""
CHOSEN = [each for each in SPACES if TRIALS > 1500 or each.name in QUICK]


@pytest.mark.parametrize("space", CHOSEN, ids=lambda space: space.name)
def test_shares_and_conditions_are_those_of_random_trials(space: SearchSpace) -> None:
    told, refuted = figures(space, analysed(space), TRIALS)
    wrong = [str(each) for each in told if not each.right]
    assert told
    assert not wrong + refuted
