"""How many configurations a tuner's search space has, where all of them are known."""

from __future__ import annotations

import math

from hypershape.model import Analysis, Hyperparameter, Report, TargetAnalysis
from hypershape.rules.common.tuners import Tuner, declares_elsewhere, targets_of
from hypershape.space.domains import size


def counted(tuner: Tuner, analysis: Analysis) -> TargetAnalysis | None:
    """The target of a tuner, if it has one and its configurations were counted."""
    places = [target.span for target in targets_of(tuner, analysis)]
    found = [each for each in analysis.targets if each.target.span in places]
    if len(found) != 1 or found[0].coverage is None or found[0].coverage.space is None:
        return None
    coverage = found[0].coverage
    endless = any(size(each) is None for each in found[0].hyperparameters)
    if coverage.mode != "exhaustive" or endless or any(map(_is_cut_short, found[0].reports)):
        return None
    return None if declares_elsewhere(found[0], analysis.module) else found[0]


def sizes(target: TargetAnalysis) -> tuple[int, int | None]:
    """The number of different models, and of different sets of values for Keras Tuner; None where that is not known.

    Keras Tuner draws every hyperparameter that it knows, except under a condition that does not hold.
    """
    assert target.coverage is not None and target.coverage.space is not None
    models = target.coverage.space
    if not unscoped(target):
        return models, models
    counts = [each.count for each in target.hyperparameters]
    if any(each.conditions for each in target.hyperparameters) or None in counts:
        return models, None
    return models, math.prod(count for count in counts if count is not None)


def unscoped(target: TargetAnalysis) -> list[Hyperparameter]:
    """Hyperparameters that some configurations do not read although no condition is declared for them."""
    return [
        each
        for each in target.hyperparameters
        if not each.conditions and any(each.name not in report.configuration for report in target.reports)
    ]


def _is_cut_short(report: Report) -> bool:
    """Whether a failure may have kept a probe from declaring what comes after it."""
    return report.error is not None and report.error.stage in ("declare", "build")
