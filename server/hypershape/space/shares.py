"""Which share of the space something is: one computation for messages, hovers and repairs.

A share is the probability that a random trial falls there. It is known in one of three ways, the best first:

- exactly, from a condition: hyperparameters are drawn independently, so that `units >= 65` has a probability whatever
  the rest of the space does, as long as every trial reads the names of the condition;
- exactly, from a space of which every leaf was probed: each leaf counts by its probability, not as one of so many,
  since a choice that is read early decides about more trials than one that only few trials read;
- as an estimate, from what the explorer drew (`TargetAnalysis.shares`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hypershape.model import Cause, Configuration, Hyperparameter, Report, TargetAnalysis, Value, key_of
from hypershape.space import domains
from hypershape.space.conditions import Condition, any_of

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
    return all(wanted <= report.configuration.keys() for report in reports if report.verdict == "ok")


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


def together(causes: Sequence[Cause], reports: Sequence[Report], probability: Probability) -> float | None:
    """The exact share in which any cause strikes; None where a condition is missing or does not tell it."""
    conditions = [known for known in map(_known, causes) if known is not None]
    if len(conditions) < len(causes) or not conditions:
        return None
    if not all(read_by_all(each.names, reports) for each in conditions):
        return None
    return probability(any_of(conditions))


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
    coverage, hps = target.coverage, {each.name: each for each in target.hyperparameters}
    names = [name for each in kept for name in each.names if name in hps]
    proved = coverage is not None and coverage.mode == "exhaustive" and not set(names) & set(coverage.held)
    if not proved and read_by_all(names, target.reports):
        return 1 - math.prod(_left(hps[name], each) for each in kept for name in each.names if name in hps)
    known = list(weighted(target))
    total = sum(share for _, share in known) or 1.0
    return sum(share * _gone(report, kept, hps) for report, share in known) / total


def _gone(report: Report, kept: Sequence[Kept], hps: Mapping[str, Hyperparameter]) -> float:
    """Of what a report speaks for, the share that goes."""
    if any(each.leaves_out(_decisive(report)) for each in kept):
        return 1.0
    free = [(hps[name], each) for each in kept for name in each.names if name in report.free and name in hps]
    return 1 - math.prod(_left(hp, each) for hp, each in free)


def _decisive(report: Report) -> Configuration:
    """The values on which the outcome of a probe may have depended."""
    if not report.free:
        return report.configuration
    return {name: value for name, value in report.configuration.items() if name not in report.free}


def _left(hp: Hyperparameter, kept: Kept) -> float:
    """The probability that a hyperparameter has a value that is left."""
    found = domains.cells(hp, kept.interval)
    if found is None:
        return sum(domains.probability(hp, value) for value in kept.values)
    return sum(share for value, share in found if kept.keeps(value))
