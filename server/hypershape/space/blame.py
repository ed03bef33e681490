"""From failing and building configurations to the smallest true condition.

Only conditions that hold for every failing and for no building configuration are returned. Configurations that
fail for another reason say nothing: they stopped before this failure could show itself.
"""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, and_, mul

from hypershape.model import Cause, Configuration, Hyperparameter, ProbeError, Report, Value

MOST_NAMES = 3
MOST_LITERALS = 60
MOST_ALTERNATIVES = 3
MOST_VALUES = 16
"""Of a domain with more values only the borders between failing and building ones are tried as thresholds."""


def causes(
    reports: Sequence[Report], hps: Mapping[str, Hyperparameter], weight: Callable[[Configuration], float]
) -> tuple[Cause, ...]:
    """One cause for each place and kind of failure, the largest share first.

    `weight` is the probability that a random trial reaches a configuration. A target that builds nowhere has
    the condition None and `exact`.
    """
    groups: dict[object, list[Report]] = {}
    for report in reports:
        if report.verdict == "fail" and report.error is not None:
            groups.setdefault(kind(report.error), []).append(report)
    building = [report.configuration for report in reports if report.verdict == "ok"]
    total = sum(weight(report.configuration) for report in reports) or 1.0
    found = []
    for group in groups.values():
        first = min(group, key=lambda report: _far_from_default(report.configuration, hps))
        assert first.error is not None
        failing = tuple(report.configuration for report in group)
        condition = smallest_condition(failing, building, hps)
        found.append(
            Cause(
                first.error,
                first,
                failing,
                condition.text if condition is not None else None,
                exact=condition is not None or not building,
                share=sum(map(weight, failing)) / total,
                names=condition.names if condition is not None else (),
                building=min(building, key=lambda each: _distance(each, first.configuration), default=None),
            )
        )
    return tuple(sorted(found, key=lambda cause: -cause.share))


def kind(error: ProbeError) -> object:
    """What two failures with one cause share: place, stage, type, and the message without its numbers."""
    words = re.sub(r"\d+(\.\d+)?(e-?\d+)?", "#", error.message)
    words = re.sub(r"[(\[](?:#|None|,|\s)*[)\]]", "()", words)
    return error.span, error.stage, error.type, re.sub(r"_#", "", words)


def _distance(one: Configuration, other: Configuration) -> int:
    return sum(one.get(name) != other.get(name) for name in {*one, *other})


def _far_from_default(configuration: Configuration, hps: Mapping[str, Hyperparameter]) -> tuple[int, int]:
    changed = sum(name in hps and hps[name].default != value for name, value in configuration.items())
    return changed, len(configuration)


