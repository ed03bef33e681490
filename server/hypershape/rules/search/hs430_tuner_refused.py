"""HS430."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import rehearsed, remedies

_BEFORE = {"tuner": "The tuner cannot be made: ", "slice": ""}
"""Where a search does not even begin, with the words for it."""


class TunerRefused(Rule):
    """The tuner cannot be made.

    ## What it does
    Makes the tuner as the file does, in a folder that is thrown away, and tells what its constructor raises.

    ## Why it matters
    The search never starts.

    ## Fix
    What the message says; the constructor builds the model with the default values, and once for each scope.
    """

    code = "HS430"
    name = "tuner-refused"
    severity = Severity.ERROR
    rehearsed = True

    INVALID = (
        Example.search(
            """
            model = build_model(kt.HyperParameters())
            tuner = kt.RandomSearch(model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 3)), validation_split=0.25)
            """,
            body="model.add(layers.Dense(3))",
            compile='loss="mse"',
            at="kt.RandomSearch",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            best = tuner.get_best_models()[0]
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="tuner.get_best_models()[0]",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for story in rehearsed.stories(analysis):
            # Two layers of one name have a rule of their own, which names the layer.
            if story.failed.stage in _BEFORE and story.error.kind != "layer-name-twice":
                yield self.finding(
                    f"{_BEFORE[story.failed.stage]}{rehearsed.what(story, code)} The search never starts.",
                    rehearsed.place(story, code),
                    target=story.target,
                    error=story.error,
                    repairs=partial(remedies.candidates, story, analysis),
                )
