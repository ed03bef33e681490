"""HS208."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, innermost, layer_call, target_of

_INVALID = re.compile(
    r"Received an invalid value for `(?P<a>\w+)`.*?Received: \w+=(?P<av>\S+)"
    r"|Invalid value (?:received )?for argument `(?P<b>\w+)`.*?Received:? \w+=(?P<bv>\S+)"
    r"|Argument `(?P<c>learning_rate)` should be float.*Received instead: \w+=(?P<cv>\S+)"
    r"|The `(?P<d>padding)` argument must be .*Received: (?P<dv>\S+)",
    re.DOTALL,
)


class InvalidArgument(BuildFailure):
    """A layer or optimizer is given a value that it does not take: 32.0 or 0 units, a rate above 1, None.

    ## What it does
    Builds the model over the search space and reports arguments that Keras refuses, with the hyperparameters to
    blame.

    ## Why it matters
    `hp.Float` draws floats even where they are whole, and a hyperparameter that is read outside its
    `conditional_scope` is None; layers refuse both.

    ## Fix
    Draw an `hp.Int`, keep the range within what the layer takes, or read the value inside its scope.
    """

    code = "HS208"
    name = "invalid-argument"
    pattern = _INVALID

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                units = hp.Float("units", 32, 64, step=16)
                model = keras.Sequential([keras.Input((4,))])
                model.add(layers.Dense(units))
                model.compile(loss="mse")
                return model
            """,
            fixed="layers.Dense(int(units))",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                rate = hp.Choice("rate", [0.25, 0.5, 1.5])
                model = keras.Sequential([keras.Input((4,)), layers.Dropout(rate), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            condition="rate == 1.5",
            fixed="[0.25, 0.5]",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                deep = hp.Boolean("deep")
                with hp.conditional_scope("deep", [True]):
                    units = hp.Int("units", 2, 4)
                model = keras.Sequential([keras.Input((4,)), layers.Dense(units if deep else units)])
                model.compile(loss="mse")
                return model
            """,
            condition="not deep",
            fixed='hp.Fixed("deep", value=True)',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 0, 4)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            condition="units <= 0",
            fixed='hp.Int("units", 1, 4)',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                units = int(hp.Float("units", 32, 64, step=16))
                rate = hp.Float("rate", 0.0, 0.5)
                model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.Dropout(rate)])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                units = hp.Choice("units", [32.0, 64.0])
                model = keras.Sequential([keras.Input((4,)), layers.Dense(int(units)), layers.Dropout(hp.Float("rate", 0.0, 1.0))])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                deep = hp.Boolean("deep")
                model = keras.Sequential([keras.Input((4,))])
                with hp.conditional_scope("deep", [True]):
                    if deep:
                        model.add(layers.Dense(hp.Int("units", 2, 4)))
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
                rate = hp.Choice("rate", [1.0, 0.1])
                model.compile(keras.optimizers.SGD(learning_rate=rate), loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((9, 2))])
                model.add(layers.Conv1D(hp.Int("filters", 1, 3), 3, padding="causal"))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        name, value = _argument(error)
        owner = f"`{error.layer_class}`" if error.layer_class else "This call"
        if value == "None":
            return f"{owner} gets no value for `{name}` (None: the hyperparameter is inactive here)"
        return f"{owner} does not take {value} for `{name}`"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code, error = Code.of(analysis.module), finding.error
        if error is not None:
            yield from _converted(error, code)
            if "between 0 and 1" in error.message:
                yield from _within_0_and_1(finding, analysis, code)
        yield from super().fixes(finding, analysis)


def _converted(error: ProbeError, code: Code) -> Iterator[Fix]:
    """`int(…)` around a whole float, `float(…)` around a learning rate that is a whole number."""
    name, value = _argument(error)
    span = innermost(error, code)
    call = layer_call(error, code) or next(iter(code.calls_in(span) if span else ()), None)
    if call is None:
        return
    position = 0 if name in ("units", "filters", "rate", "learning_rate") else None
    written = code.argument(call, name, position)
    kind = "int" if re.fullmatch(r"\d+\.0", value) else "float" if name == "learning_rate" else None
    if written is None or kind is None:
        return
    names = (name,) if position is None else (name, str(position))
    text = f"{kind}({code.source(written)})"
    edit = edits.replace_argument(code.module, code.span(call), names, text)
    if edit is not None:
        yield Fix(f"Convert the value with {kind}()", (edit,))


def _within_0_and_1(finding: Finding, analysis: Analysis, code: Code) -> Iterator[Fix]:
    """A maximum of 1 for the only Float that is drawn above it."""
    target = target_of(finding, analysis)
    wide = [
        each
        for each in (target.hyperparameters if target else ())
        if each.kind == "Float" and each.values is None and each.max is not None and each.max > 1
    ]
    call = code.hp_call_at(wide[0].span) if len(wide) == 1 else None
    edit = replace_value(call, "max_value", "1.0", code) if call is not None else None
    if edit is not None:
        yield Fix(f"Lower the maximum of {wide[0].name} to 1.0", (edit,))


def _argument(error: ProbeError) -> tuple[str, str]:
    """The name of the refused argument and its value as text."""
    found = _INVALID.search(error.message)
    parts = [each for each in found.groups() if each] if found else []
    return (parts[0], parts[1].rstrip(".,")) if len(parts) == 2 else ("an argument", "this value")
