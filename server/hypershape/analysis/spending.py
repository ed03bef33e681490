"""How long a search takes that draws its trials at random: what configurations of its space take on average.

Probes explore a space from its ends, which tell between which bounds a step lies and nothing of what most trials take.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypershape.analysis.assumptions import open_job
from hypershape.analysis.clock import Clock
from hypershape.analysis.reports import ask
from hypershape.model import Analysis, Report, TargetAnalysis
from hypershape.probe import Agent, AgentFailed, SliceFailed
from hypershape.space import cost, domains

DRAWS = 64
SECONDS = 3.0
"""So long configurations may be drawn for one target."""

LEAST_SECONDS = 0.5
"""With less time it does not begin."""


async def with_spending(state: Analysis, agent: Agent, clock: Clock) -> Analysis:
    """The analysis in which the time of random searches rests on random configurations, as far as there is time."""
    targets = list(state.targets)
    on_gpu = state.environment is not None and state.environment.has_gpu
    for place, target in enumerate(targets):
        if clock.left < LEAST_SECONDS or on_gpu or not cost.would_gain(target):
            continue
        drawn = await _drawn(target, agent, clock.part(min(SECONDS, clock.left)))
        if len(drawn) == DRAWS:
            # A part of them would be those that are probed fast.
            targets[place] = replace(target, cost=cost.cost_of(target, target.rehearsals, on_gpu, drawn))
    return replace(state, targets=tuple(targets))


async def _drawn(target: TargetAnalysis, agent: Agent, clock: Clock) -> Sequence[Report]:
    """What probes of random configurations tell, one report for each; the same ones each time."""
    generator = random.Random(0)
    draws = [{hp.name: domains.draw(hp, generator) for hp in target.hyperparameters} for _ in range(DRAWS)]
    try:
        opened = await open_job(target.target, agent, clock, likely=target.assumption)
    except (SliceFailed, AgentFailed):
        return ()
    try:
        if opened.late or opened.excuse is not None:
            return ()
        return await ask(opened.job, draws, "symbolic", clock)
    except AgentFailed:
        return ()
    finally:
        await opened.job.close()
