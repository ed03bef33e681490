"""Which share of the space something is: one computation for messages, hovers and repairs.

A share is the probability that a random trial falls there. It is known in one of three ways, the best first:

- exactly, from a condition: hyperparameters are drawn independently, so that `units >= 65` has a probability whatever
  the rest of the space does, as long as every trial reads the names of the condition;
- exactly, from a space of which every leaf was probed: each leaf counts by its probability, not as one of so many,
  since a choice that is read early decides about more trials than one that only few trials read;
- as an estimate, from what the explorer drew (`TargetAnalysis.shares`), with an interval. An interval of a fifth or more
  says nothing: such a figure is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hypershape.model import (
    Cause,
    Configuration,
    Coverage,
    Hyperparameter,
    Report,
    TargetAnalysis,
    Value,
    key_of,
)
from hypershape.space import diagrams, domains
from hypershape.space.conditions import Condition, any_of
from hypershape.space.diagrams import Diagram

Probability = Callable[[Condition], float | None]


def weighted(target: TargetAnalysis) -> Iterator[tuple[Report, float]]:
    """Every probed configuration with the share of the space that it stands for."""
    if target.shares:
        # What was probed after the exploration, on the device, stands for nothing more.
        yield from zip(target.reports, target.shares, strict=False)
        return
    hps = {each.name: each for each in target.hyperparameters}
    held = target.coverage.held if target.coverage is not None else ()
    for report in target.reports:
        yield report, domains.chance(report.configuration, hps, held)


def weight_of(target: TargetAnalysis) -> Callable[[Configuration], float]:
    """The share of the space that a probed configuration stands for."""
    shares = {key_of(report.configuration): share for report, share in weighted(target)}
    return lambda configuration: shares.get(key_of(configuration), 0.0)


def read_by_all(names: Iterable[str], reports: Iterable[Report]) -> bool:
    """Whether every trial that gets to its end reads some hyperparameters."""
    wanted = set(names)
    return all(wanted <= _always_read(report) for report in reports if report.verdict == "ok")


def _always_read(report: Report) -> set[str]:
    """What everybody reads for whom a report speaks."""
    return report.configuration.keys() - report.apart.keys()


def sharpened(
    causes: Sequence[Cause], reports: Sequence[Report], probability: Probability
) -> tuple[Cause, ...]:
    """Causes with exact shares, as far as their conditions tell them; the others keep their estimates."""
    exact = [_exact(cause, causes, reports, probability) for cause in causes]
    found = [
        cause if share is None else replace(cause, share=share)
        for cause, share in zip(causes, exact, strict=True)
    ]
    return tuple(sorted(found, key=lambda cause: -cause.share))


def _exact(
    cause: Cause, causes: Sequence[Cause], reports: Sequence[Report], probability: Probability
) -> float | None:
    """The probability of a condition, less that of what strikes before: where both hold, the first one is met."""
    condition = _known(cause)
    if condition is None or not read_by_all(condition.names, reports):
        return None
    first = [other for other in causes if other is not cause and _may_shadow(other, condition)]
    if any(_shadow_each_other(cause, other) for other in first):
        return None
    before = [known for known in map(_known, first) if known is not None]
    if len(before) < len(first) or not all(read_by_all(each.names, reports) for each in before):
        return None
    if not before:
        return probability(condition)
    either, shadow = probability(any_of([*before, condition])), probability(any_of(before))
    return None if either is None or shadow is None else max(either - shadow, 0.0)


def _known(cause: Cause) -> Condition | None:
    """The condition of a cause, if it was put to trial."""
    return cause.condition if cause.exact and isinstance(cause.condition, Condition) else None


def _may_shadow(other: Cause, condition: Condition) -> bool:
    """Whether another failure was met where a condition holds, or before what it needs was drawn."""
    names = set(condition.names)
    return any(not names <= each.keys() or condition.holds(each) is not False for each in other.failing)


def _shadow_each_other(cause: Cause, other: Cause) -> bool:
    """Whether each of two causes strikes where the other's condition holds: which is met first, they do not tell."""
    known = _known(other)
    return known is not None and any(known.holds(each) is True for each in cause.failing)


