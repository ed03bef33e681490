"""The comparisons and relations of which conditions are made, each with where it holds."""

from __future__ import annotations

import itertools
import keyword
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypershape.model import Configuration, Hyperparameter, Value

MOST_VALUES = 16
"""Of a domain with more values only the borders between failing and building ones are tried as thresholds."""
MOST_TERMS = 12
"""So many thresholds are tried of one hyperparameter."""
MOST_DIVISOR = 64
LEAST_DIVIDED = 3
"""Of fewer values nobody would say that they are what a number divides."""

MOST_MEMBERS = 8
"""Of more hyperparameters nobody would read that one of them has a value."""

Predicate = Callable[[Configuration], bool]


@dataclass(frozen=True, slots=True)
class Literal:
    """One comparison, with the failing and the building configurations for which it holds as bit sets."""

    text: str
    names: tuple[str, ...]
    holds: Predicate
    failing: int
    building: int
    cost: int


def reference(name: str) -> str:
    """How a condition names a hyperparameter: by itself, or `hp["…"]` where the name is no identifier."""
    return name if name.isidentifier() and not keyword.iskeyword(name) else f'hp["{name}"]'


def comparisons(
    name: str, failing: Sequence[Configuration], building: Sequence[Configuration], hp: Hyperparameter
) -> Iterator[Literal]:
    """Comparisons of one hyperparameter with constants; they hold only where it was read."""
    bad = {each[name] for each in failing if name in each}
    good = {each[name] for each in building if name in each}
    if not bad or (bad | good == bad & good and len(bad) == 1):
        return
    shown = reference(name)
    where = (_by_value(failing, name), _by_value(building, name))

    def literal(text: str, test: Callable[[Value], bool], cost: int) -> Literal:
        bits = [_union(bits for value, bits in each.items() if test(value)) for each in where]

        def holds(configuration: Configuration) -> bool:
            return name in configuration and test(configuration[name])

        return Literal(text, (name,), holds, bits[0], bits[1], cost)

    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    ordered = len(numbers) == len(bad | good)
    lowest, highest = (min(numbers), max(numbers)) if ordered and numbers else (None, None)
    few = len(bad | good) <= MOST_VALUES
    for value in bad if few or len(bad) == 1 else ():
        if isinstance(value, bool):
            yield literal(shown if value else f"not {shown}", lambda v, value=value: v is value, 1)  # type: ignore[misc]
        else:
            at_end = hp.kind in ("Int", "Float") and value in (lowest, highest)
            yield literal(f"{shown} == {value!r}", lambda v, value=value: v == value, 3 if at_end else 1)  # type: ignore[misc]
    if ordered:
        for below, bound in _borders(sorted(numbers), bad, good):
            between = _short(below, bound) if hp.kind == "Float" else None
            low, high = (bound, below) if between is None else (between, between)
            yield literal(f"{shown} >= {low!r}", lambda v, low=low: v >= low, 2)  # type: ignore[misc]
            if between is not None and between == bound:
                yield literal(f"{shown} < {high!r}", lambda v, high=high: v < high, 2)  # type: ignore[misc]
            else:
                yield literal(f"{shown} <= {high!r}", lambda v, high=high: v <= high, 2)  # type: ignore[misc]
    whole = [value for value in bad | good if type(value) is int]
    if len(whole) == len(bad | good) and len(bad) >= LEAST_DIVIDED:
        for divisor in _divisors(
            math.gcd(
                *(value - other for value, other in itertools.pairwise(v for v in bad if type(v) is int))
            )
        ):
            rest = next(value for value in bad if type(value) is int) % divisor
            if divisor == 2 or rest == 0:
                text = f"{shown} % {divisor} == {rest}"
                yield literal(text, lambda v, d=divisor, r=rest: v % d == r, 3)  # type: ignore[misc]
        shared = math.gcd(*(value for value in good if type(value) is int))
        for divisor in _divisors(shared) if len(good) >= LEAST_DIVIDED else ():
            yield literal(f"{shown} % {divisor} != 0", lambda v, d=divisor: v % d != 0, 3)  # type: ignore[misc]
    only_good = good - bad
    if len(bad) > 1 and len(only_good) == 1:
        (other,) = only_good
        if not isinstance(other, bool):
            yield literal(f"{shown} != {other!r}", lambda v: v != other, 3)
    if 1 < len(bad) <= 6 and only_good:
        listed = ", ".join(repr(value) for value in sorted(bad, key=lambda v: (str(type(v)), v)))
        yield literal(f"{shown} in ({listed})", lambda v: v in bad, 4)


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
    tests: list[tuple[str, Callable[[Value], bool]]] = []
    for value in sorted(bad - good, key=repr)[:MOST_VALUES]:
        tests.append((f"== {value!r}", lambda v, value=value: v == value and type(v) is type(value)))  # type: ignore[misc]
    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(bad | good) and good:
        above = min((v for v in numbers if v > max(v for v in numbers if v in good)), default=None)
        below = max((v for v in numbers if v < min(v for v in numbers if v in good)), default=None)
        if above is not None:
            tests.append((f">= {above!r}", lambda v: v >= above))  # type: ignore[operator]
        if below is not None:
            tests.append((f"<= {below!r}", lambda v: v <= below))  # type: ignore[operator]
    for text, test in tests:

        def holds(configuration: Configuration, test: Callable[[Value], bool] = test) -> bool:
            return any(name in configuration and test(configuration[name]) for name in family)

        if all(map(holds, failing)):
            parts = [_compared(name, text) for name in family]
            everything = (1 << len(failing)) - 1
            yield Literal(" or ".join(parts), tuple(family), holds, everything, 0, len(family))


