"""What a name that a file imports is in the file of the project that defines it, re-exports and stars followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.source.code import Code
from hypershape.source.modules import code_of, finder_of

_DEPTH = 6


def defined_elsewhere(code: Code, origin: str, depth: int = 0) -> tuple[Code, str] | None:
    """The file behind a dotted name as an import has it, and what the name is there; None where it is nobody's own.

    `origin` may begin with dots, which count from the file of `code`.
    """
    finder = finder_of(code)
    plain = origin.lstrip(".")
    parts = finder.absolute(plain, len(origin) - len(plain)).split(".")
    for length in range(len(parts) - 1, 0, -1):
        local = finder.find(".".join(parts[:length]))
        other = code_of(str(local.file), {}) if local is not None and local.file is not None else None
        if other is None:
            continue
        name = parts[length]
        if len(parts) > length + 1:
            return None
        if name in other.imports and depth < _DEPTH:
            return defined_elsewhere(other, other.imports[name], depth + 1)
        if name in other.bindings:
            return other, name
        stars = (each for each in other.star_imports if depth < _DEPTH)
        found = (defined_elsewhere(other, under(star, name), depth + 1) for star in stars)
        return next((each for each in found if each is not None), None)
    return None


def starred(code: Code, name: str) -> tuple[Code, str] | None:
    """The file that a name comes from which only an `import *` can bind."""
    if name in code.bindings:
        return None
    found = (defined_elsewhere(code, under(star, name)) for star in code.star_imports)
    return next((each for each in found if each is not None), None)


def under(module: str, name: str) -> str:
    """The dotted name of something in a module, which may be one of dots alone."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


def lineage(code: Code, name: str, depth: int = 0) -> Iterator[tuple[Code, ast.ClassDef | str]]:
    """A class that goes by a dotted name in a file, then its bases, each with its file; of a library's class its name."""
    own = [each for each in code.defined.get(name, ()) if isinstance(each, ast.ClassDef)]
    if not own:
        found = defined_elsewhere(code, name) or starred(code, name)
        if found is None:
            yield code, name
            return
        code, name = found
        own = [each for each in code.defined.get(name, ()) if isinstance(each, ast.ClassDef)]
    for node in own[-1:]:
        yield code, node
        for base in node.bases if depth < _DEPTH else ():
            origin = code.origin(base)
            if origin is not None:
                yield from lineage(code, origin, depth + 1)
