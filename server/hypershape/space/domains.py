"""The domain of one hyperparameter as a line of positions, and how a random search draws from it."""

from __future__ import annotations

import math
import random

from hypershape.model import Hyperparameter, Value

FINE = 1 << 24
"""The positions into which a domain without end of values is cut."""


def positions(hp: Hyperparameter) -> int:
    """How many positions the domain has; `FINE` for a Float without step, 1 where nothing can be drawn."""
    if hp.values is not None:
        return max(len(hp.values), 1)
    if hp.min is None or hp.max is None:
        return 1
    return hp.count or FINE


def value_at(hp: Hyperparameter, position: int) -> Value:
    """The value at a position from 0 to `positions(hp) - 1`; values of a range ascend."""
    if hp.values is not None:
        return hp.values[position] if hp.values else hp.default
    if hp.min is None or hp.max is None:
        return hp.default
    if hp.kind == "Int":
        return int(hp.min + position * (hp.step or 1))
    return _value(hp, position / (FINE - 1))


def position_of(hp: Hyperparameter, value: Value) -> int | None:
    """The position of a value; None for one that cannot be drawn."""
    if hp.values is not None:
        return hp.values.index(value) if value in hp.values else None
    if hp.min is None or hp.max is None:
        return 0
    if not isinstance(value, int | float) or not hp.min <= value <= hp.max:
        return None
    if hp.kind == "Int":
        return int((value - hp.min) // (hp.step or 1))
    return round(_share(hp, value) * (FINE - 1))


def probability(hp: Hyperparameter, value: Value) -> float:
    """The probability that a random trial has a value; 0 for a value of a continuous domain."""
    count = len(hp.values) if hp.values is not None else hp.count
    if not count:
        return 0.0
    if _is_warped(hp) and isinstance(value, int | float):
        return _share(hp, value + 1) - _share(hp, value)
    return 1 / count


def draw(hp: Hyperparameter, generator: random.Random) -> Value:
    """A value as a random search draws it."""
    if _is_warped(hp) or (hp.values is None and hp.kind == "Float" and hp.min is not None):
        value = _value(hp, generator.random())
        return int(value) if hp.kind == "Int" else value
    return value_at(hp, generator.randrange(positions(hp)))


def ends(hp: Hyperparameter, most: int) -> tuple[Value, ...]:
    """The values of a Choice, at most `most`; the first and the last of a range."""
    values = hp.values or tuple(v for v in (hp.min, hp.max) if v is not None) or (hp.default,)
    if hp.kind in ("Choice", "Boolean"):
        return values if len(values) <= most else (*values[: most - 1], values[-1])
    return tuple(dict.fromkeys((values[0], values[-1])))


def _is_warped(hp: Hyperparameter) -> bool:
    """Whether Keras Tuner draws a whole number from a logarithmic scale, so that values differ in probability."""
    return hp.kind == "Int" and hp.step is None and hp.sampling in ("log", "reverse_log") and bool(hp.min)


def _limits(hp: Hyperparameter) -> tuple[float, float]:
    """Keras Tuner samples whole numbers up to, but without, `max + 1`."""
    assert hp.min is not None and hp.max is not None
    return hp.min, hp.max + 1 if hp.kind == "Int" else hp.max


def _value(hp: Hyperparameter, share: float) -> float:
    low, high = _limits(hp)
    if hp.sampling == "log" and low > 0:
        return float(low * (high / low) ** share)
    if hp.sampling == "reverse_log" and low > 0:
        return float(high + low - low * (high / low) ** (1 - share))
    return low + share * (high - low)


def _share(hp: Hyperparameter, value: float) -> float:
    low, high = _limits(hp)
    if high == low:
        return 0.0
    if hp.sampling == "log" and low > 0:
        return math.log(value / low) / math.log(high / low)
    if hp.sampling == "reverse_log" and low > 0:
        return 1 - math.log((high + low - value) / low) / math.log(high / low)
    return (value - low) / (high - low)
