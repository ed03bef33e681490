"""The comment that declares the shapes of a target's data: `# hypershape: x=(28, 28, 1) y=(10,)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes.edits import insert_before
from hypershape.model import Edit, Fix, Module, Shape, Span, TargetAnalysis

Sample = tuple[int, ...]

USUAL: tuple[Sample, ...] = ((10,), (28, 28, 1), (224, 224, 3), (100, 1), (784,))
"""Shapes to start from where nothing is known: a table's row, images, a sequence."""


def declare_data(target: TargetAnalysis, module: Module) -> Iterator[Fix]:
    """Declarations of the data above a target, the ones that say most first."""
    for x, y in _guesses(target, module):
        comment = f"# hypershape: x={x}" + (f" y={y}" if y is not None else "")
        edit = _above(target.target.body, comment, module)
        if edit is not None:
            yield Fix(f"Declare the shape of the data (then correct it): {comment[2:]}", (edit,))


def _guesses(target: TargetAnalysis, module: Module) -> Iterator[tuple[Sample, Sample | None]]:
    report = next((each for each in target.reports if each.layers and each.output_shapes), None)
    if report is None:
        yield from ((x, None) for x in USUAL)
        return
    x, y = _sample(report.layers[0].input_shapes), _sample(report.output_shapes)
    if x is None:
        return
    # A sparse loss wants class numbers, which have no axis for the classes.
    body = module.code.text.within(target.target.body)
    yield x, y[:-1] if y is not None and "sparse" in body.lower() else y


def _sample(shapes: tuple[Shape, ...]) -> Sample | None:
    """The only one of some shapes without its batch axis; None where there are several or a size is open."""
    if len(shapes) != 1:
        return None
    inner = tuple(size for size in shapes[0][1:] if size is not None)
    return inner if shapes[0] and len(inner) == len(shapes[0]) - 1 else None


def _above(body: Span, comment: str, module: Module) -> Edit | None:
    """The comment on a line of its own above a definition and its decorators, or above a statement."""
    for node in module.code.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno == body.line:
            text = module.code.written
            line = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            written = text.line(line)
            indent = written[: len(written) - len(written.lstrip())]
            return Edit(Span(body.path, line, 1, line, 1), indent + comment + text.newline)
    return insert_before(module, body, [comment])
