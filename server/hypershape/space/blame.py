"""From failing and building configurations to the smallest true condition."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hypershape.model import Cause, Configuration, Hyperparameter, ProbeError, Report, Value

MOST_NAMES = 3


def causes(
    reports: Sequence[Report], hps: Mapping[str, Hyperparameter], weight: Callable[[Configuration], float]
) -> tuple[Cause, ...]:
    """One cause for each place and kind of failure, the most frequent first."""
    groups: dict[object, list[Report]] = {}
    for report in reports:
        if report.verdict == "fail" and report.error is not None:
            groups.setdefault(_kind(report.error), []).append(report)
    building = [report for report in reports if report.verdict == "ok"]
    total = sum(weight(report.configuration) for report in reports) or 1.0
    found = []
    for failing in groups.values():
        first = min(failing, key=lambda report: _distance_from_default(report.configuration, hps))
        condition = _condition([r.configuration for r in failing], [r.configuration for r in building], hps)
        nearest = min(
            building,
            key=lambda report: _distance(report.configuration, first.configuration),
            default=None,
        )
        found.append(
            Cause(
                first.error,  # type: ignore[arg-type]
                first,
                tuple(report.configuration for report in failing),
                condition.text if condition else None,
                exact=condition is not None or not building,
                share=sum(weight(report.configuration) for report in failing) / total,
                names=condition.names if condition else (),
                building=nearest.configuration if nearest is not None else None,
            )
        )
    return tuple(sorted(found, key=lambda cause: -cause.share))


def _kind(error: ProbeError) -> object:
    words = re.sub(r"[-+]?\d+(\.\d+)?(e-?\d+)?", "#", error.message)
    words = re.sub(r"\([#None, ]*\)|\[[#None ,]*\]", "(#)", words)
    return error.span, error.stage, error.type, words


def _distance(one: Configuration, other: Configuration) -> int:
    names = set(one) | set(other)
    return sum(one.get(name) != other.get(name) for name in names)


def _distance_from_default(
    configuration: Configuration, hps: Mapping[str, Hyperparameter]
) -> tuple[int, int]:
    changed = sum(name in hps and hps[name].default != value for name, value in configuration.items())
    return changed, len(configuration)


@dataclass(frozen=True)
class _Condition:
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Literal:
    text: str
    name: str
    failing: int
    building: int
    cost: int


def reference(name: str) -> str:
    """How a condition names a hyperparameter: by itself, or `hp["…"]` where it is no identifier."""
    plain = name.isidentifier() and not keyword.iskeyword(name)
    return name if plain else f'hp["{name}"]'


def _condition(
    failing: Sequence[Configuration], building: Sequence[Configuration], hps: Mapping[str, Hyperparameter]
) -> _Condition | None:
    """The simplest condition that holds for all failing and for no building configurations."""
    if not building:
        return None
    everything = (1 << len(failing)) - 1
    literals = [lit for name in hps for lit in _literals(name, failing, building, hps[name])]
    useful = [
        lit for lit in literals if lit.failing == everything and lit.building != (1 << len(building)) - 1
    ]
    useful.sort(key=lambda lit: lit.cost)
    for size in range(1, MOST_NAMES + 1):
        for chosen in itertools.combinations(useful[:80], size):
            if len({lit.name for lit in chosen}) < size and size > 1 and not _interval(chosen):
                continue
            left = -1
            for lit in chosen:
                left &= lit.building
            if left == 0:
                return _Condition(
                    " and ".join(lit.text for lit in chosen), tuple(dict.fromkeys(lit.name for lit in chosen))
                )
    return None


def _interval(chosen: Sequence[_Literal]) -> bool:
    return len({lit.text.split(" ")[1] for lit in chosen}) == len(chosen)


def _literals(
    name: str, failing: Sequence[Configuration], building: Sequence[Configuration], hp: Hyperparameter
) -> Iterator[_Literal]:
    bad = {c[name] for c in failing if name in c}
    if not bad or len(bad) == len({c.get(name) for c in (*failing, *building)}) == 1:
        return
    if any(name not in c for c in failing):
        return

    def literal(text: str, holds: Callable[[Value], bool], cost: int) -> _Literal:
        return _Literal(text, name, _bits(failing, name, holds), _bits(building, name, holds), cost)

    shown = reference(name)
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in bad)
    if len(bad) == 1:
        (value,) = bad
        text = shown if value is True else f"not {shown}" if value is False else f"{shown} == {value!r}"
        yield literal(text, lambda v: v == value, 1)
    if (numeric and hp.kind != "Choice") or (numeric and len(bad) > 1):
        low, high = min(bad), max(bad)  # type: ignore[type-var]
        yield literal(f"{shown} >= {low!r}", lambda v: v >= low, 1)  # type: ignore[operator]
        yield literal(f"{shown} <= {high!r}", lambda v: v <= high, 1)  # type: ignore[operator]
    if 1 < len(bad) <= 6:
        listed = ", ".join(repr(v) for v in sorted(bad, key=repr))
        yield literal(f"{shown} in ({listed})", lambda v: v in bad, 2)
    rest = {c[name] for c in building if name in c} - bad
    if len(rest) == 1 and len(bad) > 1:
        (other,) = rest
        yield literal(f"{shown} != {other!r}", lambda v: v != other, 2)


def _bits(configurations: Sequence[Configuration], name: str, holds: Callable[[Value], bool]) -> int:
    bits = 0
    for position, configuration in enumerate(configurations):
        if name in configuration and holds(configuration[name]):
            bits |= 1 << position
    return bits
