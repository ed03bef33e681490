"""HS433."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import rehearsed, remedies


class FailsAfterSearch(Rule):
    """What the file asks of the tuner after the search fails.

    ## What it does
    After a small search runs the statements that follow it and ask only the tuner, or what came from it.

    ## Why it matters
    The search has taken its hours by then.

    ## Fix
    What the message says.
    """

    code = "HS433"
    name = "fails-after-search"
    severity = Severity.ERROR
    rehearsed = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            fit="""
            def fit(self, hp, model, x, y, callbacks=None, **kwargs):
                return model.fit(x, y, **kwargs)
            """,
            after="""
            tuner = kt.RandomSearch(Model(), "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            best = tuner.get_best_models()[0]
            """,
            at="tuner.get_best_models()",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            best = tuner.get_best_models()[0]
            fresh = tuner.hypermodel.build(best)
            """,
            head="layers.Dense(1)",
            at="tuner.hypermodel.build(best)",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            second = tuner.get_best_models()[1]
            """,
            head="layers.Dense(1)",
            at="tuner.get_best_models()[1]",
            fixed="tuner.get_best_models(num_models=2)[1]",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            best = tuner.get_best_models()[0]
            best.save("best_model")
            """,
            head="layers.Dense(1)",
            at='best.save("best_model")',
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            best = tuner.get_best_models()[0]
            """,
            head="layers.Dense(1)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for story in rehearsed.stories(analysis):
            if story.failed.stage == "after":
                yield self.finding(
                    f"After the search this fails: {rehearsed.what(story, code)}",
                    rehearsed.place(story, code),
                    target=story.target,
                    error=story.error,
                    repairs=partial(remedies.candidates, story, analysis),
                )
