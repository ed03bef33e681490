"""HS203."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Edit, Finding, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, padding_position, target_of, windowed_calls
from hypershape.rules.common.wording import listed

_COMPARED = 12
"""So many hyperparameters are compared with each other."""


class ShapesDoNotMerge(BuildFailure):
    """Two tensors that are added, multiplied or concatenated have shapes that do not fit.

    ## What it does
    Builds the model over the search space and reports the configurations in which a merging layer, or an operator
    between two tensors, is given shapes that do not fit.

    ## Why it matters
    Branches whose sizes are drawn independently agree only by chance: most trials of such a space fail.

    ## Fix
    Draw one value for both branches, or keep the size of the maps with `padding="same"`.
    """

    code = "HS203"
    name = "shapes-do-not-merge"
    pattern = re.compile(
        r"requires inputs with matching shapes|Inputs have incompatible shapes|Cannot broadcast shape"
        r"|inputs should be of the same (shape|rank)|Dimensions must be equal"
    )

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((28, 28, 1))
                left = layers.Conv2D(4, hp.Choice("left", [3, 5]))(inputs)
                right = layers.Conv2D(4, 3)(inputs)
                x = layers.Concatenate()([left, right])
                outputs = layers.Dense(10)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at="layers.Concatenate()",
            condition="left == 5",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((8,))
                left = layers.Dense(hp.Int("left", 2, 4))(inputs)
                right = layers.Dense(hp.Int("right", 2, 4))(inputs)
                outputs = layers.Dense(1)(layers.Add()([left, right]))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at="layers.Add()",
            fixed='right = layers.Dense(hp.Int("left", 2, 4))',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((8,))
                left = layers.Dense(hp.Int("units", 4, 12, step=4))(inputs)
                model = keras.Model(inputs, left + layers.Dense(8)(inputs))
                model.compile(loss="mse")
                return model
            """,
            at="left + layers.Dense(8)(inputs)",
            condition="units != 8",
            fixed='hp.Int("units", 8, 8, step=4)',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((9, 9, 1))
                left = layers.Conv2D(2, hp.Choice("left", [1, 3, 5]))(inputs)
                right = layers.Conv2D(2, hp.Choice("right", [1, 3, 5]))(inputs)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.add([left, right]))))
                model.compile(loss="mse")
                return model
            """,
            fixed='right = layers.Conv2D(2, hp.Choice("left", [1, 3, 5]))',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((8,))
                units = hp.Int("units", 2, 4)
                left, right = layers.Dense(units)(inputs), layers.Dense(units)(inputs)
                outputs = layers.Dense(1)(layers.Add()([left, right]))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((8,))
                gate = layers.Dense(1, activation="sigmoid")(inputs)
                x = layers.Multiply()([layers.Dense(hp.Int("units", 2, 4))(inputs), gate])
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
                inputs = keras.Input((8, 8, 2))
                left = layers.Conv2D(hp.Int("left", 2, 4), hp.Choice("kernel", [3, 5]), padding="same")(inputs)
                right = layers.Conv2D(hp.Int("right", 2, 4), 1)(inputs)
                x = layers.Concatenate()([left, right])
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((8,))
                for i in range(hp.Int("blocks", 1, 3)):
                    inner = layers.Dense(hp.Int(f"inner_{i}", 2, 4))(x)
                    x = layers.Add()([x, layers.Dense(x.shape[-1])(inner)])
                model = keras.Model(inputs, layers.Dense(1)(x))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This operation"
        shapes = listed(
            error.input_shapes or re.findall(r"\([^()]*\d[^()]*\)|\[[^\[\]]*\d[^\[\]]*\]", error.message)
        )
        return f"{layer} cannot merge the shapes {shapes}" if shapes else f"{layer} cannot merge its inputs"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code, target = Code.of(analysis.module), target_of(finding, analysis)
        padded = []
        for call in windowed_calls(target, code) if target else ():
            padding = code.argument(call, "padding", padding_position(call, code))
            if padding is None or code.value(padding, None) == "valid":
                padded.append(
                    edits.set_argument(
                        code.module, code.span(call), "padding", '"same"', padding_position(call, code)
                    )
                )
        if target is not None and finding.cause is not None:
            yield from _one_value_for_both(target, code)
        yield from super().fixes(finding, analysis)
        if padded and None not in padded:
            title = 'Pad every convolution and pooling with padding="same" (changes output shapes)'
            yield Fix(title, tuple(edit for edit in padded if edit))


def _one_value_for_both(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """Where just those configurations fail in which two hyperparameters differ: the second becomes the first."""
    declared = [each for each in target.hyperparameters if each.kind != "Fixed" and each.span is not None]
    for first, second in combinations(declared[:_COMPARED], 2):
        if first.values != second.values or first.values is None or first.span == second.span:
            continue
        tried = [
            report
            for report in target.reports
            if first.name in report.configuration and second.name in report.configuration
        ]
        differ = [report.configuration[first.name] != report.configuration[second.name] for report in tried]
        if not tried or differ != [report.verdict == "fail" for report in tried]:
            continue
        kept, replaced = code.hp_call_at(first.span), code.hp_call_at(second.span)
        if kept is not None and replaced is not None:
            yield Fix(
                f"Draw one value, {first.name}, for both", (Edit(replaced.span, code.source(kept.node)),)
            )
