"""Offsets and positions of a text whose lines may end in `\\n`, `\\r\\n` or `\\r`, as Python's own parser counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from hypershape.model import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the offset at which each of its lines starts."""

    value: str
    starts: tuple[int, ...]

    @staticmethod
    def of(value: str) -> Text:
        return _text(value)

    @property
    def newline(self) -> str:
        """The line end that the text uses first; a line feed when it has none."""
        found = _LINE_END.search(self.value)
        return found.group() if found else "\n"

    def offset(self, line: int, column: int) -> int:
        """The offset of a place counted from 1; raises IndexError where the text has no such place."""
        if not 1 <= line <= len(self.starts) or column < 1:
            raise IndexError(f"no line {line}, column {column}")
        offset = self.starts[line - 1] + column - 1
        limit = self.starts[line] if line < len(self.starts) else len(self.value)
        if offset > limit:
            raise IndexError(f"line {line} has no column {column}")
        return offset

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column, counted from 1, of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, path: str, start: int, end: int) -> Span:
        return Span(path, *self.place(start), *self.place(end))

    def bounds(self, span: Span) -> tuple[int, int]:
        """The offsets of a span's start and end; raises IndexError when it does not lie in the text."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def within(self, span: Span) -> str:
        start, end = self.bounds(span)
        return self.value[start:end]

    def line(self, number: int) -> str:
        """A line without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.value)
        return self.value[start:end].rstrip("\r\n")


@lru_cache(maxsize=16)
def _text(value: str) -> Text:
    return Text(value, (0, *(found.end() for found in _LINE_END.finditer(value))))
