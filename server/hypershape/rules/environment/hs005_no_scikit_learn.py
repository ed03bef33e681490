"""HS005."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule


class NoScikitLearn(Rule):
    """`BayesianOptimization` is used but scikit-learn is not installed.

    ## What it does
    Looks for scikit-learn in the interpreter when the file makes a `BayesianOptimization` tuner.

    ## Why it matters
    The tuner's constructor raises an ImportError.

    ## Fix
    `pip install scikit-learn`.
    """

    code = "HS005"
    name = "no-scikit-learn"
    severity = Severity.ERROR

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment = analysis.environment
        if environment is None or environment.problem is not None:
            return
        names = [each for each in ("sklearn", "scikit-learn") if each in environment.packages]
        if not names or any(environment.packages[each] is not None for each in names):
            return
        # A subclass of the file's own as well: its constructor is that of the tuner.
        for tuner in analysis.module.tuners:
            if tuner.class_name == "BayesianOptimization":
                yield self.finding(
                    "BayesianOptimization needs scikit-learn, which is not installed (pip install scikit-learn).",
                    tuner.call.callee,
                )