def _compared(name: str, comparison: str) -> str:
    shown = reference(name)
    return {"== True": shown, "== False": f"not {shown}"}.get(comparison, f"{shown} {comparison}")


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

    def relation(text: str, of: tuple[str, ...], test: Callable[..., bool], cost: int) -> Iterator[Literal]:
        def holds(configuration: Configuration) -> bool:
            try:
                return test(*[configuration[name] for name in of])
            except KeyError:
                return False

        if all(map(holds, failing)):
            where = sum(1 << position for position, each in enumerate(building) if holds(each))
            yield Literal(text, of, holds, (1 << len(failing)) - 1, where, cost)

    for one, other in itertools.permutations(names, 2):
        a, b = reference(one), reference(other)
        pair = (one, other)
        yield from relation(f"{a} % {b} != 0", pair, lambda x, y: y != 0 and x % y != 0, 2)
        yield from relation(f"{a} > {b}", pair, lambda x, y: x > y, 1)
        yield from relation(f"{a} >= {b}", pair, lambda x, y: x >= y, 1)
        yield from relation(f"{a} % 2 ** {b} != 0", pair, lambda x, y: 0 <= y < 64 and x % 2**y != 0, 4)
        least = min(each[one] * (each[other] - 1) for each in failing)  # type: ignore[operator]
        yield from relation(f"{a} * ({b} - 1) >= {least}", pair, lambda x, y, n=least: x * (y - 1) >= n, 7)
        if one < other:
            yield from relation(f"{a} != {b}", pair, lambda x, y: x != y, 1)
            yield from relation(f"{a} == {b}", pair, lambda x, y: x == y, 1)
            sums = [each[one] + each[other] for each in failing]  # type: ignore[operator]
            products = [each[one] * each[other] for each in failing]  # type: ignore[operator]
            for sign, found in (("+", sums), ("*", products)):
                least, most = min(found), max(found)
                text = f"{a} {sign} {b}"
                if sign == "+":
                    yield from relation(f"{text} >= {least}", pair, lambda x, y, n=least: x + y >= n, 6)
                    yield from relation(f"{text} <= {most}", pair, lambda x, y, n=most: x + y <= n, 6)
                else:
                    yield from relation(f"{text} >= {least}", pair, lambda x, y, n=least: x * y >= n, 6)
                    yield from relation(f"{text} <= {most}", pair, lambda x, y, n=most: x * y <= n, 6)
    for one, other, third in itertools.permutations(names, 3):
        a, b, c = reference(one), reference(other), reference(third)
        triple = (one, other, third)
        if other < third:
            yield from relation(f"{a} != {b} * {c}", triple, lambda x, y, z: x != y * z, 4)
        yield from relation(f"{a} != {b} * {b} * {c}", triple, lambda x, y, z: x != y * y * z, 5)
