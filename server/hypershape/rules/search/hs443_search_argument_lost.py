"""HS443."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.hypermodels import OwnFit, keywords_handed_on, own_fits
from hypershape.source.code import contains

_WITHOUT_CONSEQUENCE = ("verbose",)
"""What changes nothing but the output."""


class SearchArgumentLost(Rule):
    """An argument of `search` reaches `HyperModel.fit` and goes no further.

    ## What it does
    Finds keyword arguments of `search` that an own `fit` takes in its `**kwargs` and hands on to nobody.

    ## Why it matters
    `class_weight`, `sample_weight`, callbacks and the like have no effect, without a word: the search compares models
    that were trained in another way than the call says.

    ## Fix
    `model.fit(…, **kwargs)`.
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
        lost = [each for each in own_fits(code) if _loses(each)]
        if not lost:
            return
        for found in analysis.module.tuners:
            node = code.expression(found.call.span, ast.Call)
            places = [target.body for target in analysis.module.targets if found in target.tuners]
            fits = [f for f in lost if any(contains(code.span(f.made), place) for place in places)]
            if not isinstance(node, ast.Call) or len(fits) != 1 or found.own_trials:
                continue
            for search in found.searches:
                call = code.expression(search.span, ast.Call)
                for keyword in code.keywords(call) if isinstance(call, ast.Call) else ():
                    if _is_lost(keyword, fits[0]):
                        yield self.finding(
                            f"`fit` of {fits[0].made.name} does not hand **{fits[0].keywords} on: {keyword.arg} has no "
                            "effect.",
                            code.span(keyword),
                            repairs=partial(keywords_handed_on, fits[0], code),
                        )


def _loses(fit: OwnFit) -> bool:
    """Whether what a `fit` gets in its `**kwargs` reaches nobody."""
    return fit.keywords is not None and not fit.hands_on_keywords and not fit.reads(fit.keywords)


def _is_lost(keyword: ast.keyword, fit: OwnFit) -> bool:
    arguments = fit.method.args
    named = {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
    return keyword.arg is not None and keyword.arg not in named and keyword.arg not in _WITHOUT_CONSEQUENCE
