"""HS219."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import ALIASES, class_of
from hypershape.rules.common.failure import BuildFailure, place
from hypershape.rules.common.wording import listed
from hypershape.source import Code

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
    kinds = ("argument-missing",)

    INVALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(8, 3))
            if hp.Choice("pooling", ["max", "avg"]) == "max":
                model.add(layers.MaxPooling2D())
            else:
                model.add(layers.AveragePooling2D())
            """,
            at="layers.AveragePooling2D()",
            condition="pooling == 'avg'",
            fixed="layers.AveragePooling2D(pool_size=2)",
        ),
        Example.layers(
            """
            x = layers.AvgPool1D(strides=2)(x)
            x = layers.Dense(hp.Int("units", 1, 3))(layers.Flatten()(x))
            """,
            input="(64, 2)",
            head="",
            at="layers.AvgPool1D(strides=2)",
            fixed="layers.AvgPool1D(strides=2, pool_size=2)",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(8, 3))
            if hp.Choice("pooling", ["max", "avg"]) == "max":
                model.add(layers.MaxPooling2D())
            else:
                model.add(layers.AveragePooling2D((2, 2)))
            """
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        return super().explains(error) and _constructor(error) is not None

    def what(self, error: ProbeError, code: Code) -> str:
        names = error.details.get("arguments")
        needed = listed(f"`{name}`" for name in names) if isinstance(names, tuple) else "an argument"
        return f"`{_constructor(error)}` is made without {needed}, which it needs,"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        name, span = _constructor(cause.error) or "", place(cause.error, code)
        made = ALIASES.get(name, name)
        for call in code.calls_in(span) if span is not None and _POOLING.match(made) else ():
            if class_of(call, code) == made:
                edit = edits.add_argument(code.module, code.span(call), "pool_size", "2")
                if edit is not None:
                    yield Fix("Give the pool_size of Keras 2: pool_size=2", (edit,))
        yield from super().repairs(target, cause, code)


def _constructor(error: ProbeError) -> str | None:
    """The class that was to be made, as Python 3.10 and later name it."""
    callee = str(error.details.get("callee", ""))
    return callee.removesuffix(".__init__") if callee.endswith(".__init__") else None
