"""Where things stand in a module, for rules that speak about the file rather than one expression."""

from __future__ import annotations

import ast

from hypershape.model import Module, Span
from hypershape.source import Code, canonical


def import_of(module: Module, *packages: str) -> Span | None:
    """The first import of one of the packages, the earlier named first; `tensorflow.keras` counts as `keras`."""
    code = module.code
    for package in packages:
        for node in code.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if package in _tops(alias.name):
                        return code.span(alias)
            elif isinstance(node, ast.ImportFrom) and package in _from(node):
                return code.span(node)
    return None


def name_of(method: ast.FunctionDef, code: Code) -> Span:
    """The span of a method's name."""
    place = code.span(method)
    line = code.text.line(method.lineno)
    start = line.index(method.name, line.index("def", place.column - 1) + 3) + 1
    return Span(place.path, method.lineno, start, method.lineno, start + len(method.name))


def method_of(qualified: str, code: Code) -> ast.FunctionDef | None:
    """The method that Python calls `Model.fit`; None where the file does not define it."""
    owner, _, name = qualified.rpartition(".")
    found = [
        each
        for made in code.classes
        if made.name == owner.rpartition(".")[2]
        for each in made.body
        if isinstance(each, ast.FunctionDef) and each.name == name
    ]
    return found[-1] if found else None


def yields(function: ast.FunctionDef) -> bool:
    """Whether calls of a function make generators."""
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in ast.walk(function))


def returns_nothing(method: ast.FunctionDef) -> bool:
    """Whether a method ends normally and never returns a value."""
    inner = [each for each in ast.walk(method) if each is not method]
    if any(isinstance(each, (ast.Yield, ast.YieldFrom, ast.Raise)) for each in inner):
        return False
    if any(isinstance(each, ast.Return) and each.value is not None for each in inner):
        return False
    body = [each for each in method.body if not isinstance(each, ast.Pass)]
    return any(not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)) for each in body)


def _from(node: ast.ImportFrom) -> set[str]:
    if node.level or not node.module:
        return set()
    return _tops(node.module, *(f"{node.module}.{each.name}" for each in node.names))


def _tops(*modules: str) -> set[str]:
    """The top-level packages of module names, under their own names and Keras's."""
    return {name.split(".")[0] for module in modules for name in (module, canonical(module))}
