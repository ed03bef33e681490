"""Causes made by hand, for tests of rules and fixes that probe nothing."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import dedent

from hypershape import fixes, source
from hypershape.agent import kinds
from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Coverage,
    Detail,
    Document,
    Finding,
    Fix,
    Frame,
    Hyperparameter,
    LayerArgument,
    Module,
    ProbeError,
    Report,
    Shape,
    Span,
    Target,
    TargetAnalysis,
)
from hypershape.space import conditions

PATH = "/project/model.py"


def module(text: str, path: str = PATH) -> Module:
    """What the text of a script holds; without targets of its own, `build_model` is one."""
    read = source.analyse(Document(path, dedent(text).strip("\n") + "\n"))
    if read.targets or "def build_model(" not in read.clean:
        return read
    code = read.code
    body = next(node for node in code.every(ast.FunctionDef) if node.name == "build_model")
    code.hand([body])
    name = at(read, "build_model")
    return replace(read, targets=(Target("build_model", name, code.span(body), "function", None),))


def at(module: Module, needle: str, occurrence: int = 0) -> Span:
    """The span of a piece of text."""
    text = module.document.text
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(needle, start + 1)
    return module.code.text.span(module.document.path, start, start + len(needle))


def hyperparameter(
    module: Module, name: str, call: str, kind: str, values: Sequence[object]
) -> Hyperparameter:
    return Hyperparameter(name, kind, values[0], tuple(values), len(values), span=at(module, call))


def blame(text: str | None) -> conditions.Condition | None:
    """A condition as a test writes it down: `kernel >= 7 and filters % groups != 0`."""
    return None if text is None else _condition(ast.parse(text, mode="eval").body)


def _condition(node: ast.expr) -> conditions.Condition:
    if isinstance(node, ast.BoolOp):
        join = conditions.all_of if isinstance(node.op, ast.And) else conditions.any_of
        return join([_condition(each) for each in node.values])
    if isinstance(node, ast.UnaryOp):
        return conditions.Comparison(_name(node.operand), "==", False)
    if not isinstance(node, ast.Compare):
        return conditions.Comparison(_name(node), "==", True)
    (sign,), (right,) = node.ops, node.comparators
    if isinstance(sign, ast.In):
        return conditions.Membership(_name(node.left), tuple(ast.literal_eval(right)))
    shown = _SIGNS[type(sign)]
    if isinstance(node.left, ast.BinOp) or not isinstance(right, ast.Constant):
        return conditions.Relation(_expression(node.left), shown, _expression(right))
    return conditions.Comparison(_name(node.left), shown, right.value)


def _expression(node: ast.expr) -> conditions.Expression:
    if isinstance(node, ast.BinOp):
        left, right = _expression(node.left), _expression(node.right)
        return conditions.Operation(left, _SIGNS[type(node.op)], right)
    return conditions.Number(node.value) if isinstance(node, ast.Constant) else conditions.Name(_name(node))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.slice.value


_SIGNS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Mod: "%",
    ast.Pow: "**",
}


def failing(
    module: Module,
    error: ProbeError,
    hyperparameters: Sequence[Hyperparameter],
    space: Sequence[Configuration],
    fails: Sequence[Configuration],
    condition: str | None = None,
) -> Analysis:
    """An analysis of the module's first target whose whole space was probed and failed at `fails`."""
    reports = tuple(
        Report(each, "fail" if each in fails else "ok", "symbolic", error if each in fails else None)
        for each in space
    )
    first = next(report for report in reports if report.verdict == "fail")
    share = len(fails) / len(space)
    cause = Cause(error, first, tuple(fails), blame(condition), condition is not None, share)
    target = TargetAnalysis(
        module.targets[0],
        "probed",
        hyperparameters=tuple(hyperparameters),
        coverage=Coverage("exhaustive", len(space), len(space), len(fails), share, (share, share)),
        reports=reports,
        causes=(cause,),
    )
    return Analysis(module, targets=(target,), done=True)


def error(
    module: Module,
    message: str,
    place: str,
    layer_class: str | None = None,
    input_shapes: Sequence[Shape] = (),
    arguments: Mapping[str, Detail] | None = None,
    stage: str = "build",
    kind: str = "ValueError",
    layer: str | None = None,
) -> ProbeError:
    """What the agent makes of an error: its kind and details come from the same table."""
    known = dict(arguments or {})
    if layer_class is not None and input_shapes:
        told, details = kinds.classify(
            type(kind, (Exception,), {})(), message, kinds.Refused(layer_class, input_shapes, known)
        )
    else:
        told, details = kinds.by_text(kind, message, layer_class)
    return ProbeError(
        kind,
        message,
        stage,
        (Frame(at(module, place), module.targets[0].name),),
        layer,
        layer_class,
        tuple(input_shapes),
        {name: LayerArgument(str(value), value) for name, value in known.items()},
        None,
        told,
        details,
    )


def underlined(finding: Finding, module: Module) -> str:
    return module.code.text.within(finding.span)


def repaired(fix: Fix, module: Module) -> str:
    return fixes.apply(module.document, fix.edits).text
