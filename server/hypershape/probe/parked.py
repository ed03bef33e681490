"""Processes that have probed and wait: the next text that differs only within functions goes on with what they know.

What the agent remembers of Keras's layers does not depend on the user's text. What a process has become by running
the statements of a text does: such a process serves another text only if it would have run the same statements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from hypershape.model import Slice

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def alike(old: Slice, new: Slice) -> bool:
    """Whether a process that has run one slice stands where another one would put it."""
    if (old.stand_ins, old.hyperparameters, old.unsettled) != (
        new.stand_ins,
        new.hyperparameters,
        new.unsettled,
    ):
        return False
    if [(each.path, each.module) for each in old.files] != [(each.path, each.module) for each in new.files]:
        return False
    return all(
        one.text == other.text or ((ran := _ran(one.text)) is not None and ran == _ran(other.text))
        for one, other in zip(old.files, new.files, strict=True)
    )


@lru_cache(maxsize=64)
def _ran(text: str) -> str | None:
    """What runs when a file is run, but the bodies of its functions; None where that cannot be told apart."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, _Definition):
            defined.add(node.name)
    statements = [part for node in tree.body for part in _parts(node)]
    calls = [each for part in statements for each in ast.walk(part) if isinstance(each, ast.Call)]
    if any(isinstance(each, ast.Name) and each.id in defined for call in calls for each in ast.walk(call)):
        # A function that is called, or handed to one, runs too.
        return None
    imported = _imported(tree)
    if any(_changes_others(node, imported) for node in ast.walk(tree)):
        return None
    return "\n".join(ast.dump(each) for each in statements)


def _parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """What of a statement runs at once: of definitions their decorators, defaults, bases and the class's own lines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _applied(statement)
        yield from (
            each for each in (*statement.args.defaults, *statement.args.kw_defaults) if each is not None
        )
    elif isinstance(statement, ast.ClassDef):
        yield from (*_applied(statement), *statement.bases, *statement.keywords)
        for inner in statement.body:
            yield from _parts(inner)
    else:
        yield statement


def _applied(definition: _Definition) -> Iterator[ast.Call]:
    """The decorators of a definition as the calls that they are."""
    for each in definition.decorator_list:
        yield ast.Call(each, [], [])


def _imported(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


def _changes_others(node: ast.AST, imported: set[str]) -> bool:
    """Whether something of a module that was imported is replaced: `keras.layers.Dense = Mine`."""
    if isinstance(node, ast.Name):
        return node.id in ("setattr", "delattr", "exec", "eval")
    if not isinstance(node, (ast.Attribute, ast.Subscript)) or isinstance(node.ctx, ast.Load):
        return False
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "environ"
    ):
        # The process's environment is as the same statements made it.
        return False
    owner: ast.expr = node
    while isinstance(owner, (ast.Attribute, ast.Subscript)):
        owner = owner.value
    return isinstance(owner, ast.Name) and owner.id in imported
