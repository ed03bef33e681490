"""The texts of open documents, cut into lines as the protocol counts them.

The protocol ends a line at `\\n`, `\\r\\n` and `\\r` alone, as Python does; pygls uses `str.splitlines`, so that an edit behind a
form feed or one of Unicode's separators would change another line than the one that the user typed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from lsprotocol import types
from pygls.workspace import TextDocument

from hypershape.text import Text


def count_lines_as_the_protocol_does() -> None:
    """Corrects how pygls finds the lines of every open document, and with them the places of edits."""
    TextDocument.lines = property(lambda document: Lines(document.source))  # type: ignore[assignment, method-assign]
    TextDocument._apply_incremental_change = _apply  # type: ignore[assignment, method-assign]


class Lines(Sequence[str]):
    """The lines of a text with their ends, each made when it is asked for: an edit needs two of thousands."""

    def __init__(self, source: str) -> None:
        self.text = Text.of(source)
        starts = self.text.starts
        # As `str.splitlines`: a line end that ends the text begins no further line.
        self._number = len(starts) - (starts[-1] == len(source))

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        found = range(1, self._number + 1)[index]
        return self.text.full_line(found) if isinstance(found, int) else [*map(self.text.full_line, found)]


_applied_by_pygls = TextDocument._apply_incremental_change


def _apply(document: TextDocument, change: types.TextDocumentContentChangePartial) -> None:
    """An edit within a document, as pygls makes it line by line."""
    lines = Lines(document.source)
    place = document.position_codec.range_from_client_units(lines, change.range)
    if place.start.line >= len(lines) or place.end.line < place.start.line:
        _applied_by_pygls(document, change)
        return
    start, end = (
        lines.text.starts[each.line] + min(each.character, len(lines[each.line]))
        for each in (place.start, place.end)
    )
    source = lines.text.value
    document._source = source[:start] + change.text + source[end:]
