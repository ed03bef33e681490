"""HS502."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Report, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording

_LIMIT_GB = 80
_BYTES = 2 * 4
"""A weight and its gradient in float32."""


class ModelBeyondMemory(Rule):
    """Models of the search space cannot be trained on any one accelerator.

    ## What it does
    Computes what weights and gradients of the largest probed model take in float32, and reports 80 GB and more.
    Files that mention float16 are left alone.

    ## Why it matters
    The trial runs out of memory, often only after a long allocation, and may take the process with it. Mostly a
    Flatten before a wide Dense, or units that multiply, are behind such numbers.

    ## Fix
    Pool before the Dense, or narrow the ranges.
    """

    code = "HS502"
    name = "model-beyond-memory"
    severity = Severity.WARNING

    INVALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(hp.Int("filters", 32, 64, step=32), 3, padding="same"))
            model.add(layers.Flatten())
            """,
            input="(1024, 1024, 3)",
            head='layers.Dense(hp.Choice("units", [4, 256]))',
            at="build_model",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(hp.Int("filters", 32, 64, step=32), 3, padding="same"))
            model.add(layers.Flatten())
            """,
            input="(1024, 1024, 3)",
            head='layers.Dense(hp.Choice("units", [4, 64]))',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4096, 8192, step=4096)))',
            input="(4,)",
            head="",
            before='keras.mixed_precision.set_global_policy("mixed_float16")',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        if "float16" in analysis.module.clean:
            return
        for target in analysis.targets:
            largest = beyond_any(target)
            if largest is None:
                continue
            yield self.finding(
                f"The largest model has {largest.parameters:,} parameters "
                f"({wording.values(largest.configuration, largest.configuration)}): weights and gradients alone take "
                f"{_gigabytes(largest):,.0f} GB.",
                target.target.span,
                target=target.target.name,
                configuration=largest.configuration,
            )


def beyond_any(target: TargetAnalysis) -> Report | None:
    """The largest model of a target, where no accelerator trains it."""
    built = [report for report in target.reports if report.verdict == "ok" and report.parameters]
    largest = max(built, key=_gigabytes, default=None)
    return largest if largest is not None and _gigabytes(largest) >= _LIMIT_GB else None


def _gigabytes(report: Report) -> float:
    """What weights and their gradients take in float32, in GB of 10^9 bytes."""
    return _BYTES * (report.parameters or 0) / 1e9
