"""What a cube says of other values of its names, spelt out where somebody asks for it."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.conditions import Condition, Membership
from hypershape.space.cubes import Cube
from hypershape.space.domains import ends, position_of, positions, value_at

MOST_POINTS = 1024
"""So many combinations of free values are looked at one by one; of more only those where a condition may change."""
SPREAD = 16
"""The steps in which a domain is looked through that is too long for that."""


def everywhere(
    cube: Cube, names: Collection[str], hps: Mapping[str, Hyperparameter]
) -> Iterator[Configuration]:
    """The configuration of a cube with the other values that it speaks for of some names.

    All of them, or the ends of each domain where that is too many.
    """
    free = _open(cube, names, hps)
    domains = [_values(cube, hps[name]) or _ends(cube, hps[name], 3) for name in free]
    if math.prod(map(len, domains)) > MOST_POINTS:
        domains = [_ends(cube, hps[name], 3) for name in free]
    return _points(cube, free, domains)


def counterexample(
    condition: Condition, cube: Cube, hps: Mapping[str, Hyperparameter]
) -> Configuration | None:
    """A configuration of a cube of which a condition is not true; None if there is none."""
    fails = cube.report.verdict == "fail"
    free = [name for name in condition.names if name in hps and name in cube.open_names]
    domains = [_answered(condition, cube, hps[name]) for name in free]
    if math.prod(map(len, domains)) > MOST_POINTS:
        domains = [_told(condition, cube, hps[name]) for name in free]
    return next(
        (each for each in _points(cube, free, domains) if bool(condition.holds(each)) is not fails), None
    )


def extremes(
    cube: Cube, names: Collection[str], hps: Mapping[str, Hyperparameter]
) -> Iterator[Configuration]:
    """The configuration of a cube with some names that are free in it at their low ends, then at their high ends."""
    free = _open(cube, names, hps)
    for end in (0, -1):
        yield {**cube.report.configuration, **{name: _ends(cube, hps[name], 2)[end] for name in free}}


def somewhere(
    cube: Cube, names: Collection[str], hps: Mapping[str, Hyperparameter], generator: random.Random
) -> Configuration:
    """One of the configurations that a cube speaks for, with other values of some names."""
    free = _open(cube, names, hps)
    return {
        **cube.report.configuration,
        **{name: generator.choice(_values(cube, hps[name]) or _ends(cube, hps[name], 3)) for name in free},
    }


def _open(cube: Cube, names: Collection[str], hps: Mapping[str, Hyperparameter]) -> list[str]:
    """Those of some names of which a cube speaks for other values."""
    return [name for name in cube.open_names if name in names and name in hps]


def _values(cube: Cube, hp: Hyperparameter) -> Sequence[Value]:
    """All values of a hyperparameter that a cube speaks for; none where they are too many."""
    if hp.values is None or len(hp.values) > MOST_POINTS:
        return ()
    return [value for value in hp.values if value in cube.alike.get(hp.name, (value,))]


def _ends(cube: Cube, hp: Hyperparameter, most: int) -> Sequence[Value]:
    if hp.name not in cube.alike:
        return ends(hp, most)
    values = sorted(cube.alike[hp.name], key=lambda value: position_of(hp, value) or 0)
    return values if len(values) <= most else (*values[: most - 1], values[-1])


def _answered(condition: Condition, cube: Cube, hp: Hyperparameter) -> Sequence[Value]:
    """Values of a hyperparameter that a cube speaks for, one for all that a condition treats alike."""
    values = cube.alike.get(hp.name) or hp.values
    if values is None:
        return _told(condition, cube, hp)
    own = [atom for atom in condition.atoms if hp.name in atom.names]
    if any(len(atom.names) > 1 for atom in own):
        return list(values)
    return list({tuple(atom.holds({hp.name: value}) for atom in own): value for value in values}.values())


def _told(condition: Condition, cube: Cube, hp: Hyperparameter) -> Sequence[Value]:
    """Some of them: the ends, some in between, and the values around those with which a condition compares."""
    last = positions(hp) - 1
    found = {last * part // SPREAD for part in range(SPREAD + 1)}
    for atom in condition.atoms:
        if hp.name in atom.names:
            constants = atom.values if isinstance(atom, Membership) else (getattr(atom, "value", None),)
            places = [position_of(hp, each) for each in constants if each is not None and not callable(each)]
            found |= {place + step for place in places if place is not None for step in (-1, 0, 1)}
    told = [value_at(hp, each) for each in sorted(found) if 0 <= each <= last]
    alike = cube.alike.get(hp.name)
    return told if alike is None else [v for v in told if v in alike] or [cube.report.configuration[hp.name]]


def _points(cube: Cube, names: Sequence[str], domains: Sequence[Sequence[Value]]) -> Iterator[Configuration]:
    for values in itertools.islice(itertools.product(*domains), MOST_POINTS):
        yield {**cube.report.configuration, **dict(zip(names, values, strict=True))}
