"""Callbacks that are none, and functions that a callback is to call and that take other arguments: words and repairs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from hypershape.model import Edit, Fix, ProbeError, Rehearsal, Span
from hypershape.rules.common import wording
from hypershape.rules.common.places import name_of
from hypershape.source import Code


def classes(played: Rehearsal, error: ProbeError, search: ast.expr | None, code: Code) -> list[ast.expr]:
    """What stands among the callbacks of a search and is the class of one."""
    given = (played.facts.get("search") or {}).get("callbacks") or {}
    kinds = {name: each.get("kind") for name, each in (given.get("items") or {}).items()}
    if "class" not in kinds.values() or error.type != "TypeError" or not isinstance(search, ast.Call):
        return []
    written = code.argument(search, "callbacks")
    listed = code.resolve(written) if written is not None else None
    if not isinstance(listed, (ast.List, ast.Tuple)) or len(listed.elts) != len(kinds):
        return []
    return [each for index, each in enumerate(listed.elts) if kinds.get(str(index)) == "class"]


def function(played: Rehearsal, code: Code) -> ast.FunctionDef | ast.Lambda | None:
    """The function of the file that a callback calls with other arguments than it takes."""
    found = _hook(played)
    if not found:
        return None
    every: list[ast.FunctionDef | ast.Lambda] = [*code.every(ast.FunctionDef), *code.every(ast.Lambda)]
    there = [
        each
        for each in every
        # Of a function with decorators Python counts the first of them.
        if found["line"] in (each.lineno, *(one.lineno for one in getattr(each, "decorator_list", ())))
        and getattr(each, "name", "<lambda>") == found["function"]
    ]
    return there[0] if len(there) == 1 else None


def _hook(played: Rehearsal) -> Mapping[str, Any]:
    found = played.facts.get("hook")
    return found if isinstance(found, dict) else {}


def words(played: Rehearsal, error: ProbeError, search: ast.expr | None, code: Code) -> str | None:
    named = [f"`{code.source(each)}`" for each in classes(played, error, search, code)]
    if named:
        are = "is a class" if len(named) == 1 else "are classes"
        return (
            f"{wording.listed(named)} {are}, and a callback is an object, which a call makes ({error.type})."
        )
    node = function(played, code)
    if node is None:
        return None
    called = f"`{node.name}`" if isinstance(node, ast.FunctionDef) else "This function"
    hook = _hook(played)
    return (
        f"{called} is called as {hook['name']}({', '.join(hook['given'])}) ({error.type}: {error.message})."
    )


def at(played: Rehearsal, error: ProbeError, search: ast.expr | None, code: Code) -> Span | None:
    given = classes(played, error, search, code)
    if given:
        return code.span(given[0])
    node = function(played, code)
    if node is None:
        return None
    return name_of(node, code) if isinstance(node, ast.FunctionDef) else code.span(node)


def repairs(played: Rehearsal, error: ProbeError, search: ast.expr | None, code: Code) -> Iterator[Fix]:
    given = classes(played, error, search, code)
    if given and all(isinstance(each, (ast.Name, ast.Attribute)) for each in given):
        calls = " and ".join(f"{code.source(each)}()" for each in given)
        yield Fix(f"Write {calls}", tuple(Edit(code.span(each).end, "()") for each in given))
    node = function(played, code)
    if node is not None:
        yield from _taking(node, _hook(played)["given"], code)


def _taking(node: ast.FunctionDef | ast.Lambda, given: list[str], code: Code) -> Iterator[Fix]:
    """The parameters that are missing at the end, under the names that Keras has for them."""
    taken = node.args
    plain = not (taken.posonlyargs or taken.vararg or taken.kwonlyargs or taken.kwarg or taken.defaults)
    missing = given[len(taken.args) :]
    if not plain or not missing or not taken.args or {each.arg for each in taken.args} & set(missing):
        return
    edit = Edit(code.span(taken.args[-1]).end, "".join(f", {each}" for each in missing))
    yield Fix(f"Take {wording.listed(missing)}, too", (edit,))
