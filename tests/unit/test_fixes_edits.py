import pytest

from hypershape import fixes, source
from hypershape.fixes import edits
from hypershape.model import Cell, Document, Edit, Module, Span

from .handmade import PATH, at, module


def applied(written: Module, *changes: Edit | None) -> str:
    assert all(changes)
    return fixes.apply(written.document, [each for each in changes if each]).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f(1)\n", "x = f(1, padding='same')\n"),
        ("x = f()\n", "x = f(padding='same')\n"),
        ("x = f(1, shape=(8, 8))\n", "x = f(1, shape=(8, 8), padding='same')\n"),
        ("x = f(((8, 8)))\n", "x = f(((8, 8)), padding='same')\n"),
        ("x = f((a for a in b))\n", "x = f((a for a in b), padding='same')\n"),
        ("x = f((1))\n", "x = f((1), padding='same')\n"),
        ("x = f(1, )\n", "x = f(1, padding='same', )\n"),
        (
            "x = f(\n    1,  # one\n    2,  # two\n)\n",
            "x = f(\n    1,  # one\n    2,  # two\n    padding='same',\n)\n",
        ),
        ("x = f(\n\t1,\n\t2\n)\n", "x = f(\n\t1,\n\t2,\n\tpadding='same'\n)\n"),
        ("x = f(é='ü', y=(2))\n", "x = f(é='ü', y=(2), padding='same')\n"),
        ("x = f(1, padding = 'valid')\n", "x = f(1, padding = 'same')\n"),
    ],
)
def test_an_argument_is_added_or_replaced_and_nothing_else_changes(before: str, after: str) -> None:
    written = source.analyse(Document(PATH, before))
    call = Span(PATH, 1, 5, *_last(before))
    assert applied(written, edits.set_argument(written, call, "padding", "'same'")) == after


