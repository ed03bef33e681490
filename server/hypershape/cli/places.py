"""Where a place is in the file as the user knows it."""

from __future__ import annotations

from dataclasses import dataclass

from hypershape.model import Document, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Lines and columns from 1; in a notebook lines count within the cell, and `cell` counts all cells from 0."""

    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None

    @classmethod
    def of(cls, document: Document, span: Span) -> Place:
        cell = document.cell_at(span.line)
        shift = cell.first_line - 1 if cell is not None else 0
        return cls(
            span.line - shift,
            span.column,
            span.end_line - shift,
            span.end_column,
            cell.index if cell is not None else None,
        )

    @property
    def words(self) -> str:
        """`line 4`, or `cell 9, line 4` in a notebook."""
        line = f"line {self.line}"
        return line if self.cell is None else f"cell {self.cell}, {line}"

    def after(self, path: str, *, column: bool = False) -> str:
        """The place behind its file: `model.py:4:19`, as terminals make it a link, or `n.ipynb cell 9, line 4`."""
        if self.cell is None:
            return f"{path}:{self.line}" + (f":{self.column}" if column else "")
        return f"{path} {self.words}" + (f", column {self.column}" if column else "")
