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


def _from(node: ast.ImportFrom) -> set[str]:
    if node.level or not node.module:
        return set()
    return _tops(node.module, *(f"{node.module}.{each.name}" for each in node.names))


def _tops(*modules: str) -> set[str]:
    """The top-level packages of module names, under their own names and Keras's."""
    return {name.split(".")[0] for module in modules for name in (module, canonical(module))}
