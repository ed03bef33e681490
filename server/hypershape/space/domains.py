"""What Keras Tuner draws for a hyperparameter, and how often: its own arithmetic (keras-tuner 1.4, `Numerical`).

A domain is a line of positions. Of a grid (whole numbers, steps, choices) each position is one value; a Float
without step is cut into `FINE` positions, which is enough to halve towards a border.

A random search draws a number p from [0, 1) and maps it to a value, so values differ in probability where that map
is bent (whole numbers on a logarithmic scale) or where a Choice lists a value twice.
"""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from hypershape.model import Configuration, Hyperparameter, Value

FINE = 1 << 24
"""The positions into which a domain without end of values is cut."""

LISTED = 100_000
"""Of a declaration that is only read, no more values are worked out."""

Number = int | float


# --------------------------------------------------------------------------- positions


def positions(hp: Hyperparameter) -> int:
    """How many positions the domain has; `FINE` for a Float without step, 1 where nothing can be drawn."""
    if hp.values is not None:
        return max(len(hp.values), 1)
    if hp.min is None or hp.max is None:
        return 1
    return hp.count or FINE


def size(hp: Hyperparameter) -> int | None:
    """How many values can be drawn; None for a Float without step."""
    return len(hp.values) if hp.values is not None else hp.count


def boundless(hp: Hyperparameter) -> bool:
    """Whether a range is not finite, so that Keras Tuner draws no number from it; only its default can be tried."""
    return hp.kind in ("Int", "Float") and hp.values is None and hp.min is None


def value_at(hp: Hyperparameter, position: int) -> Value:
    """The value at a position from 0 to `positions(hp) - 1`; values of a range ascend."""
    if hp.values is not None:
        return hp.values[position] if hp.values else hp.default
    if hp.min is None or hp.max is None:
        return hp.default
    if _is_continuous(hp):
        return min(max(_value(hp, position / (FINE - 1)), hp.min), hp.max)
    if hp.sampling == "reverse_log" and hp.step is not None:
        position = positions(hp) - 1 - position
    value = _on_grid(hp.min, hp.max, hp.step, hp.sampling, position)
    return int(value) if hp.kind == "Int" else float(value)


def position_of(hp: Hyperparameter, value: Value) -> int | None:
    """The position of a value; None for one that cannot be drawn."""
    if hp.values is not None:
        return hp.values.index(value) if value in hp.values else None
    if hp.min is None or hp.max is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if _is_continuous(hp):
        return round(_share(hp, value) * (FINE - 1)) if hp.min <= value <= hp.max else None
    at = partial(_number_at, hp)
    found = bisect_left(range(positions(hp)), value, key=at)
    near = [each for each in (found - 1, found) if 0 <= each < positions(hp)]
    return next((each for each in near if math.isclose(at(each), value, rel_tol=1e-12)), None)


def can_draw(hp: Hyperparameter, value: Value) -> bool:
    """Whether a random search can draw a value."""
    return position_of(hp, value) is not None


def ends(hp: Hyperparameter, most: int) -> tuple[Value, ...]:
    """The values of a Choice, at most `most`; the first and the last of a range."""
    if hp.kind in ("Choice", "Boolean") and hp.values:
        return hp.values[: most - 1] + hp.values[most - 1 :][-1:]
    return tuple(dict.fromkeys(value_at(hp, position) for position in (0, positions(hp) - 1)))


# --------------------------------------------------------------------------- chances


def draw(hp: Hyperparameter, generator: random.Random) -> Value:
    """A value as a random search draws it."""
    if _is_bent(hp) or _is_continuous(hp):
        value = _value(hp, generator.random())
        return int(value) if hp.kind == "Int" else value
    if hp.weights is not None:
        assert hp.values is not None
        return generator.choices(hp.values, hp.weights)[0]
    return value_at(hp, generator.randrange(positions(hp)))


def probability(hp: Hyperparameter, value: Value) -> float:
    """The probability that a random trial has a value; 0 for one that is not drawn and in a continuous domain."""
    position = position_of(hp, value)
    if position is None or _is_continuous(hp):
        return 0.0
    return _before(hp, position + 1) - _before(hp, position)


def chance(
    configuration: Configuration, hps: Mapping[str, Hyperparameter], held: Collection[str] = ()
) -> float:
    """The probability that a random trial takes the path of a configuration.

    Hyperparameters are drawn independently. Those that are `held` may have any value, and so may unknown ones.
    """
    return math.prod(
        probability(hps[name], value)
        for name, value in configuration.items()
        if name in hps and name not in held
    )


def cells(
    hp: Hyperparameter, cuts: Collection[Number] | None = None, most: int = LISTED
) -> list[tuple[Value, float]] | None:
    """Values with the probabilities of what they stand for, which sum to one.

    Without `cuts` that is every value by itself; None if there are more than `most`, or none. With `cuts` one value
    stands for all that lie between the same two of them; each cut that can be drawn is a cell of its own.
    """
    if size(hp) == 0:
        return None
    if hp.values is None and cuts is not None and hp.kind in ("Int", "Float"):
        return list(_between(hp, cuts))
    if positions(hp) > most:
        return None
    steps = itertools.pairwise([*(_before(hp, each) for each in range(positions(hp))), 1.0])
    return [(value_at(hp, each), after - before) for each, (before, after) in enumerate(steps)]


