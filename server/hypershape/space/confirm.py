"""Configurations just inside and just outside of a condition: what would refute it, if it were not true."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from hypershape.model import Configuration, Hyperparameter
from hypershape.space.conditions import Condition
from hypershape.space.domains import draw, position_of, positions, value_at

MOST_BASES = 4
SHORT = 16
"""Domains with no more values are tried along their whole length."""
JUMPS = 6
FRESH = 12


def trials(
    condition: Condition,
    failing: Sequence[Configuration],
    hps: Sequence[Hyperparameter],
    generator: random.Random,
) -> Iterator[Configuration]:
    """Configurations that tell whether a condition is true.

    From failing configurations along every axis of the condition: the neighbours between which it changes, other
    values of the axis, each also with everything else drawn anew; then random ones on both sides.
    """
    axes = [hp for hp in hps if hp.name in condition.names]
    bases = [failing[0], *generator.sample(failing, min(len(failing), MOST_BASES - 1))]
    for base in bases:
        for hp in axes:
            if hp.name in base:
                yield from _along(condition, base, hp, generator)
    for base in bases:
        for hp in axes:
            if hp.name in base:
                for each in _along(condition, base, hp, generator, short=2):
                    yield {
                        **_drawn(hps, generator),
                        **{name: each[name] for name in condition.names if name in each},
                    }
    inside = outside = 0
    # What names more says more that may be wrong.
    enough = FRESH + 2 * len(condition.names)
    for _ in range(200 * FRESH):
        each = _drawn(hps, generator)
        if condition.holds(each):
            inside += 1
            if inside <= enough:
                yield each
        else:
            outside += 1
            if outside <= enough:
                yield each
        if min(inside, outside) >= enough:
            break
    for base in generator.choices(failing, k=max(0, FRESH - inside)):
        yield {**_drawn(hps, generator), **{name: base[name] for name in condition.names if name in base}}


def _along(
    condition: Condition,
    base: Configuration,
    hp: Hyperparameter,
    generator: random.Random,
    short: int = SHORT,
) -> Iterator[Configuration]:
    """The base with other values of one hyperparameter: all of a short domain, else those around the borders."""
    here = position_of(hp, base[hp.name])
    last = positions(hp) - 1
    if here is None:
        return
    if last < short:
        yield from ({**base, hp.name: value_at(hp, each)} for each in range(last + 1))
        return
    jumps = {0, last, *(generator.randint(0, last) for _ in range(JUMPS if short == SHORT else 1))}
    told = set()
    for jump in (max(here - 1, 0), min(here + 1, last), *sorted(jumps)):
        inside, outside = here, jump
        if condition.holds({**base, hp.name: value_at(hp, jump)}):
            told.add(jump)
            continue
        while abs(inside - outside) > 1:
            middle = (inside + outside) // 2
            if condition.holds({**base, hp.name: value_at(hp, middle)}):
                inside = middle
            else:
                outside = middle
        told |= {inside, outside, jump}
    yield from ({**base, hp.name: value_at(hp, each)} for each in sorted(told))


def _drawn(hps: Sequence[Hyperparameter], generator: random.Random) -> Configuration:
    return {hp.name: draw(hp, generator) for hp in hps}
