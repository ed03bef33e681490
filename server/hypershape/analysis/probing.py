"""One target's space, explored until it is finished or the time is over."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import replace

from hypershape import space
from hypershape.analysis.aside import aside
from hypershape.analysis.assumptions import Opened, open_job, under_other_assumptions
from hypershape.analysis.device import on_device
from hypershape.analysis.reports import ask, believed, distinct
from hypershape.analysis.results import searched, summary_of
from hypershape.model import Module, Options, ProbeError, Report, Target, TargetAnalysis, key_of
from hypershape.probe import Agent, AgentFailed, SliceFailed

BATCH_SECONDS = 0.15
"""A batch of probes should take about this long: short enough to stop on time and to show progress."""

SNAPSHOT_SECONDS = 0.25
"""Findings are worked out again at most this often while probes run."""


async def _still_true(known: TargetAnalysis, opened: Opened, probes: int = 24) -> bool:
    """Whether probes of what mattered before give what they gave before."""
    before = {key_of(report.configuration): report for report in known.reports}
    failing = [cause.first.configuration for cause in known.causes]
    spread = known.reports[:: max(1, len(known.reports) // probes)]
    wanted = distinct([*failing, *(report.configuration for report in spread)])
    again = [*opened.first, *believed(await ask(opened.job, wanted, "symbolic", 5.0), known.target)]
    return len(again) > len(wanted) and all(
        _same_outcome(before.get(key_of(each.configuration)), each) for each in again
    )


def _is_proof(known: TargetAnalysis) -> bool:
    """Whether a result needs no more time; what rests on assumed data is probed under several assumptions again."""
    return known.coverage is not None and known.coverage.mode == "exhaustive" and known.data != "assumed"


def _same_outcome(before: Report | None, after: Report) -> bool:
    return before is not None and (before.verdict, before.data, before.parameters, before.layers) == (
        after.verdict,
        after.data,
        after.parameters,
        after.layers,
    )


async def explore(
    module: Module,
    target: Target,
    agent: Agent,
    options: Options,
    budget: float,
    known: TargetAnalysis | None = None,
) -> AsyncGenerator[TargetAnalysis, None]:
    """Probes one target until its space is finished or `budget` seconds are over.

    A finished result that is `known` from before is only checked; it is probed anew where it no longer holds.
    """
    started = time.monotonic()
    try:
        opened = await open_job(target, agent)
    except SliceFailed as failure:
        yield TargetAnalysis(target, "unprobeable", _why_unprobeable(failure.error))
        return
    except AgentFailed as failure:
        yield TargetAnalysis(target, "unprobeable", str(failure))
        return
    explored = TargetAnalysis(
        target, "unprobeable", opened.excuse, data="assumed", assumptions=opened.job.assumptions
    )
    try:
        if opened.excuse is not None:
            yield explored
            return
        if known is not None and await _still_true(known, opened):
            if _is_proof(known):
                explored = replace(known, searched=searched(opened.job))
                yield explored
        else:
            known = None
        if known is None or not _is_proof(known):
            async for explored in _symbolic(
                module, target, opened, agent, options, budget, quiet=known is not None
            ):
                yield explored
        if options.level == "device" and explored.reason is None:
            left = max(budget - (time.monotonic() - started), budget / 2)
            yield await _really(explored, opened, agent, left)
    except AgentFailed as failure:
        yield replace(explored, reason=str(failure))
    finally:
        await opened.job.close()


async def _symbolic(
    module: Module, target: Target, opened: Opened, agent: Agent, options: Options, budget: float, quiet: bool
) -> AsyncGenerator[TargetAnalysis, None]:
    """Explores a space by symbolic probes for `budget` seconds; `quiet` shows only the end."""
    started, job = time.monotonic(), opened.job
    held = await aside(space.cannot_matter, module, target)
    explorer = space.Explorer(held=held, exhaustive=options.exhaustive)
    await aside(explorer.add, opened.first)
    shown, size = 0.0, 8
    try:
        while True:
            configurations = await aside(explorer.next, size)
            left = budget - (time.monotonic() - started)
            if not configurations or left <= 0:
                break
            before = time.monotonic()
            reports = await ask(job, configurations, "symbolic", left)
            took = (time.monotonic() - before) / max(len(reports), 1)
            await aside(explorer.add, believed(reports, target))
            size = max(1, min(4 * size, int(BATCH_SECONDS / max(took, 1e-6))))
            if not quiet and time.monotonic() - shown > SNAPSHOT_SECONDS:
                yield _for_now(await aside(summary_of, target, explorer, job, started))
                shown = time.monotonic()
        if any(report.data == "assumed" for report in explorer.reports):
            await under_other_assumptions(target, explorer, opened, agent)
        yield await aside(summary_of, target, explorer, job, started)
    except AgentFailed as failure:
        yield replace(await aside(summary_of, target, explorer, job, started), reason=str(failure))


async def _really(explored: TargetAnalysis, opened: Opened, agent: Agent, seconds: float) -> TargetAnalysis:
    """What real steps add to an explored target, in a process that may see the GPU."""
    assert explored.target.slice is not None
    real = await agent.open(explored.target.slice, opened.data, assumption=opened.assumption, device=True)
    try:
        return await on_device(explored, real, seconds)
    finally:
        await real.close()


def _for_now(summary: TargetAnalysis) -> TargetAnalysis:
    """What can be shown already: where data is assumed, failures wait until they met every other assumption."""
    if summary.data != "assumed":
        return summary
    return replace(summary, causes=tuple(cause for cause in summary.causes if cause.error.whatever_the_data))


def _why_unprobeable(error: ProbeError) -> str:
    place = f" (line {error.span.line})" if error.span else ""
    return f"What the target needs could not be run{place}: {error.type}: {error.message}"
