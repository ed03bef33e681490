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
from hypershape.space import domains, shares
from hypershape.space.shares import Figure

from .compare import PATH, in_child, load

Met = tuple[Configuration, tuple[Any, ...] | None]
"""What a random trial read, and where and how it failed, if it did."""


@dataclass(frozen=True)
class Told:
    """A share as messages tell it, and as it is met in random trials."""

    what: str
    figure: Figure
    met: float
    trials: int

    @property
    def right(self) -> bool:
        """Whether it is within 1 % where it is told as exact, else within its interval, up to the noise of the trials."""
        noise = 4 * math.sqrt(max(self.met * (1 - self.met), 1 / self.trials) / self.trials)
        slack = noise + (0.01 if self.figure.exact else 0.0)
        return self.figure.low - slack <= self.met <= self.figure.high + slack

    def __str__(self) -> str:
        within = "" if self.figure.exact else f" ({self.figure.low:.1%} to {self.figure.high:.1%})"
        return f"{self.what}: told {self.figure.share:.2%}{within}, met {self.met:.2%}"


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


def figures(space: SearchSpace, said: TargetAnalysis, count: int) -> tuple[list[Told], list[str]]:
    """The shares that messages tell of a space, and what is wrong with the conditions of its causes."""
    met = in_child(trials, space.program, said.hyperparameters, count)
    failing = Counter(place for _, place in met if place is not None)
    by_place: dict[tuple[Any, ...], list[tuple[Cause, Figure | None]]] = {}
    for cause in said.causes:
        by_place.setdefault(_place_of(cause), []).append((cause, shares.of_cause(said, cause)))
    told = [("all", shares.of_failures(said), sum(failing.values()) / count)]
    for place, causes in by_place.items():
        # Trials do not tell two causes of one place apart: they are looked at together.
        parts = [figure for _, figure in causes if figure is not None and figure.told]
        if len(parts) == len(causes):
            whole = Figure(
                *(sum(each) for each in zip(*((p.share, p.low, p.high) for p in parts), strict=True))
            )
            what = " | ".join(str(cause.condition) for cause, _ in causes)
            told.append((f"{place}: {what}", whole, failing[place] / count))
    return (
        [
            Told(what, figure, seen, count)
            for what, figure, seen in told
            if figure is not None and figure.told
        ],
        [text for cause in said.causes if (text := _refuted(cause, met)) is not None],
    )


def _place_of(cause: Cause) -> tuple[Any, ...]:
    return cause.error.span.line if cause.error.span else None, cause.error.kind


def _refuted(cause: Cause, met: Sequence[Met]) -> str | None:
    """A trial of which a condition is not true; one that fails for another reason says nothing."""
    if cause.condition is None:
        return None
    wrong = [
        (configuration, found)
        for configuration, found in met
        if found is None and cause.condition.holds(configuration)
    ]
    return (
        f"{_place_of(cause)}: {cause.condition} holds in {len(wrong)} that build, such as {wrong[0][0]}"
        if wrong
        else None
    )
