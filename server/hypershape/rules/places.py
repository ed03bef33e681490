"""Where things stand in a module, for rules that speak about the file rather than one expression."""

from __future__ import annotations

import ast

from hypershape.fixes.syntax import Code, canonical
from hypershape.model import Module, Span


def import_of(module: Module, *packages: str) -> Span | None:
    """The first import of one of the packages, the earlier named first; `tensorflow.keras` counts as `keras`."""
    code = Code.of(module)
    for package in packages:
        for node in code.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if canonical(alias.name).split(".")[0] == package:
                        return code.span(alias)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [
                    canonical(node.module),
                    *(canonical(f"{node.module}.{each.name}") for each in node.names),
                ]
                if any(name.split(".")[0] == package for name in names):
                    return code.span(node)
    return None
