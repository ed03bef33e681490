"""Places in a document, as the editor counts them and as the rest of Hypershape does.

The editor counts lines and units from 0, in the encoding it negotiated, and knows a notebook's cells by their
URIs; a `Span` counts lines and characters of the whole text from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types
from pygls.workspace import PositionCodec

from hypershape.model import Document, Span
from hypershape.text import Text


@dataclass(frozen=True, slots=True)
class View:
    """A document as the editor shows it: one text, or the code cells of a notebook.

    `uris` maps the first line of each shown part (0-based in `document.text`) to the part's URI, in order.
    """

    document: Document
    codec: PositionCodec
    parts: tuple[tuple[int, str], ...]
    text: Text

    @classmethod
    def of(cls, document: Document, codec: PositionCodec, uris: Sequence[str]) -> View:
        """`uris` are the document's own, or those of its cells in order."""
        starts = [cell.first_line - 1 for cell in document.cells] or [0]
        return cls(
            document,
            codec,
            tuple(zip(starts, uris, strict=False)),
            Text.of(document.text),
        )

    def line(self, number: int) -> str:
        """A line of the whole text, from 1, without its end; nothing behind the last one."""
        return self.text.line(number) if number <= len(self.text.starts) else ""

    @property
    def uris(self) -> tuple[str, ...]:
        return tuple(uri for _, uri in self.parts)

    def location(self, span: Span) -> tuple[str, types.Range]:
        """The URI of the part that holds the start of a span, and the range in it."""
        first, uri = next(part for part in reversed(self.parts) if part[0] <= span.line - 1)
        return uri, types.Range(
            self._position(span.line, span.column, first),
            self._position(span.end_line, span.end_column, first),
        )

    def _position(self, line: int, column: int, first: int) -> types.Position:
        text = self.line(line)
        units = self.codec.client_num_units(text[: column - 1])
        return types.Position(line - 1 - first, units)

    def span(self, uri: str, wanted: types.Range) -> Span:
        """The characters of the whole text that a range of a part covers."""
        first = next((first for first, own in self.parts if own == uri), 0)
        line, column = self._character(wanted.start, first)
        end_line, end_column = self._character(wanted.end, first)
        return Span(self.document.path, line, column, end_line, end_column)

    def _character(self, position: types.Position, first: int) -> tuple[int, int]:
        line = position.line + first
        text = self.line(line + 1)
        units = 0
        for column, character in enumerate(text):
            if units >= position.character:
                return line + 1, column + 1
            units += self.codec.client_num_units(character)
        return line + 1, len(text) + 1
