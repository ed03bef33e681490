"""What the explorer finds in spaces with known truth, and what random search and pairs find."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import keras_tuner
from allpairspy import AllPairs

from hypershape.agent import hyperparameters as recorded
from hypershape.model import (
    Cause,
    Configuration,
    Frame,
    Hyperparameter,
    ProbeError,
    Report,
    Span,
    Target,
    TargetAnalysis,
)
from hypershape.probe import convert
from hypershape.space import Explorer, shares
from hypershape.space.shares import wilson
from tests.space.spaces import Build, Endless, Refused, TrueSpace, leaves

BUDGET = 3_000
MOST_LEAVES = 20_000
DRAWS = 10_000
SLOW_BUDGET = 400
SLOW = 10
"""Of a slow space so many times fewer configurations are looked at."""


class Prober:
    """Probes a function of `hp` as the agent does, without Keras models."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self._space = recorded.Space(None)  # type: ignore[arg-type]

    def __call__(self, configuration: Configuration) -> Report:
        hp = self._space.container(configuration)
        error = _outcome(self.build, hp)
        self._space.learn(hp)
        verdict = "ok" if error is None else "unknown" if error.stage == "limit" else "fail"
        fields = {
            "configuration": hp.hypershape_read,
            "verdict": verdict,
            "level": "symbolic",
            "new": self._space.take_new(),
            "declarations": hp.hypershape_declarations,
        }
        report = convert.report(fields, ())
        return report if error is None else _with_error(report, error)


def _with_error(report: Report, error: ProbeError) -> Report:
    return Report(
        report.configuration,
        report.verdict,
        report.level,
        error,
        new=report.new,
        declarations=report.declarations,
    )


def _outcome(build: Build, hp: Any) -> ProbeError | None:
    try:
        build(hp)
    except Refused as refused:
        trace = refused.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        line = trace.tb_lineno if trace is not None else 1
        return ProbeError(
            "ValueError", str(refused), "build", (Frame(Span("m.py", line, 1, line, 9), "build"),)
        )
    except Endless as endless:
        return ProbeError("TimeoutError", str(endless), "limit")
    return None


