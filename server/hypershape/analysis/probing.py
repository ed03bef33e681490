"""One target's space, explored until it is finished or the time is over."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace

from hypershape import space
from hypershape.analysis.assumptions import Opened, open_job, under_other_assumptions
from hypershape.analysis.device import on_device
from hypershape.analysis.reports import ask, believed, distinct, key_of
from hypershape.analysis.results import searched, summary_of
from hypershape.model import Module, Options, ProbeError, Report, Target, TargetAnalysis
from hypershape.probe import Agent, AgentFailed, SliceFailed

BATCH_SECONDS = 0.15
"""A batch of probes should take about this long: short enough to stop on time and to show progress."""

SNAPSHOT_SECONDS = 0.25
"""Findings are worked out again at most this often while probes run."""


async def _still_true(known: TargetAnalysis, opened: Opened, probes: int = 24) -> bool:
    """Whether probes of what mattered before give what they gave before."""
    before = {key_of(report): report for report in known.reports}
    failing = [cause.first.configuration for cause in known.causes]
    spread = known.reports[:: max(1, len(known.reports) // probes)]
    wanted = distinct([*failing, *(report.configuration for report in spread)])
    again = [*opened.first, *believed(await ask(opened.job, wanted, "symbolic", 5.0), known.target)]
    return len(again) > len(wanted) and all(_same_outcome(before.get(key_of(each)), each) for each in again)


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
) -> AsyncIterator[TargetAnalysis]:
    """Probes one target until its space is finished or `budget` seconds are over.

    A finished result that is `known` from before is only checked; it is probed anew where it no longer holds.
    """
    assert target.slice is not None
    started = time.monotonic()
    explorer = space.Explorer(held=space.cannot_matter(module, target), exhaustive=options.exhaustive)
    try:
        opened = await open_job(target, agent)
    except SliceFailed as failure:
        yield TargetAnalysis(target, "unprobeable", _why_unprobeable(failure.error))
        return
    except AgentFailed as failure:
        yield TargetAnalysis(target, "unprobeable", str(failure))
        return
    job = opened.job
    if opened.excuse is not None:
        await job.close()
        yield TargetAnalysis(
            target, "unprobeable", opened.excuse, data="assumed", assumptions=job.assumptions
        )
        return
    try:
        if known is not None and not await _still_true(known, opened):
            known = None
        if known is not None and _is_proof(known):
            yield replace(known, searched=searched(job))
            return
        explorer.add(opened.first)
        shown, size = 0.0, 8
        while True:
            configurations = explorer.next(size)
            left = budget - (time.monotonic() - started)
            if not configurations or left <= 0:
                break
            before = time.monotonic()
            reports = await ask(job, configurations, "symbolic", left)
            explorer.add(believed(reports, target))
            took = (time.monotonic() - before) / max(len(reports), 1)
            size = max(1, min(4 * size, int(BATCH_SECONDS / max(took, 1e-6))))
            if known is None and time.monotonic() - shown > SNAPSHOT_SECONDS:
                yield _for_now(summary_of(target, explorer, job, started))
                shown = time.monotonic()
        explored = summary_of(target, explorer, job, started)
        if any(report.data == "assumed" for report in explorer.reports):
            await under_other_assumptions(target, explorer, opened, agent)
            explored = summary_of(target, explorer, job, started)
        yield explored
        if options.level == "device":
            left = max(budget - (time.monotonic() - started), budget / 2)
            real = await agent.open(target.slice, opened.data, assumption=opened.assumption, device=True)
            try:
                yield await on_device(explored, real, left)
            finally:
                await real.close()
    except AgentFailed as failure:
        yield replace(summary_of(target, explorer, job, started), reason=str(failure))
    finally:
        await job.close()


def _for_now(summary: TargetAnalysis) -> TargetAnalysis:
    """What can be shown already: where data is assumed, failures wait until they met every other assumption."""
    if summary.data != "assumed":
        return summary
    return replace(summary, causes=tuple(cause for cause in summary.causes if cause.error.whatever_the_data))


def _why_unprobeable(error: ProbeError) -> str:
    place = f" (line {error.span.line})" if error.span else ""
    return f"What the target needs could not be run{place}: {error.type}: {error.message}"
