"""HS212."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from hypershape.fixes import edits
from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.declared import function_of
from hypershape.rules.common.failure import BuildFailure
from hypershape.source import Code


class NoModelReturned(BuildFailure):
    """The build function returns nothing, or something that is no Keras model.

    ## What it does
    Looks at what the function returns, in every probed configuration.

    ## Why it matters
    Keras Tuner ends the search at once with a FatalTypeError.

    ## Fix
    `return model`.
    """

    code = "HS212"
    name = "no-model-returned"
    kinds = ("no-model",)
    stages = ("return", "build")

    INVALID = (
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")


            tuner = kt.RandomSearch(build_model, "loss")
            """,
            at="build_model",
            fixed="    return model",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                units = hp.Int("units", 1, 3)
                model = keras.Sequential([keras.Input((4,)), layers.Dense(units)])
                model.compile(loss="mse")
                return units, model
            """,
            fixed="return model",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((4,))
                if hp.Boolean("wide"):
                    net = keras.Model(inputs, layers.Dense(64)(x))
                    net.compile(loss="mse")
                else:
                    net = keras.Model(inputs, layers.Dense(8)(x))
                    net.compile(loss="mse")
                    return net
            """,
            condition="wide",
            at="build_model",
            fixed="        return net\n    return net",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model if hp.Boolean("same") else keras.models.Model(model.inputs, model.outputs) and model
            """
        ),
        Example(
            """
            import keras
            from keras import layers

            class Small(keras.Model):
                pass


            def build_model(hp):
                inputs = keras.Input((4,))
                model = Small(inputs, layers.Dense(hp.Int("units", 1, 3))(inputs))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return (
            f"This function returns {'nothing' if error.details.get('nothing', True) else 'no Keras model'}"
        )

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        function = function_of(target.target, code)
        yield from _alone(function, code)
        if function is None or not _ends_open(function.body):
            return
        names = _models(function, code)
        if len(names) == 1:
            last, indent = function.body[-1], " " * function.body[-1].col_offset
            (name,) = names
            edit = edits.insert_after(code.module, code.span(last), [f"return {name}"])
            if edit is None and hasattr(last, "body"):
                end = code.span(last).end
                edit = Edit(end, f"{code.text.newline}{indent}return {name}")
            if edit is not None:
                yield Fix(f"Return {name}", (edit,))


def _ends_open(body: Sequence[ast.stmt]) -> bool:
    """Whether some way through statements comes to their end."""
    last = body[-1]
    if isinstance(last, ast.If):
        return not last.orelse or _ends_open(last.body) or _ends_open(last.orelse)
    if isinstance(last, (ast.With, ast.AsyncWith)):
        return _ends_open(last.body)
    return not isinstance(last, (ast.Return, ast.Raise))


def _models(function: ast.FunctionDef, code: Code) -> set[str]:
    """The variables of a function that plainly are its model: what is compiled, else what is made as one."""
    compiled = {
        call.func.value.id
        for call in code.calls_inside(function)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "compile"
        if isinstance(call.func.value, ast.Name)
    }
    return compiled or {
        each.targets[0].id
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Call)
        and class_of(each.value, code) in ("Sequential", "Model")
    }


def _alone(function: ast.FunctionDef | None, code: Code) -> Iterator[Fix]:
    """One of several things that a function returns together."""
    for each in ast.walk(function) if function is not None else ():
        if isinstance(each, ast.Return) and isinstance(each.value, (ast.Tuple, ast.List)):
            for part in each.value.elts:
                if isinstance(part, ast.Name) and code.function(each) is function:
                    yield Fix(f"Return {part.id} alone", (Edit(code.span(each.value), part.id),))
