"""HS407."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.own_layers import constructor
from hypershape.rules.common.tuners import tuners
from hypershape.source import Code


class ModelInsteadOfBuilder(Rule):
    """A tuner is given a model, or a class, where it needs the function that builds one.

    ## What it does
    Finds tuners that are given `build_model(…)` instead of `build_model`, or a HyperModel class instead of an
    instance.

    ## Why it matters
    The tuner calls what it is given with a HyperParameters object: a model cannot be called so, and a class gives no
    model.

    ## Fix
    Pass the function itself; make an instance of the class.
    """

    code = "HS407"
    name = "model-instead-of-builder"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            'tuner = kt.RandomSearch(build_model(kt.HyperParameters()), "val_loss")',
            at="build_model(kt.HyperParameters())",
            fixed='kt.RandomSearch(build_model, "val_loss")',
        ),
        Example.search(
            """
            first = build_model(kt.HyperParameters())
            tuner = kt.RandomSearch(first, "val_loss")
            """,
            at="first",
            fixed='kt.RandomSearch(build_model, "val_loss")',
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            def build(hp, width):
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, width))])
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build(kt.HyperParameters(), 3), "val_loss", max_trials=2, overwrite=True)
            """,
            at="build(kt.HyperParameters(), 3)",
            fixed="kt.RandomSearch(lambda hp: build(hp, 3), ",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            class Model(kt.HyperModel):
                def build(self, hp):
                    model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])
                    model.compile(loss="mse")
                    return model


            tuner = kt.RandomSearch(hypermodel=Model, objective="val_loss")
            """,
            at="Model",
            fixed="hypermodel=Model()",
        ),
    )
    VALID = (
        Example.search(
            """
            def make_builder(width):
                return build_model


            tuner = kt.RandomSearch(build_model, "val_loss")
            other = kt.RandomSearch(make_builder(3), "val_loss")
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            class Model(kt.HyperModel):
                def __init__(self, width=4):
                    super().__init__()
                    self.width = width

                def build(self, hp):
                    model = keras.Sequential([keras.Input((self.width,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                    model.compile(loss="mse")
                    return model


            first = kt.RandomSearch(Model(8), "val_loss", max_trials=3, overwrite=True)
            second = kt.RandomSearch(Model(8).build, "val_loss", max_trials=3, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        builders = {target.name for target in analysis.module.targets if target.kind == "function"}
        for tuner in tuners(analysis, code):
            given = code.argument(tuner.node, "hypermodel", 0)
            made = code.resolve(given) if given is not None else None
            if given is not None and isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
                if made.func.id in builders and _returns_a_model(made.func.id, code):
                    yield self.finding(
                        f"The tuner needs the function {made.func.id} itself, not what it returns: no search begins.",
                        code.span(given),
                        repairs=partial(_function_itself, given, made, code),
                    )
            elif isinstance(given, ast.Name) and (kind := _hypermodel_class(given.id, code)) is not None:
                yield self.finding(
                    f"The tuner needs an instance of {given.id}, not the class.",
                    code.span(given),
                    repairs=partial(_instance, given, kind, code),
                )


def _function_itself(given: ast.expr, made: ast.Call, code: Code) -> Iterator[Fix]:
    """The function; where it is given more than the HyperParameters object, one that gives it the rest."""
    name = code.source(made.func)
    if len(made.args) + len(made.keywords) <= 1:
        yield Fix("Pass the function", (Edit(code.span(given), name),))
        return
    written: list[ast.expr | ast.keyword] = [*made.args, *made.keywords]
    drawn = [each for each in written if code.is_hyperparameters(code.resolve(_value(each)))]
    if len(drawn) == 1:
        prefix = f"{drawn[0].arg}=" if isinstance(drawn[0], ast.keyword) else ""
        text = ", ".join(f"{prefix}hp" if each is drawn[0] else code.source(each) for each in written)
        yield Fix(
            f"Pass a function that calls {name}", (Edit(code.span(given), f"lambda hp: {name}({text})"),)
        )


def _value(argument: ast.expr | ast.keyword) -> ast.expr:
    return argument.value if isinstance(argument, ast.keyword) else argument


def _instance(given: ast.Name, made: ast.ClassDef, code: Code) -> Iterator[Fix]:
    if not _needs_arguments(made):
        yield Fix("Make an instance", (Edit(code.span(given), f"{given.id}()"),))


def _function(name: str, code: Code) -> ast.FunctionDef | None:
    bound = code.bindings.get(name, ())
    return bound[0] if len(bound) == 1 and isinstance(bound[0], ast.FunctionDef) else None


def _returns_a_model(name: str, code: Code) -> bool:
    """Whether a function is no factory of builders: it holds no other function that it could return."""
    function = _function(name, code)
    return function is not None and not any(
        isinstance(each, (ast.FunctionDef, ast.Lambda)) for each in ast.walk(function) if each is not function
    )


def _hypermodel_class(name: str, code: Code) -> ast.ClassDef | None:
    """The class of this name, if the file defines it once as a HyperModel."""
    bound = code.bindings.get(name, ())
    made = bound[0] if len(bound) == 1 else None
    if isinstance(made, ast.ClassDef) and any(
        (code.imported(base) or "").endswith("keras_tuner.HyperModel") for base in made.bases
    ):
        return made
    return None


def _needs_arguments(made: ast.ClassDef) -> bool:
    begin = constructor(made)
    return begin is not None and len(begin.args.args) - 1 > len(begin.args.defaults)
