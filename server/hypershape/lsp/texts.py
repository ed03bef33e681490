"""The texts of open documents, cut into lines as the protocol counts them.

The protocol ends a line at `\\n`, `\\r\\n` and `\\r` alone, as Python does; pygls uses `str.splitlines`, so that an edit behind a
form feed or one of Unicode's separators would change another line than the one that the user typed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from pygls.workspace import TextDocument

from hypershape.text import Text


def count_lines_as_the_protocol_does() -> None:
    """Corrects how pygls finds the lines of every open document, and with them the places of edits."""
    TextDocument.lines = property(_lines)  # type: ignore[assignment, method-assign]


def _lines(document: TextDocument) -> Sequence[str]:
    text = Text.of(document.source)
    lines = tuple(text.full_line(number) for number in range(1, len(text.starts) + 1))
    # As `str.splitlines`: a line end that ends the text begins no further line.
    return lines if lines[-1] else lines[:-1]
