"""Modules and causes made by hand, for tests of rules and fixes that run neither `source` nor a probe."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import dedent

from hypershape import fixes
from hypershape.fixes.syntax import Code
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
    Ignore,
    Module,
    ProbeError,
    Report,
    Span,
    Target,
    TargetAnalysis,
)

PATH = "/project/model.py"


def module(text: str, path: str = PATH) -> Module:
    """A module whose targets are the functions with a parameter `hp`."""
    text = dedent(text).strip("\n") + "\n"
    document = Document(path, text)
    imports: dict[str, str] = {}
    targets = []
    code = Code(Module(document, text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                imports[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            imports |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.FunctionDef) and any(each.arg == "hp" for each in node.args.args):
            line = node.lineno
            start = text.splitlines()[line - 1].index(node.name) + 1
            name = Span(path, line, start, line, start + len(node.name))
            targets.append(Target(node.name, name, code.span(node), "function", None))
    ignores = tuple(_ignores(document))
    return Module(document, text, imports=imports, targets=tuple(targets), ignores=ignores)


def _ignores(document: Document) -> Iterator[Ignore]:
    for number, line in enumerate(document.text.splitlines(), 1):
        found = re.search(r"# hypershape: ignore(?:\[(.*?)\])?", line)
        if found:
            span = Span(document.path, number, found.start() + 1, number, found.end() + 1)
            yield Ignore(number, tuple(re.findall(r"\w+", found.group(1) or "")), span)


def at(module: Module, needle: str, occurrence: int = 0) -> Span:
    """The span of a piece of text."""
    text = module.document.text
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(needle, start + 1)
    return Code(module).text.span(module.document.path, start, start + len(needle))


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
    return ProbeError(
        kind, message, stage, (frame,), layer, layer_class, tuple(input_shapes), dict(parameters or {})
    )


def underlined(finding: Finding, module: Module) -> str:
    return Code(module).text.within(finding.span)


def repaired(fix: Fix, module: Module) -> str:
    return fixes.apply(module.document, fix.edits).text
