"""HS002."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule


class NoTensorboard(Rule):
    """tensorboard is not installed, so every trial of every search fails.

    ## What it does
    Looks for tensorboard in the interpreter when the file makes a tuner and the backend is TensorFlow.

    ## Why it matters
    keras-tuner imports `tensorboard.plugins.hparams` in every trial, and TensorFlow 2.21 no longer brings it: three
    trials fail with ModuleNotFoundError, then the search ends with a RuntimeError.

    ## Fix
    `pip install tensorboard`.
    """

    code = "HS002"
    name = "no-tensorboard"
    severity = Severity.ERROR

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment = analysis.environment
        if environment is None or environment.problem is not None or environment.backend != "tensorflow":
            return
        if "tensorboard" not in environment.packages or environment.packages["tensorboard"] is not None:
            return
        for tuner in analysis.module.tuners:
            if tuner.class_name != "SklearnTuner" and "Sklearn" not in tuner.class_name:
                yield self.finding(
                    "Every trial of this search fails: keras-tuner imports tensorboard, which is not installed "
                    "(pip install tensorboard).",
                    tuner.call.callee,
                )
