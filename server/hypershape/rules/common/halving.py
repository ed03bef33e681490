"""How many trials Hyperband compares before it trains any of them longer."""

from __future__ import annotations

import math

from hypershape.model import Analysis, TargetAnalysis
from hypershape.rules.common.counted import counted, sizes
from hypershape.rules.common.tuners import Tuner
from hypershape.source import Code


def on_few(tuner: Tuner, analysis: Analysis) -> tuple[int, int, int, TargetAnalysis] | None:
    """Where a space is too small for Hyperband to halve: the trials and epochs of the first round, the number of
    configurations, and their target."""
    first = _first_round(tuner, analysis.module.code)
    target = counted(tuner, analysis) if first is not None else None
    if first is None or target is None:
        return None
    _, values = sizes(target)
    return None if values is None or values >= first[0] else (*first, values, target)


def _first_round(tuner: Tuner, code: Code) -> tuple[int, int] | None:
    """How many trials the first round of the first bracket has, and the epochs of each; None where nothing is halved.

    As `keras_tuner.oracles.HyperbandOracle` computes them (keras-tuner 1.4).
    """
    if tuner.found.class_name != "Hyperband" or not tuner.complete:
        return None
    numbers = []
    for name, position, default in (("max_epochs", 2, 100), ("factor", 3, 3)):
        node = code.argument(tuner.node, name, position)
        numbers.append(code.value(node, default=None) if node is not None else default)
    most, factor = numbers
    if type(most) is not int or type(factor) is not int or most < 1 or factor < 2:
        return None
    bracket, left = -1, float(most)
    while left >= 1:
        left, bracket = left / factor, bracket + 1
    if not bracket:
        return None
    last = math.ceil(1 + math.log(most, factor)) / (bracket + 1)
    return math.ceil(last * factor**bracket), math.ceil(most / factor**bracket)
