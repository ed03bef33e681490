"""HS418."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import without
from hypershape.rules.common.hypermodels import OwnFit, own_fits
from hypershape.rules.common.tuners import Tuner, targets_of, tuners
from hypershape.source import Code


class ArgumentGivenTwice(Rule):
    """`search` passes an argument that `HyperModel.fit` sets itself.

    ## What it does
    Compares the arguments of `tuner.search` with those that a HyperModel's `fit` adds to its `**kwargs`.

    ## Why it matters
    Python refuses an argument that comes twice: every trial fails with "got multiple values for keyword argument".

    ## Fix
    Leave it out of `search`: `fit` draws it.
    """

    code = "HS418"
    name = "argument-given-twice"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, batch_size=8)
            """,
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
            at="batch_size=8",
            fixed="np.ones((8, 1)), epochs=2)",
        ),
        Example.search(
            """
            model = Model()
            tuner = kt.RandomSearch(model, "loss", max_trials=2, overwrite=True)
            tuner.search(
                np.ones((8, 4)),
                np.ones((8, 1)),
                epochs=2,
            )
            """,
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, y, epochs=hp.Int("epochs", 1, 3), shuffle=hp.Boolean("shuffle"), **kwargs)
            """,
            at="epochs=2",
            fixed="np.ones((8, 1)),\n)",
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2)
            """,
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=2, batch_size=8)
            """,
            fit="""
            def fit(self, hp, model, x, y, epochs=1, **kwargs):
                kwargs["batch_size"] = hp.Choice("batch_size", [16, 32])
                return model.fit(x, y, epochs=2 * epochs, **kwargs)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            fit = _fit_of(tuner, analysis, code)
            sets = {each.arg: each for each in fit.call.keywords if each.arg} if fit is not None else {}
            for search, keyword in tuner.search_keywords:
                if fit is None or keyword.arg is None or keyword.arg not in sets:
                    continue
                name = keyword.arg
                yield self.finding(
                    f"`{fit.made.name}.fit` sets {name} itself: given twice, it fails every trial.",
                    code.span(keyword),
                    related=(Related(code.span(sets[name]), f"{name} is set here"),),
                    repairs=partial(without, search, name, f"Leave {name} to `fit`", code),
                )


def _fit_of(tuner: Tuner, analysis: Analysis, code: Code) -> OwnFit | None:
    """The `fit` that runs a tuner's trials, if it hands on an unchanged `**kwargs` that takes what `search` is given."""
    targets = targets_of(tuner, analysis)
    if len(targets) != 1:
        return None
    for each in own_fits(code):
        inside = each.made.lineno <= targets[0].body.line <= (each.made.end_lineno or each.made.lineno)
        if inside and each.hands_on_keywords and not each.reads(each.keywords or ""):
            parameters = {one.arg for one in [*each.method.args.args, *each.method.args.kwonlyargs]}
            return None if parameters & {one.arg for one in each.call.keywords} else each
    return None
