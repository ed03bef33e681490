"""HS219."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import ALIASES, BuildFailure, class_of

_MISSING = re.compile(
    r"^(\w+)\.__init__\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)$"
)
_POOLING = re.compile(r"^AveragePooling\dD$")


class MissingArgument(BuildFailure):
    """A layer or another object is made without an argument that it needs.

    ## What it does
    Builds the model and reports constructors that lack an argument, such as `AveragePooling2D()`.

    ## Why it matters
    The trial is marked FAILED. `AveragePooling2D()` ran with Keras 2, where `pool_size` was 2 unless said otherwise;
    Keras 3 has such a default for `MaxPooling2D` only.

    ## Fix
    `pool_size=2` for average pooling, which is what Keras 2 did.
    """

    code = "HS219"
    name = "missing-argument"
    pattern = _MISSING

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3)])
                if hp.Choice("pooling", ["max", "avg"]) == "max":
                    model.add(layers.MaxPooling2D())
                else:
                    model.add(layers.AveragePooling2D())
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(loss="mse")
                return model
            """,
            at="layers.AveragePooling2D()",
            condition="pooling == 'avg'",
            fixed="layers.AveragePooling2D(pool_size=2)",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((64, 2))
                x = layers.AvgPool1D(strides=2)(inputs)
                x = layers.Dense(hp.Int("units", 1, 3))(layers.Flatten()(x))
                model = keras.Model(inputs, x)
                model.compile(loss="mse")
                return model
            """,
            at="layers.AvgPool1D(strides=2)",
            fixed="layers.AvgPool1D(strides=2, pool_size=2)",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3)])
                if hp.Choice("pooling", ["max", "avg"]) == "max":
                    model.add(layers.MaxPooling2D())
                else:
                    model.add(layers.AveragePooling2D((2, 2)))
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        found = _MISSING.search(error.message)
        assert found is not None
        names = found.group(2).replace("'", "`")
        return f"`{found.group(1)}` is made without {names}, which it needs,"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        found = _MISSING.search(finding.error.message) if finding.error is not None else None
        made = ALIASES.get(found.group(1), found.group(1)) if found is not None else ""
        if _POOLING.match(made):
            for call in code.calls_in(finding.span):
                if class_of(call, code) == made:
                    edit = edits.add_argument(code.module, code.span(call), "pool_size", "2")
                    if edit is not None:
                        yield Fix("Give the pool_size of Keras 2: pool_size=2", (edit,))
        yield from super().fixes(finding, analysis)
