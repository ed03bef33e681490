"""What failures do to searches, where Keras Tuner's own oracle has to tell."""

from __future__ import annotations

from dataclasses import replace

from hypershape.analysis.aside import aside
from hypershape.model import Analysis, Fate, Module, TargetAnalysis, TunerCall
from hypershape.probe import Agent, AgentFailed
from hypershape.rules.common.fate import counted
from hypershape.rules.common.rehearsed import stories
from hypershape.rules.common.tuners import declares_elsewhere
from hypershape.space import fates

SECONDS = 0.5
"""The processor time for the searches of one tuner."""


async def with_fates(explored: TargetAnalysis, module: Module, agent: Agent) -> TargetAnalysis:
    """The same with what becomes of its searches, where that takes more than the shares of the space.

    Hyperparameters that only the training declares join the space of a search: what it draws then is not known here.
    """
    if declares_elsewhere(explored, module):
        return explored
    found = [await _fate(explored, tuner, agent) for tuner in explored.target.tuners]
    return replace(explored, fates=tuple(each for each in found if each is not None))


async def with_rehearsed_fates(state: Analysis, agent: Agent) -> Analysis:
    """The same with what becomes of searches in which a rehearsed trial fails for some values."""
    for story in stories(state):
        target = story.explored(state)
        told = counted(story, target)
        if target is None or told is None or declares_elsewhere(target, state.module):
            continue
        found = await _fate(told[0], story.tuner, agent)
        if found is not None:
            more = replace(target, fates=(*target.fates, found))
            state = replace(state, targets=tuple(more if each is target else each for each in state.targets))
    return state


async def _fate(explored: TargetAnalysis, tuner: TunerCall, agent: Agent) -> Fate | None:
    asked = await aside(fates.question, explored, tuner)
    if asked is None:
        return None
    try:
        return fates.fate(explored, tuner, asked, await agent.simulate(asked, SECONDS))
    except AgentFailed:
        # What was found holds without it; whoever asks next meets the dead agent.
        return None
