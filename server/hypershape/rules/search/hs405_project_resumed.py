"""HS405."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.projects import is_another_each_run
from hypershape.rules.common.tuners import afresh, tuners


class ProjectResumed(Rule):
    """A second run of this file resumes the first one's search instead of starting its own.

    ## What it does
    Finds tuners with a `directory` or a `project_name` but without `overwrite`.

    ## Why it matters
    A project folder left from an earlier run is resumed: the old search space wins over a changed one, and when the
    trials are used up `search` returns at once without training anything.

    ## Fix
    `overwrite=True`, or a new project name whenever the space changes; `overwrite=False` says that it is meant.
    """

    code = "HS405"
    name = "project-resumed"
    severity = Severity.HINT
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="logs")
            """,
            at="kt.RandomSearch",
            fixed='directory="logs", overwrite=True)',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="logs", overwrite=False)
            """
        ),
        Example.search(
            """
            FRESH = True
            first = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            second = kt.RandomSearch(build_model, "val_loss", max_trials=3, project_name="first", overwrite=FRESH)
            """
        ),
        Example(
            """
            import time

            import keras_tuner as kt

            LOG_DIR = f"logs/{int(time.time())}"
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory=LOG_DIR)
            """
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            after="""
            import time

            import keras_tuner as kt

            if __name__ == "__main__":
                NOW = int(time.time())
                tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory=f"logs/{NOW}")
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            places = [code.argument(tuner.node, name) for name in ("directory", "project_name")]
            named = [each for each in places if each is not None]
            if any(is_another_each_run(each, code) for each in named):
                continue
            if tuner.complete and named and not tuner.gives("overwrite"):
                yield self.finding(
                    "A second run resumes the project of the first, with its old search space and trials: "
                    "overwrite=True starts afresh.",
                    tuner.found.call.callee,
                    repairs=partial(afresh, tuner, code),
                )
