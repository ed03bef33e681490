"""The shapes of every layer over the whole space: one row per layer and line of code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypershape.model import LayerCall, LayerRow, Report, Shape, Span


@dataclass
class _Row:
    name: str
    shapes: dict[Shape, None] = field(default_factory=dict)
    fewest: int | None = None
    most: int = 0

    def add(self, call: LayerCall) -> None:
        self.shapes.update(dict.fromkeys(call.output_shapes))
        self.fewest = call.parameters if self.fewest is None else min(self.fewest, call.parameters)
        self.most = max(self.most, call.parameters)


def layer_rows(reports: Iterable[Report]) -> tuple[LayerRow, ...]:
    """Merges the layer calls of all probes, in the order in which the layers are first called.

    Calls share a row when they come from the same expression and are of the same class: a layer made in a loop
    has one row for all turns of the loop.
    """
    traces = {id(report.layers): report.layers for report in reports}
    rows: dict[tuple[Span | None, str], _Row] = {}
    for trace in sorted(traces.values(), key=len, reverse=True):
        for call in trace:
            rows.setdefault((call.span, call.class_name), _Row(call.name)).add(call)
    return tuple(
        LayerRow(
            span,
            row.name,
            class_name,
            tuple(row.shapes),
            merge_shapes(tuple(row.shapes)),
            (row.fewest or 0, row.most),
        )
        for (span, class_name), row in rows.items()
    )


def merge_shapes(shapes: Sequence[Shape]) -> str:
    """One text for many shapes: (None, 26, 16) and (None, 20, 16) give "(None, 20–26, 16)".

    Shapes of different rank are joined with "or".
    """
    by_rank: dict[int, list[Shape]] = {}
    for shape in shapes:
        by_rank.setdefault(len(shape), []).append(shape)
    return " or ".join(_merge_axes(same) for _, same in sorted(by_rank.items()))


def _merge_axes(shapes: Sequence[Shape]) -> str:
    axes = [merge_axis({shape[axis] for shape in shapes}) for axis in range(len(shapes[0]))]
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"


def merge_axis(distinct: set[int | None]) -> str:
    """`26`, `20–26`, or `None or 26`."""
    numbers = sorted(size for size in distinct if size is not None)
    parts = ["None"] if None in distinct else []
    if len(numbers) == 1:
        parts.append(str(numbers[0]))
    elif numbers:
        parts.append(f"{numbers[0]}–{numbers[-1]}")
    return " or ".join(parts)
