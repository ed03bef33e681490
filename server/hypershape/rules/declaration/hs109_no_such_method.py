"""HS109."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import ANY_STAGE, matching_cause
from hypershape.source import HP_PARAMETERS, Code

_METHODS = (
    *HP_PARAMETERS,
    "conditional_scope",
    "get",
    "values",
    "copy",
    "name_scope",
    "is_active",
    "get_config",
)
_OLD = {"Range": "Int", "Linear": "Float", "Uniform": "Float"}


class NoSuchMethod(Rule):
    """A HyperParameters object has no method of this name.

    ## What it does
    Finds methods such as `hp.choice` or `hp.Range`, which Keras Tuner never had or has no longer.

    ## Why it matters
    The call raises an AttributeError in every trial that reaches it.

    ## Fix
    `hp.Choice`, `hp.Int`, `hp.Float`, `hp.Boolean` and `hp.Fixed` are written with a capital.
    """

    code = "HS109"
    name = "no-such-method"
    severity = Severity.ERROR

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.choice("units", [1, 2])))',
            after='tuner = keras_tuner.RandomSearch(build_model, "loss")',
            at="hp.choice",
            fixed='hp.Choice("units", [1, 2])',
        ),
    )
    VALID = (
        Example.layers(
            """
            hp.Boolean("deep")
            with hp.conditional_scope("deep", [True]):
                pass
            model.add(layers.Dense(hp.Choice("units", [1, 2])))
            """,
        ),
        Example.layers(
            """
            if "units" not in hp.values:
                hp.Int("units", 1, 3)
            model.add(layers.Dense(hp.get("units")))
            """,
        ),
        Example.layers(
            """
            choose = hp.Choice
            model.add(layers.Dense(choose("units", [1, 2])))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for node in code.every(ast.Attribute):
            if node.attr in _METHODS:
                continue
            if not code.is_hyperparameters(node.value):
                continue
            target, cause = matching_cause(analysis, code.span(node), ("no-such-method",), ANY_STAGE)
            if cause is not None:
                yield self.finding(
                    f"A HyperParameters object has no {node.attr}.",
                    code.span(node),
                    target=target,
                    cause=cause,
                    repairs=partial(_nearest, node, code),
                )


def _nearest(node: ast.Attribute, code: Code) -> Iterator[Fix]:
    """The methods that were renamed or are spelled nearly so, in place of the name after the dot."""
    plain = {each.lower(): each for each in HP_PARAMETERS}
    near = [plain[each] for each in get_close_matches(node.attr.lower(), plain, n=2, cutoff=0.5)]
    end = code.span(node)
    place = Span(end.path, end.end_line, end.end_column - len(node.attr), end.end_line, end.end_column)
    for name in dict.fromkeys([*([_OLD[node.attr]] if node.attr in _OLD else []), *near]):
        yield Fix(f"Use hp.{name}", (Edit(place, name),))
