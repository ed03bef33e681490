"""One configuration that somebody asks for, probed by itself."""

from __future__ import annotations

from hypershape.analysis.assumptions import open_job
from hypershape.analysis.clock import Clock
from hypershape.analysis.reports import ask
from hypershape.model import Configuration, Report, Target
from hypershape.probe import Agent, AgentFailed, SliceFailed


async def probe_once(
    target: Target, agent: Agent, configuration: Configuration, seconds: float = 10.0
) -> Report | None:
    """The report of a symbolic probe; None where the target cannot be probed in so much time."""
    clock = Clock(seconds, agent=agent)
    try:
        opened = await open_job(target, agent, clock)
    except (SliceFailed, AgentFailed):
        return None
    try:
        reports = await ask(opened.job, [configuration], "symbolic", clock) if opened.excuse is None else ()
    except AgentFailed:
        return None
    finally:
        await opened.job.close()
    return next(iter(reports), None)
