"""HS421."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code

_RESULTS = {"get_best_hyperparameters": "hyperparameters", "get_best_models": "models"}
_OF_A_MODEL = ("compile", "evaluate", "export", "fit", "get_layer", "layers", "predict", "save", "summary")
_OF_HYPERPARAMETERS = ("get", "values")


class ListOfResults(Rule):
    """The list of best results is used as if it were the best one.

    ## What it does
    Follows `tuner.get_best_hyperparameters()` and `tuner.get_best_models()` to where a build function, or a method
    such as `predict`, gets the whole list.

    ## Why it matters
    Both return a list, even for one result: the file fails after the search has run to its end, with an
    AttributeError.

    ## Fix
    `tuner.get_best_hyperparameters()[0]`.
    """

    code = "HS421"
    name = "list-of-results"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            best = tuner.get_best_hyperparameters(num_trials=1)
            model = tuner.hypermodel.build(best)
            """,
            at="tuner.get_best_hyperparameters(num_trials=1)",
            fixed="best = tuner.get_best_hyperparameters(num_trials=1)[0]",
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            tuner.get_best_models().predict(x_test)
            """,
            at="tuner.get_best_models()",
            fixed="tuner.get_best_models()[0].predict(x_test)",
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            models = tuner.get_best_models(num_models=3)
            for each in models:
                each.summary()
            models.evaluate(x, y)
            """,
            at="models.evaluate",
            fixed="models[0].evaluate(x, y)",
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            best_hps = tuner.get_best_hyperparameters()
            print(best_hps.get("units"))
            """,
            at="tuner.get_best_hyperparameters()",
            fixed="best_hps = tuner.get_best_hyperparameters()[0]",
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            best = tuner.get_best_hyperparameters(num_trials=1)[0]
            model = tuner.hypermodel.build(best)
            (first,) = tuner.get_best_hyperparameters()
            print(first.get("units"))
            for each in tuner.get_best_models(2):
                each.summary()
            """
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
            best = tuner.get_best_hyperparameters(3)
            best = best[0]
            model = tuner.hypermodel.build(best)
            several = tuner.get_best_models(num_models=2)
            print(len(several), several[0].predict(x), [each.values for each in tuner.get_best_hyperparameters(2)])
            several.sort(key=lambda each: each.count_params())
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.calls:
            kind = _kind(call, code)
            uses = _uses(call, code) if kind is not None else []
            wrong = [use for use in uses if kind is not None and _as_one(use, kind, code)]
            # A list that is also used as one must stay a list: then the uses are to change.
            for place in [call] if len(wrong) == len(uses) and wrong else wrong:
                around = code.parents.get(place)
                marked = around if place is not call and isinstance(around, ast.Attribute) else place
                yield self.finding(
                    f"This is a list of {kind}, even if it holds only one: the best one is [0]. What takes it for one "
                    "fails after the search.",
                    code.span(marked),
                    repairs=partial(_first, place, code),
                )


def _first(listed: ast.expr, code: Code) -> Iterator[Fix]:
    yield Fix("Take the best one", (Edit(code.span(listed).end, "[0]"),))


def _kind(call: ast.Call, code: Code) -> str | None:
    """What a call of a tuner's method returns a list of."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _RESULTS:
        return None
    if not isinstance(call.func.value, ast.Name):
        return None
    tuner = call.func.value.id
    known = {
        name
        for found in code.module.tuners
        if isinstance(node := code.expression(found.call.span, ast.Call), ast.Call)
        for name in _bound(node, code)
    }
    return _RESULTS.get(call.func.attr) if tuner in known else None


def _bound(node: ast.Call, code: Code) -> list[str]:
    statement = code.parents.get(node)
    if not isinstance(statement, ast.Assign):
        return []
    return [each.id for each in statement.targets if isinstance(each, ast.Name)]


def _uses(call: ast.Call, code: Code) -> list[ast.expr]:
    """The expressions that stand for the list: the call itself, or the variable that it alone defines."""
    names = _bound(call, code)
    if not names:
        return [call]
    return [
        node
        for node in code.nodes
        if isinstance(node, ast.Name)
        and node.id == names[0]
        and isinstance(node.ctx, ast.Load)
        and code.definition(node.id, node) is call
    ]


def _as_one(node: ast.expr, kind: str, code: Code) -> bool:
    """Whether an expression is used as one result."""
    parent = code.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in (_OF_A_MODEL if kind == "models" else _OF_HYPERPARAMETERS)
    if kind == "models" or not isinstance(parent, ast.Call) or parent.args[:1] != [node]:
        return False
    builders = {target.name for target in code.module.targets if target.kind == "function"}
    if isinstance(parent.func, ast.Name):
        return parent.func.id in builders
    return isinstance(parent.func, ast.Attribute) and code.source(parent.func).endswith(".hypermodel.build")