def _last(text: str) -> tuple[int, int]:
    lines = text.rstrip("\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def test_windows_line_ends_and_tabs_survive_an_edit() -> None:
    text = "def f():\r\n\tx = g(\r\n\t\t1,\r\n\t\t2)\r\n\treturn x\r\n"
    written = source.analyse(Document(PATH, text))
    call = Span(PATH, 2, 6, 4, 5)
    added = edits.add_argument(written, call, "a", "3")
    after = edits.insert_after(written, call, ["y = x"])
    assert applied(written, added, after) == (
        "def f():\r\n\tx = g(\r\n\t\t1,\r\n\t\t2,\r\n\t\ta=3)\r\n\ty = x\r\n\treturn x\r\n"
    )


def test_a_call_inside_an_f_string_is_edited_in_place() -> None:
    written = module("name = f'é {g(1)} {h(2, k=3)}'")
    call = at(written, "h(2, k=3)")
    changed = applied(written, edits.replace_argument(written, call, ("k",), "44"))
    assert changed == "name = f'é {g(1)} {h(2, k=44)}'\n"


def test_a_call_with_keyword_dictionary_gets_no_argument() -> None:
    written = module("x = f(1, **options)")
    assert edits.add_argument(written, at(written, "f(1, **options)"), "padding", "'same'") is None


@pytest.mark.parametrize(
    ("before", "keep", "after"),
    [
        ("[1, 2, 'a', 'b']", [2, 3], "['a', 'b']"),
        ("[1, 2, 'a', 'b']", [0, 1], "[1, 2]"),
        ("[1, 'a', 2, 'b',]", [1, 3], "['a', 'b',]"),
        ("[(1), 'a', (2)]", [0, 2], "[(1), (2)]"),
        ("(1, 2, 'a')", [0, 1], "(1, 2)"),
        ("[(1, 2), (3, 4), 5]", [0, 2], "[(1, 2), 5]"),
        ("[\n  1,\n  'a',\n  2,\n]", [0, 2], "[\n  1,\n  2,\n]"),
    ],
)
def test_elements_are_removed_with_their_commas(before: str, keep: list[int], after: str) -> None:
    text = f"x = {before}\n"
    written = source.analyse(Document(PATH, text))
    made = edits.keep_elements(written, Span(PATH, 1, 5, *_last(text)), keep)
    assert made is not None
    assert applied(written, *made) == f"x = {after}\n"


def test_an_element_with_a_comment_is_not_removed() -> None:
    written = module("x = [\n    1,  # the usual\n    'a',\n]")
    assert edits.keep_elements(written, Span(PATH, 1, 5, 4, 2), [1]) is None


def test_an_import_goes_behind_the_last_import_of_the_leading_run() -> None:
    written = module(
        '"""Doc."""\nfrom __future__ import annotations\nimport os\nfrom a import (\n    b,\n)\n\nx = 1\nimport sys'
    )
    added = edits.add_import(written, "import keras_tuner as kt")
    assert applied(written, added) == written.document.text.replace(
        "    b,\n)\n", "    b,\n)\nimport keras_tuner as kt\n"
    )


def test_an_import_that_is_there_is_not_added_again() -> None:
    assert edits.add_import(module("import os\nimport keras_tuner as kt"), "import keras_tuner as kt") is None


def test_a_statement_on_a_shared_line_is_left_alone() -> None:
    written = module("if a: b = c(1)")
    assert edits.insert_after(written, at(written, "c(1)"), ["d"]) is None


def test_edits_that_touch_each_other_are_refused() -> None:
    document = Document(PATH, "abcdef\n")
    first, second = Edit(Span(PATH, 1, 1, 1, 4), "x"), Edit(Span(PATH, 1, 3, 1, 5), "y")
    with pytest.raises(fixes.CannotApply, match="line 1"):
        fixes.apply(document, [first, second])


def test_an_edit_outside_the_text_is_refused() -> None:
    with pytest.raises(fixes.CannotApply, match="changed"):
        fixes.apply(Document(PATH, "a\n"), [Edit(Span(PATH, 7, 1, 7, 2), "x")])


def test_the_cells_of_a_notebook_stay_in_step() -> None:
    document = Document("n.ipynb", "a = f(1)\nb = 2\nc = 3\n", (Cell(0, 1, 1), Cell(2, 2, 2)))
    edit = Edit(Span("n.ipynb", 1, 9, 1, 9), "\nd = 4")
    edited = fixes.apply(document, [edit])
    assert edited.text == "a = f(1)\nd = 4\nb = 2\nc = 3\n"
    assert edited.cells == (Cell(0, 1, 2), Cell(2, 3, 2))


def test_an_edit_across_two_cells_is_refused() -> None:
    document = Document("n.ipynb", "a\nb\n", (Cell(0, 1, 1), Cell(1, 2, 1)))
    with pytest.raises(fixes.CannotApply, match="cell"):
        fixes.apply(document, [Edit(Span("n.ipynb", 1, 1, 2, 2), "x")])


@pytest.mark.parametrize("second", [Span(PATH, 1, 1, 1, 2), Span(PATH, 1, 13, 1, 14), Span(PATH, 2, 1, 2, 2)])
def test_two_edits_of_which_the_second_was_made_after_the_first_are_one_of_the_text_before(
    second: Span,
) -> None:
    document = Document(PATH, "f = 1; h = 2\nx\n")
    first = [Edit(Span(PATH, 1, 5, 1, 6), "10\n"), Edit(Span(PATH, 1, 8, 1, 9), "k")]
    between = fixes.apply(document, first)
    moved = {1: second, 13: Span(PATH, 2, 6, 2, 7), 2: Span(PATH, 3, 1, 3, 2)}
    then = [Edit(moved[2 if second.line == 2 else second.column], "new")]
    both = fixes.composed(document, first, then)
    assert fixes.apply(document, both).text == fixes.apply(between, then).text


def test_a_second_edit_of_what_the_first_wrote_is_refused() -> None:
    document = Document(PATH, "f = 1\n")
    first = [Edit(Span(PATH, 1, 5, 1, 6), "10 + 2")]
    with pytest.raises(fixes.CannotApply, match="touches what an earlier one wrote"):
        fixes.composed(document, first, [Edit(Span(PATH, 1, 10, 1, 11), "3")])