def together(causes: Sequence[Cause], reports: Sequence[Report], probability: Probability) -> float | None:
    """The exact share in which any cause strikes; None where a condition is missing or does not tell it."""
    conditions = [known for known in map(_known, causes) if known is not None]
    if len(conditions) < len(causes) or not conditions:
        return None
    if not all(read_by_all(each.names, reports) for each in conditions):
        return None
    return probability(any_of(conditions))


# --------------------------------------------------------------------------- figures that may be told

WIDE = 0.2
"""An interval as wide as that says nothing."""
SEEN = 0.005
"""Shares that differ by less look the same."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share that is certain (then `low` and `high` are the same), or an estimate with its 95 % interval.

    `elsewhere` is the share that meets the condition as well and fails for another reason first.
    """

    share: float
    low: float
    high: float
    elsewhere: float = 0.0

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def told(self) -> bool:
        """Whether it is narrow enough to mean something."""
        return self.high - self.low < WIDE


def certain(share: float, elsewhere: float = 0.0) -> Figure:
    """A figure that is no estimate."""
    return Figure(share, share, share, elsewhere)


def of_cause(target: TargetAnalysis, cause: Cause) -> Figure | None:
    """How much of the space a cause makes fail; None where the space was not measured."""
    coverage = target.coverage
    if coverage is None or coverage.probed <= 0:
        return None
    probability = _probabilities(target)
    exact = coverage.mode == "exhaustive"
    if not exact:
        known = _exact(cause, target.causes, target.reports, probability)
        exact = known is not None and math.isclose(known, cause.share, abs_tol=1e-9)
    if not exact:
        return Figure(cause.share, *_interval(cause.share, coverage))
    return certain(cause.share, _elsewhere(target, cause, probability))


def of_failures(target: TargetAnalysis) -> Figure | None:
    """How much of the space fails, for whatever reason."""
    coverage = target.coverage
    if coverage is None or coverage.probed <= 0:
        return None
    share = coverage.failing_share
    exact = coverage.mode == "exhaustive"
    if not exact:
        known = together(target.causes, target.reports, _probabilities(target))
        exact = known is not None and math.isclose(known, share, abs_tol=1e-9)
    return certain(share) if exact else Figure(share, *coverage.interval)


def _probabilities(target: TargetAnalysis) -> Probability:
    hps = {each.name: each for each in target.hyperparameters}
    return lambda condition: condition.probability(hps)


def _elsewhere(target: TargetAnalysis, cause: Cause, probability: Probability) -> float:
    """The share of the space in which the condition of a cause holds and another one strikes."""
    condition = cause.condition
    if not isinstance(condition, Condition):
        return 0.0
    if read_by_all(condition.names, target.reports):
        met = probability(condition)
        return 0.0 if met is None else max(met - cause.share, 0.0)
    failing = {key_of(each) for each in cause.failing}

    def hidden(report: Report, read: Configuration) -> bool:
        others = report.verdict == "fail" and key_of(report.configuration) not in failing
        return others and bool(condition.holds(read))

    return _measured(target, condition.names, hidden) or 0.0


def _measured(
    target: TargetAnalysis, names: Sequence[str], holds: Callable[[Report, Configuration], bool]
) -> float | None:
    """The probability of something in a finished space."""
    hps = {each.name: each for each in target.hyperparameters}
    held = target.coverage.held if target.coverage is not None else ()
    whole = _laid_out.of(target.reports, {name: hp for name, hp in hps.items() if name not in held})
    return None if whole is None else whole.chance(names, holds)


class _LaidOut:
    """The diagram of the space that was last asked for: one target is asked about many times in a row."""

    def __init__(self) -> None:
        self._last: tuple[Sequence[Report], Diagram | None] = (), None

    def of(self, reports: Sequence[Report], hps: Mapping[str, Hyperparameter]) -> Diagram | None:
        known, diagram = self._last
        if known is not reports:
            diagram = diagrams.of(reports, hps)
            self._last = reports, diagram
        return diagram


_laid_out = _LaidOut()


