"""Lines as Python counts them, in every place that shows or edits one."""

from __future__ import annotations

import ast
import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import PositionCodec
from rich.console import Console

from hypershape import rules, source
from hypershape.agent import positions
from hypershape.cli.text import Printer
from hypershape.lsp.carry import mover
from hypershape.lsp.positions import View
from hypershape.lsp.server import Server
from hypershape.model import Analysis, Document, Finding
from hypershape.text import Text

NO_LINE_ENDS = ("\f", "\v", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")

MODEL = """import keras, keras_tuner as kt
# a page{separator} break
def build_model(hp):
    k = hp.Int("kernel", 3, 10, step=2)
    m = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, k), keras.layers.Flatten()])
    m.compile(loss="mse", optimizer="adam")
    return m
"""


def found(document: Document) -> Finding:
    """The finding about the maximum that is never drawn."""
    analysis = Analysis(source.analyse(document), done=True)
    return next(each for each in rules.findings(analysis) if each.code == "HS103")


@given(st.text(alphabet="a1 \n\r" + "".join(NO_LINE_ENDS)))
@example("a\rb\r\nc\n")
def test_lines_are_those_of_pythons_own_parser(text: str) -> None:
    # A string that the text stands in spans as many lines as the parser counts.
    tree = ast.parse(f"x = '''{text}'''")
    assert len(Text.of(text).lines) == tree.body[0].end_lineno
    assert Text.of(text).lines == tuple("".join(text).replace("\r\n", "\n").replace("\r", "\n").split("\n"))


@pytest.mark.parametrize("separator", NO_LINE_ENDS)
def test_the_line_shown_is_the_line_of_the_finding(separator: str) -> None:
    document = source.from_text("m.py", MODEL.format(separator=separator))
    finding = found(document)
    module = source.analyse(document)
    written = io.StringIO()
    analysis = Analysis(module, findings=(finding,), done=True)
    Printer(Console(file=written, width=200)).file(analysis, corners=False)
    lines = written.getvalue().splitlines()
    shown = next(number for number, line in enumerate(lines) if line.startswith("4 |"))
    marked = lines[shown + 1].index("^")
    assert lines[shown][marked : marked + 2] == "10"


@pytest.mark.parametrize("separator", NO_LINE_ENDS)
def test_the_editor_gets_the_place_that_it_shows(separator: str) -> None:
    document = source.from_text("m.py", MODEL.format(separator=separator))
    finding = found(document)
    view = View.of(document, PositionCodec(), ["file:///m.py"])
    uri, place = view.location(finding.span)
    assert (place.start.line, place.start.character) == (3, 28)
    assert place.end.character == 30
    assert view.span(uri, place) == finding.span


@pytest.mark.parametrize("separator", NO_LINE_ENDS)
def test_a_comment_silences_the_line_that_it_stands_on(separator: str) -> None:
    text = MODEL.format(separator=separator).replace("step=2)", "step=2)  # hypershape: ignore[HS103]")
    analysis = Analysis(source.analyse(source.from_text("m.py", text)), done=True)
    assert [each.code for each in rules.findings(analysis)] == []


@pytest.mark.parametrize("separator", NO_LINE_ENDS)
def test_a_finding_of_a_notebook_stands_in_its_cell(separator: str) -> None:
    first, second = MODEL.format(separator=separator).split("def", 1)
    document = source.from_notebook("m.ipynb", [(0, first), (2, "def" + second)])
    finding = found(document)
    uri, place = View.of(document, PositionCodec(), ["cell:0", "cell:2"]).location(finding.span)
    assert (uri, place.start.line, place.start.character) == ("cell:2", 1, 28)


@pytest.mark.parametrize("separator", NO_LINE_ENDS)
def test_an_edit_in_the_editor_changes_the_line_that_was_typed_in(separator: str) -> None:
    Server()
    text = MODEL.format(separator=separator)
    from pygls.workspace import TextDocument

    opened = TextDocument("file:///m.py", text, sync_kind=types.TextDocumentSyncKind.Incremental)
    typed = types.Range(types.Position(3, 28), types.Position(3, 30))
    opened.apply_change(types.TextDocumentContentChangePartial(range=typed, text="11"))
    assert opened.source == text.replace("3, 10", "3, 11")


def test_results_behind_a_form_feed_move_with_their_lines() -> None:
    before = MODEL.format(separator="\f")
    span = found(source.from_text("m.py", before)).span
    move = mover(before, "new = 1\n" + before)
    assert move(span) == replace(span, line=span.line + 1, end_line=span.end_line + 1)


def test_the_agent_counts_the_lines_of_a_slice_as_python_does() -> None:
    text = MODEL.format(separator="\f") + "last = 1"
    assert tuple(line.rstrip("\r\n") for line in positions.lines(text)) == Text.of(text).lines


MAGICS = """%matplotlib inline
import keras, keras_tuner as kt
!pip install keras
keras?
def build_model(hp):
    k = hp.Int("kernel", 3, 10, step=2)  # hypershape: ignore[HS103]
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, k)])
%time tuner = kt.RandomSearch(build_model, objective="val_loss")
broken = (
files = !ls
"""


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("text", [MAGICS, "%%time\n" + MAGICS, "%%bash\nls\n"])
def test_a_text_reads_the_same_whatever_ends_its_lines(text: str, end: str) -> None:
    usual = source.analyse(source.from_notebook("m.ipynb", [(0, text), (1, "x = 1")]))
    other = source.analyse(source.from_notebook("m.ipynb", [(0, text.replace("\n", end)), (1, "x = 1")]))
    magics = [[each.code.text.place(start)[0] for start, _ in each.code.magics] for each in (usual, other)]
    assert magics[0] == magics[1] != []
    assert [each.span for each in usual.targets] == [each.span for each in other.targets]
    assert [each.line for each in usual.broken] == [each.line for each in other.broken]
    assert [each.line for each in usual.ignores] == [each.line for each in other.ignores]
    assert [each.call.span for each in usual.tuners] == [each.call.span for each in other.tuners]
