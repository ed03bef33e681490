"""HS199."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, innermost
from hypershape.source import Code


class DeclarationFails(BuildFailure):
    """Keras Tuner refuses a declaration for a reason that no other rule explains.

    ## What it does
    Runs the build function and reports every exception that a call of `hp` raises.

    ## Why it matters
    The declaration raises in every trial that reaches it.

    ## Fix
    Depends on the exception, which is quoted.
    """

    code = "HS199"
    name = "declaration-fails"
    stages = ("declare",)

    INVALID = (
        Example.layers(
            """
            units = hp.Int("units", 1, 3, parent_name="units", parent_values=[1])
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", 1, 3, parent_name="units", parent_values=[1])',
        ),
        Example.layers(
            """
            blocks = hp.Int("blocks", 0, 2)
            with hp.conditional_scope("blocks", [1, 2]):
                for block in range(blocks):
                    with hp.conditional_scope("blocks", list(range(block + 1, 3))):
                        model.add(layers.Dense(hp.Int(f"units_{block}", 2, 4)))
            """,
            at='hp.conditional_scope("blocks", list(range(block + 1, 3)))',
            fixed="        for block in range(blocks):\n            model.add(",
        ),
    )

    VALID = (
        Example.layers(
            """
            kind = hp.Choice("kind", ["narrow", "wide"])
            units = hp.Int("units", 2, 4, parent_name="kind", parent_values=["wide"])
            model.add(layers.Dense(units if kind == "wide" else 1))
            """,
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        return error.stage in self.stages

    def what(self, error: ProbeError, code: Code) -> str:
        return f"Keras Tuner refuses this declaration with {error.type}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        span = innermost(error, code)
        scope = _scope_within(span, code) if span is not None else None
        return super().where(error, target, code) if scope is None else code.span(scope.items[0].context_expr)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        span = innermost(cause.error, code)
        scope = _scope_within(span, code) if span is not None else None
        edit = _unwrapped(scope, code) if scope is not None else None
        if edit is not None:
            yield Fix("Leave out the inner scope, which hangs on the same hyperparameter", (edit,))
        yield from super().repairs(target, cause, code)


def _scope_within(place: Span, code: Code) -> ast.With | None:
    """The scope that begins here, within another one on the same hyperparameter."""
    for inner in code.every(ast.With):
        parent = _parent(inner)
        if parent is None or inner.lineno != place.line:
            continue
        around = code.parents.get(inner)
        while around is not None:
            if isinstance(around, ast.With) and _parent(around) == parent:
                return inner
            around = code.parents.get(around)
    return None


def _parent(scope: ast.With) -> str | None:
    """What a `with hp.conditional_scope(…)` hangs on, as it is written."""
    call = scope.items[0].context_expr if len(scope.items) == 1 else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    return ast.dump(call.args[0]) if call.func.attr == "conditional_scope" else None


def _unwrapped(block: ast.With, code: Code) -> Edit | None:
    """A block without its head, its lines where that stood; None where a text runs over several lines."""
    first, last = block.body[0], code.span(block.body[-1])
    texts = (
        each
        for part in block.body
        for each in ast.walk(part)
        if isinstance(each, (ast.Constant, ast.JoinedStr))
    )
    if first.lineno == block.lineno or any(each.end_lineno != each.lineno for each in texts):
        return None
    gone = first.col_offset - block.col_offset
    lines = [code.text.line(number) for number in range(first.lineno, last.end_line + 1)]
    if any(each.strip() and each[:gone].strip() for each in lines):
        return None
    start = Span(code.path, block.lineno, 1, last.end_line, len(lines[-1]) + 1)
    return Edit(start, code.text.newline.join(each[gone:] for each in lines))
