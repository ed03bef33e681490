"""Changes of a search space that are offered on request: they repair nothing, they express what people often mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Fix, Span
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall, contains


@dataclass(frozen=True, slots=True)
class _Width:
    """A Dense layer whose units are drawn by an `hp.Int`: through the variable `name`, or in the call itself."""

    layer: ast.Call
    units: ast.expr
    call: HpCall
    name: str | None


def at(analysis: Analysis, span: Span) -> Iterator[Fix]:
    """`units_2 = min(units_2, units_1)` after the draw, for successive Dense layers with a place near `span`."""
    code = analysis.module.code
    for target in analysis.module.targets:
        if not contains(target.body, span):
            continue
        layers = [call for call in code.calls_in(target.body) if class_of(call, code) == "Dense"]
        widths = [_width(layer, code) for layer in sorted(layers, key=code.span)]
        for first, second in pairwise(widths):
            if first is None or second is None or first.call is second.call:
                continue
            if not any(_touches(span, each, code) for each in (first, second)):
                continue
            fix = _not_wider(first, second, code)
            if fix is not None:
                yield fix


def _width(layer: ast.Call, code: Code) -> _Width | None:
    units = code.argument(layer, "units", 0)
    if units is None:
        return None
    drawn = code.resolve(units)
    call = code.hp_call(drawn) if isinstance(drawn, ast.Call) else None
    if call is None or call.kind != "Int" or any(isinstance(each, ast.For) for each in code.ancestors(layer)):
        return None
    return _Width(layer, units, call, units.id if isinstance(units, ast.Name) else None)


def _touches(span: Span, width: _Width, code: Code) -> bool:
    """Whether a selection meets the layer, or the line of the draw."""
    lines = [code.span(width.layer), width.call.span]
    return any(place.line <= span.end_line and span.line <= place.end_line for place in lines)


def _not_wider(first: _Width, second: _Width, code: Code) -> Fix | None:
    changes: list[Edit | None] = []
    limit = first.name
    if limit is None:
        limit = label(first.call, code)
        if not limit.isidentifier() or limit in code.bindings:
            return None
        changes.append(
            edits.insert_before(code.module, first.call.span, [f"{limit} = {code.source(first.units)}"])
        )
        changes.append(Edit(first.call.span, limit))
    if second.name is None:
        changes.append(Edit(second.call.span, f"min({code.source(second.units)}, {limit})"))
    else:
        later = max(second.call.span, first.call.span if first.name else second.call.span)
        changes.append(
            edits.insert_after(code.module, later, [f"{second.name} = min({second.name}, {limit})"])
        )
    if None in changes:
        return None
    title = f"Keep {label(second.call, code)} no wider than {label(first.call, code)}"
    return Fix(title, tuple(edit for edit in changes if edit), kind="refactor")
