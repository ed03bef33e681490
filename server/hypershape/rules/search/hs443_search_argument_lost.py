"""HS443."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import fate
from hypershape.rules.common.hypermodels import OwnFit, keywords_handed_on, own_fits
from hypershape.rules.common.rehearsed import Story, stories
from hypershape.source import Code
from hypershape.source.code import contains

_WITHOUT_CONSEQUENCE = ("verbose",)
"""What changes nothing but the output."""


class SearchArgumentLost(Rule):
    """An argument of `search` reaches `HyperModel.fit` and goes no further.

    ## What it does
    Finds keyword arguments of `search` that an own `fit` takes, by name or in its `**kwargs`, and neither reads nor
    hands on.

    ## Why it matters
    `class_weight`, `sample_weight`, callbacks and the like have no effect, without a word: the search compares models
    that were trained in another way than the call says. Without its validation data no trial reports a `val_`
    objective, and every trial fails.

    ## Fix
    `model.fit(…, **kwargs)`, or the argument by its name.
    """

    code = "HS443"
    name = "search-argument-lost"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), class_weight={0: 0.3, 1: 9.0})
            """,
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, y, batch_size=hp.Choice("batch_size", [16, 32]))
            """,
            at="class_weight={0: 0.3, 1: 9.0}",
            fixed='batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)',
        ),
        Example.search(
            """
            x, y = np.ones((8, 4)), np.ones((8, 1))
            tuner = kt.RandomSearch(Model(), "val_loss", max_trials=2, overwrite=True)
            tuner.search(x, y, validation_data=(x, y / 2))
            """,
            fit="""
            def fit(self, hp, model, x, y, validation_data=None, **kwargs):
                return model.fit(x, y, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
            at="validation_data=(x, y / 2)",
            fixed='batch_size=hp.Choice("batch_size", [16, 32]), validation_data=validation_data, **kwargs)',
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), class_weight={0: 0.3, 1: 9.0})
            """,
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, y, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), class_weight={0: 0.3, 1: 9.0}, verbose=0)
            """,
            fit="""
            def fit(self, hp, model, x, y, class_weight=None, **kwargs):
                return model.fit(x, y, class_weight=class_weight)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        own = list(own_fits(code))
        if not own:
            return
        for found in analysis.module.tuners:
            node = code.expression(found.call.span, ast.Call)
            places = [target.body for target in analysis.module.targets if found in target.tuners]
            fits = [f for f in own if any(contains(code.span(f.made), place) for place in places)]
            if not isinstance(node, ast.Call) or len(fits) != 1 or found.own_trials:
                continue
            fit = fits[0]
            for search in found.searches:
                call = code.expression(search.span, ast.Call)
                for keyword in code.keywords(call) if isinstance(call, ast.Call) else ():
                    if not _is_lost(keyword, fit):
                        continue
                    named, failed = keyword.arg in fit.parameters, _failed(keyword, found, analysis)
                    said = f"hand {keyword.arg if named else f'**{fit.keywords}'} on"
                    effect = (
                        f"no trial reports {failed.error.message}. {fate.sentence(failed, failed.explored(analysis))}"
                        if failed is not None
                        else f"{keyword.arg} has no effect."
                    )
                    yield self.finding(
                        f"`fit` of {fit.made.name} does not {said}: {effect}",
                        code.span(keyword),
                        severity=Severity.ERROR if failed is not None else None,
                        repairs=partial(_handed_on, keyword.arg if named else None, fit, code),
                    )


def _is_lost(keyword: ast.keyword, fit: OwnFit) -> bool:
    """Whether what a search gives reaches a `fit`, and nobody after it."""
    if keyword.arg is None or keyword.arg in _WITHOUT_CONSEQUENCE:
        return False
    if keyword.arg in fit.parameters:
        return not fit.reads(keyword.arg) and not fit.reads("locals")
    return fit.keywords is not None and not fit.hands_on_keywords and not fit.reads(fit.keywords)


def _failed(keyword: ast.keyword, tuner: TunerCall, analysis: Analysis) -> Story | None:
    """The rehearsals of a tuner that failed for want of what only validation tells, where its data are lost."""
    if keyword.arg not in ("validation_data", "validation_split"):
        return None
    return next(
        (
            each
            for each in stories(analysis)
            if each.tuner is tuner and each.failed.stage == "objective" and "val_" in each.error.message
        ),
        None,
    )


def _handed_on(name: str | None, fit: OwnFit, code: Code) -> Iterator[Fix]:
    if name is None:
        yield from keywords_handed_on(fit, code)
        return
    rest = next((each for each in fit.call.keywords if each.arg is None), None)
    if rest is not None:
        yield Fix(f"Hand {name} on", (Edit(code.span(rest).start, f"{name}={name}, "),))
    elif (added := edits.add_argument(code.module, code.span(fit.call), name, name)) is not None:
        yield Fix(f"Hand {name} on", (added,))
