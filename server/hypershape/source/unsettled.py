"""Values that other code sets before a search begins: what a file says of them at first is no fact.

`width = None` in `settings.py` says nothing about the width with which a model is built where `main.py` has
`settings.width = len(features)`, or a function of the file `global width`. A slice runs such an assignment where it
stands at a level that runs; of all others it carries what they set, and the agent takes the first value for one that
may be another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from hypershape.model import SliceFile, Unsettled
from hypershape.source.code import Code, per_text
from hypershape.source.names import FUNCTIONS, MUTATORS

ANY = "*"
"""In the place of a name that is computed: `setattr(settings, name, value)`."""

OBJECT = "()"
"""What follows the name of a class where an owner is an object of it."""

SETTER = "="
"""What follows the name of a property where its setter is meant: what reads the property does not run that."""

_FILLING = MUTATORS & {
    "append",
    "appendleft",
    "extend",
    "insert",
    "update",
    "setdefault",
    "add",
}
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__")


@per_text
def settings(code: Code) -> tuple[tuple[Unsettled, ast.AST], ...]:
    """What the code of a file sets of modules, classes, objects and dictionaries, but for plain names of its own level."""
    return tuple(_settings(code))


def module_name(path: str) -> str:
    """The last name under which a file is imported."""
    file = Path(path)
    return file.parent.name if file.stem == "__init__" else file.stem


def unsettled_in(files: Iterable[SliceFile], set_: Iterable[Unsettled]) -> tuple[Unsettled, ...]:
    """What of `set_` may concern a slice: names that its files speak of, of owners that they know."""
    texts = [each.text for each in files]
    owners = {module_name(each.path) for each in files}

    def is_known(owner: str) -> bool:
        name = owner.removesuffix(OBJECT)
        return not name or name in owners or any(name in text for text in texts)

    return tuple(
        sorted(
            {
                each
                for each in set_
                if (each.name == ANY or any(each.name in text for text in texts)) and is_known(each.owner)
            }
        )
    )


def _settings(code: Code) -> Iterator[tuple[Unsettled, ast.AST]]:
    for node in code.every(ast.Attribute):
        if isinstance(node.ctx, ast.Store) and not _says_nothing(node, code):
            yield from _set(node.value, node.attr, node, code)
    for item in code.every(ast.Subscript):
        if isinstance(item.ctx, ast.Store) and not _says_nothing(item, code):
            key = item.slice.value if isinstance(item.slice, ast.Constant) else None
            if isinstance(key, str):
                yield from _set(_without_dictionary(item.value), key, item, code)
            yield from _filled(item.value, item, code)
    for call in code.called.get("setattr", ()):
        if len(call.args) == 3:
            named = call.args[1].value if isinstance(call.args[1], ast.Constant) else ANY
            yield from _set(call.args[0], str(named), call, code)
    for method in sorted(_FILLING):
        for call in code.called.get(method, ()):
            if isinstance(call.func, ast.Attribute):
                owner = _without_dictionary(call.func.value)
                if owner is not call.func.value:
                    yield from _set(owner, ANY, call, code)
                else:
                    yield from _filled(owner, call, code)
    for statement in code.every(ast.Global):
        function = code.enclosing(statement)
        if isinstance(function, FUNCTIONS):
            bound = code.reader.function(function).global_binds
            for name in bound.intersection(statement.names):
                yield Unsettled(module_name(code.path), name, function.name), statement


def _set(
    owner: ast.expr, name: str, node: ast.AST, code: Code, fills: bool = False
) -> Iterator[tuple[Unsettled, ast.AST]]:
    """What an assignment to an attribute or key of an owner sets, where it is no object's own beginning."""
    function = code.enclosing(node)
    within = "" if function is None else function.name + SETTER * _is_setter(function)
    known = _owner(owner, node, code)
    if known is None or (within in _CONSTRUCTORS and _is_self(owner, node, code)):
        return
    yield Unsettled(known, name, within, fills), node


def _is_setter(function: ast.AST) -> bool:
    return isinstance(function, FUNCTIONS) and any(
        isinstance(each, ast.Attribute) and each.attr == "setter" for each in function.decorator_list
    )


def _filled(value: ast.expr, node: ast.AST, code: Code) -> Iterator[tuple[Unsettled, ast.AST]]:
    """What is added to a list or dictionary that a module, a class or an object holds."""
    if isinstance(value, ast.Attribute):
        yield from _set(value.value, value.attr, node, code, fills=True)
    elif isinstance(value, ast.Name):
        function = code.enclosing(node)
        if function is not None and _is_global(value, code):
            origin = code.imported(value)
            owner = origin.rpartition(".")[0].rpartition(".")[2] if origin else module_name(code.path)
            yield Unsettled(owner, value.id, function.name, fills=True), node


def _owner(node: ast.expr, at: ast.AST, code: Code) -> str | None:
    """The last name of what an attribute or key belongs to; "" where it may be anything, None where it is nobody's."""
    if isinstance(node, ast.Attribute):
        return _class_around(at, code) if node.attr == "__class__" else node.attr
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return key if isinstance(key, str) else ""
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called == "globals":
            return module_name(code.path)
        return _class_around(at, code) if called == "type" else ""
    if not isinstance(node, ast.Name):
        return ""
    if _is_self(node, at, code):
        return f"{_class_around(at, code)}{'' if _is_of_class(at, code) else OBJECT}"
    origin = code.imported(node)
    if origin is not None:
        return origin.rpartition(".")[2]
    if _is_global(node, code):
        # What stands at the level of its own file is part of a slice that needs it.
        return node.id if code.enclosing(at) is not None else None
    return ""


def _without_dictionary(node: ast.expr) -> ast.expr:
    """`settings` for `settings.__dict__` and `vars(settings)`, whose keys are its attributes."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "vars"
        and node.args
    ):
        return node.args[0]
    return node


def _is_global(name: ast.Name, code: Code) -> bool:
    bound = code.bound_at(name.id, name)
    return bool(bound) and bound == code.bound_at(name.id, code.tree)


def _is_self(node: ast.expr, at: ast.AST, code: Code) -> bool:
    """Whether a name is the first parameter of the method that it stands in."""
    scopes = code.scopes(at)
    for function, owner in pairwise(scopes):
        if isinstance(function, FUNCTIONS) and isinstance(owner, ast.ClassDef):
            first = [*function.args.posonlyargs, *function.args.args][:1]
            return isinstance(node, ast.Name) and bool(first) and node.id == first[0].arg
    return False


def _is_of_class(at: ast.AST, code: Code) -> bool:
    """Whether the method around a node gets its class rather than an object of it."""
    method = code.scopes(at)[0]
    names = (each.id for each in method.decorator_list if isinstance(each, ast.Name))
    return "classmethod" in names


def _class_around(at: ast.AST, code: Code) -> str:
    return next((each.name for each in code.scopes(at) if isinstance(each, ast.ClassDef)), "")


def _says_nothing(target: ast.AST, code: Code) -> bool:
    """Whether what is assigned is None: that only announces a value, or takes it back."""
    parent = code.parents[target]
    value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign)) else target
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
