"""Places between the editor's units and ours; what is carried over an edit."""

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from hypershape.lsp.carry import mover
from hypershape.lsp.positions import View
from hypershape.model import Cell, Document, Span

TEXT = "a = '🧠é'; b = 1\nc = 2\n"


@pytest.mark.parametrize(
    ("encoding", "character"),
    [
        (types.PositionEncodingKind.Utf8, 13),
        (types.PositionEncodingKind.Utf16, 10),
        (types.PositionEncodingKind.Utf32, 9),
    ],
)
def test_columns_are_counted_in_the_units_that_the_editor_asked_for(
    encoding: types.PositionEncodingKind, character: int
) -> None:
    view = View.of(Document("m.py", TEXT), PositionCodec(encoding), ["file:///m.py"])
    span = Span("m.py", 1, 10, 1, 11)
    uri, place = view.location(span)
    assert uri == "file:///m.py"
    assert place.start == types.Position(0, character)
    assert view.span(uri, place) == span


def test_a_place_in_a_notebook_is_in_its_cell() -> None:
    document = Document("n.ipynb", "a = 1\nb = 2\nc = 3\n", (Cell(1, 1, 1), Cell(3, 2, 2)))
    view = View.of(document, PositionCodec(), ["cell:1", "cell:3"])
    assert view.location(Span("n.ipynb", 3, 1, 3, 2)) == (
        "cell:3",
        types.Range(types.Position(1, 0), types.Position(1, 1)),
    )
    start = types.Position(1, 4)
    assert view.span("cell:3", types.Range(start, start)) == Span("n.ipynb", 3, 5, 3, 5)


def test_results_move_with_the_lines_and_vanish_with_them() -> None:
    move = mover("a\nb\nc\nd\n", "new\na\nb\nc changed\nd\n")
    assert move(Span("m.py", 2, 1, 2, 2)) == Span("m.py", 3, 1, 3, 2)
    assert move(Span("m.py", 4, 1, 4, 2)) == Span("m.py", 5, 1, 5, 2)
    assert move(Span("m.py", 3, 1, 3, 2)) is None
    assert move(Span("m.py", 2, 1, 4, 2)) == Span("m.py", 3, 1, 5, 2)


def test_a_span_around_inserted_lines_is_not_carried_over() -> None:
    assert mover("a\nb\n", "a\nx\nb\n")(Span("m.py", 1, 1, 2, 1)) is None
