"""HS404."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.rehearsed import stories
from hypershape.rules.common.seen import call_at, place, shared
from hypershape.source import Code, contains


class SharedOptimizer(Rule):
    """An optimizer is made outside the build function, so that all trials share it.

    ## What it does
    Finds `compile(optimizer=…)` in a build function with an optimizer object that the module makes once. A rehearsal
    shows any other one that two models are compiled with: from a dictionary, a default argument, a function.

    ## Why it matters
    In Keras 3 an optimizer belongs to the variables of the first model it trained: the first trial works, every
    later one fails with "Unknown variable". With a `distribution_strategy` the first one fails as well.

    ## Fix
    Make the optimizer inside the function.
    """

    code = "HS404"
    name = "shared-optimizer"
    severity = Severity.WARNING
    static = True
    also_probed = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=optimizer, loss="mse"',
            before="optimizer = keras.optimizers.Adam(1e-3)",
            at="optimizer",
            fixed='model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")',
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            class Model(kt.HyperModel):
                def __init__(self):
                    super().__init__()
                    self.optimizer = keras.optimizers.Adam(1e-3)

                def build(self, hp):
                    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                    model.compile(self.optimizer, "mse")
                    return model
            """,
            at="self.optimizer",
            fixed='model.compile(keras.optimizers.Adam(1e-3), "mse")',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            head="layers.Dense(1)",
            compile="**settings",
            before="""
            settings = {"optimizer": keras.optimizers.Adam(1e-3), "loss": "mse"}
            """,
            at="keras.optimizers.Adam(1e-3)",
            played=True,
        ),
    )
    VALID = (
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            class Model(kt.HyperModel):
                def build(self, hp):
                    self.optimizer = keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3]))
                    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                    model.compile(self.optimizer, "mse")
                    return model
            """
        ),
        Example.layers(
            """
            optimizer = keras.optimizers.Adam(rate)
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='optimizer=optimizer, loss="mse"',
            before="rate = 1e-3",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=make(1e-3), loss="mse"',
            before="""
            def make(rate):
                return keras.optimizers.Adam(rate)
            """,
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=NAME, loss="mse"',
            before="""
            NAME = "adam"
            schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        told = []
        for call in code.calls:
            given = _shared(call, code)
            if given is not None and any(
                contains(target.body, code.span(call)) for target in analysis.module.targets
            ):
                name, made = given
                told.append(code.span(call))
                yield self.finding(
                    f"All trials share this optimizer, made {code.document.on(made.lineno)}: {_fails(analysis)}.",
                    code.span(name),
                    repairs=partial(_made_here, name, made, code),
                )
        failing = {each.tuner.call.span: each for each in stories(analysis) if each.failed.stage == "fit"}
        for tuner, each in shared("optimizer", analysis):
            span = place(each["frame"], code)
            if span is not None and not any(contains(span, other) for other in told):
                told.append(span)
                yield self.finding(
                    f"All trials share the optimizer ({each['class']}) that is given here: {_fails(analysis)}.",
                    _argument(span, code),
                    severity=Severity.ERROR if tuner in failing else None,
                    target=failing[tuner].target if tuner in failing else None,
                )


def _fails(analysis: Analysis) -> str:
    """What becomes of the trials: those of a distribution strategy, and others that were seen to, fail from the first on."""
    first = any(
        each.verdict == "fail" and each.stage == "fit" and each.trial == 1 for each in analysis.rehearsals
    )
    distributed = any("distribution_strategy" in each.call.arguments for each in analysis.module.tuners)
    return f"with Keras 3 every trial{'' if first or distributed else ' but the first'} fails"


def _argument(span: Span, code: Code) -> Span:
    """The optimizer as it is given to `compile`, where that is written."""
    call = call_at(span, code)
    given = code.argument(call, "optimizer", 0) if call is not None else None
    return code.span(given) if given is not None else code.span(call.func) if call is not None else span


def _made_here(name: ast.expr, made: ast.Call, code: Code) -> Iterator[Fix]:
    yield Fix("Make the optimizer here", (Edit(code.span(name), code.source(made)),))


def _shared(call: ast.Call, code: Code) -> tuple[ast.expr, ast.Call] | None:
    """What is given as optimizer to `compile`, and the call outside of the function that made the optimizer."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "compile":
        return None
    given = code.argument(call, "optimizer", 0)
    made = _kept(given, code) if isinstance(given, ast.Attribute) else None
    if isinstance(given, ast.Name):
        resolved = code.resolve(given)
        made = resolved if isinstance(resolved, ast.Call) and code.function(resolved) is None else None
    if given is None or made is None:
        return None
    origin = code.imported(made.func) or ""
    return (given, made) if origin.startswith("keras.optimizers.") and "schedules" not in origin else None


def _kept(given: ast.Attribute, code: Code) -> ast.Call | None:
    """The call that `__init__` keeps on `self` under the name of an attribute, where nothing else is put there."""
    around = next((each for each in code.ancestors(given) if isinstance(each, ast.ClassDef)), None)
    if around is None or not isinstance(given.value, ast.Name) or given.value.id != "self":
        return None
    kept = [
        each
        for each in ast.walk(around)
        if isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and ast.unparse(each) == ast.unparse(given)
    ]
    statement = code.statement(kept[0]) if len(kept) == 1 else None
    within = code.function(kept[0]) if len(kept) == 1 else None
    if not isinstance(statement, ast.Assign) or getattr(within, "name", None) != "__init__":
        return None
    return statement.value if isinstance(statement.value, ast.Call) else None
