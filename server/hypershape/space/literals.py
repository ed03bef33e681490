"""The comparisons and relations of which conditions are made, each with where it holds."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space.conditions import (
    Comparison,
    Condition,
    Expression,
    Membership,
    Name,
    Number,
    Operation,
    Operator,
    Relation,
    Sign,
    Some,
)

MOST_VALUES = 16
"""Of a domain with more values only the borders between failing and building ones are tried as thresholds."""
MOST_TERMS = 12
"""So many thresholds are tried of one hyperparameter."""
MOST_DIVISOR = 64
LEAST_DIVIDED = 3
"""Of fewer values nobody would say that they are what a number divides."""

MOST_MEMBERS = 8
"""Of more hyperparameters nobody would read that one of them has a value."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One condition, with the failing and the building configurations for which it holds as bit sets."""

    condition: Condition
    failing: int
    building: int
    cost: int

    @property
    def text(self) -> str:
        return self.condition.text


def comparisons(
    name: str, failing: Sequence[Configuration], building: Sequence[Configuration], hp: Hyperparameter
) -> Iterator[Literal]:
    """Comparisons of one hyperparameter with constants; they hold only where it was read."""
    bad = {each[name] for each in failing if name in each}
    good = {each[name] for each in building if name in each}
    if not bad or (bad | good == bad & good and len(bad) == 1):
        return
    where = (_by_value(failing, name), _by_value(building, name))
    for condition, cost in _compared(name, bad, good, hp):
        bits = [
            _union(bits for value, bits in each.items() if condition.holds({name: value})) for each in where
        ]
        yield Literal(condition, bits[0], bits[1], cost)


def _compared(
    name: str, bad: set[Value], good: set[Value], hp: Hyperparameter
) -> Iterator[tuple[Condition, int]]:
    """What can be said of a value that is among the bad ones, each with how hard it is to read."""
    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    ordered = len(numbers) == len(bad | good)
    limits = (min(numbers), max(numbers)) if ordered and numbers else ()
    for value in bad if len(bad | good) <= MOST_VALUES or len(bad) == 1 else ():
        at_end = hp.kind in ("Int", "Float") and value in limits
        yield Comparison(name, "==", value), 3 if at_end else 1
    if ordered:
        yield from _thresholds(name, sorted(numbers), bad, good, hp)
    if all(type(value) is int for value in bad | good):
        yield from _divided(name, bad, good)
    only_good = good - bad
    if len(bad) > 1 and len(only_good) == 1:
        (other,) = only_good
        if not isinstance(other, bool):
            yield Comparison(name, "!=", other), 3
    if 1 < len(bad) <= 6 and only_good:
        yield Membership(name, tuple(sorted(bad, key=lambda v: (str(type(v)), v)))), 4


def _thresholds(
    name: str, values: Sequence[int | float], bad: set[Value], good: set[Value], hp: Hyperparameter
) -> Iterator[tuple[Condition, int]]:
    for below, bound in _borders(values, bad, good):
        between = _short(below, bound) if hp.kind == "Float" else None
        low, high = (bound, below) if between is None else (between, between)
        yield Comparison(name, ">=", low), 2
        yield Comparison(name, "<" if between is not None and between == bound else "<=", high), 2


def _divided(name: str, bad: set[Value], good: set[Value]) -> Iterator[tuple[Condition, int]]:
    """`units % 8 == 0` and `units % 8 != 0`, for divisors that the values suggest."""
    whole = [value for value in bad if type(value) is int]
    if len(whole) < LEAST_DIVIDED:
        return
    for divisor in _divisors(math.gcd(*(value - other for value, other in itertools.pairwise(whole)))):
        rest = whole[0] % divisor
        if divisor == 2 or rest == 0:
            yield Relation(_remainder(name, divisor), "==", Number(rest)), 3
    shared = math.gcd(*(value for value in good if type(value) is int))
    for divisor in _divisors(shared) if len(good) >= LEAST_DIVIDED else ():
        yield Relation(_remainder(name, divisor), "!=", Number(0)), 3


def _remainder(name: str, divisor: int) -> Expression:
    return Operation(Name(name), "%", Number(divisor))


def _divisors(number: int) -> list[int]:
    return [each for each in range(2, min(number, MOST_DIVISOR) + 1) if number % each == 0]


def _borders(
    values: Sequence[int | float], bad: set[Value], good: set[Value]
) -> list[tuple[int | float, int | float]]:
    """Neighbours in a sorted list of values between which a threshold may lie.

    All neighbours in a short list; in a long one those of which one was met failing or building, and the other
    was not.
    """
    pairs = list(itertools.pairwise(values))
    if len(values) > MOST_VALUES:
        pairs = [(a, b) for a, b in pairs if (a in bad, a in good) != (b in bad, b in good)]
    # The outermost borders of what fails are the ones that an interval needs.
    return pairs if len(pairs) <= 2 * MOST_TERMS else pairs[:MOST_TERMS] + pairs[-MOST_TERMS:]


