"""What the reports about one target say together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from hypershape import space
from hypershape.model import DataKnowledge, Declaration, DeclaredData, Module, Report, Target, TargetAnalysis
from hypershape.probe import Job

SKLEARN_TUNERS = ("SklearnTuner", "Sklearn")
"""Tuners of scikit-learn models, which no probe knows."""


Widen: TypeAlias = Callable[[Module], Module]
"""Adds to a module what the files around it say."""


def by_itself(module: Module) -> Module:
    """Adds nothing: no other file counts."""
    return module


def unprobed(target: Target) -> TargetAnalysis:
    if any(tuner.class_name in SKLEARN_TUNERS for tuner in target.tuners):
        return TargetAnalysis(target, "static-only", target.reason)
    if target.slice is None:
        return TargetAnalysis(target, "unprobeable", target.reason)
    return TargetAnalysis(target, "static-only", target.reason)


def summary_of(target: Target, explorer: space.Explorer, job: Job, started: float) -> TargetAnalysis:
    reports = explorer.reports
    counted = [report.parameters for report in reports if report.parameters is not None]
    known = any(report.verdict != "unknown" for report in reports)
    return TargetAnalysis(
        target,
        "probed" if known else "unprobeable",
        reason=None if known else _why_unknown(reports),
        data=worst_data(reports),
        assumptions=job.assumptions,
        assumption=job.assumption,
        hyperparameters=explorer.hyperparameters,
        declarations=_declarations(reports),
        coverage=explorer.coverage,
        layers=space.layer_rows(reports),
        parameters=(min(counted), max(counted)) if counted else None,
        reports=reports,
        shares=explorer.shares,
        causes=explorer.causes(),
        elapsed_ms={"symbolic": 1000 * (time.monotonic() - started)},
        searched=searched(job),
        unread=job.unread(target.fed),
    )


def searched(job: Job) -> DeclaredData | None:
    """The data that a search was seen to be given, where the probes of a job use it."""
    return job.data if job.data is not None and job.data.knowledge == "known" else None


def _declarations(reports: Sequence[Report]) -> tuple[Declaration, ...]:
    seen = {declaration: None for report in reports for declaration in report.declarations}
    return tuple(seen)


def worst_data(reports: Sequence[Report]) -> DataKnowledge:
    """The least that is known of the data in any of the reports."""
    kinds = {report.data for report in reports}
    ranked: tuple[DataKnowledge, ...] = ("assumed", "declared", "known")
    return next((kind for kind in ranked if kind in kinds), "none")


def _why_unknown(reports: Sequence[Report]) -> str:
    for report in reports:
        if report.error is not None:
            return report.error.message
    return "No probe finished in the time given."
