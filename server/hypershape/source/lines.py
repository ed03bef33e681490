"""Places in a text: offsets, lines and columns from 1 in characters, and the byte columns of `ast`."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import Protocol

from hypershape.model import Span

LINE_END = re.compile(r"\r\n|\r|\n")
_VISIBLE = re.compile(r"[^ \t\f\r\n]")


class Placed(Protocol):
    """Any node of `ast` that has a place."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


class Lines:
    """The lines of one text, counted as Python counts them (form feeds and Unicode separators end none)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in LINE_END.finditer(text))]
        self._ascii = text.isascii()

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, number: int) -> str:
        """The text of a line, its end included; lines count from 1."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end]

    def offset(self, line: int, byte_column: int) -> int:
        """The offset of a place given as `ast` gives it: a column in UTF-8 bytes from 0."""
        start = self.starts[line - 1]
        if self._ascii or byte_column == 0:
            return start + byte_column
        text = self.line(line)
        if text.isascii():
            return start + byte_column
        return start + len(text.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "ignore"))

    def start(self, node: Placed) -> int:
        """Where a node starts; for a decorated definition, at its first decorator."""
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            # The `@` stands in the column of the `def`, whatever spaces follow it.
            return self.offset(decorators[0].lineno, node.col_offset)
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: Placed) -> str:
        """The source text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def between(self, path: str, start: int, end: int) -> Span:
        """The span of a range of offsets."""
        return Span(path, *self.place(start), *self.place(end))

    def span(self, path: str, node: Placed) -> Span:
        """The span of a node."""
        return self.between(path, self.start(node), self.end(node))

    def name_span(self, path: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """The span of the name behind `def` or `class`."""
        start = self.offset(node.lineno, node.col_offset)
        found = re.compile(rf"(?:async\s+)?(?:def|class)\s+(?={re.escape(node.name)})").match(
            self.text, start
        )
        begin = found.end() if found else start
        return self.between(path, begin, begin + len(node.name))


def blanked(text: str) -> str:
    """The text with every character but white space replaced by a space."""
    return _VISIBLE.sub(" ", text)
