"""What the user tells Hypershape in comments: rules to ignore, shapes of the data."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from hypershape.model import DeclaredData, Ignore
from hypershape.source.recover import TOKEN
from hypershape.text import Text

_OURS = re.compile("hypershape", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*hypershape:\s*ignore(?:\s*\[([^\]]*)\])?", re.IGNORECASE)
_DECLARED = re.compile(r"#\s*hypershape:\s*(?=[\w ]*=)(.+)", re.IGNORECASE)
_FIELD = re.compile(r"\b(x|y|x_dtype|y_dtype)\s*=\s*", re.IGNORECASE)
_DTYPE = re.compile(r"[\"']?(\w+)[\"']?")


def comments(text: str) -> list[tuple[int, str]]:
    """Every comment of ours, with the offset where it starts; a `#` inside a string starts none."""
    if not _OURS.search(text):
        return []
    return [
        (token.start(), token[0])
        for token in TOKEN.finditer(text)
        if token[0][0] == "#" and _OURS.search(token[0])
    ]


def ignores(found: Sequence[tuple[int, str]], lines: Text, path: str) -> tuple[Ignore, ...]:
    """The `# hypershape: ignore[…]` comments."""
    result = []
    for offset, text in found:
        match = _IGNORE.search(text)
        if match is not None:
            codes = tuple(code.strip().upper() for code in (match[1] or "").split(",") if code.strip())
            span = lines.span(path, offset + match.start(), offset + match.end())
            result.append(Ignore(span.line, codes, span))
    return tuple(result)


def declarations(found: Sequence[tuple[int, str]], lines: Text, path: str) -> tuple[DeclaredData, ...]:
    """The `# hypershape: x=(28, 28, 1) y=(10,)` comments that can be read."""
    result = []
    for offset, text in found:
        match = _DECLARED.search(text)
        data = _declared(match[1]) if match is not None else None
        if match is not None and data is not None:
            start, end = offset + match.start(), offset + len(text.rstrip())
            span = lines.span(path, start, end)
            result.append(DeclaredData(span=span, **data))  # type: ignore[arg-type]
    return tuple(result)


def _declared(text: str) -> dict[str, object] | None:
    """The fields of a declaration, or None when it does not read as one."""
    starts = list(_FIELD.finditer(text))
    fields: dict[str, object] = {}
    for match, following in zip(starts, [*starts[1:], None], strict=True):
        value = text[match.end() : following.start() if following else len(text)].strip().rstrip(",;").strip()
        field = match[1].lower()
        if field in ("x", "y"):
            shapes = _shapes(value)
            if shapes is None:
                return None
            fields[field] = shapes
        else:
            name = _DTYPE.match(value)
            if name is None:
                return None
            fields[field] = name[1]
    return fields or None


def _shapes(text: str) -> tuple[tuple[int, ...], ...] | None:
    """`(28, 28, 1)` or `28` is one input, `[(64,), (10,)]` or `((64,), (10,))` are several."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    several = isinstance(value, list) or (
        isinstance(value, tuple) and any(isinstance(v, tuple) for v in value)
    )
    shapes = [_shape(each) for each in (value if several else [value])]
    return None if None in shapes else tuple(shape for shape in shapes if shape is not None)


def _shape(value: object) -> tuple[int, ...] | None:
    sizes = value if isinstance(value, tuple) else (value,)
    if all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in sizes):
        return tuple(sizes)
    return None
