"""HS409."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.fixes.syntax import Code, contains
from hypershape.model import Analysis, Edit, Finding, Fix, Report, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.tuners import Tuner, targets_of, tuners


class MoreTrialsThanConfigurations(Rule):
    """A tuner is asked for more trials than the search space has configurations.

    ## What it does
    Compares `max_trials` with the number of configurations, when all of them are known.

    ## Why it matters
    The search ends early without a word; RandomSearch gives up after a few collisions, before it has seen them all.

    ## Fix
    Lower `max_trials`, or use `GridSearch`, which tries every configuration once.
    """

    code = "HS409"
    name = "more-trials-than-configurations"
    severity = Severity.HINT

    INVALID = (
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 4))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=20, overwrite=True)
            """,
            at="20",
            fixed="max_trials=4",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = Code.of(analysis.module)
        for tuner in tuners(analysis, code):
            node = (
                code.argument(tuner.node, "max_trials", 2) if tuner.found.class_name != "Hyperband" else None
            )
            wanted = code.value(node, default=None) if node is not None else None
            space = _space(tuner, analysis)
            if node is None or not isinstance(wanted, int) or space is None or wanted <= space:
                continue
            yield self.finding(
                f"The search space has only {space:,} configurations: the search ends after at most {space:,} of "
                f"these {wanted:,} trials.",
                code.span(node),
                target=targets_of(tuner, analysis)[0].name,
            )

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        for tuner in tuners(analysis, Code.of(analysis.module)):
            space = _space(tuner, analysis)
            names = [target.name for target in targets_of(tuner, analysis)]
            if (
                space is not None
                and finding.target in names
                and contains(tuner.found.call.span, finding.span)
            ):
                yield Fix(f"Ask for {space:,} trials", (Edit(finding.span, str(space)),))


def _space(tuner: Tuner, analysis: Analysis) -> int | None:
    """The number of configurations of a tuner's search space, when all of them were probed."""
    places = [target.span for target in targets_of(tuner, analysis)]
    spaces = [
        each.coverage.space
        for each in analysis.targets
        if each.target.span in places
        and each.coverage is not None
        and each.coverage.mode == "exhaustive"
        and not each.coverage.held
        and not any(_is_cut_short(report) for report in each.reports)
    ]
    return spaces[0] if len(spaces) == 1 else None


def _is_cut_short(report: Report) -> bool:
    """Whether a failure may have kept a probe from declaring what comes after it."""
    return report.error is not None and report.error.stage in ("declare", "build")
