"""One target's space, explored until it is finished or the time is over."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hypershape import space
from hypershape.analysis.aside import aside
from hypershape.analysis.assumptions import LATE, Opened, open_job, under_other_assumptions
from hypershape.analysis.clock import AFTERWARDS, Clock
from hypershape.analysis.device import on_device
from hypershape.analysis.fates import with_fates
from hypershape.analysis.reports import ask, believed, distinct
from hypershape.analysis.results import searched, summary_of, worst_data
from hypershape.model import (
    Configuration,
    Document,
    Module,
    Options,
    ProbeError,
    Report,
    Target,
    TargetAnalysis,
    key_of,
)
from hypershape.probe import Agent, AgentFailed, SliceFailed

BATCH_SECONDS = 0.15
"""A batch of probes should take about this long: short enough to stop on time and to show progress."""

SNAPSHOT_SECONDS = 0.25
"""What probes found is summed up at most this often while they run."""

AGREEING_SECONDS = 1.0
"""What is known from before is put to the test for so long at least."""

SUSPECTS_SECONDS = 1.0
"""What failed before an edit is tried for so long before anything is shown."""


async def _still_true(known: TargetAnalysis, opened: Opened, clock: Clock, probes: int = 24) -> bool:
    """Whether probes of what mattered before give what they gave before, as far as there is time for them."""
    before = {key_of(report.configuration): report for report in known.reports}
    failing = [cause.first.configuration for cause in known.causes]
    spread = known.reports[:: max(1, len(known.reports) // probes)]
    wanted = distinct([*failing, *(report.configuration for report in spread)])
    again = await ask(opened.job, wanted, "symbolic", clock, max(clock.left, AGREEING_SECONDS))
    return all(
        _same_outcome(before.get(key_of(each.configuration)), each)
        for each in (*opened.first, *believed(again, known.target))
    )


def _is_proof(known: TargetAnalysis) -> bool:
    """Whether a result needs no more time; what rests on assumed data is probed under several assumptions again."""
    return known.coverage is not None and known.coverage.mode == "exhaustive" and known.data != "assumed"


def _same_outcome(before: Report | None, after: Report) -> bool:
    if before is None or (before.data, before.parameters, before.layers) != (
        after.data,
        after.parameters,
        after.layers,
    ):
        return False
    # A failure under one assumption about data may have been taken back because of another.
    return before.verdict == after.verdict or (after.data == "assumed" and after.verdict == "fail")


@dataclass(frozen=True, slots=True)
class Question:
    """A target to explore, and what is known of it from before.

    `known` was found out about the same text in the same environment; `suspects` are configurations that failed
    before the text was edited.
    """

    module: Module
    target: Target
    options: Options
    known: TargetAnalysis | None = None
    suspects: tuple[Configuration, ...] = ()


async def explore(
    question: Question, agent: Agent, clock: Clock, share: Callable[[], Clock]
) -> AsyncGenerator[TargetAnalysis, None]:
    """Probes one target until its space is finished or its time is over; what the default configuration gives comes first.

    `clock` bounds what comes before the space; `share` tells, once that is done, the time for the space itself.
    A finished result that is known from before is only checked, and one that is not finished goes on from where it
    was; either is probed anew where it no longer holds.
    """
    known, target = question.known, question.target
    try:
        opened = await open_job(target, agent, clock)
    except SliceFailed as failure:
        why = _why_unprobeable(failure.error, question.module.document)
        late = failure.error.type == LATE
        yield TargetAnalysis(target, "unprobeable", why, error=failure.error, late=late)
        return
    except AgentFailed as failure:
        yield known or TargetAnalysis(target, "unprobeable", str(failure))
        return
    explored = TargetAnalysis(
        target,
        "unprobeable",
        opened.excuse,
        late=opened.late,
        data=worst_data(opened.first),
        assumptions=opened.job.assumptions,
    )
    try:
        if opened.excuse is not None:
            # What was found with more time holds as long as nothing speaks against it.
            yield known or explored
            return
        if known is not None and not await _still_true(known, opened, clock):
            known = None
        if known is not None and _is_proof(known):
            explored = replace(known, searched=searched(opened.job))
            yield explored
            own = share()
        else:
            space_ = _Space(replace(question, known=known), opened, agent)
            yield await space_.begin(clock)
            own = share()
            async for explored in space_.explore(own):
                yield explored
        if question.options.level == "device" and explored.reason is None:
            yield await _really(explored, opened, agent, own.part(max(own.left, own.seconds / 2)))
    except AgentFailed as failure:
        yield replace(explored, reason=str(failure))
    finally:
        await opened.job.close()


class _Space:
    """One space that is being explored by symbolic probes."""

    def __init__(self, question: Question, opened: Opened, agent: Agent) -> None:
        self._question, self._opened, self._agent = question, opened, agent
        self._started = time.monotonic()

    async def begin(self, clock: Clock) -> TargetAnalysis:
        """What the first probe tells, and with it what is known from before."""
        question, opened = self._question, self._opened
        held = await aside(space.cannot_matter, question.module, question.target)
        self._explorer = space.Explorer(held=held, exhaustive=question.options.exhaustive)
        await aside(self._explorer.add, opened.first)
        if question.known is not None:
            await aside(self._explorer.add, question.known.reports)
        else:
            # The edit may have taken a failure out of the space: that is how people repair it.
            hyperparameters = self._explorer.hyperparameters
            left = [each for each in question.suspects if space.contains(hyperparameters, each)]
            if left:
                again = await ask(opened.job, left, "symbolic", clock, min(clock.left, SUSPECTS_SECONDS))
                await aside(self._explorer.add, believed(again, question.target))
        return await self._summary(question.known)

    async def explore(self, clock: Clock) -> AsyncGenerator[TargetAnalysis, None]:
        """Better and better results; the last one when the space is finished or the time is over."""
        opened, explorer, target = self._opened, self._explorer, self._question.target
        shown = time.monotonic()
        size = _batch(opened.first[0].elapsed_ms / 1000, 8) if opened.first else 1
        try:
            while True:
                configurations = await aside(explorer.next, size)
                left = clock.left - self._reserved(clock)
                if not configurations or left <= 0:
                    break
                before = time.monotonic()
                reports = await ask(opened.job, configurations, "symbolic", clock, left)
                took = (time.monotonic() - before) / max(len(reports), 1)
                await aside(explorer.add, believed(reports, target))
                size = _batch(took, 4 * size)
                if time.monotonic() - shown > SNAPSHOT_SECONDS:
                    yield await self._summary(self._question.known)
                    shown = time.monotonic()
            if any(report.data == "assumed" for report in explorer.reports):
                await under_other_assumptions(target, explorer, opened, self._agent, clock)
            found = await aside(summary_of, target, explorer, opened.job, self._started)
            yield await with_fates(found, self._question.module, self._agent)
        except AgentFailed as failure:
            yield replace(
                await aside(summary_of, target, explorer, opened.job, self._started), reason=str(failure)
            )

    def _reserved(self, clock: Clock) -> float:
        """The time that is left for what comes after the space: other assumptions, repairs."""
        reports = self._explorer.reports
        fails = any(report.verdict == "fail" for report in reports)
        assumed = bool(reports) and reports[0].data == "assumed"
        repaired = self._question.options.verify_fixes
        return clock.seconds * AFTERWARDS * (fails and repaired) + clock.seconds * AFTERWARDS * assumed

    async def _summary(self, known: TargetAnalysis | None) -> TargetAnalysis:
        """What can be shown already.

        Where data is assumed, failures wait until they met every other assumption; those that did so before stay.
        """
        summary = await aside(
            summary_of, self._question.target, self._explorer, self._opened.job, self._started
        )
        if summary.data != "assumed":
            return summary
        if known is not None:
            return known
        return replace(
            summary, causes=tuple(cause for cause in summary.causes if cause.error.whatever_the_data)
        )


def _batch(seconds: float, most: int) -> int:
    """How many probes that take so long fit into a batch."""
    return max(1, min(most, int(BATCH_SECONDS / max(seconds, 1e-6))))


async def _really(explored: TargetAnalysis, opened: Opened, agent: Agent, clock: Clock) -> TargetAnalysis:
    """What real steps add to an explored target, in a process that may see the GPU."""
    assert explored.target.slice is not None
    real = await agent.open(explored.target.slice, opened.data, assumption=opened.assumption, device=True)
    try:
        return await on_device(explored, real, clock)
    finally:
        await real.close()


def _why_unprobeable(error: ProbeError, document: Document) -> str:
    """What could not be run and where, with the name of another file than the document."""
    place = ""
    if error.span is not None:
        own = error.span.path == document.path
        line = error.span.line
        place = f" ({document.where(line)})" if own else f" ({Path(error.span.path).name}, line {line})"
    return f"What the target needs could not be run{place}: {error.type}: {error.message}"
