"""HS415."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import tuners
from hypershape.rules.common.wording import listed
from hypershape.source import Code


class BuilderSignature(Rule):
    """A tuner is given a function that cannot be called with a HyperParameters object alone.

    ## What it does
    Reads the parameters of the function that a tuner is given: it must take one, and no other without a default.

    ## Why it matters
    The tuner calls it with one argument: its constructor raises a TypeError.

    ## Fix
    Bind the others: `lambda hp: build_model(hp, width)` or `functools.partial(build_model, width=64)`.
    """

    code = "HS415"
    name = "builder-signature"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras
            import keras_tuner as kt


            def build_model(hp, n_features):
                model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            """,
            at="build_model",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt

            n_features = 4


            def build_model(n_features, hp):
                model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            """,
            at="build_model",
            fixed="kt.RandomSearch(lambda hp: build_model(n_features, hp), ",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            def build_model():
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
                model.compile(loss="mse")
                return model


            tuner = kt.GridSearch(hypermodel=build_model, objective="loss", overwrite=True)
            """,
            at="build_model",
            fixed="def build_model(hp):",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            import keras_tuner as kt


            def build_model(hp, n_features=4, *, activation="relu"):
                model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(hp.Int("units", 1, 3), activation)])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            """
        ),
        Example(
            """
            import functools
            import keras
            import keras_tuner as kt


            def build_model(hp, n_features):
                model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            first = kt.RandomSearch(lambda hp: build_model(hp, 4), "loss", max_trials=3, overwrite=True)
            build = functools.partial(build_model, n_features=4)
            second = kt.RandomSearch(build, "loss", max_trials=3, overwrite=True)
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            def with_four_features(function):
                return lambda hp: function(hp, 4)


            @with_four_features
            def build_model(hp, n_features):
                model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model


            def every(*arguments):
                return build_model(arguments[0])


            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            other = kt.RandomSearch(every, "loss", max_trials=3, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            given = code.argument(tuner.node, "hypermodel", 0)
            function = _function(given, code) if isinstance(given, ast.Name) else None
            if given is None or function is None:
                continue
            needed = _needed(function)
            if function.args.vararg is None and not [*function.args.posonlyargs, *function.args.args]:
                said = f"{function.name} takes no argument, but the tuner passes it a HyperParameters object."
            elif len(needed) > 1:
                said = f"The tuner calls {function.name} with one argument, but it needs {listed(needed)}."
            else:
                continue
            yield self.finding(said, code.span(given), repairs=partial(_callable, given, function, code))


def _callable(given: ast.expr, function: ast.FunctionDef, code: Code) -> Iterator[Fix]:
    """The function with a parameter, or one that passes what it needs besides."""
    needed = _needed(function)
    if not needed and not function.args.defaults and not function.args.kwonlyargs:
        place = code.span(function)
        line = code.text.line(function.lineno)
        column = line.find("()", place.column) + 2
        if column > 1:
            spot = Span(place.path, function.lineno, column, function.lineno, column)
            yield Fix("Take the HyperParameters object", (Edit(spot, "hp"),))
    others = [name for name in needed if name not in ("hp", "hps")]
    if len(others) == len(needed) - 1 and all(_is_global(name, code) for name in others):
        own = next(name for name in needed if name not in others)
        call = f"lambda {own}: {function.name}({', '.join(needed)})"
        yield Fix(f"Pass {listed(others)} as well", (Edit(code.span(given), call),))


def _function(name: ast.Name, code: Code) -> ast.FunctionDef | None:
    """The plain function that a name always stands for."""
    bound = code.bindings.get(name.id, ())
    function = bound[0] if len(bound) == 1 else None
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    return None if isinstance(code.scope(function), ast.ClassDef) else function


def _needed(function: ast.FunctionDef) -> list[str]:
    """The parameters without a default."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    plain = positional[: len(positional) - len(given.defaults)]
    named = [
        each for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None
    ]
    return [each.arg for each in [*plain, *named]]


def _is_global(name: str, code: Code) -> bool:
    """Whether the module itself defines a name, outside any function."""
    return any(
        isinstance(each, ast.Name) and code.scope(each) is code.tree for each in code.bindings.get(name, ())
    )