class Drawing(keras_tuner.HyperParameters):
    """A trial of a random search: each value is drawn by Keras Tuner when the target declares it."""

    def __init__(self, generator: random.Random, fixed: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._generator = generator
        self._fixed = fixed
        self.read: dict[str, Any] = {}

    def _retrieve(self, hp: Any) -> Any:
        if not self._conditions_are_active(hp.conditions):
            return None
        if hp.name not in self.values:
            self._hps[hp.name].append(hp)
            if self._fixed is None:
                value = hp.random_sample(self._generator.randrange(2**31))
            else:
                value = self._fixed.get(hp.name, hp.default)
            self.values[hp.name] = self.read[hp.name] = value
        return self.values[hp.name]

    def domain(self, name: str) -> list[Any] | None:
        return recorded.drawn(self._hps[name][0])[0]


@dataclass
class Result:
    """What the explorer said of one space, held against the truth."""

    space: TrueSpace
    probes: int
    mode: str
    share: float
    interval: tuple[float, float]
    true_share: float | None
    found: dict[str, int] = field(default_factory=dict)
    """Probes until the first failure of each cause."""
    conditions: dict[str, str | None] = field(default_factory=dict)
    wrong: dict[str, Configuration] = field(default_factory=dict)
    """For each cause that is shown with an inexact condition, a configuration of which it is not true."""
    proved: bool = False
    draws: int = DRAWS
    untrue: dict[str, tuple[shares.Figure, float, float]] = field(default_factory=dict)
    """For each cause whose share is told wrongly, the figure, the true share and what fails elsewhere first."""

    @property
    def all_found(self) -> bool:
        return set(self.found) == set(self.space.causes)

    @property
    def share_right(self) -> bool:
        """A proof gives the true share; a sample's interval holds it, up to the truth's own uncertainty."""
        if self.true_share is None:
            return self.mode == "sampled"
        if self.proved:
            return self.interval[0] - 1e-9 <= self.true_share <= self.interval[1] + 1e-9
        low, high = wilson(round(self.true_share * self.draws), self.draws, z=4)
        return self.interval[0] <= high and low <= self.interval[1]


def explore(space: TrueSpace, budget: int = BUDGET, seed: int = 0) -> tuple[Explorer, int]:
    """Probes a space in batches, as an analysis does."""
    explorer, probe = Explorer(seed=seed), Prober(space.build)
    budget = min(budget, SLOW_BUDGET) if space.slow else budget
    explorer.add([probe({})])
    probes, size = 1, 8
    while probes < budget and (batch := explorer.next(min(size, budget - probes))):
        explorer.add([probe(each) for each in batch])
        probes += len(batch)
        size = min(4 * size, 512)
    return explorer, probes


def measure(
    space: TrueSpace, budget: int = BUDGET, draws: int = DRAWS, most_leaves: int = MOST_LEAVES
) -> Result:
    explorer, probes = explore(space, budget)
    coverage, causes = explorer.coverage, explorer.causes()
    if space.slow:
        draws, most_leaves = draws // SLOW, most_leaves // SLOW
    every = leaves(space.build, most_leaves, lambda prefix: Drawing(random.Random(0), prefix))
    truth = list(truths(space.build, every, draws))
    result = Result(
        space,
        probes,
        coverage.mode,
        coverage.failing_share,
        coverage.interval,
        _share(truth, space.build, every),
        proved=every is not None,
        draws=draws,
    )
    for position, report in enumerate(explorer.reports, 1):
        if report.verdict == "fail" and report.error is not None:
            result.found.setdefault(report.error.message, position)
    for cause in causes:
        label = cause.error.message
        result.conditions[label] = str(cause.condition) if cause.condition is not None else None
        if cause.condition is not None or cause.exact:
            bad = counterexample(cause, truth)
            if bad is not None:
                result.wrong[label] = bad
    if truth:
        weights = [_weight(space.build, each) if every is not None else 1 / len(truth) for each, _ in truth]
        told = _told(explorer, causes)
        for cause, figure in zip(causes, map(partial(shares.of_cause, told), causes), strict=True):
            share, elsewhere = _shares(cause, truth, weights, explorer.hyperparameters)
            if figure is not None and not _is_true(
                figure, share, elsewhere, 0 if every is not None else draws
            ):
                result.untrue[cause.error.message] = figure, share, elsewhere
    return result


def _told(explorer: Explorer, causes: Sequence[Cause]) -> TargetAnalysis:
    """What the messages are written from."""
    place = Span("m.py", 1, 1, 1, 9)
    return TargetAnalysis(
        Target("build", place, place, "function", None),
        "probed",
        hyperparameters=explorer.hyperparameters,
        coverage=explorer.coverage,
        reports=explorer.reports,
        shares=explorer.shares,
        causes=tuple(causes),
    )


def _shares(
    cause: Cause, truth: list[Truth], weights: Sequence[float], hps: Sequence[Hyperparameter]
) -> tuple[float, float]:
    """How often a random trial fails for a cause, and for another one with values that meet the condition of this one.

    A tuner draws also what the trial does not come to read. Where not even every trial that builds reads the names of
    the condition, it is false without them.
    """
    names = set(cause.names)
    drawn_by_all = all(names <= configuration.keys() for configuration, label in truth if label is None)
    own = elsewhere = 0.0
    for (configuration, label), weight in zip(truth, weights, strict=True):
        if label == cause.error.message:
            own += weight
        elif label is not None and cause.condition is not None and not drawn_by_all:
            elsewhere += weight * bool(cause.condition.holds(configuration))
        elif label is not None and cause.condition is not None:
            drawn = {hp.name: hp for hp in hps}
            drawn |= {
                name: Hyperparameter(name, "Fixed", value, (value,), 1)
                for name, value in configuration.items()
            }
            elsewhere += weight * (cause.condition.probability(drawn) or 0.0)
    return own, elsewhere


def _is_true(figure: shares.Figure, share: float, elsewhere: float, draws: int) -> bool:
    """Whether a figure that is told agrees with the truth, up to the truth's own uncertainty after so many draws."""
    if not figure.told:
        return True
    allowed = 0.01 + (4 * (0.25 / draws) ** 0.5 if draws else 0.0)
    # One interval of twenty may miss the truth, but not by much.
    slack = allowed if figure.exact else allowed + (figure.high - figure.low) / 2
    if not figure.low - slack <= share <= figure.high + slack:
        return False
    return not figure.exact or figure.elsewhere == 0.0 or abs(figure.elsewhere - elsewhere) <= allowed


def _weight(build: Build, configuration: Configuration) -> float:
    """How often a random trial takes the path of a leaf."""
    hp = Drawing(random.Random(0), configuration)
    _outcome(build, hp)
    weight = 1.0
    for name in hp.read:
        weight *= probability(hp._hps[name][0], hp.read[name])
    return weight


Truth = tuple[dict[str, Any], str | None]


def truths(build: Build, every: list[dict[str, Any]] | None, draws: int) -> Iterator[Truth]:
    """Configurations with the cause of their failure: every leaf, or random draws."""
    generator = random.Random(1234)
    for index in range(draws if every is None else len(every)):
        hp = Drawing(generator, None if every is None else every[index])
        error = _outcome(build, hp)
        if error is not None and error.stage == "limit":
            return
        yield hp.read, None if error is None else error.message


def _share(truth: list[Truth], build: Build, every: list[dict[str, Any]] | None) -> float | None:
    if not truth:
        return None
    if every is None:
        return sum(label is not None for _, label in truth) / len(truth)
    failing = 0.0
    for configuration, label in truth:
        if label is not None:
            failing += _weight(build, configuration)
    return failing


def probability(hp: Any, value: Any) -> float:
    """How often Keras Tuner draws a value: by the width of the part of [0, 1] that it maps to the value."""
    values = recorded.drawn(hp)[0]
    assert values is not None
    if type(hp).__name__ == "Int" and hp.step is None and hp.sampling in ("log", "reverse_log"):
        low, high = _mass(hp, value), _mass(hp, value + 1)
        return abs(high - low)
    return 1 / len(values)


def _mass(hp: Any, value: float) -> float:
    import math

    low, high = hp.min_value, hp.max_value + 1
    if hp.sampling == "log":
        return math.log(value / low) / math.log(high / low)
    return 1 - math.log((low + high - value) / low) / math.log(high / low)


def counterexample(cause: Cause, truth: list[Truth]) -> Configuration | None:
    """A configuration of which the condition is not true; one that fails for another reason says nothing."""
    holds = cause.condition.holds if cause.condition is not None else lambda _: True
    label = cause.error.message
    for configuration, actual in truth:
        if actual == label and not holds(configuration):
            return configuration
        if actual is None and holds(configuration):
            return configuration
    return None


def random_search(space: TrueSpace, seeds: int = 5, most: int = 20_000) -> dict[str, float]:
    """The median number of random trials until the first failure of each cause; infinite above `most`."""
    tries: dict[str, list[float]] = {label: [] for label in space.causes}
    for seed in range(seeds):
        generator, missing = random.Random(seed), set(space.causes)
        for count in range(1, most + 1):
            if not missing:
                break
            error = _outcome(space.build, Drawing(generator))
            if error is not None and error.message in missing:
                missing.discard(error.message)
                tries[error.message].append(count)
        for label in missing:
            tries[label].append(float("inf"))
    return {label: statistics.median(counts) for label, counts in tries.items()}


def pairs_only(space: TrueSpace, most: int = 3_000) -> dict[str, float]:
    """Probes until the first failure of each cause when every pair of values is probed, and nothing else."""
    hp = Drawing(random.Random(0), {})
    _outcome(space.build, hp)
    domains = {}
    for name in hp.read:
        values = hp.domain(name) or [hp._hps[name][0].min_value, hp.read[name], hp._hps[name][0].max_value]
        stride = max(1, len(values) // 8)
        domains[name] = list(dict.fromkeys([*values[::stride], values[-1]]))
    found = {label: float("inf") for label in space.causes}
    varied = {name: values for name, values in domains.items() if len(values) > 1}
    if len(varied) > 60:
        return found
    names = list(varied)
    if len(names) > 1:
        rows: Iterator[Any] = iter(AllPairs(list(varied.values())))
    else:
        rows = iter([[value] for values in varied.values() for value in values])
    for count, row in enumerate(rows, 1):
        if count > most:
            break
        trial = Drawing(random.Random(0), dict(zip(names, row, strict=True)))
        error = _outcome(space.build, trial)
        if error is not None and error.message in found:
            found[error.message] = min(found[error.message], count)
    return found
