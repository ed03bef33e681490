"""HS454."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import Tuner, targets_of, tuners
from hypershape.source import Code

_EACH = 3
"""`BayesianOptimizationOracle` begins with so many random trials for each hyperparameter (keras-tuner 1.4)."""

_DEFAULT_TRIALS = 10
_FEW = 3
"""A search of so few trials only tries out whether all works."""


class BayesianDrawsAtRandom(Rule):
    """A BayesianOptimization asks for no more trials than it draws at random to begin with.

    ## What it does
    Compares `max_trials` with `num_initial_points`, which is three for each hyperparameter where it is not given.

    ## Why it matters
    The first trials are drawn at random, to have something to learn from. A search that has no others never learns
    from its trials: it is a RandomSearch.

    ## Fix
    More trials, or a smaller `num_initial_points`.
    """

    code = "HS454"
    name = "bayesian-draws-at-random"
    severity = Severity.INFO

    INVALID = (
        Example.search(
            'tuner = kt.BayesianOptimization(build_model, "loss", max_trials=6, overwrite=True)',
            body="""
            model.add(layers.Dense(hp.Int("units", 8, 64)))
            model.add(layers.Dense(hp.Int("more", 8, 64)))
            """,
            at="kt.BayesianOptimization",
            fixed='"loss", max_trials=6, overwrite=True, num_initial_points=2)',
        ),
    )
    VALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=6, overwrite=True)',
            body="""
            model.add(layers.Dense(hp.Int("units", 8, 64)))
            model.add(layers.Dense(hp.Int("more", 8, 64)))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            if tuner.found.class_name != "BayesianOptimization" or not tuner.complete:
                continue
            if tuner.gives("tune_new_entries"):  # then the oracle may know fewer than the models declare
                continue
            trials = _number(tuner, "max_trials", 2, _DEFAULT_TRIALS, code)
            first, why = _first(tuner, analysis)
            if trials is None or first is None or not _FEW < trials <= first:
                continue
            yield self.finding(
                f"BayesianOptimization draws its first {first} trials at random{why}, and this search has only "
                f"{trials}: it never learns from one, as a RandomSearch does not.",
                code.span(tuner.node.func),
                repairs=partial(_fewer, tuner, trials, code),
            )


def _first(tuner: Tuner, analysis: Analysis) -> tuple[int | None, str]:
    """How many trials are drawn at random at least, and why so many; None where that is not known."""
    code = analysis.module.code
    node = code.argument(tuner.node, "num_initial_points", 3)
    given = code.value(node, default=None) if node is not None else None
    if type(given) is int and given > 0:
        return given, ""
    if node is not None and not _is_none(node):
        return None, ""
    places = [target.span for target in targets_of(tuner, analysis)]
    found = [each for each in analysis.targets if each.target.span in places]
    known = _always(found[0]) if len(found) == 1 else 0
    if not known:
        return None, ""
    return max(_EACH * known, _EACH), f" (three for each hyperparameter, of which it has {known})"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _always(target: TargetAnalysis) -> int:
    """How many hyperparameters every configuration declares, so that the first trial knows them."""
    built = [each for each in target.reports if each.verdict == "ok"]
    return min((len(each.configuration) for each in built), default=0)


def _number(tuner: Tuner, name: str, position: int, default: int, code: Code) -> int | None:
    node = code.argument(tuner.node, name, position)
    value = code.value(node, default=None) if node is not None else default
    return value if type(value) is int else None


def _fewer(tuner: Tuner, trials: int, code: Code) -> Iterator[Fix]:
    first = trials // 3
    edit = (
        edits.set_argument(code.module, code.span(tuner.node), "num_initial_points", str(first), 3)
        if first
        else None
    )
    if edit is not None:
        yield Fix(f"Draw only the first {'trial' if first == 1 else first} at random", (edit,))
