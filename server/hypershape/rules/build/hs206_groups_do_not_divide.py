"""HS206."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import BuildFailure, layer_call, shape_at_hand
from hypershape.source import Code


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
    kinds = ("groups",)

    INVALID = (
        Example.layers(
            """
            filters = hp.Choice("filters", [4, 6, 8])
            x = layers.Conv2D(filters, 3, groups=4)(x)
            """,
            input="(8, 8, 4)",
            at="layers.Conv2D(filters, 3, groups=4)",
            condition="filters == 6",
            fixed="[4, 8]",
        ),
        Example.layers(
            """
            x = layers.Conv2D(hp.Int("filters", 8, 12), 3)(x)
            x = layers.GroupNormalization(hp.Choice("groups", [2, 4]))(x)
            """,
            input="(8, 8, 3)",
            at='layers.GroupNormalization(hp.Choice("groups", [2, 4]))',
        ),
    )
    VALID = (
        Example.layers(
            """
            groups = hp.Choice("groups", [1, 2, 4])
            x = layers.Conv2D(groups * hp.Int("width", 1, 4), 3, groups=groups)(x)
            """,
            input="(8, 8, 4)",
        ),
        Example.layers(
            """
            filters = hp.Int("filters", 8, 32, step=8)
            x = layers.GroupNormalization(hp.Choice("groups", [2, 4, 8]))(layers.Conv2D(filters, 3)(x))
            """,
            input="(8, 8, 4)",
        ),
        Example.layers(
            """
            x = layers.GroupNormalization(groups=-1)(layers.Conv2D(hp.Int("filters", 2, 5), 3)(x))
            """,
            input="(8, 8, 6)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This layer"
        groups, filters, channels = (error.details.get(name) for name in ("groups", "filters", "channels"))
        if groups and filters:
            return f"{layer} has {filters} filters and {groups} groups, which do not divide"
        if groups and channels:
            return f"{layer} has {groups} groups for {channels} channels, which do not divide"
        return f"{layer} has groups that do not divide its channels"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from super().repairs(target, cause, code)
        yield from _greatest(cause.error, code)


def _greatest(error: ProbeError, code: Code) -> Iterator[Fix]:
    """The greatest number of groups that divides what they must divide, worked out where the layer is made."""
    call = layer_call(error, code)
    shape = shape_at_hand(call, code) if call is not None else None
    if call is None or shape is None:
        return
    normalization = class_of(call, code) == "GroupNormalization"
    groups = code.argument(call, "groups", 0 if normalization else None)
    parts = [code.source(groups), f"{shape}[-1]"] if groups is not None else []
    filters = None if normalization else code.argument(call, "filters", 0)
    parts += [code.source(filters)] if filters is not None else []
    if not parts:
        return
    names = ("groups", "0") if normalization else ("groups",)
    edit = edits.replace_argument(code.module, code.span(call), names, f"math.gcd({', '.join(parts)})")
    added = edits.add_import(code.module, "import math")
    if edit is not None:
        yield Fix("Use the greatest number of groups that divides", (edit, added) if added else (edit,))
