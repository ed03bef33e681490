"""Edits put into a document, all at once, with a notebook's cells kept in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypershape.model import Cell, Document, Edit
from hypershape.text import Text


class CannotApply(Exception):
    """Edits that overlap, lie outside the text or cross the border of a notebook's cell; says which in a sentence."""


def apply(document: Document, edits: Sequence[Edit]) -> Document:
    """The document after all edits, whose spans all refer to the text before any of them.

    Raises CannotApply, and changes nothing, when two edits touch the same characters or one lies outside.
    """
    text = Text.of(document.text)
    placed = []
    for edit in edits:
        if edit.span.path != document.path:
            raise CannotApply(f"The edit is for {edit.span.path}, not for {document.path}.")
        try:
            start, end = text.bounds(edit.span)
        except IndexError as problem:
            raise CannotApply(f"The file changed: {problem}.") from None
        if start > end:
            raise CannotApply("An edit ends before it starts.")
        placed.append((start, end, edit))
    placed.sort(key=lambda item: (item[0], item[1]))
    for (start, end, _), (next_start, next_end, _) in pairwise(placed):
        if next_start < end or (next_start, next_end) == (start, end):
            raise CannotApply(f"Two edits touch line {text.place(next_start)[0]}.")
    parts, done = [], 0
    for start, end, edit in placed:
        parts += [document.text[done:start], edit.text]
        done = end
    changed = "".join([*parts, document.text[done:]])
    return replace(document, text=changed, cells=_moved(document.cells, [edit for *_, edit in placed]))


def composed(document: Document, first: Sequence[Edit], then: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits that put both into `document`, where those in `then` refer to the text after those in `first`.

    Raises CannotApply where some of `then` touches what `first` wrote.
    """
    before, after = Text.of(document.text), Text.of(apply(document, first).text)
    written = sorted((*before.bounds(edit.span), edit.text) for edit in first)
    moved = []
    for edit in then:
        start, end = (_origin(place, written) for place in after.bounds(edit.span))
        moved.append(replace(edit, span=before.span(document.path, start, end)))
    return (*first, *moved)


def _origin(place: int, written: Sequence[tuple[int, int, str]]) -> int:
    """Where an offset of the edited text was before; `written`: what was replaced from where to where, in order."""
    shift = 0
    for start, end, text in written:
        if place <= start + shift:
            break
        if place < start + shift + len(text):
            raise CannotApply("A later edit touches what an earlier one wrote.")
        shift += len(text) - (end - start)
    return place - shift


def _moved(cells: Sequence[Cell], edits: Sequence[Edit]) -> tuple[Cell, ...]:
    """The cells with their first lines and line counts after the edits."""
    moved, shift = [], 0
    grown = {cell.index: 0 for cell in cells}
    for edit in edits if cells else ():
        cell = next(
            (cell for cell in cells if cell.first_line <= edit.span.line < cell.first_line + cell.line_count),
            None,
        )
        if cell is None or edit.span.end_line >= cell.first_line + cell.line_count:
            raise CannotApply("The edit crosses the border of a cell.")
        grown[cell.index] += _line_ends(edit.text) - (edit.span.end_line - edit.span.line)
    for cell in cells:
        moved.append(Cell(cell.index, cell.first_line + shift, cell.line_count + grown[cell.index]))
        shift += grown[cell.index]
    return tuple(moved)


def _line_ends(text: str) -> int:
    return len(Text.of(text).starts) - 1
