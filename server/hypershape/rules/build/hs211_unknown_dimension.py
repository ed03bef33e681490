"""HS211."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import BuildFailure, windowed_calls
from hypershape.source import Code


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
    kinds = ("unknown-dimension",)

    INVALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))
            """,
            input="(None, None, 3)",
            at="layers.Dense(1)",
            fixed="layers.GlobalAveragePooling2D()",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))
            """,
            input="(None, None, 3)",
            head="layers.GlobalAveragePooling2D(), layers.Dense(1)",
        ),
        Example.layers(
            """
            x = layers.LSTM(hp.Int("units", 2, 4))(x)
            """,
            input="(None, 3)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            x = layers.Conv2D(hp.Int("filters", 2, 4), 3)(layers.Resizing(16, 16)(x))
            """,
            input="(None, None, 3)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This layer"
        shape = f" {error.input_shapes[0]}" if error.input_shapes else ""
        return f"{layer} needs to know the size of its input{shape}, but a dimension is None"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        pooling = f"GlobalAveragePooling{_rank(target, code)}D"
        for call in code.calls_in(target.target.body):
            if class_of(call, code) != "Flatten" or call.args or call.keywords:
                continue
            source = code.source(call.func)
            prefix = source[: len(source) - len("Flatten")]
            if prefix or pooling in code.module.imports:
                edit = edits.replace_text(code.span(call.func), prefix + pooling)
                yield Fix(f"Replace Flatten by {pooling}", (edit,))


def _rank(target: TargetAnalysis, code: Code) -> int:
    """The number of spatial axes that the target's convolutions and poolings work on, 2 where it has none."""
    names = [class_of(call, code) for call in windowed_calls(target, code)]
    return int(names[0][-2]) if names else 2
