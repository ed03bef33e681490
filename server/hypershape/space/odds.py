"""What a failing share of the space means for a search: failed trials, and the chance that it stops early.

Keras Tuner's random search never repeats a configuration: it draws again up to `COLLISIONS` times and then takes the
space to be exhausted (keras-tuner 1.4, `Oracle._random_values`). Of a large space that makes no difference.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hypershape.model import Configuration, Hyperparameter
from hypershape.space import domains

IN_A_ROW = 3
"""Keras Tuner's `max_consecutive_failed_trials`."""
COLLISIONS = 20
"""So many draws may repeat before a search ends."""

LARGE = 50
"""Of so many times more configurations than trials a repetition is too rare to matter."""
MOST_TRIALS = 200
"""Of more trials in a small space nothing is computed."""
MOST_IN_ORDER = 20_000
"""So many trials of a grid search are looked at."""
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Odds:
    """`failures` are the expected failed trials until the search ends, `abort` the chance that failures end it."""

    failures: float
    abort: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many configurations a search draws from, None if without end, and whether all are equally likely."""

    size: int | None
    even: bool = True


def search_odds(
    share: float, max_trials: int, in_a_row: int = IN_A_ROW, space: Drawn | None = None
) -> Odds | None:
    """The odds of a random search of a space of which a share fails; None where they cannot be computed.

    Without `space` it is so large that no trial repeats another.
    """
    if space is None or space.size is None or space.size > LARGE * max_trials:
        return _independent(share, max_trials, in_a_row)
    failing = round(share * space.size)
    whole = math.isclose(failing, share * space.size, abs_tol=1e-6 * space.size)
    if not space.even or not whole or min(max_trials, space.size) > MOST_TRIALS:
        return None
    return _without_repetition(failing, space.size, max_trials, in_a_row)


def _independent(share: float, max_trials: int, in_a_row: int) -> Odds:
    """A Markov chain over the current run of failures; `in_a_row` failures in a row end the search."""
    runs = [1.0] + [0.0] * (in_a_row - 1)
    failures = aborted = 0.0
    for _ in range(max_trials):
        fails = [chance * share for chance in runs]
        failures += sum(fails)
        aborted += fails[-1]
        runs = [sum(runs) * (1 - share), *fails[:-1]]
    return Odds(failures, aborted)


@lru_cache(maxsize=256)
def _without_repetition(failing: int, space: int, max_trials: int, in_a_row: int) -> Odds:
    """A chain over how many failing configurations were tried and the current run of failures."""
    states = {(0, 0): 1.0}
    failures = aborted = 0.0
    for tried in range(min(max_trials, space)):
        goes_on = 1 - (tried / space) ** (COLLISIONS + 1)
        after: dict[tuple[int, int], float] = defaultdict(float)
        for (failed, run), chance in states.items():
            fails = chance * goes_on * (failing - failed) / (space - tried)
            failures += fails
            if run + 1 == in_a_row:
                aborted += fails
            elif fails > NEGLIGIBLE:
                after[failed + 1, run + 1] += fails
            if (builds := chance * goes_on - fails) > NEGLIGIBLE:
                after[failed, 0] += builds
        states = after
    return Odds(failures, aborted)


def drawn(hps: Sequence[Hyperparameter]) -> Drawn | None:
    """What a random search draws from: also hyperparameters that a configuration does not read."""
    if not hps:
        return None
    sizes = [domains.size(hp) for hp in hps]
    size = None if None in sizes else math.prod(size for size in sizes if size is not None)
    return Drawn(size, not any(hp.conditions or hp.weights or _is_bent(hp) for hp in hps))


def left_out(hps: Sequence[Hyperparameter], trials: int) -> tuple[float, float]:
    """The chance that a random search which may try all configurations leaves some out, and how many then on average.

    (0, 0) where it may not try all, or not all are equally likely.
    """
    space = drawn(hps)
    if space is None or space.size is None or not space.even or not space.size <= min(trials, MOST_TRIALS):
        return 0.0, 0.0
    reached, number = 1.0, 0.0
    for tried in range(1, space.size):
        ends = (tried / space.size) ** (COLLISIONS + 1)
        number += reached * ends * (space.size - tried)
        reached *= 1 - ends
    return 1 - reached, number / (1 - reached) if reached < 1 else 0.0


def _is_bent(hp: Hyperparameter) -> bool:
    return hp.kind == "Int" and hp.step is None and hp.sampling in ("log", "reverse_log")


def in_order(hps: Sequence[Hyperparameter]) -> Iterator[Configuration]:
    """The configurations of a grid search in its order: the defaults first, the last hyperparameter fastest."""
    sides = [list(dict.fromkeys([hp.default, *(hp.values or ())])) for hp in hps]
    for values in itertools.product(*sides):
        yield dict(zip((hp.name for hp in hps), values, strict=True))


def grid_odds(
    hps: Sequence[Hyperparameter],
    fails: Callable[[Configuration], bool],
    max_trials: int,
    in_a_row: int = IN_A_ROW,
) -> Odds | None:
    """What a grid search meets, for certain; None where its grid cannot be told from the declarations."""
    if any(hp.conditions or hp.values is None for hp in hps) or max_trials > MOST_IN_ORDER:
        return None
    failures = run = 0
    for configuration in itertools.islice(in_order(hps), max_trials):
        run = run + 1 if fails(configuration) else 0
        failures += run > 0
        if run == in_a_row:
            return Odds(failures, 1.0)
    return Odds(failures, 0.0)
