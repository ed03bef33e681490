"""HS001."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule
from hypershape.rules.common.places import import_of


class NoKeras(Rule):
    """The interpreter cannot run this search: Keras, Keras Tuner or their backend is missing or broken.

    ## What it does
    Asks the chosen interpreter for Keras and Keras Tuner, and says why it cannot have them.

    ## Why it matters
    Nothing in this file can run, and nothing of it can be probed.

    ## Fix
    `pip install "tensorflow" "keras-tuner" "tensorboard"`, or choose another interpreter.
    """

    code = "HS001"
    name = "no-keras"
    severity = Severity.ERROR

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment = analysis.environment
        if environment is None or environment.problem is None or environment.script:
            return
        place = import_of(analysis.module, "keras_tuner", "keras", "tensorflow")
        if place is not None or analysis.module.targets:
            unnamed = environment.executable and environment.executable not in environment.problem
            where = f" ({environment.executable})" if unnamed else ""
            yield self.finding(f"{environment.problem}{where}", place or analysis.module.targets[0].span)
