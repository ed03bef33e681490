"""HS905."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Related, Severity, Target
from hypershape.rules.base import Example, Rule


class TrainingStepNotChecked(Rule):
    """The models build, but nothing is known of the labels that they are trained on.

    ## What it does
    Says of each target whose search is given data that could not be had why: a package that is not installed, a file
    that is not there, a download, a statement that takes too long. Targets with one reason are told together.

    ## Why it matters
    The loss, the width of the output and the form of the labels were not compared: silence about them does not mean
    that a training step works.

    ## Fix
    Say the shapes in a comment above the function: `# hypershape: x=(28, 28, 1) y=(10,)`.
    """

    code = "HS905"
    name = "training-step-not-checked"
    severity = Severity.HINT

    INVALID = (
        Example.search(
            """
            x, y = np.load("nowhere_x.npy"), np.load("nowhere_y.npy")
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="build_model",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.zeros((80, 4)), np.zeros(80))
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        told: dict[str, list[Target]] = {}
        for target in analysis.targets if analysis.done else ():
            if target.step_unchecked is not None:
                told.setdefault(target.step_unchecked, []).append(target.target)
        for why, (first, *others) in told.items():
            yield self.finding(
                f"{first.name} builds, but {why}.",
                first.span,
                target=first.name,
                related=tuple(Related(each.span, f"nor that of {each.name}") for each in others),
            )
