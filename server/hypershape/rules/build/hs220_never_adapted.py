"""HS220."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code

_STATISTICS = ("mean", "variance")


class NeverAdapted(Rule):
    """A `Normalization` layer that nothing adapts leaves the data as they are.

    ## What it does
    Finds `keras.layers.Normalization` without `mean` and `variance`, in files that call no `adapt`.

    ## Why it matters
    Until `adapt(data)` has been called the layer takes 0 for the mean and 1 for the variance: the model trains on
    data that are not scaled, without a word.

    ## Fix
    Make the layer once, outside of the function that builds the model, call `adapt` on the training data and use it
    there; or give it `mean` and `variance`.
    """

    code = "HS220"
    name = "never-adapted"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.layers(
            """
            model.add(layers.Normalization())
            """,
            at="layers.Normalization()",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                scale = layers.Normalization()
                return model.fit(scale(x), y, **kwargs)
            """,
            at="layers.Normalization()",
            fixed="scale.adapt(x)",
        ),
    )
    VALID = (
        Example.layers(
            "model.add(scaled)",
            before="""
            import numpy as np
            import keras
            from keras import layers

            scaled = layers.Normalization()
            scaled.adapt(np.ones((4, 28, 28, 1)))
            """,
        ),
        Example.layers("model.add(layers.Normalization(mean=3.0, variance=2.0))"),
        Example.layers("model.add(layers.BatchNormalization())"),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        if any(node.attr == "adapt" for node in code.every(ast.Attribute)):
            return
        for call in code.calls:
            if _is_bare(call, code):
                yield self.finding(
                    "Nothing calls `adapt` on this layer: its mean is 0 and its variance 1, so the data go through "
                    "unscaled.",
                    code.span(call),
                    repairs=partial(_adapted, call, code),
                )


def _is_bare(call: ast.Call, code: Code) -> bool:
    """Whether a call makes a Normalization that knows no statistics."""
    name = code.imported(call.func) or ""
    if not name.startswith("keras.layers.") or name.rpartition(".")[2] != "Normalization":
        return False
    return (
        not any(each.arg is None or each.arg in _STATISTICS for each in call.keywords) and len(call.args) < 2
    )


def _adapted(call: ast.Call, code: Code) -> Iterator[Fix]:
    """The layer adapted to what it is called on, where that is data that the training is given."""
    made, method = code.parents.get(call), code.enclosing(call)
    if not isinstance(made, ast.Assign) or not isinstance(method, ast.FunctionDef):
        return
    (target,) = made.targets if len(made.targets) == 1 else (None,)
    given = {each.arg for each in method.args.args[1:]}
    if not isinstance(target, ast.Name) or method.name not in _TRAINS:
        return
    data = {
        each.args[0].id
        for each in code.calls_in(code.span(method))
        if isinstance(each.func, ast.Name) and each.func.id == target.id and len(each.args) == 1
        if isinstance(each.args[0], ast.Name) and each.args[0].id in given
    }
    first = min(data, key=[*(each.arg for each in method.args.args)].index, default=None)
    edit = (
        edits.insert_after(code.module, code.span(made), (f"{target.id}.adapt({first})",)) if first else None
    )
    if edit is not None:
        yield Fix(f"Adapt it to {first} first", (edit,))


_TRAINS = ("fit", "run_trial")
"""The methods of the user's that are given arrays, and no tensors that stand for them."""
