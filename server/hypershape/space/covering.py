"""Covering arrays: few configurations in which every combination of any two or three values occurs."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence

from covertable import make_async

from hypershape.model import Configuration, Value

MOST_COMBINATIONS = 15_000
"""With more combinations the library takes seconds, and rows are drawn instead."""
MOST_ROWS = 1_000


def covering_array(
    domains: Mapping[str, Sequence[Value]], strength: int, generator: random.Random
) -> Iterator[Configuration]:
    """The rows of a covering array of the given strength, or random rows in which most combinations occur."""
    varied = {name: list(range(len(values))) for name, values in domains.items() if len(values) > 1}
    fixed = {name: values[0] for name, values in domains.items() if len(values) == 1}
    if len(varied) <= strength:
        return
    each = max(map(len, varied.values())) ** strength
    combinations = math.comb(len(varied), strength) * each
    if combinations > MOST_COMBINATIONS:
        for _ in range(min(math.ceil(each * math.log(combinations)), MOST_ROWS)):
            yield {name: generator.choice(values) for name, values in domains.items()}
        return
    for row in make_async(varied, strength=strength):
        yield {**fixed, **{name: domains[name][index] for name, index in row.items()}}
