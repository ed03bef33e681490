"""HS208."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.failure import BuildFailure, layer_call

_INVALID = re.compile(
    r"Received an invalid value for `(?P<a>\w+)`.*?Received: \w+=(?P<av>\S+)"
    r"|Invalid value (?:received )?for argument `(?P<b>\w+)`.*?Received:? \w+=(?P<bv>\S+)"
    r"|Argument `(?P<c>learning_rate)` should be float.*Received instead: \w+=(?P<cv>\S+)",
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
    )

    def what(self, error: ProbeError, code: Code) -> str:
        name, value = _argument(error)
        owner = f"`{error.layer_class}`" if error.layer_class else "This call"
        if value == "None":
            return f"{owner} gets no value for `{name}` (None: the hyperparameter is inactive here)"
        return f"{owner} does not take {value} for `{name}`"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        error = finding.error
        call = layer_call(error, code) if error else None
        if error is not None and call is not None:
            name, value = _argument(error)
            position = 0 if call.args and name in ("units", "filters", "rate") else None
            written = code.argument(call, name, position)
            if re.fullmatch(r"\d+\.0", value) and written is not None:
                names = (name,) if position is None else (name, str(position))
                text = f"int({code.source(written)})"
                edit = edits.replace_argument(code.module, code.span(call), names, text)
                if edit is not None:
                    yield Fix("Convert the value to a whole number", (edit,))
        yield from super().fixes(finding, analysis)


def _argument(error: ProbeError) -> tuple[str, str]:
    """The name of the refused argument and its value as text."""
    found = _INVALID.search(error.message)
    parts = [each for each in found.groups() if each] if found else []
    return (parts[0], parts[1].rstrip(".,")) if len(parts) == 2 else ("an argument", "this value")