@dataclass(frozen=True, slots=True)
class Condition:
    """A Python expression over hyperparameters, and the names in it."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Literal:
    """One comparison, with the failing and the building configurations for which it holds as bit sets."""

    text: str
    names: tuple[str, ...]
    failing: int
    building: int
    cost: int


def reference(name: str) -> str:
    """How a condition names a hyperparameter: by itself, or `hp["…"]` where the name is no identifier."""
    return name if name.isidentifier() and not keyword.iskeyword(name) else f'hp["{name}"]'


def smallest_condition(
    failing: Sequence[Configuration], building: Sequence[Configuration], hps: Mapping[str, Hyperparameter]
) -> Condition | None:
    """The simplest condition that holds for all failing and for no building configurations, or None."""
    if not building or not failing:
        return None
    everything = (1 << len(failing)) - 1
    literals = _useful(
        [each for name, hp in hps.items() for each in _comparisons(name, failing, building, hp)],
        len(building),
    )
    best = _conjunction([each for each in literals if each.failing == everything], everything)
    if best is not None:
        return _joined([best])
    relation = min(
        (
            each
            for each in _relations(failing, building, hps)
            if each.failing == everything and not each.building
        ),
        key=lambda each: (each.cost, len(each.text)),
        default=None,
    )
    if relation is not None:
        return Condition(relation.text, relation.names)
    left = everything
    alternatives: list[tuple[_Literal, ...]] = []
    while left and len(alternatives) < MOST_ALTERNATIVES:
        part = _conjunction(literals, left)
        if part is None:
            return None
        alternatives.append(part)
        left &= ~reduce(and_, (each.failing for each in part))
    return _joined(alternatives) if not left else None


def _useful(literals: Iterable[_Literal], buildings: int) -> list[_Literal]:
    """Literals that hold somewhere among the failures and exclude something, the cheapest first."""
    nothing_excluded = (1 << buildings) - 1
    kept = [each for each in literals if each.failing and each.building != nothing_excluded]
    kept.sort(key=lambda each: (-each.failing.bit_count(), each.cost, each.building.bit_count()))
    return kept[:MOST_LITERALS]


def _conjunction(literals: Sequence[_Literal], wanted: int) -> tuple[_Literal, ...] | None:
    """The literals that together exclude every building configuration and cover most of the wanted failures.

    Among those that cover as many, the one with the fewest names and the cheapest comparisons.
    """
    best: tuple[_Literal, ...] | None = None
    rank: tuple[int, int, int, int] | None = None
    for size in range(1, MOST_NAMES + 1):
        for chosen in itertools.combinations(literals, size):
            left, covered = -1, wanted
            for each in chosen:
                left &= each.building
                covered &= each.failing
            if left or not covered:
                continue
            names = {name for each in chosen for name in each.names}
            cost = sum(each.cost for each in chosen)
            found = (-covered.bit_count(), len(names), size, cost)
            if rank is None or found < rank:
                best, rank = chosen, found
        if best is not None and rank is not None and -rank[0] == wanted.bit_count():
            break
    return best


def _joined(alternatives: Sequence[tuple[_Literal, ...]]) -> Condition:
    parts = []
    for part in alternatives:
        ordered = sorted(part, key=lambda each: (each.cost, each.text))
        text = " and ".join(each.text for each in ordered)
        parts.append(f"({text})" if len(part) > 1 and len(alternatives) > 1 else text)
    names = dict.fromkeys(name for part in alternatives for each in part for name in each.names)
    return Condition(" or ".join(parts), tuple(names))


def _comparisons(
    name: str, failing: Sequence[Configuration], building: Sequence[Configuration], hp: Hyperparameter
) -> Iterator[_Literal]:
    """Comparisons of one hyperparameter with constants; they hold only where it was read."""
    bad = {each[name] for each in failing if name in each}
    good = {each[name] for each in building if name in each}
    if not bad or (bad | good == bad & good and len(bad) == 1):
        return
    shown = reference(name)

    def literal(text: str, holds: Callable[[Value], bool], cost: int) -> _Literal:
        return _Literal(text, (name,), _bits(failing, name, holds), _bits(building, name, holds), cost)

    numbers = [v for v in bad | good if isinstance(v, int | float) and not isinstance(v, bool)]
    ordered = len(numbers) == len(bad | good)
    ends = (min(numbers), max(numbers)) if ordered and numbers else (None, None)
    for value in _tried(bad, bad | good):
        if isinstance(value, bool):
            yield literal(shown if value else f"not {shown}", lambda v, value=value: v is value, 1)  # type: ignore[misc]
        else:
            at_end = hp.kind in ("Int", "Float") and value in ends
            yield literal(f"{shown} == {value!r}", lambda v, value=value: v == value, 3 if at_end else 1)  # type: ignore[misc]
    if ordered:
        thresholds = sorted(_tried({*numbers}, {*numbers}, borders=(bad, good)))  # type: ignore[type-var]
        for bound in thresholds:
            if bound != ends[0]:
                yield literal(f"{shown} >= {bound!r}", lambda v, bound=bound: v >= bound, 2)  # type: ignore[misc]
            if bound != ends[1]:
                yield literal(f"{shown} <= {bound!r}", lambda v, bound=bound: v <= bound, 2)  # type: ignore[misc]
    only_good = good - bad
    if len(bad) > 1 and len(only_good) == 1:
        (other,) = only_good
        if not isinstance(other, bool):
            yield literal(f"{shown} != {other!r}", lambda v: v != other, 3)
    if 1 < len(bad) <= 6 and only_good:
        listed = ", ".join(repr(value) for value in sorted(bad, key=lambda v: (str(type(v)), v)))
        yield literal(f"{shown} in ({listed})", lambda v: v in bad, 4)


def _tried(
    values: set[Value], every: set[Value], borders: tuple[set[Value], set[Value]] | None = None
) -> list[Value]:
    """All values of a small domain; of a large one those at the borders between failing and building ones."""
    if len(every) <= MOST_VALUES:
        return list(values)
    if borders is None:
        return list(values)[:1] if len(values) == 1 else []
    bad, good = borders
    ordered = sorted(every)  # type: ignore[type-var]
    return [
        value
        for previous, value in itertools.pairwise(ordered)
        if (previous in bad, previous in good) != (value in bad, value in good)
        for value in (previous, value)
    ]


def _bits(configurations: Sequence[Configuration], name: str, holds: Callable[[Value], bool]) -> int:
    bits = 0
    for position, configuration in enumerate(configurations):
        if name in configuration and holds(configuration[name]):
            bits |= 1 << position
    return bits


def _relations(
    failing: Sequence[Configuration], building: Sequence[Configuration], hps: Mapping[str, Hyperparameter]
) -> Iterator[_Literal]:
    """Relations between two or three whole-numbered hyperparameters that every failure read."""
    names = [
        name
        for name in hps
        if all(type(each.get(name)) is int for each in failing)
        and len({each[name] for each in (*failing, *building) if name in each}) > 1
    ][:6]
    for one, other in itertools.permutations(names, 2):
        a, b = reference(one), reference(other)
        pair = (one, other)
        yield _relation(f"{a} % {b} != 0", pair, failing, building, lambda x, y: bool(y) and x % y != 0, 2)
        yield _relation(f"{a} > {b}", pair, failing, building, lambda x, y: x > y, 1)
        if one < other:
            yield _relation(f"{a} != {b}", pair, failing, building, lambda x, y: x != y, 1)
            yield _relation(f"{a} == {b}", pair, failing, building, lambda x, y: x == y, 1)
            for sign, combine in (("+", add), ("*", mul)):
                least = min(combine(each[one], each[other]) for each in failing)
                text = f"{a} {sign} {b} >= {least}"
                yield _relation(
                    text, pair, failing, building, lambda x, y, c=combine, n=least: c(x, y) >= n, 3
                )
    for one, other, third in itertools.permutations(names, 3):
        a, b, c = reference(one), reference(other), reference(third)
        triple = (one, other, third)
        if other < third:
            yield _relation(f"{a} != {b} * {c}", triple, failing, building, lambda x, y, z: x != y * z, 4)
        yield _relation(
            f"{a} != {b} * {b} * {c}", triple, failing, building, lambda x, y, z: x != y * y * z, 5
        )


def _relation(
    text: str,
    names: tuple[str, ...],
    failing: Sequence[Configuration],
    building: Sequence[Configuration],
    holds: Callable[..., bool],
    cost: int,
) -> _Literal:
    def bits(configurations: Sequence[Configuration]) -> int:
        found = 0
        for position, each in enumerate(configurations):
            if all(name in each for name in names) and holds(*(each[name] for name in names)):
                found |= 1 << position
        return found

    return _Literal(text, names, bits(failing), bits(building), cost)