def _between(hp: Hyperparameter, cuts: Collection[Number]) -> Iterator[tuple[Value, float]]:
    if _is_continuous(hp):
        low, high = _limits(hp)
        if low == high:
            yield low, 1.0
        edges = sorted({low, high, *(min(max(cut, low), high) for cut in cuts)})
        shares = [_share(hp, edge) for edge in edges]
        for index in range(len(edges) - 1):
            yield (edges[index] + edges[index + 1]) / 2, shares[index + 1] - shares[index]
        return
    every, at = range(positions(hp)), partial(_number_at, hp)
    borders = {0, len(every)}
    for cut in cuts:
        borders |= {bisect_left(every, cut, key=at), bisect_right(every, cut, key=at)}
    ordered = sorted(borders)
    for first, after in itertools.pairwise(ordered):
        yield value_at(hp, first), _before(hp, after) - _before(hp, first)


def _before(hp: Hyperparameter, position: int) -> float:
    """The probability that a random search draws a value at an earlier position of a grid."""
    count = positions(hp)
    if position >= count:
        return 1.0
    if hp.weights is not None:
        return sum(hp.weights[:position]) / sum(hp.weights)
    if not _is_bent(hp):
        return position / count
    value = _number_at(hp, position)
    # `int` cuts towards zero: what is drawn between -3 and -2 becomes -2, and 0 gets two of these parts.
    return _share(hp, value if value > 0 else value - 1)


# --------------------------------------------------------------------------- Keras Tuner's arithmetic


def drawn(
    kind: str, minimum: float, maximum: float, step: float | None, sampling: str | None = None
) -> Sequence[float] | None:
    """Every value that a declaration draws, ascending; None where they cannot be listed or it is refused.

    `kind` is "Int" or "Float". Keras Tuner counts the steps by floor division, which loses a Float's last step
    whenever rounding leaves the quotient just under a whole number.
    """
    if sampling not in (None, "linear", "log", "reverse_log") or minimum > maximum:
        return None
    linear = sampling in (None, "linear")
    if kind == "Int" and step is None:
        step = 1 if linear else None
    if step is None or step <= 0 or (not linear and (step <= 1 or minimum <= 0)):
        return None
    if kind == "Float":
        minimum, maximum = float(minimum), float(maximum)
    if linear:
        count = int((maximum - minimum) // step + 1)
    else:
        count = int(math.log(maximum / minimum, step) + 1e-8) + 1
    if count > LISTED:
        return None
    found = [_on_grid(minimum, maximum, step, sampling, index) for index in range(count)]
    if sampling == "reverse_log":
        found.reverse()
    return [int(value) for value in found] if kind == "Int" else found


def reaches(values: Sequence[float], maximum: float) -> bool:
    """Whether the largest value is the maximum, up to the last digits."""
    return math.isclose(max(values), maximum, rel_tol=1e-9, abs_tol=1e-12)


def text(value: object) -> str:
    """A value as Python source: a float without the dust of its arithmetic where that does not change it much."""
    if isinstance(value, float) and not value.is_integer():
        short = float(f"{value:.10g}")
        return repr(short)
    return repr(value)


def _on_grid(low: Number, high: Number, step: Number | None, sampling: str | None, index: int) -> Number:
    """`Numerical._get_value_by_index`, to the last bit."""
    if step is None:
        return low + index
    if sampling == "log":
        return low * math.pow(step, index)
    if sampling == "reverse_log":
        return high + low - low * math.pow(step, index)
    return low + index * step


def _is_continuous(hp: Hyperparameter) -> bool:
    return hp.values is None and hp.count is None and hp.min is not None and hp.max is not None


def _is_bent(hp: Hyperparameter) -> bool:
    """Whether whole numbers are cut from a line that is not divided evenly, so that they differ in probability."""
    return hp.kind == "Int" and hp.step is None and hp.min is not None and hp.max is not None


def _number_at(hp: Hyperparameter, position: int) -> Number:
    value = value_at(hp, position)
    assert isinstance(value, int | float)
    return value


def _limits(hp: Hyperparameter) -> tuple[float, float]:
    """Keras Tuner samples whole numbers up to, but without, `max + 1`."""
    assert hp.min is not None and hp.max is not None
    return hp.min, hp.max + 1 if hp.kind == "Int" else hp.max


def _value(hp: Hyperparameter, share: float) -> float:
    """`Numerical._sample_numerical_value`."""
    low, high = _limits(hp)
    if hp.sampling == "log":
        return float(low * math.pow(high / low, share))
    if hp.sampling == "reverse_log":
        return float(high + low - low * math.pow(high / low, 1 - share))
    return low + share * (high - low)


def _share(hp: Hyperparameter, value: float) -> float:
    """The probability that what is sampled lies below a value."""
    low, high = _limits(hp)
    value = min(max(value, low), high)
    if high == low:
        return 0.0
    if hp.sampling == "log":
        return math.log(value / low) / math.log(high / low)
    if hp.sampling == "reverse_log":
        # Beside 1.0, a smallest value of 1e-80 is lost in the sum.
        return 1 - math.log(max(high + low - value, low) / low) / math.log(high / low)
    return (value - low) / (high - low)
