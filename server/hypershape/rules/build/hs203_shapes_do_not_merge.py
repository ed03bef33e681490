"""HS203."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, all_padded, shapes
from hypershape.rules.common.wording import listed
from hypershape.source import Code

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
    kinds = ("merge-mismatch",)

    INVALID = (
        Example.layers(
            """
            left = layers.Conv2D(4, hp.Choice("left", [3, 5]))(inputs)
            right = layers.Conv2D(4, 3)(inputs)
            x = layers.Concatenate()([left, right])
            """,
            at="layers.Concatenate()",
            condition="left == 5",
        ),
        Example.layers(
            """
            left = layers.Dense(hp.Int("left", 2, 4))(inputs)
            right = layers.Dense(hp.Int("right", 2, 4))(inputs)
            x = layers.Add()([left, right])
            """,
            input="(8,)",
            head="layers.Dense(1)",
            at="layers.Add()",
            fixed='right = layers.Dense(hp.Int("left", 2, 4))',
        ),
        Example.layers(
            """
            left = layers.Dense(hp.Int("units", 4, 12, step=4))(inputs)
            x = left + layers.Dense(8)(inputs)
            """,
            input="(8,)",
            head="",
            at="left + layers.Dense(8)(inputs)",
            condition="units != 8",
            fixed='hp.Int("units", 8, 8, step=4)',
        ),
        Example.layers(
            """
            left = layers.Conv2D(2, hp.Choice("left", [1, 3, 5]))(inputs)
            right = layers.Conv2D(2, hp.Choice("right", [1, 3, 5]))(inputs)
            x = layers.add([left, right])
            """,
            input="(9, 9, 1)",
            fixed='right = layers.Conv2D(2, hp.Choice("left", [1, 3, 5]))',
        ),
    )
    VALID = (
        Example.layers(
            """
            units = hp.Int("units", 2, 4)
            left, right = layers.Dense(units)(inputs), layers.Dense(units)(inputs)
            x = layers.Add()([left, right])
            """,
            input="(8,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            gate = layers.Dense(1, activation="sigmoid")(inputs)
            x = layers.Multiply()([layers.Dense(hp.Int("units", 2, 4))(inputs), gate])
            """,
            input="(8,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            left = layers.Conv2D(hp.Int("left", 2, 4), hp.Choice("kernel", [3, 5]), padding="same")(inputs)
            right = layers.Conv2D(hp.Int("right", 2, 4), 1)(inputs)
            x = layers.Concatenate()([left, right])
            """,
            input="(8, 8, 2)",
        ),
        Example.layers(
            """
            for i in range(hp.Int("blocks", 1, 3)):
                inner = layers.Dense(hp.Int(f"inner_{i}", 2, 4))(x)
                x = layers.Add()([x, layers.Dense(x.shape[-1])(inner)])
            """,
            input="(8,)",
            head="layers.Dense(1)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This operation"
        given = listed(map(str, shapes(error)))
        return f"{layer} cannot merge the shapes {given}" if given else f"{layer} cannot merge its inputs"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from _one_value_for_both(target, code)
        yield from super().repairs(target, cause, code)

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from all_padded(target, code)


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
