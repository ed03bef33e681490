"""HS446."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.projects import sharing
from hypershape.rules.common.tuners import afresh

_FROM_ITS_START = "Search the grid from its start with overwrite=True (deletes the old trials)"


class GridResumed(Rule):
    """A GridSearch goes on with a project, and tries nothing more.

    ## What it does
    Finds a GridSearch over the project folder of an earlier one in the same file, and one with `overwrite=False`,
    which says that it is meant to go on with what an earlier run left.

    ## Why it matters
    GridSearch stores its trials but not where it stands in the grid. One that finds trials of an earlier search takes
    the grid for exhausted: `search` ends at once, whatever `max_trials` says.

    ## Fix
    `overwrite=True` and all trials in one search; or a RandomSearch, which does go on.
    """

    code = "HS446"
    name = "grid-resumed"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.GridSearch(build_model, "loss", max_trials=1, overwrite=True)
            tuner.search(x, y)
            more = kt.GridSearch(build_model, "loss", max_trials=3)
            more.search(x, y)
            """,
            at="kt.GridSearch",
            fixed='more = kt.GridSearch(build_model, "loss", max_trials=3, overwrite=True)',
        ),
        Example.search(
            """
            tuner = kt.GridSearch(build_model, "loss", max_trials=3, overwrite=False)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            at="overwrite=False",
            fixed="overwrite=True",
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.RandomSearch(build_model, "loss", max_trials=1, overwrite=True)
            tuner.search(x, y)
            more = kt.RandomSearch(build_model, "loss", max_trials=3)
            more.search(x, y)
            """
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.GridSearch(build_model, "loss", max_trials=1, overwrite=True)
            tuner.search(x, y)
            kept = kt.GridSearch(build_model, "loss", max_trials=1)
            kept.results_summary()
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner, before in sharing(analysis, code):
            if tuner.found.class_name != "GridSearch" or not tuner.searches:
                continue
            switch = code.argument(tuner.node, "overwrite")
            overwrites = code.value(switch, default=True) if switch is not None else None
            earlier = next((each for each in before if each.found.class_name == "GridSearch"), None)
            if earlier is not None and not overwrites:
                yield self.finding(
                    "This GridSearch goes on with the trials of an earlier one and tries nothing more: it does not "
                    "know where in the grid that one stood, and ends at once.",
                    code.span(tuner.node.func),
                    related=(Related(code.span(earlier.node.func), "the earlier search"),),
                    repairs=partial(afresh, tuner, code, _FROM_ITS_START),
                )
            elif overwrites is False and switch is not None:
                yield self.finding(
                    "A GridSearch that goes on with the trials of an earlier run tries nothing more: it does not know "
                    "where in the grid that one stood.",
                    code.span(next(each for each in tuner.keywords if each.arg == "overwrite")),
                    severity=Severity.HINT,
                    repairs=partial(afresh, tuner, code, _FROM_ITS_START),
                )
