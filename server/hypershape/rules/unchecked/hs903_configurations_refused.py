"""HS903."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Report, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.wording import values


class ConfigurationsRefused(Rule):
    """Some configurations do what a probe is not allowed to do, so that nothing is known about them.

    ## What it does
    Names the place where a build function writes outside the folder of its file, starts a program or uses the network,
    in some of its configurations.

    ## Why it matters
    A probe must not change your files or reach other machines, so it stops there. The other configurations are checked;
    about these, silence does not mean that they build.

    ## Fix
    Write beside the file or into a temporary folder, and move downloads and programs out of the build function.
    """

    code = "HS903"
    name = "configurations-refused"
    severity = Severity.INFO

    INVALID = (
        Example(
            """
            import os

            import keras
            from keras import layers


            def build_model(hp):
                if hp.Boolean("logged"):
                    open(os.path.expanduser("~/trials.csv"), "a").write("a trial")
                model = keras.Sequential([keras.Input((8,)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            at='open(os.path.expanduser("~/trials.csv"), "a")',
        ),
    )
    VALID = (
        Example(
            """
            import os
            import tempfile

            import keras
            from keras import layers


            def build_model(hp):
                if hp.Boolean("logged"):
                    open(os.path.join(tempfile.mkdtemp(), "trials.csv"), "a").write("a trial")
                model = keras.Sequential([keras.Input((8,)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for target in analysis.targets:
            refused = [report for report in target.reports if _is_refused(report)]
            if target.status == "probed" and refused:
                yield self._of(target, refused)

    def _of(self, target: TargetAnalysis, refused: list[Report]) -> Finding:
        first = min(refused, key=lambda report: len(report.configuration))
        error = first.error
        assert error is not None
        many = f"{len(refused):,} configurations are" if len(refused) > 1 else "One configuration is"
        return self.finding(
            f"{many} not checked, e.g. {values(first.configuration, first.configuration)}. {error.message}",
            error.span or target.target.span,
            target=target.target.name,
            configuration=first.configuration,
        )


def _is_refused(report: Report) -> bool:
    return report.verdict == "unknown" and report.error is not None and report.error.type == "Refused"
