"""The lines of a text as Python counts them, and places in it: offsets, lines and columns, the byte columns of `ast`.

A line ends in `\\n`, `\\r\\n` or `\\r`. Form feeds, vertical tabs and Unicode's separators end none, though
`str.splitlines` says so: nothing else in Hypershape may cut a text into lines.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
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


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the offset at which each of its lines starts; lines and columns count from 1, in characters."""

    value: str
    starts: tuple[int, ...]
    ascii: bool

    @staticmethod
    def of(value: str) -> Text:
        return _text(value)

    def like(self, value: str) -> Text:
        """Another text with the same lines and columns, such as this one with a part blanked out."""
        return self if value == self.value else replace(self, value=value)

    @property
    def newline(self) -> str:
        """The line end that the text uses first; a line feed when it has none."""
        found = LINE_END.search(self.value)
        return found.group() if found else "\n"

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line without its end; a text that ends in a line end has an empty last line."""
        return tuple(self.line(number) for number in range(1, len(self.starts) + 1))

    def line(self, number: int) -> str:
        """A line without its end."""
        return self.full_line(number).rstrip("\r\n")

    def full_line(self, number: int) -> str:
        """A line with its end."""
        end = self.starts[number] if number < len(self.starts) else len(self.value)
        return self.value[self.starts[number - 1] : end]

    # Places in lines and columns.

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; raises IndexError where the text has no such place."""
        if not 1 <= line <= len(self.starts) or column < 1:
            raise IndexError(f"no line {line}, column {column}")
        offset = self.starts[line - 1] + column - 1
        limit = self.starts[line] if line < len(self.starts) else len(self.value)
        if offset > limit:
            raise IndexError(f"line {line} has no column {column}")
        return offset

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, path: str, start: int, end: int) -> Span:
        """The span of a range of offsets."""
        return Span(path, *self.place(start), *self.place(end))

    def bounds(self, span: Span) -> tuple[int, int]:
        """The offsets of a span's start and end; raises IndexError when it does not lie in the text."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def within(self, span: Span) -> str:
        start, end = self.bounds(span)
        return self.value[start:end]

    # Places as `ast` gives them: columns in bytes of UTF-8, from 0.

    def column(self, line: int, byte_column: int) -> int:
        """The column, in characters from 1, of a place in bytes."""
        if self.ascii or byte_column == 0 or line > len(self.starts):
            return byte_column + 1
        text = self.full_line(line)
        if text.isascii():
            return byte_column + 1
        return len(text.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "ignore")) + 1

    def start(self, node: Placed) -> int:
        """The offset where a node starts; for a decorated definition, at its first decorator."""
        line = node.lineno
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            # The `@` stands in the column of the `def`, whatever spaces follow it.
            line = decorators[0].lineno
        return self.starts[line - 1] + self.column(line, node.col_offset) - 1

    def end(self, node: Placed) -> int:
        """The offset where a node ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + self.column(node.end_lineno, node.end_col_offset) - 1

    def name_span(self, path: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """The span of the name behind `def` or `class`."""
        start = self.starts[node.lineno - 1] + self.column(node.lineno, node.col_offset) - 1
        found = re.compile(rf"(?:async\s+)?(?:def|class)\s+(?={re.escape(node.name)})").match(
            self.value, start
        )
        begin = found.end() if found else start
        return self.span(path, begin, begin + len(node.name))


def blanked(text: str) -> str:
    """The text with every character but white space replaced by a space."""
    return _VISIBLE.sub(" ", text)


@lru_cache(maxsize=16)
def _text(value: str) -> Text:
    if "\r" in value:
        return Text(value, (0, *(found.end() for found in LINE_END.finditer(value))), value.isascii())
    # Most texts; and an editor's thread finds the lines of each of them.
    lengths = map(len, value.split("\n")[:-1])
    return Text(value, (0, *accumulate(map((1).__add__, lengths))), value.isascii())