def _short(low: float, high: float) -> float:
    """The number with the fewest digits that is above `low` and at most `high`."""
    for digits in range(17):
        scale = 10.0 ** (digits - math.floor(math.log10(max(abs(low), abs(high), 1e-300))) - 1)
        candidate = float(repr(math.floor(high * scale) / scale))
        rounded = float(f"{candidate:.{max(digits, 1)}g}")
        for each in (rounded, candidate):
            if low < each <= high:
                return each
    return high


def families(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that differ in one number only, as a loop declares them: units_0, units_1, …"""
    found: dict[str, list[str]] = {}
    for name in names:
        for number in re.finditer(r"\d+", name):
            found.setdefault(f"{name[: number.start()]}#{name[number.end() :]}", []).append(name)
    return [tuple(each) for each in found.values() if len(each) > 1]


def some_member(
    family: Sequence[str], failing: Sequence[Configuration], building: Sequence[Configuration]
) -> Iterator[Literal]:
    """Comparisons that hold for some member of a family in every failure, and for none where the target builds.

    A chain of comparisons rather than `'avg' in (pooling_0, …)`: members that were not read have no value.
    """
    if len(family) > MOST_MEMBERS:
        return
    bad = {each[name] for each in failing for name in family if name in each}
    good = {each[name] for each in building for name in family if name in each}
    tests: list[tuple[Sign, Value]] = [("==", value) for value in sorted(bad - good, key=repr)[:MOST_VALUES]]
    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(bad | good) and good:
        least, most = (pick(v for v in numbers if v in good) for pick in (min, max))
        tests += [(">=", v) for v in sorted(numbers) if v > most][:1]
        tests += [("<=", v) for v in sorted(numbers, reverse=True) if v < least][:1]
    everything = (1 << len(failing)) - 1
    for sign, value in tests:
        condition = Some(tuple(family), sign, value)
        if all(map(condition.holds, failing)) and not any(map(condition.holds, building)):
            yield Literal(condition, everything, 0, len(family))


def _by_value(configurations: Sequence[Configuration], name: str) -> dict[Value, int]:
    """For each value the configurations that have it, as a bit set."""
    found: dict[Value, int] = {}
    for position, configuration in enumerate(configurations):
        if name in configuration:
            value = configuration[name]
            found[value] = found.get(value, 0) | 1 << position
    return found


def _union(sets: Iterator[int]) -> int:
    found = 0
    for bits in sets:
        found |= bits
    return found


def relations(
    failing: Sequence[Configuration], building: Sequence[Configuration], names: Sequence[str]
) -> Iterator[Literal]:
    """Relations between two or three whole-numbered hyperparameters that hold for every failure."""
    everything = (1 << len(failing)) - 1
    for condition, cost in _related(failing, names):
        if all(map(condition.holds, failing)):
            where = sum(1 << position for position, each in enumerate(building) if condition.holds(each))
            yield Literal(condition, everything, where, cost)


def _related(failing: Sequence[Configuration], names: Sequence[str]) -> Iterator[tuple[Condition, int]]:
    """What can be said of two or three numbers, each with how hard it is to read."""
    zero = Number(0)
    for one, other in itertools.permutations(names, 2):
        a, b = Name(one), Name(other)
        yield Relation(Operation(a, "%", b), "!=", zero), 2
        yield Relation(a, ">", b), 1
        yield Relation(a, ">=", b), 1
        yield Relation(Operation(a, "%", Operation(Number(2), "**", b)), "!=", zero), 4
        yield _fitted(Operation(a, "*", Operation(b, "-", Number(1))), failing)[0], 7
        if one < other:
            yield Relation(a, "!=", b), 1
            yield Relation(a, "==", b), 1
            signs: tuple[Operator, ...] = ("+", "*")
            for sign in signs:
                yield from ((each, 6) for each in _fitted(Operation(a, sign, b), failing))
    for one, other, third in itertools.permutations(names, 3):
        a, b, c = Name(one), Name(other), Name(third)
        if other < third:
            yield Relation(a, "!=", Operation(b, "*", c)), 4
        yield Relation(a, "!=", Operation(Operation(b, "*", b), "*", c)), 5


def _fitted(calculated: Expression, failing: Sequence[Configuration]) -> tuple[Condition, Condition]:
    """That a result is at least the least of all failures, and at most the most."""
    results = [calculated.value(each) for each in failing]
    return (
        Relation(calculated, ">=", Number(min(results))),
        Relation(calculated, "<=", Number(max(results))),
    )
