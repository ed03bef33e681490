"""HS203."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations

from hypershape.fixes.layers import sibling
from hypershape.model import Cause, Edit, Fix, ProbeError, Shape, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import calls_reached
from hypershape.rules.common.failure import BuildFailure, all_padded, place, shapes
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
            fixed="x = left + layers.Dense(left.shape[-1])(inputs)",
        ),
        Example.layers(
            """
            x = layers.Dense(4, activation="relu")(x)
            if hp.Boolean("skip"):
                x = layers.Add()([x, layers.Dense(units=6)(inputs)])
            """,
            input="(8,)",
            condition="skip",
            fixed="layers.Add()([x, layers.Dense(units=x.shape[-1])(inputs)])",
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
        Example.layers(
            """
            inner = layers.Conv2D(5, hp.Choice("kernel", [1, 3]), padding="same")(x)
            x = layers.Add()([x, inner])
            """,
            input="(9, 9, 4)",
            fixed="x = layers.Add()([layers.Conv2D(inner.shape[-1], 1)(x), inner])",
        ),
        Example.layers(
            """
            for i in range(hp.Int("blocks", 1, 2)):
                wide = layers.Dense(6)(x)
                x = x + wide
            """,
            input="(4,)",
            head="layers.Dense(1)",
            fixed="x = (x if x.shape[-1] == wide.shape[-1] else layers.Dense(wide.shape[-1])(x)) + wide",
        ),
        Example.layers(
            """
            skips = []
            for i in range(hp.Int("depth", 1, 2)):
                skips.append(x)
                x = layers.MaxPooling2D(2)(x)
            for skip in reversed(skips):
                x = layers.concatenate([layers.UpSampling2D(2)(x), skip])
            """,
            input="(10, 10, 2)",
            head="layers.Conv2D(1, 1)",
            condition="depth >= 2",
            fixed="layers.Resizing(skip.shape[1], skip.shape[2])(layers.UpSampling2D(2)(x))",
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
        yield from _projected(target, cause, code)
        yield from _as_wide(cause, code)
        yield from _resized(target, cause, code)


_PROJECTING = {3: "Conv1D", 4: "Conv2D", 5: "Conv3D"}
"""By the rank of a tensor, the layer that changes its last axis alone."""


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


def _projected(target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
    """Where two tensors differ in their last axis alone, the one made first through a layer as wide as the other.

    That is what a residual block does with its shortcut: https://arxiv.org/abs/1512.03385, equation 2. Where the two
    fit in some configurations, or in later rounds of a loop, they go on as they are.
    """
    merged, given = _merged(cause.error, code), shapes(cause.error)
    if len(merged) != 2 or len(given) != 2 or not _differ_in_width(*given):
        return
    older, newer = sorted(merged, key=lambda each: _made_at(each, code))
    written = _layer(_PROJECTING.get(len(given[0]), "Dense"), target, code)
    if written is None or not isinstance(newer, ast.Name):
        return
    text, width = code.source(older), f"{newer.id}.shape[-1]"
    projected = f"{written[0]}({width}{', 1' if len(given[0]) > 2 else ''})({text})"
    if any(report.verdict == "ok" for report in target.reports) or _is_repeated(older, code):
        if not isinstance(older, ast.Name):
            return
        projected = f"({text} if {text}.shape[-1] == {width} else {projected})"
    title = f"Project {text} to the width of {newer.id} (adds a layer)"
    yield Fix(title, (Edit(code.span(older), projected), *written[1]))


def _as_wide(cause: Cause, code: Code) -> Iterator[Fix]:
    """Where two tensors differ in their last axis alone, and a number in the text sizes that of one of them, the width
    of the other in its place. So a shortcut goes on fitting whatever the block before it draws."""
    merged, given = _merged(cause.error, code), shapes(cause.error)
    if len(merged) != 2 or len(given) != 2 or not _differ_in_width(*given):
        return
    for each, other, shape in zip(merged, reversed(merged), given, strict=True):
        made = code.resolve(each)
        while isinstance(made, ast.Call) and isinstance(made.func, ast.Call):
            made = made.func
        if not isinstance(made, ast.Call) or not isinstance(other, ast.Name):
            continue
        sizes = (*made.args[:1], *(keyword.value for keyword in made.keywords))
        sizing = [size for size in sizes if code.value(size, None) == shape[-1]]
        bound = [getattr(node, "end_lineno", 0) for node in code.bound_at(other.id, other)]
        before = [line for line in bound if line < other.lineno]
        # The other tensor stands already where this one is made, and is the same one where both are merged.
        is_made = bool(before) and max(before) < made.lineno
        if is_made and len(sizing) == 1 and isinstance(sizing[0], ast.Constant):
            whom = each.id if isinstance(each, ast.Name) else "this layer"
            title = f"Give {whom} the width of {other.id}"
            yield Fix(title, (Edit(code.span(sizing[0]), f"{other.id}.shape[-1]"),))


def _resized(target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
    """Where two images differ in height or width, the smaller one resized to the other.

    A pooling drops the last row of an odd height, and what is scaled up again lacks it.
    """
    merged, given = _merged(cause.error, code), shapes(cause.error)
    if len(merged) != 2 or len(given) != 2 or {len(each) for each in given} != {4}:
        return
    areas = [(each[1] or 0) * (each[2] or 0) for each in given]
    if given[0][1:3] == given[1][1:3] or not all(areas):
        return
    smaller, larger = sorted(range(2), key=lambda place: areas[place])
    written = _layer("Resizing", target, code)
    whose, text = code.source(merged[larger]), code.source(merged[smaller])
    if written is not None and isinstance(merged[larger], (ast.Name, ast.Subscript, ast.Attribute)):
        resized = f"{written[0]}({whose}.shape[1], {whose}.shape[2])({text})"
        title = f"Resize {text} to the size of {whose} (adds a layer)"
        yield Fix(title, (Edit(code.span(merged[smaller]), resized), *written[1]))


def _merged(error: ProbeError, code: Code) -> Sequence[ast.expr]:
    """The tensors that a failing merge is called with, as they are written; none where they are not written there."""
    span = place(error, code)
    node = None if span is None else code.expression(span)
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    outer = code.parents.get(node) if node is not None else None
    called = outer if isinstance(outer, ast.Call) and outer.func is node else node
    given = called.args[0] if isinstance(called, ast.Call) and called.args else None
    return given.elts if isinstance(given, (ast.List, ast.Tuple)) else ()


def _differ_in_width(one: Shape, other: Shape) -> bool:
    return len(one) == len(other) > 1 and one[:-1] == other[:-1] and one[-1] != other[-1]


def _made_at(node: ast.expr, code: Code) -> int:
    """The line on which a tensor was last given its name; what is made where it is merged comes last."""
    if not isinstance(node, ast.Name):
        return node.lineno
    lines = [getattr(each, "lineno", 0) for each in code.bound_at(node.id, node)]
    return max((line for line in lines if line < node.lineno), default=0)


def _is_repeated(node: ast.expr, code: Code) -> bool:
    function = code.function(node)
    return any(
        isinstance(each, (ast.For, ast.While))
        for each in code.ancestors(node)
        if code.function(each) is function
    )


def _layer(name: str, target: TargetAnalysis, code: Code) -> tuple[str, tuple[Edit, ...]] | None:
    """How the file writes a layer of Keras's, with what it must import for that."""
    for call in calls_reached(target, code):
        if ".layers." in (code.origin(call.func) or ""):
            return sibling(call.func, name, code)
    return None
