"""Single reports: asked for, told apart, and believed or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from hypershape.analysis.clock import Clock
from hypershape.model import Configuration, Level, Report, Target
from hypershape.probe import PATIENCE, Job

LEAST_SECONDS = 0.05

STOPPING_SECONDS = 15.0
"""An agent that has not stopped a probe by then, so long after its time, is gone."""


async def ask(
    job: Job,
    configurations: Sequence[Configuration],
    level: Level,
    clock: Clock,
    seconds: float | None = None,
) -> list[Report]:
    """The reports for which there is time: `seconds`, or what is left of the clock; the job ends the batch itself."""
    within = max(clock.left if seconds is None else seconds, LEAST_SECONDS)
    reports: list[Report] = []

    async def collect() -> None:
        async for report in job.probe(configurations, level, within=within):
            reports.append(report)

    with clock.noting(job), suppress(asyncio.TimeoutError):
        await asyncio.wait_for(collect(), PATIENCE * (within + STOPPING_SECONDS))
    return reports


def believed(reports: Iterable[Report], target: Target) -> tuple[Report, ...]:
    """The reports, where a name that some other file may declare is unknown rather than a failure.

    A tuner's `hyperparameters=` can declare what the target only reads with `hp.get`. Where a tuner limits the size of
    models, sizes decide whether a trial fails, and a report speaks only for its own.
    """
    assert target.slice is not None
    elsewhere = target.slice.hyperparameters is None and (
        not target.tuners or any("hyperparameters" in tuner.call.arguments for tuner in target.tuners)
    )
    if any("max_model_size" in tuner.call.arguments for tuner in target.tuners):
        reports = [replace(report, free=(), alike={}, states=(), apart={}) for report in reports]
    return tuple(_unknown(report) if elsewhere and _is_undeclared(report) else report for report in reports)


def _is_undeclared(report: Report) -> bool:
    error = report.error
    return (
        report.verdict == "fail"
        and error is not None
        and error.stage == "declare"
        and error.kind == "undeclared"
    )


def _unknown(report: Report) -> Report:
    assert report.error is not None
    sentence = (
        f"It reads a hyperparameter that nothing in this file declares ({report.error.message.strip()}): "
        "a tuner in another file may declare it with `hyperparameters=`."
    )
    return replace(report, verdict="unknown", error=replace(report.error, message=sentence))


def distinct(configurations: Iterable[Configuration]) -> list[Configuration]:
    found: list[Configuration] = []
    for configuration in configurations:
        if configuration not in found:
            found.append(configuration)
    return found
