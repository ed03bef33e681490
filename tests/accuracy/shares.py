"""What an analysis says of a space, beside what random trials meet there."""

from __future__ import annotations

import asyncio
import math
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks._spaces import SearchSpace

from hypershape.analysis import analyse
from hypershape.model import Cause, Configuration, Hyperparameter, Options, TargetAnalysis
from hypershape.probe import Agent
from hypershape.space import domains

from .compare import PATH, in_child, load

Met = tuple[Configuration, tuple[Any, ...] | None]
"""What a random trial read, and where and how it failed, if it did."""


@dataclass(frozen=True)
class Figure:
    """A share as it is told, and as it is met in random trials."""

    what: str
    told: float
    met: float
    trials: int
    proved: bool
    interval: tuple[float, float] | None = None

    @property
    def right(self) -> bool:
        """Whether it is within 1 % where a proof is claimed, else within its interval, up to the noise of the trials."""
        noise = 4 * math.sqrt(max(self.met * (1 - self.met), 1 / self.trials) / self.trials)
        if self.proved or self.interval is None:
            return abs(self.told - self.met) <= 0.01 + noise
        return self.interval[0] - noise <= self.met <= self.interval[1] + noise

    def __str__(self) -> str:
        within = f" in {self.interval[0]:.1%} to {self.interval[1]:.1%}" if self.interval else ""
        return f"{self.what}: told {self.told:.2%}{within}, met {self.met:.2%} ({'proof' if self.proved else 'sampled'})"


def analysed(space: SearchSpace, budget: float = 10.0) -> TargetAnalysis:
    async def last() -> TargetAnalysis:
        agent = Agent([sys.executable])
        try:
            options = Options(budget=budget, verify_fixes=False)
            return [state async for state in analyse(space.module.document, agent, options)][-1].targets[0]
        finally:
            await agent.close()

    return asyncio.run(last())


def trials(source: str, hyperparameters: Sequence[Hyperparameter], count: int) -> list[Met]:
    """What random trials meet, by probes that follow no values."""
    from hypershape.agent.engine import Engine

    function, generator, engine = load(source), random.Random(7), Engine(None, [PATH])
    engine.tracks = False
    met = []
    for _ in range(count):
        configuration = {hp.name: domains.draw(hp, generator) for hp in hyperparameters}
        report = engine.probe(function, configuration, "symbolic")
        error = report["error"] if report["verdict"] == "fail" else None
        met.append((report["configuration"], error and _place(error)))
    return met


def _place(error: Mapping[str, Any]) -> tuple[Any, ...]:
    line = error["frames"][-1]["span"]["line"] if error["frames"] else None
    return line, error["kind"]


def figures(space: SearchSpace, said: TargetAnalysis, count: int) -> tuple[list[Figure], list[str]]:
    """The shares that are told of a space, and what is wrong with the conditions of its causes."""
    assert said.coverage is not None
    met = in_child(trials, space.program, said.hyperparameters, count)
    failing = Counter(place for _, place in met if place is not None)
    proved, total = said.coverage.mode == "exhaustive", sum(failing.values())
    told = [
        Figure("all", said.coverage.failing_share, total / count, count, proved, said.coverage.interval),
    ]
    by_place: dict[tuple[Any, ...], list[Cause]] = {}
    for cause in said.causes:
        line = cause.error.span.line if cause.error.span else None
        by_place.setdefault((line, cause.error.kind), []).append(cause)
    for place, causes in by_place.items():
        what = " | ".join(str(cause.condition) for cause in causes)
        told.append(
            Figure(f"{place}: {what}", sum(c.share for c in causes), failing[place] / count, count, proved)
        )
    return told, [text for cause in said.causes if (text := _refuted(cause, met)) is not None]


def _refuted(cause: Cause, met: Sequence[Met]) -> str | None:
    """A trial of which a condition is not true; one that fails for another reason says nothing."""
    if cause.condition is None:
        return None
    place = cause.error.span.line if cause.error.span else None, cause.error.kind
    wrong = [
        (configuration, found)
        for configuration, found in met
        if found is None and cause.condition.holds(configuration)
    ]
    return (
        f"{place}: {cause.condition} holds in {len(wrong)} that build, such as {wrong[0][0]}"
        if wrong
        else None
    )
