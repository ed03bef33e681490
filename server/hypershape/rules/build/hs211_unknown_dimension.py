"""HS211."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, class_of, target_of, windowed_calls


class UnknownDimension(BuildFailure):
    """A layer with weights is given a tensor whose last dimension is not known.

    ## What it does
    Builds the model over the search space and reports layers whose weights would have a dimension of None, as a
    `Dense` behind the `Flatten` of an image of unknown size.

    ## Why it matters
    Weights need a size before any data is seen: Keras refuses the layer.

    ## Fix
    Give the input its size, or pool globally instead of flattening.
    """

    code = "HS211"
    name = "unknown-dimension"
    pattern = re.compile(
        r"must be fully-defined|[Tt]he last dimension of the inputs .* should be defined|Found `None`"
        r"|unsupported operand type\(s\) for %: 'NoneType' and 'int'"
    )

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((None, None, 3))])
                model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            at="layers.Dense(1)",
            fixed="layers.GlobalAveragePooling2D()",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((None, None, 3))])
                model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))
                model.add(layers.GlobalAveragePooling2D())
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
                inputs = keras.Input((None, 3))
                x = layers.LSTM(hp.Int("units", 2, 4))(inputs)
                model = keras.Model(inputs, layers.Dense(1)(x))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((None, None, 3))
                x = layers.Conv2D(hp.Int("filters", 2, 4), 3)(layers.Resizing(16, 16)(inputs))
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This layer"
        shape = f" {error.input_shapes[0]}" if error.input_shapes else ""
        return f"{layer} needs to know the size of its input{shape}, but a dimension is None"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        target, code = target_of(finding, analysis), Code.of(analysis.module)
        rank = _rank(target, code)
        for call in code.calls_in(target.target.body) if target else ():
            if class_of(call, code) != "Flatten" or call.args or call.keywords:
                continue
            source = code.source(call.func)
            prefix = source[: len(source) - len("Flatten")]
            pooling = f"GlobalAveragePooling{rank}D"
            if prefix or pooling in code.module.imports:
                edit = edits.replace_text(code.span(call.func), prefix + pooling)
                yield Fix(f"Replace Flatten by {pooling}", (edit,))


def _rank(target: TargetAnalysis | None, code: Code) -> int:
    """The number of spatial axes that the target's convolutions and poolings work on, 2 where it has none."""
    names = [class_of(call, code) for call in windowed_calls(target, code)] if target else []
    return int(names[0][-2]) if names else 2
