"""Searches whose inputs and labels hold another number of samples each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from hypershape.model import Analysis, DeclaredData, TargetAnalysis
from hypershape.rules.common.tuners import targets_of, trains_itself, tuners


@dataclass(frozen=True, slots=True)
class Uneven:
    """What the first search of a tuner is given as `x`, and the shapes of its data, whose rows differ."""

    target: TargetAnalysis
    x: ast.expr
    data: DeclaredData


def uneven(analysis: Analysis) -> Iterator[Uneven]:
    """The searches of this file that Keras refuses for the numbers of samples, before it looks at their shapes."""
    code = analysis.module.code
    for tuner in tuners(analysis, code):
        own = targets_of(tuner, analysis)
        found = [each for each in analysis.targets if each.target in own]
        data = found[0].searched if len(found) == 1 else None
        if data is None or len(data.rows) != 2 or None in data.rows or len(set(data.rows)) == 1:
            continue
        if trains_itself(tuner, analysis, code):
            continue
        given = [code.argument(search, "x", 0) for search in tuner.searches[:1]]
        yield from (Uneven(found[0], x, data) for x in given if x is not None)
