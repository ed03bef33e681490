"""What a failing share means for the search, in the words of the message."""

import pytest

from hypershape.model import Cause, Coverage, ProbeError, Report, TargetAnalysis
from hypershape.rules.common.wording import consequence
from hypershape.source import analyse, from_text

from .handmade import blame

TEXT = """
import keras_tuner as kt

def build_model(hp):
    return hp.Int("k", 1, 4)

tuner = kt.{tuner}(build_model, objective="loss", {arguments})
"""


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
    module = analyse(from_text("m.py", TEXT.format(tuner=tuner, arguments=arguments)))
    error = ProbeError("ValueError", "no", "build")
    first = Report({"k": 4}, "fail", "symbolic", error)
    cause = Cause(error, first, (first.configuration,), blame("k >= 4"), True, share)
    coverage = Coverage("exhaustive", 4, 4, 1, share, (share, share))
    assert consequence(TargetAnalysis(module.targets[0], "probed", coverage=coverage), cause) == says
