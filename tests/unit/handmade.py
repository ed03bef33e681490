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
    Document,
    Finding,
    Fix,
    Frame,
    Hyperparameter,
    Module,
    ProbeError,
    Report,
    Span,
    Target,
    TargetAnalysis,
)

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


def failing(
    module: Module,
    error: ProbeError,
    hyperparameters: Sequence[Hyperparameter],
    space: Sequence[Configuration],
    fails: Sequence[Configuration],
    condition: str | None = None,
    names: Sequence[str] = (),
) -> Analysis:
    """An analysis of the module's first target whose whole space was probed and failed at `fails`."""
    reports = tuple(
        Report(each, "fail" if each in fails else "ok", "symbolic", error if each in fails else None)
        for each in space
    )
    first = next(report for report in reports if report.verdict == "fail")
    share = len(fails) / len(space)
    cause = Cause(error, first, tuple(fails), condition, condition is not None, share, tuple(names))
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
    input_shapes: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    stage: str = "build",
    kind: str = "ValueError",
    layer: str | None = None,
) -> ProbeError:
    frame = Frame(at(module, place), module.targets[0].name)
    told, details = kinds.by_text(kind, message, layer_class)
    return ProbeError(
        kind,
        message,
        stage,
        (frame,),
        layer,
        layer_class,
        tuple(input_shapes),
        dict(parameters or {}),
        told,
        details,
    )


def underlined(finding: Finding, module: Module) -> str:
    return module.code.text.within(finding.span)


def repaired(fix: Fix, module: Module) -> str:
    return fixes.apply(module.document, fix.edits).text
