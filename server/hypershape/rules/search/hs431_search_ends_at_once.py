"""HS431."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity, own_values
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import fate, rehearsed, remedies


class SearchEndsAtOnce(Rule):
    """The search ends with an exception before or in its first trial.

    ## What it does
    Plays two trials of the search on a small part of its data and tells what it raises.

    ## Why it matters
    Keras Tuner survives a trial that fails, but not what it takes for a mistake in the search itself: a callback that
    cannot be copied, a `fit` or `run_trial` that does not return the objective, an argument that nothing takes.

    ## Fix
    What the message says.
    """

    code = "HS431"
    name = "search-ends-at-once"
    severity = Severity.ERROR
    rehearsed = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                history = model.fit(x, y, **kwargs)
                return {"error": history.history["loss"][-1]}
            """,
            after="""
            tuner = kt.RandomSearch(Model(), "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            at='{"error": history.history["loss"][-1]}',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials="3", overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
            at="tuner.search",
            fixed='"val_loss", max_trials=3, overwrite=True',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                history = model.fit(x, y, **kwargs)
                return {"val_loss": history.history["val_loss"][-1]}
            """,
            after="""
            tuner = kt.RandomSearch(Model(), "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for story in rehearsed.stories(analysis):
            failed = story.failed
            if failed.stage not in ("slice", "tuner", "after") and (
                failed.fatal or failed.stage in ("search", "end")
            ):
                yield self.finding(
                    f"{rehearsed.what(story, code)} {fate.sentence(story, story.explored(analysis))}",
                    rehearsed.place(story, code),
                    target=story.target,
                    configuration=own_values(failed.values) or failed.configuration,
                    error=story.error,
                    repairs=partial(remedies.candidates, story, analysis),
                )
