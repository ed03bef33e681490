"""Where in the user's files a frame stands, in lines and columns that count characters from 1."""

from __future__ import annotations

import ast
import linecache
import re
import sys
from types import CodeType, FrameType, TracebackType
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple, Union, cast

Span = Dict[str, Any]
"""The fields of a span: path, line, column, end_line, end_column."""

EXACT = sys.version_info >= (3, 11)
"""Whether Python knows the columns of the expression that a frame is running."""


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def lines(text: str) -> List[str]:
    """The lines of a text with their ends, as Python counts them: `str.splitlines` also cuts at form feeds."""
    return _LINE.findall(text)


class Positions:
    """Spans of the frames that run code of the given files.

    The text of each file is taken from `linecache`, so whoever compiles text that is not on disk must enter it
    there under the same name.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self._found: Dict[Tuple[int, int], Tuple[Optional[Span], Optional[int], CodeType]] = {}
        self._spans: Dict[Any, Span] = {}
        self._statements: Dict[str, List[ast.stmt]] = {}
        self._guarded: Dict[str, List[Tuple[int, int]]] = {}

    def holds(self, path: Optional[str]) -> bool:
        """Whether a file is one of the user's."""
        return path in self.paths

    def is_user(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename in self.paths

    def innermost(self, frame: Optional[FrameType]) -> Optional[FrameType]:
        """The nearest frame of the user's code, from `frame` outwards."""
        while frame is not None and frame.f_code.co_filename not in self.paths:
            frame = frame.f_back
        return frame

    def of_frame(self, frame: FrameType) -> Optional[Span]:
        """The expression that a frame is running: exact on Python 3.11 and later, else its statement."""
        # Comparing code objects is slow, so their identity is the key; the entry keeps them alive.
        key = (id(frame.f_code), frame.f_lasti)
        try:
            return self._found[key][0]
        except KeyError:
            span, line = self._find(frame.f_code, frame.f_lasti, frame.f_lineno)
            if span is not None:
                # Code that stands for other code of the same text shows the same places.
                span = self._spans.setdefault(tuple(span.values()), span)
            self._found[key] = (span, line, frame.f_code)
            return span

    def described(self, frame: FrameType) -> Optional[Dict[str, Any]]:
        """The fields of a Frame for what a frame is running; None where its text is not at hand."""
        span = self.of_frame(frame)
        if span is None:
            return None
        line = self._found[id(frame.f_code), frame.f_lasti][1]
        return {"span": span, "function": frame.f_code.co_name, "line": line}

    def frames(self, traceback: Optional[TracebackType]) -> List[Dict[str, Any]]:
        """The user's frames of a traceback as fields of Frame, innermost last."""
        found = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self.paths:
                span, line = self._find(code, traceback.tb_lasti, traceback.tb_lineno)
                if span is not None:
                    found.append({"span": span, "function": code.co_name, "line": line})
            traceback = traceback.tb_next
        return found

    def calls_plainly(self, frame: Dict[str, Any]) -> bool:
        """Whether all arguments of the calls on the lines that a frame runs are written out."""
        first, last = frame["span"]["line"], frame["span"]["end_line"]
        calls = [
            node
            for statement in self._statements_of(frame["span"]["path"])
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and first <= node.lineno <= last
        ]
        given = [each for call in calls for each in (*call.args, *call.keywords)]
        return not any(isinstance(each, ast.Starred) or getattr(each, "arg", "") is None for each in given)

    def names(self, frame: Dict[str, Any]) -> Optional[Set[str]]:
        """The names in the expression that a frame runs, where it calls nothing; None where that is not known."""
        span = frame["span"]
        for statement in self._statements_of(span["path"]) if frame["line"] is None else ():
            for node in ast.walk(statement):
                if isinstance(node, ast.expr) and _span(span["path"], *_place(node)) == span:
                    inside = list(ast.walk(node))
                    called = any(isinstance(each, (ast.Call, ast.Await)) for each in inside)
                    return None if called else {each.id for each in inside if isinstance(each, ast.Name)}
        return None

    def bound(self, lines: Iterable[Sequence[int]]) -> Set[str]:
        """The names that statements on some lines bind, in any of the files."""
        return {
            node.id
            for path in self.paths
            for statement in self._statements_of(path)
            if any(first <= statement.lineno <= last for first, last in lines)
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    def may_be_caught(self, frames: Iterable[Dict[str, Any]]) -> bool:
        """Whether one of some frames stands in a `try` with handlers, which decide what an error comes to."""
        return any(
            first <= frame["span"]["line"] <= last
            for frame in frames
            for first, last in self._guarded_lines(frame["span"]["path"])
        )

    def _guarded_lines(self, path: str) -> List[Tuple[int, int]]:
        """The first and the last line of each `try` that has handlers."""
        if path not in self._guarded:
            tries = [each for each in self._statements_of(path) if getattr(each, "handlers", None)]
            bodies = [cast(ast.Try, each).body for each in tries]
            self._guarded[path] = [(body[0].lineno, body[-1].end_lineno or 0) for body in bodies]
        return self._guarded[path]

    def _statements_of(self, path: str) -> List[ast.stmt]:
        if path not in self._statements:
            try:
                tree = ast.parse("".join(linecache.getlines(path)))
            except SyntaxError:
                tree = ast.Module(body=[], type_ignores=[])
            self._statements[path] = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
        return self._statements[path]

    def _find(
        self, code: CodeType, instruction: int, line: Optional[int]
    ) -> Tuple[Optional[Span], Optional[int]]:
        """The expression that an instruction belongs to and None, or its whole statement and the line."""
        path = code.co_filename
        if EXACT and sys.version_info >= (3, 11) and instruction >= 0:
            for index, position in enumerate(code.co_positions()):
                if index == instruction // 2:
                    if None not in position:
                        return _span(path, *cast("Tuple[int, int, int, int]", position)), None
                    break
        return (None, None) if line is None else (self._statement(path, line), line)

    def _statement(self, path: str, line: int) -> Optional[Span]:
        around = [
            node
            for node in self._statements_of(path)
            if node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        if not around:
            return None
        node = min(around, key=lambda found: (found.end_lineno or found.lineno) - found.lineno)
        header = getattr(node, "body", None)
        if header:
            text = linecache.getline(path, line).rstrip()
            begin = len(text) - len(text.lstrip())
            return _fields(path, line, begin + 1, line, len(text) + 1)
        return _span(path, *_place(node))


def _place(node: Union[ast.expr, ast.stmt]) -> Tuple[int, int, int, int]:
    """Its lines and 0-based UTF-8 columns, in the order of `_span`."""
    return (
        node.lineno,
        node.end_lineno or node.lineno,
        node.col_offset,
        node.end_col_offset or node.col_offset,
    )


def _span(path: str, line: int, end_line: int, column: int, end_column: int) -> Span:
    """Converts 0-based UTF-8 columns, as the compiler gives them."""
    return _fields(
        path, line, _character(path, line, column), end_line, _character(path, end_line, end_column)
    )


def _character(path: str, line: int, byte_column: int) -> int:
    text = linecache.getline(path, line)
    if text.isascii():
        return byte_column + 1
    return len(text.encode("utf-8")[:byte_column].decode("utf-8", "ignore")) + 1


def _fields(path: str, line: int, column: int, end_line: int, end_column: int) -> Span:
    return {"path": path, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
