"""The user's lines in a traceback, as the fields of `Frame`: lines and columns from 1, columns in characters."""

from __future__ import annotations

import ast
import linecache
import re
import sys
import traceback
from types import CodeType, FrameType, TracebackType
from typing import Any, Collection, Iterator

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def without_colour(text: str) -> str:
    """`text` without ANSI colour codes, which Keras puts into some of its messages."""
    return _COLOUR.sub("", text)


def lines(text: str) -> list[str]:
    """The lines of a text with their ends, as Python counts them: `str.splitlines` also cuts at form feeds."""
    return _LINE.findall(text)


def error(exception: BaseException, stage: str, paths: Collection[str]) -> dict[str, Any]:
    """The fields of a `ProbeError` for an exception; `paths` are the user's files."""
    found = list(of_traceback(exception.__traceback__, paths))
    if isinstance(exception, SyntaxError) and exception.filename in paths:
        found.append({"span": _span_of_syntax_error(exception), "function": "<module>"})
    return {
        "type": type(exception).__name__,
        "message": without_colour(str(exception)),
        "stage": stage,
        "frames": found,
        "layer": None,
        "layer_class": None,
        "input_shapes": [],
        "parameters": {},
    }


def of_traceback(trace: TracebackType | None, paths: Collection[str]) -> Iterator[dict[str, Any]]:
    """Frames of the user's files in a traceback, innermost last."""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in paths:
            yield _frame(code, trace.tb_lasti, trace.tb_lineno)
        trace = trace.tb_next


def of_stack(innermost: FrameType | None, paths: Collection[str]) -> list[dict[str, Any]]:
    """Frames of the user's files in the stack that runs now, innermost last."""
    found = [
        _frame(frame.f_code, frame.f_lasti, line)
        for frame, line in traceback.walk_stack(innermost)
        if frame.f_code.co_filename in paths
    ]
    return found[::-1]


def span_at(code: CodeType, instruction: int, line: int) -> dict[str, Any]:
    """The exact expression that an instruction belongs to on Python 3.11 and later, else its statement."""
    path = code.co_filename
    if sys.version_info >= (3, 11):
        position = _position(code, instruction)
        if None not in position:
            first, last, start, end = position
            return _span(path, first, _characters(path, first, start), last, _characters(path, last, end))
    return _statement(path, line)


def _frame(code: CodeType, instruction: int, line: int) -> dict[str, Any]:
    name = getattr(code, "co_qualname", code.co_name)
    return {"span": span_at(code, instruction, line), "function": name}


def _position(code: CodeType, instruction: int) -> tuple[Any, Any, Any, Any]:
    if instruction < 0:
        return (None, None, None, None)
    for index, position in enumerate(code.co_positions()):
        if index == instruction // 2:
            return position
    return (None, None, None, None)


def _characters(path: str, line: int, offset: int) -> int:
    """A column from 1 in characters for an offset from 0 in UTF-8 bytes."""
    text = linecache.getline(path, line).encode("utf-8")
    return len(text[:offset].decode("utf-8", "replace")) + 1


def _statement(path: str, line: int) -> dict[str, Any]:
    """The innermost simple statement that covers a line, or what stands on the line."""
    text = "".join(linecache.getlines(path))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        tree = ast.Module(body=[], type_ignores=[])
    best = None
    for node in ast.walk(tree):
        covers = isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
        if covers and not hasattr(node, "body") and (best is None or node.lineno >= best.lineno):
            best = node
    if best is not None:
        first, last = best.lineno, best.end_lineno or best.lineno
        return _span(
            path,
            first,
            _characters(path, first, best.col_offset),
            last,
            _characters(path, last, best.end_col_offset or 0),
        )
    written = linecache.getline(path, line).rstrip()
    start = len(written) - len(written.lstrip()) + 1
    return _span(path, line, start, line, max(start, len(written) + 1))


def _span_of_syntax_error(exception: SyntaxError) -> dict[str, Any]:
    line, column = exception.lineno or 1, exception.offset or 1
    return _span(
        exception.filename or "",
        line,
        column,
        getattr(exception, "end_lineno", None) or line,
        max(getattr(exception, "end_offset", None) or 0, column),
    )


def _span(path: str, line: int, column: int, end_line: int, end_column: int) -> dict[str, Any]:
    return {"path": path, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
