"""Covering arrays: few configurations in which every combination of any two or three values occurs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from covertable import make_async

from hypershape.model import Configuration, Value

MOST_COMBINATIONS = 200_000


def covering_array(domains: Mapping[str, Sequence[Value]], strength: int) -> Iterator[Configuration]:
    """The rows of a covering array of the given strength; none where making it would take too long."""
    varied = {name: list(range(len(values))) for name, values in domains.items() if len(values) > 1}
    fixed = {name: values[0] for name, values in domains.items() if len(values) == 1}
    widest = max(map(len, varied.values()), default=0)
    if len(varied) <= strength or len(varied) ** strength * widest**strength > MOST_COMBINATIONS:
        return
    for row in make_async(varied, strength=strength):
        yield {**fixed, **{name: domains[name][index] for name, index in row.items()}}
