"""HS447."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.counted import counted
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code
from hypershape.space.odds import COLLISIONS, left_out

_WORTH_TELLING = 0.2
"""The least chance that something is left out for which this is said."""


class RandomLeavesSomeOut(Rule):
    """A RandomSearch is meant to try a whole search space, and probably leaves some of it out.

    ## What it does
    Computes how many configurations a RandomSearch tries whose `max_trials` is enough for all of them, where each is
    drawn as often as any other.

    ## Why it matters
    RandomSearch draws until it meets something new, and ends the search when 21 draws in a row were known. Of a space
    of 24 configurations more than half of all searches leave one or more out, without a word.

    ## Fix
    GridSearch, which tries each of them once.
    """

    code = "HS447"
    name = "random-leaves-some-out"
    severity = Severity.HINT

    INVALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=24, overwrite=True)',
            body="""
            model.add(layers.Dense(hp.Int("units", 1, 6)))
            model.add(layers.Dense(hp.Choice("more", [2, 4, 6, 8])))
            """,
            at="kt.RandomSearch",
            fixed='kt.GridSearch(build_model, "loss", max_trials=24, overwrite=True)',
        ),
    )
    VALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=20, overwrite=True)',
            body="""
            model.add(layers.Dense(hp.Int("units", 1, 6)))
            model.add(layers.Dense(hp.Choice("more", [2, 4, 6, 8])))
            """,
        ),
        Example.search('tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)'),
        Example.search(
            'tuner = kt.GridSearch(build_model, "loss", max_trials=24, overwrite=True)',
            body='model.add(layers.Dense(hp.Int("units", 1, 24)))',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            node = code.argument(tuner.node, "max_trials", 2)
            trials = code.value(node, default=None) if node is not None else None
            target = counted(tuner, analysis) if tuner.found.class_name == "RandomSearch" else None
            if target is None or type(trials) is not int:
                continue
            chance, number = left_out(target.hyperparameters, trials)
            if chance >= _WORTH_TELLING:
                yield self.finding(
                    f"RandomSearch ends when {COLLISIONS + 1} draws in a row are ones that it has tried: with a chance "
                    f"of {100 * chance:.0f} % it leaves some configurations out, {number:.1f} on average. GridSearch "
                    "tries them all.",
                    code.span(tuner.node.func),
                    target=target.target.name,
                    repairs=partial(_grid, tuner, code),
                )


def _grid(tuner: Tuner, code: Code) -> Iterator[Fix]:
    package = code.source(tuner.node.func).rpartition(".")[0]
    if package:
        yield Fix(
            "Try each of them with GridSearch", (Edit(code.span(tuner.node.func), f"{package}.GridSearch"),)
        )
