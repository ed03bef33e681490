"""Loops that build layers: which variable counts the rounds, and names that carry it."""

from __future__ import annotations

import ast

from hypershape.model import Edit
from hypershape.source import Code


def loop_around(node: ast.AST, code: Code) -> ast.For | None:
    """The innermost `for` whose body holds a node within the same function."""
    child = node
    for each in code.ancestors(node):
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return None
        if isinstance(each, ast.For) and child in each.body:
            return each
        child = each
    return None


def counts_up(loop: ast.For, code: Code) -> bool:
    """Whether a loop runs over `range(…)` with one variable."""
    return (
        isinstance(loop.target, ast.Name)
        and isinstance(loop.iter, ast.Call)
        and code.origin(loop.iter.func) == "range"
    )


def numbered_by_loop(written: ast.Constant, loop: ast.For, code: Code) -> tuple[Edit, ...] | None:
    """The edits that make a name `f"name_{i}"` with the loop's variable, which gets a name where it is `_`."""
    if not counts_up(loop, code) or not isinstance(loop.target, ast.Name):
        return None
    source, variable = code.source(written), loop.target.id
    if source[:1] not in "'\"" or "{" in source or source.count("\n"):
        return None
    edits = []
    if variable == "_":
        variable = next(
            name for name in ("i", "j", "k", "number", "layer_number") if name not in code.bindings
        )
        edits.append(Edit(code.span(loop.target), variable))
    quotes = source[:3] if source[:3] in ("'''", '"""') else source[0]
    inner = source[len(quotes) : -len(quotes)]
    edits.append(Edit(code.span(written), f"f{quotes}{inner}_{{{variable}}}{quotes}"))
    return tuple(edits)
