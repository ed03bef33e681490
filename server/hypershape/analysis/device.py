"""The last level: real weights and a real training step."""

from __future__ import annotations

import time
from dataclasses import replace

from hypershape.analysis.clock import Clock
from hypershape.analysis.reports import ask, distinct
from hypershape.model import Cause, Report, TargetAnalysis
from hypershape.probe import Job


async def on_device(explored: TargetAnalysis, job: Job, clock: Clock) -> TargetAnalysis:
    """Really builds and trains the most telling configurations that the symbolic probes passed.

    Those are the first ones explored (default, minima, maxima, corners), and the largest model.
    """
    started = time.monotonic()
    built = [report for report in explored.reports if report.verdict == "ok"]
    chosen = built[:6]
    if built:
        chosen += [max(built, key=lambda report: report.parameters or 0)]
    reports: list[Report] = []
    for configuration in distinct(report.configuration for report in chosen):
        if clock.left <= 0:
            break
        reports += await ask(job, [configuration], "device", clock)
    causes: dict[tuple[str, str], Cause] = {}
    for report in reports:
        if report.verdict != "fail" or report.error is None:
            continue
        key = (report.error.type, report.error.message)
        same = causes.get(key)
        failing = (*(same.failing if same else ()), report.configuration)
        causes[key] = Cause(
            report.error,
            same.first if same else report,
            failing,
            condition=None,
            exact=False,
            share=len(failing) / len(reports),
        )
    return replace(
        explored,
        reports=explored.reports + tuple(reports),
        causes=explored.causes + tuple(causes.values()),
        elapsed_ms={**explored.elapsed_ms, "device": 1000 * (time.monotonic() - started)},
    )
