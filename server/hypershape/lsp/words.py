"""What there is to say of a word in the text: a variable, a function, a call of Keras.

What only the text tells is said wherever nothing is run, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from hypershape.lsp import shapes
from hypershape.lsp.shapes import Pin
from hypershape.model import Analysis, Hyperparameter, Module, Span, TargetAnalysis
from hypershape.rules.common.declared import label
from hypershape.source import HpCall, contains
from hypershape.space import domains, merge_shapes

_WORD = re.compile(r"[^\W\d]\w*")
MOST_STEPS = 5
"""So many assignments of one variable to another are followed."""
MODELS = ("keras.Model", "keras.Sequential", "keras.models.Model", "keras.models.Sequential")
INPUTS = ("keras.Input", "keras.layers.Input", "keras.layers.InputLayer")


def name_at(module: Module, line: int, column: int) -> ast.Name | None:
    """The name at a place, where it is an expression."""
    text = module.code.text
    if line > len(text.starts):
        return None
    for word in _WORD.finditer(text.line(line)):
        if word.start() < column <= word.end() + 1:
            place = Span(module.document.path, line, word.start() + 1, line, word.end() + 1)
            for node in module.code.mentions.get(word.group(), ()):
                if module.code.span(node) == place:
                    return node
    return None


def call_at(module: Module, line: int, column: int) -> ast.Call | None:
    """The innermost call whose function is at a place."""
    found = None
    for node in module.code.calls:
        if not node.func.lineno <= line <= (node.func.end_lineno or 0):
            continue
        span = module.code.span(node.func)
        if (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
            found = node
    return found


def declared(module: Module, node: ast.expr) -> HpCall | None:
    """The declaration of a hyperparameter that an expression is, or that a variable holds."""
    value = module.code.resolve(node)
    return module.code.hp_call(value) if isinstance(value, ast.Call) else None


def read(module: Module, call: HpCall) -> Hyperparameter | None:
    """A hyperparameter as far as the text alone tells: its name, and what can be drawn; None where it does not."""
    code = module.code
    name = label(call, code)
    found = {key: code.value(node, default=None) for key, node in call.arguments.items()}
    if call.kind == "Boolean":
        return Hyperparameter(name, "Boolean", False, (False, True), 2, span=call.span)
    if call.kind == "Choice":
        values = found.get("values")
        if not isinstance(values, (list, tuple)) or not values:
            return None
        return Hyperparameter(name, "Choice", values[0], tuple(values), len(values), span=call.span)
    low, high = found.get("min_value"), found.get("max_value")
    if call.kind not in ("Int", "Float") or not _is_number(low) or not _is_number(high):
        return None
    step = found.get("step", 1 if call.kind == "Int" else None)
    sampling = found.get("sampling")
    if (
        not call.complete
        or not (step is None or _is_number(step))
        or not isinstance(sampling, (str, type(None)))
    ):
        return None
    drawn = domains.drawn(call.kind, low, high, step, sampling)  # type: ignore[arg-type]
    values = tuple(drawn) if drawn is not None else None
    return Hyperparameter(
        name,
        call.kind,  # type: ignore[arg-type]
        low,  # type: ignore[arg-type]
        values,
        len(values) if values is not None else None,
        low,  # type: ignore[arg-type]
        high,  # type: ignore[arg-type]
        step,  # type: ignore[arg-type]
        sampling,
        span=call.span,
    )


def tensor(
    analysis: Analysis, target: TargetAnalysis, node: ast.Name, pins: Mapping[str, Pin]
) -> tuple[str, Span] | None:
    """What a variable holds that the line before gave it: the output of a layer over the space."""
    module, code = analysis.module, analysis.module.code
    assigned = _assigned_before(module, node)
    for _ in range(MOST_STEPS):
        if assigned is None or not isinstance(assigned.value, ast.Name):
            break
        assigned = _assigned_before(module, assigned.value)
    if assigned is None:
        return None
    if isinstance(assigned.value, ast.Call) and (text := entrance(module, assigned.value)) is not None:
        return text, code.span(node)
    pin = pins.get(target.target.name)
    rows = shapes.made_by(module, target, code.span(assigned.value), pin)
    if not rows:
        return None
    told = f"**{node.id}** is what line {assigned.lineno} gave it."
    return f"{shapes.rows_table(rows)}\n\n{told}", code.span(node)


def _assigned_before(module: Module, node: ast.Name) -> ast.Assign | None:
    """The last assignment above that gives the name its value, in the same function."""
    code, scope = module.code, module.code.scope(node)
    own = code.statement(node)
    above = [
        each
        for each in code.assignments
        if [target.id for target in each.targets if isinstance(target, ast.Name)] == [node.id]
        and code.scope(each) is scope
        and (each is own if isinstance(node.ctx, ast.Store) else (each.end_lineno or 0) < node.lineno)
    ]
    return above[-1] if above else None


def entrance(module: Module, call: ast.Call) -> str | None:
    """The shape that `keras.Input` is given, where the text says it."""
    if module.code.origin(call.func) not in INPUTS:
        return None
    given = module.code.argument(call, "shape", 0)
    shape = module.code.value(given, default=None) if given is not None else None
    if not isinstance(shape, (tuple, list)) or not all(each is None or type(each) is int for each in shape):
        return None
    return f"| layer | output shape |\n| --- | --- |\n| Input | `{merge_shapes([(None, *shape)])}` |"


def model(module: Module, target: TargetAnalysis, call: ast.Call) -> str | None:
    """What a model gives over the space, and its size."""
    if module.code.origin(call.func) not in MODELS or not contains(
        target.target.body, module.code.span(call)
    ):
        return None
    built = [report for report in target.reports if report.verdict == "ok" and report.output_shapes]
    if not built:
        return None
    places = max(len(report.output_shapes) for report in built)
    rows = [
        merge_shapes([report.output_shapes[place] for report in built if place < len(report.output_shapes)])
        for place in range(places)
    ]
    return "| model | output shape |\n| --- | --- |\n" + "\n".join(f"| output | `{row}` |" for row in rows)


def helper(module: Module, target: TargetAnalysis, call: ast.Call, pin: Pin | None) -> str | None:
    """The layers that a function of the file builds."""
    if not isinstance(call.func, ast.Name):
        return None
    found = [each for each in module.code.defined.get(call.func.id, ()) if isinstance(each, ast.FunctionDef)]
    if len(found) != 1:
        return None
    body = module.code.span(found[0])
    spans = [row.span for row in target.layers if row.span is not None and contains(body, row.span)]
    return shapes.table(module, target, spans, pin) or None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
