"""The configurations of a target that are worth a look."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Report, TargetAnalysis


def telling(target: TargetAnalysis) -> Iterator[tuple[str, Report]]:
    """The default, the smallest and the largest model, and one failing configuration of each cause, with a name for each."""
    built = [report for report in target.reports if report.parameters is not None and report.verdict == "ok"]
    default = {hp.name: hp.default for hp in target.hyperparameters}
    first = next((each for each in target.reports if each.configuration.items() <= default.items()), None)
    if first is not None:
        yield "Default", first
    if built:
        yield "Smallest", min(built, key=_size)
        yield "Largest", max(built, key=_size)
    for cause in target.causes:
        yield f"Failing: {cause.condition.words}" if cause.condition is not None else "Failing", cause.first


def _size(report: Report) -> int:
    return report.parameters or 0
