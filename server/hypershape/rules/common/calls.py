"""The calls that a target makes, also in the functions of the file that it calls, and the classes of layers they make."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from hypershape.model import Span, Target, TargetAnalysis
from hypershape.source import Code

ALIASES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
}
"""Other names of the same Keras classes."""


_MOST = 40
"""So many functions are looked into."""


def bodies(target: Target, code: Code) -> list[Span]:
    """The body of a target and those of what it calls by a plain name or on itself, the nearest first."""
    found = [target.body]
    for body in found:
        for call in code.calls_in(body):
            name = _own(call)
            for definition in code.defined.get(name, ()) if name is not None else ():
                span = code.whole_span(definition)
                if span not in found and len(found) < _MOST:
                    found.append(span)
    return found


def calls_reached(target: TargetAnalysis, code: Code) -> Sequence[ast.Call]:
    """The calls in the code that a target runs, those of its own body first."""
    seen: dict[ast.Call, None] = {}
    for body in bodies(target.target, code):
        seen.update(dict.fromkeys(code.calls_in(body)))
    return list(seen)


def class_of(call: ast.Call, code: Code) -> str:
    """The last part of what a call calls, under Keras's main name for it: `Conv2D`."""
    name = (code.origin(call.func) or "").rpartition(".")[2]
    return ALIASES.get(name, name)


def _own(call: ast.Call) -> str | None:
    """The name of what a call calls, where that may be a function of the file or a method of the same object."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return call.func.attr if call.func.value.id in ("self", "cls") else None
    return None
