"""HS412."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Cause, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule, causes
from hypershape.rules.common import wording
from hypershape.source import Code

_ERRORS = ("FailedTrialError", "FatalError", "FatalTypeError", "FatalValueError", "FatalRuntimeError")


class ErrorClassMisplaced(Rule):
    """`keras_tuner.FailedTrialError` does not exist; the class lives in `keras_tuner.errors`.

    ## What it does
    Finds Keras Tuner's error classes taken from the package itself, as its own documentation writes them.

    ## Why it matters
    The name raises an AttributeError: the trial fails all the same, but it is retried, and no handler catches it.

    ## Fix
    `keras_tuner.errors.FailedTrialError`.
    """

    code = "HS412"
    name = "error-class-misplaced"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt


            def build_model(hp):
                if hp.Int("units", 1, 3) > 2:
                    raise kt.FailedTrialError("too wide")
            """,
            at="kt.FailedTrialError",
            fixed='raise kt.errors.FailedTrialError("too wide")',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt


            def build_model(hp):
                if hp.Int("units", 1, 3) > 2:
                    raise kt.errors.FailedTrialError("too wide")
            """
        ),
        Example.layers(
            """
            units = hp.Int("units", 1, 3)
            if units > 3:
                raise FailedTrialError("too wide")
            model.add(layers.Dense(units))
            """,
            input="(4,)",
            head="",
            before="from keras_tuner.errors import FailedTrialError",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for node in code.nodes:
            if isinstance(node, ast.Attribute) and is_misplaced(node, code):
                met = next((each for each in causes(analysis) if _rose_at(code.span(node), each[1])), None)
                when = f" An AttributeError rises in its place {wording.when(*met)}." if met else ""
                yield self.finding(
                    f"keras_tuner has no {node.attr}: the class lives in keras_tuner.errors.{when}",
                    code.span(node),
                    repairs=partial(_from_errors, node, code),
                )


def _rose_at(place: Span, cause: Cause) -> bool:
    return cause.error.type == "AttributeError" and cause.error.span == place


def is_misplaced(node: ast.Attribute, code: Code) -> bool:
    """Whether an error class of Keras Tuner is taken from the package itself."""
    return node.attr in _ERRORS and code.imported(node) == f"keras_tuner.{node.attr}"


def _from_errors(node: ast.Attribute, code: Code) -> Iterator[Fix]:
    package = code.source(node).rpartition(".")[0]
    yield Fix("Take it from keras_tuner.errors", (Edit(code.span(node), f"{package}.errors.{node.attr}"),))
