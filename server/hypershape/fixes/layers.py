"""Layers that a repair adds to a model, written as the file writes its own."""

from __future__ import annotations

import ast
from itertools import chain, count

from hypershape.fixes import edits
from hypershape.model import Edit
from hypershape.source import Code
from hypershape.source.names import FUNCTIONS


def sibling(node: ast.expr, name: str, code: Code) -> tuple[str, tuple[Edit, ...]] | None:
    """How the file writes another thing of the module from which `node` comes, with what it must import for that.

    None where `node` is no name of an imported thing.
    """
    if isinstance(node, ast.Attribute):
        return f"{code.source(node.value)}.{name}", ()
    if not isinstance(node, ast.Name):
        return None
    module = (code.origin(node) or "").rpartition(".")[0]
    known = code.imported_as(f"{module}.{name}")
    if known is not None:
        return known, ()
    if module in code.star_imports:
        return name, ()
    for statement in code.import_statements:
        for alias in statement.names if isinstance(statement, ast.ImportFrom) else ():
            if (alias.asname or alias.name) == node.id:
                return name, (Edit(code.span(alias).end, f", {name}"),)
    return None


def put_before(call: ast.Call, layer: str, code: Code) -> tuple[Edit, ...] | None:
    """Edits that put a layer, `Flatten()`, before the one that `call` makes, in the style in which the model is written.

    None where what reaches the layer stands somewhere else.
    """
    written, outer = _written_beside(call, layer, code), code.parents.get(call)
    if written is None:
        return None
    text, imported = written
    if isinstance(outer, ast.Call) and outer.func is call and len(outer.args) == 1:
        given = outer.args[0]
        return Edit(code.span(given), f"{text}({code.source(given)})"), *imported
    if isinstance(outer, ast.Call) and outer.args == [call] and isinstance(code.parents.get(outer), ast.Expr):
        head = code.source(outer.func)
        added = edits.insert_before(code.module, code.span(outer), [f"{head}({text})"])
        return None if added is None else (added, *imported)
    if isinstance(outer, (ast.List, ast.Tuple)) and call in outer.elts:
        return _element(call, text, code), *imported
    kept = _kept_before(outer, text, code) if isinstance(outer, ast.Assign) else None
    return None if kept is None else (*kept, *imported)


def _kept_before(made: ast.Assign, text: str, code: Code) -> tuple[Edit, ...] | None:
    """The same where the layer is kept under a name and called in one place: one of a class is kept beside it."""
    holder = made.targets[0]
    if len(made.targets) != 1 or not isinstance(holder, (ast.Name, ast.Attribute)):
        return None
    around = _owner(holder, code)
    calls = [
        each
        for each in code.calls
        if code.source(each.func) == code.source(holder) and _owner(each.func, code) is around
    ]
    if len(calls) != 1 or len(calls[0].args) != 1 or isinstance(calls[0].args[0], ast.Starred):
        return None
    given = calls[0].args[0]
    if isinstance(holder, ast.Name):
        return (Edit(code.span(given), f"{text}({code.source(given)})"),)
    taken = {each.attr for each in code.nodes if isinstance(each, ast.Attribute)}
    plain = text.partition("(")[0].rpartition(".")[2].lower()
    names = chain((plain,), (f"{plain}_{number}" for number in count(1)))
    name = next(each for each in names if each not in taken)
    own = f"{code.source(holder.value)}.{name}"
    added = edits.insert_before(code.module, code.span(made), [f"{own} = {text}"])
    return None if added is None else (added, Edit(code.span(given), f"{own}({code.source(given)})"))


def _owner(node: ast.AST, code: Code) -> ast.AST | None:
    """Where a name means the same: for an attribute of an object the class around it, else the function."""
    kind = ast.ClassDef if isinstance(node, ast.Attribute) else FUNCTIONS
    return next((each for each in code.ancestors(node) if isinstance(each, kind)), None)


def put_after(call: ast.Call, layer: str, code: Code) -> tuple[Edit, ...] | None:
    """Edits that put a layer of the same module behind the one that `call` makes, in the style of the model.

    None where what the layer gives goes somewhere else.
    """
    written, outer = _written_beside(call, layer, code), code.parents.get(call)
    if written is None:
        return None
    text, imported = written
    if isinstance(outer, ast.Call) and outer.func is call:
        return Edit(code.span(outer), f"{text}({code.source(outer)})"), *imported
    if isinstance(outer, ast.Call) and outer.args == [call] and isinstance(code.parents.get(outer), ast.Expr):
        added = edits.insert_after(code.module, code.span(outer), [f"{code.source(outer.func)}({text})"])
        return None if added is None else (added, *imported)
    if not isinstance(outer, (ast.List, ast.Tuple)) or call not in outer.elts:
        return None
    following = outer.elts.index(call) + 1
    if following < len(outer.elts):
        return _element(outer.elts[following], text, code), *imported
    added = edits.insert_element(code.module, code.span(outer), text)
    return None if added is None else (added, *imported)


def _written_beside(call: ast.Call, layer: str, code: Code) -> tuple[str, tuple[Edit, ...]] | None:
    """`Flatten()` as it is written in the style of another layer's call, and the edits that import it."""
    name, _, arguments = layer.partition("(")
    written = sibling(call.func, name, code)
    return None if written is None else (f"{written[0]}({arguments}", written[1])


def _element(before: ast.expr, text: str, code: Code) -> Edit:
    """An element before another one of a list: on a line of its own where that has one."""
    span = code.span(before)
    indent = code.text.line(span.line)[: span.column - 1]
    between = " " if indent.strip() else f"{code.text.newline}{indent}"
    return Edit(span.start, f"{text},{between}")
