"""Changes of which method of a HyperParameters object is called."""

from __future__ import annotations

from hypershape.model import Edit, Span
from hypershape.source import Code, HpCall


def other_method(call: HpCall, name: str, code: Code) -> Edit:
    """`hp.Int(…)` as `hp.Choice(…)`, with the same arguments."""
    end = code.span(call.node.func)
    start = end.end_column - len(call.kind)
    return Edit(Span(end.path, end.end_line, start, end.end_line, end.end_column), name)
