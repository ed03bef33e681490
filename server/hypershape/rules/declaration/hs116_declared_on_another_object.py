"""HS116."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import declared_elsewhere, function_of
from hypershape.source import Code


class DeclaredOnAnotherObject(Rule):
    """A build function declares its hyperparameters on another object than the one that it is given.

    ## What it does
    Finds declarations in a build function on a `HyperParameters()` that the file makes itself.

    ## Why it matters
    A tuner puts the values of a trial into the object that it gives to the build function. One of the file's own
    answers with the defaults each time: all trials train the same model, and the best values say nothing.

    ## Fix
    Declare on the parameter.
    """

    code = "HS116"
    name = "declared-on-another-object"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            import keras
            import keras_tuner as kt

            hp = kt.HyperParameters()


            def build_model(parameters):
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, hyperparameters=hp, overwrite=True)
            """,
            at='hp.Int("units", 1, 3)',
            fixed="def build_model(hp):",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            def build_model(hp):
                hp = kt.HyperParameters()
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            """,
            at='hp.Int("units", 1, 3)',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            import keras_tuner as kt

            hp = kt.HyperParameters()
            hp.Int("units", 1, 3)


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 5))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, hyperparameters=hp, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for target in analysis.module.targets:
            function, calls = function_of(target, code), declared_elsewhere(target, code)
            parameter = code.hyperparameters.parameter(function) if function is not None else None
            if function is not None and parameter is not None and calls:
                call, owner = calls[0]
                given = "" if owner.id == parameter.arg else f" as `{parameter.arg}`"
                yield self.finding(
                    f"`{owner.id}` is not the object that Keras Tuner gives to {target.name}{given}: every trial gets "
                    "the default values, and all train the same model.",
                    code.span(call),
                    target=target.name,
                    repairs=partial(
                        _on_the_parameter, {each.id for _, each in calls}, function, parameter, code
                    ),
                )


def _on_the_parameter(
    names: set[str], function: ast.FunctionDef, parameter: ast.arg, code: Code
) -> Iterator[Fix]:
    """The parameter under the name of the object that is declared on, or that object gone."""
    if len(names) != 1:
        return
    (name,) = names
    local = [
        each
        for each in function.body
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
    ]
    used = any(isinstance(each, ast.Name) and each.id == parameter.arg for each in ast.walk(function))
    if not local and not used:
        span = code.span(parameter)
        end = span.column + len(parameter.arg)
        yield Fix(
            f"Call the parameter {name}",
            (Edit(Span(span.path, span.line, span.column, span.line, end), name),),
        )
    elif len(local) == 1 and parameter.arg == name:
        removed = edits.remove_statement(code.module, code.span(local[0]))
        if removed is not None:
            yield Fix(f"Declare on the {name} that is given", (removed,))
    elif len(local) == 1:
        yield Fix(f"Declare on {parameter.arg}", (Edit(code.span(local[0].value), parameter.arg),))