def wilson(failed: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return (0.0, 1.0)
    share = failed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return (max(0.0, centre - half), min(1.0, centre + half))


def _interval(share: float, coverage: Coverage) -> tuple[float, float]:
    """The interval of a part of the failures, from as many draws as the interval of them all shows."""
    low, high = coverage.interval
    most = 1
    while most < MOST_DRAWS and _width(coverage.failing_share, 2 * most) >= high - low:
        most *= 2
    bounds = wilson(round(share * most), most)
    return min(share, bounds[0]), max(share, bounds[1])


MOST_DRAWS = 1 << 20


def _width(share: float, draws: int) -> float:
    low, high = wilson(round(share * draws), draws)
    return high - low


def percent(share: float) -> str:
    """A share as people say it: never 0 % or 100 % unless it is."""
    hundred = 100 * share
    if 0 < hundred < 1:
        return "less than 1 %"
    if 99 < hundred < 100:
        return "more than 99 %"
    return f"{hundred:.0f} %"


# --------------------------------------------------------------------------- what repairs leave


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of the hyperparameters that one call declares: some values, or all numbers of an interval."""

    names: tuple[str, ...]
    values: frozenset[Value]
    interval: tuple[float, float] | None = None

    def keeps(self, value: Value) -> bool:
        """Whether a value is left."""
        if self.interval is None or not isinstance(value, int | float):
            return value in self.values
        return self.interval[0] <= value <= self.interval[1]

    def leaves_out(self, configuration: Configuration) -> bool:
        """Whether a configuration has a value that is not left."""
        return any(name in configuration and not self.keeps(configuration[name]) for name in self.names)


def lost(target: TargetAnalysis, kept: Sequence[Kept]) -> float:
    """The share of the space that goes when only some values of hyperparameters are left."""
    return loss(target, kept).share


def loss(target: TargetAnalysis, kept: Sequence[Kept]) -> Figure:
    """The same with how certain it is."""
    coverage, hps = target.coverage, {each.name: each for each in target.hyperparameters}
    names = [name for each in kept for name in each.names if name in hps]
    if not target.reports:
        return certain(0.0)
    everywhere = all(set(names) <= _always_read(report) for report in target.reports)
    if not everywhere and coverage is not None and coverage.mode == "exhaustive":
        # Trials that fail before a value is drawn are not lost with it.
        exact = _measured(target, names, lambda _, read: any(each.leaves_out(read) for each in kept))
        if exact is not None:
            return certain(exact)
    if everywhere or read_by_all(names, target.reports):
        left = math.prod(_left(hps[name], each) for each in kept for name in each.names if name in hps)
        return certain(1 - left)
    known = list(weighted(target))
    total = sum(share for _, share in known) or 1.0
    share = sum(share * _gone(report, kept, hps) for report, share in known) / total
    if coverage is None or coverage.mode == "exhaustive":
        return Figure(share, 0.0, 1.0)
    return Figure(share, *_interval(share, coverage))


def _gone(report: Report, kept: Sequence[Kept], hps: Mapping[str, Hyperparameter]) -> float:
    """Of what a report speaks for, about the share that goes."""
    if any(each.leaves_out(_decisive(report)) for each in kept):
        return 1.0
    some = [(hps[name], each) for each in kept for name in each.names if name in hps]
    left = math.prod(_left(hp, each) for hp, each in some if hp.name in report.free)
    for hp, each in some:
        chances = {value: domains.probability(hp, value) for value in report.alike.get(hp.name, ())}
        if total := sum(chances.values()):
            left *= sum(chance for value, chance in chances.items() if each.keeps(value)) / total
    return 1 - left


def _decisive(report: Report) -> Configuration:
    """The values on which the outcome of a probe may have depended."""
    others = {*report.free, *report.alike}
    return {name: value for name, value in report.configuration.items() if name not in others}


def _left(hp: Hyperparameter, kept: Kept) -> float:
    """The probability that a hyperparameter has a value that is left."""
    found = domains.cells(hp, kept.interval)
    if found is None:
        return sum(domains.probability(hp, value) for value in kept.values)
    return sum(share for value, share in found if kept.keeps(value))
