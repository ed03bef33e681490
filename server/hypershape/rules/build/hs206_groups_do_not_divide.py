"""HS206."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, class_of, input_axes, layer_call, shape_at_hand


class GroupsDoNotDivide(BuildFailure):
    """A number of groups does not divide the channels.

    ## What it does
    Builds the model over the search space and reports the configurations in which a grouped convolution or a
    GroupNormalization has channels or filters that its groups do not divide.

    ## Why it matters
    Independently drawn numbers of groups and filters agree only by chance, and not in one direction: more filters
    can fail where fewer build.

    ## Fix
    Drop the values that do not divide, or take the greatest common divisor after the draw.
    """

    code = "HS206"
    name = "groups-do-not-divide"
    pattern = re.compile(
        r"divisible by the number of groups|[Nn]umber of groups \(\d+\) (must be a multiple|cannot be more)"
        r"|number of channels.*multiple of.*groups|divided by the number of groups|evenly divisible by"
    )

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                filters = hp.Choice("filters", [4, 6, 8])
                x = inputs = keras.Input((8, 8, 4))
                x = layers.Conv2D(filters, 3, groups=4)(x)
                outputs = layers.Dense(1)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at="layers.Conv2D(filters, 3, groups=4)",
            condition="filters == 6",
            fixed="[4, 8]",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((8, 8, 3))
                x = layers.Conv2D(hp.Int("filters", 8, 12), 3)(x)
                x = layers.GroupNormalization(hp.Choice("groups", [2, 4]))(x)
                outputs = layers.Dense(1)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at='layers.GroupNormalization(hp.Choice("groups", [2, 4]))',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                groups = hp.Choice("groups", [1, 2, 4])
                x = inputs = keras.Input((8, 8, 4))
                x = layers.Conv2D(groups * hp.Int("width", 1, 4), 3, groups=groups)(x)
                outputs = layers.Dense(1)(layers.Flatten()(x))
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
                filters = hp.Int("filters", 8, 32, step=8)
                inputs = keras.Input((8, 8, 4))
                x = layers.GroupNormalization(hp.Choice("groups", [2, 4, 8]))(layers.Conv2D(filters, 3)(inputs))
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
                inputs = keras.Input((8, 8, 6))
                x = layers.GroupNormalization(groups=-1)(layers.Conv2D(hp.Int("filters", 2, 5), 3)(inputs))
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This layer"
        groups = error.parameters.get("groups") or _number(r"groups[=( ]+(\d+)", error.message)
        filters = error.parameters.get("filters") or _number(r"filters=(\d+)", error.message)
        axes = input_axes(error)
        if groups and filters:
            return f"{layer} has {filters} filters and {groups} groups, which do not divide"
        if groups and axes is not None:
            return f"{layer} has {groups} groups for {axes[-1]} channels, which do not divide"
        return f"{layer} has groups that do not divide its channels"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        yield from super().fixes(finding, analysis)
        code = Code.of(analysis.module)
        call = layer_call(finding.error, code) if finding.error else None
        shape = shape_at_hand(call, code) if call is not None else None
        if call is None or shape is None:
            return
        normalization = class_of(call, code) == "GroupNormalization"
        groups = code.argument(call, "groups", 0 if normalization else None)
        parts = [code.source(groups), f"{shape}[-1]"] if groups is not None else []
        if not normalization:
            filters = code.argument(call, "filters", 0)
            parts = [*parts, code.source(filters)] if filters is not None else []
        if not parts:
            return
        names = ("groups", "0") if normalization else ("groups",)
        text = f"math.gcd({', '.join(parts)})"
        edit = edits.replace_argument(code.module, code.span(call), names, text)
        added = edits.add_import(code.module, "import math")
        if edit is not None:
            yield Fix("Use the greatest number of groups that divides", (edit, added) if added else (edit,))


def _number(pattern: str, message: str) -> str | None:
    found = re.search(pattern, message)
    return found.group(1) if found else None
