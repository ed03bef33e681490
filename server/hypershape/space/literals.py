"""The comparisons and relations of which conditions are made, each with where it holds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypershape.model import Configuration, Hyperparameter, Value
from hypershape.space import domains
from hypershape.space.conditions import (
    Comparison,
    Condition,
    Expression,
    Membership,
    Name,
    Number,
    Operation,
    Relation,
)

MOST_VALUES = 16
"""Of a domain with more values only the borders between failing and building ones are tried as thresholds."""
MOST_TERMS = 12
"""So many thresholds are tried of one hyperparameter."""
MOST_DIVISOR = 64
LEAST_DIVIDED = 3
"""Of fewer values nobody would say that they are what a number divides."""
MOST_DIVIDED = 1 << 20
LEAST_TURNS = 3
"""A number is said to be divided where what fails and what builds take turns as often by size."""
MOST_EXCEPTIONS = 8
"""Of a domain with more values nobody would name one that does not fail."""

PLAIN, THRESHOLD, AT_END, DIVIDED, EXCEPT, LISTED, DIVIDING, ANY = 11, 12, 13, 13, 13, 14, 17, 36
"""What comparisons cost to read. That there is one more counts most, what kind it is little."""
UNSAID = 12
"""What a denial costs in addition where it only holds because a hyperparameter that was not read has no value."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One condition, with the failing and the building configurations for which it holds as bit sets."""

    condition: Condition
    failing: int
    building: int
    cost: int
    of: int = 0
    """How many values the hyperparameter of a comparison has; 0 where there is no such number."""

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
    values, everything = domains.size(hp) or 0, (1 << len(building)) - 1
    where = (sets_by_value(failing, name), sets_by_value(building, name))
    for condition, cost in _compared(name, bad, good, hp):
        bits = [
            _union(bits for value, bits in each.items() if condition.holds({name: value})) for each in where
        ]
        if _denies(condition) and (unread := everything & ~_union(iter(where[1].values()))):
            # Whoever reads that something is not so thinks of it as being there: better to say when it is.
            yield Literal(condition, bits[0], bits[1] | unread, cost, values)
            cost += UNSAID
        yield Literal(condition, bits[0], bits[1], cost, values)


def _denies(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and (condition.sign == "!=" or condition.value is False)


def _compared(
    name: str, bad: set[Value], good: set[Value], hp: Hyperparameter
) -> Iterator[tuple[Condition, int]]:
    """What can be said of a value that is among the bad ones, each with how hard it is to read."""
    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    ordered = len(numbers) == len(bad | good)
    limits = (min(numbers), max(numbers)) if ordered and numbers else ()
    for value in bad if len(bad | good) <= MOST_VALUES or len(bad) == 1 else ():
        # Nothing lies below zero that could be meant as well.
        at_end = hp.kind in ("Int", "Float") and value in limits and not value == 0 == min(numbers)
        yield Comparison(name, "==", value), AT_END if at_end else PLAIN
    if ordered:
        yield from _thresholds(name, sorted(numbers), bad, good, hp)
    if all(type(value) is int for value in bad | good):
        yield from _divided(name, bad, good)
    if len(bad) > 1 and 2 < len(bad | good) <= MOST_EXCEPTIONS:
        yield from ((Comparison(name, "!=", other), EXCEPT) for other in sorted(good, key=repr))
    if 1 < len(bad) <= 6 and good - bad and len(bad) < (domains.size(hp) or MOST_VALUES):
        yield Membership(name, tuple(sorted(bad, key=lambda v: (str(type(v)), v)))), LISTED


def _thresholds(
    name: str, values: Sequence[int | float], bad: set[Value], good: set[Value], hp: Hyperparameter
) -> Iterator[tuple[Condition, int]]:
    for below, bound in _borders(values, bad, good):
        between = _short(below, bound) if hp.kind == "Float" else None
        low, high = (bound, below) if between is None else (between, between)
        yield Comparison(name, ">=", low), THRESHOLD
        yield Comparison(name, "<" if between is not None and between == bound else "<=", high), THRESHOLD


def _divided(name: str, bad: set[Value], good: set[Value]) -> Iterator[tuple[Condition, int]]:
    """`units % 8 == 0` and `units % 8 != 0`, for divisors that the values suggest."""
    whole = [value for value in bad if type(value) is int]
    if len(whole) < LEAST_DIVIDED:
        return
    for divisor in _divisors(math.gcd(*(value - other for value, other in itertools.pairwise(whole)))):
        rest = whole[0] % divisor
        if divisor == 2 or rest == 0:
            yield Relation(_remainder(name, divisor), "==", Number(rest)), DIVIDED
    shared = math.gcd(*(value for value in good if type(value) is int))
    for divisor in _divisors(shared) if len(good) >= LEAST_DIVIDED else ():
        yield Relation(_remainder(name, divisor), "!=", Number(0)), DIVIDED
    yield from _not_divided(name, whole, [value for value in good if type(value) is int])
    yield from _dividing(name, sorted(whole), sorted(value for value in good if type(value) is int))


def _not_divided(name: str, bad: Sequence[int], good: Sequence[int]) -> Iterator[tuple[Condition, int]]:
    """`units % 4 != 0` where no multiple of 4 fails, though other values build as well, for another reason."""
    met: set[tuple[int, ...]] = set()
    for divisor in range(2, MOST_DIVISOR + 1):
        multiples = tuple(sorted(value for value in good if value % divisor == 0))
        if len(multiples) < LEAST_DIVIDED or multiples in met or not all(value % divisor for value in bad):
            continue
        met.add(multiples)
        if _turns(bad, multiples) >= LEAST_TURNS:
            yield Relation(_remainder(name, divisor), "!=", Number(0)), DIVIDED


def _turns(bad: Sequence[int], good: Sequence[int]) -> int:
    """How often what fails and what builds take turns by size."""
    told = sorted([*((value, False) for value in bad), *((value, True) for value in good)])
    return sum(one is not other for (_, one), (_, other) in itertools.pairwise(told))


def _dividing(name: str, bad: Sequence[int], good: Sequence[int]) -> Iterator[tuple[Condition, int]]:
    """`60 % chunk != 0`: the least number that all building values divide, where it takes turns what builds by size."""
    if len(good) < LEAST_DIVIDED or min(*bad, *good) < 1:
        return
    number = math.lcm(*good)
    if number <= MOST_DIVIDED and _turns(bad, good) >= LEAST_TURNS and all(number % value for value in bad):
        yield Relation(Operation(Number(number), "%", Name(name)), "!=", Number(0)), DIVIDING


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


def bit_set(answers: Iterable[bool]) -> int:
    """Where the answer is yes, as a bit set."""
    return sum(1 << place for place, each in enumerate(answers) if each)


def sets_by_value(configurations: Sequence[Configuration], name: str) -> dict[Value, int]:
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
