"""Files that do not parse as a whole: what can be read is read, in the same lines and columns."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypershape import source
from hypershape.model import Module
from hypershape.source import recover
from hypershape.text import LINE_END

TUNER = """
import keras, keras_tuner as kt
def build_model(hp):
    units = hp.Int("units", 1, 9)
    return keras.Sequential([keras.layers.Dense(units)])
tuner = kt.RandomSearch(build_model, objective="val_loss")
"""


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", text))


def notebook(*cells: str) -> Module:
    return source.analyse(source.from_notebook("model.ipynb", list(enumerate(map(dedent, cells)))))


def broken_lines(module: Module) -> list[int]:
    return [line for span in module.broken for line in range(span.line, span.end_line + 1)]


def is_sound(module: Module) -> bool:
    """Whether the clean text parses and has the places of the document's text."""
    text, clean = module.document.text, module.clean
    ast.parse(clean)
    return len(text) == len(clean) and [m.span() for m in LINE_END.finditer(text)] == [
        m.span() for m in LINE_END.finditer(clean)
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "model.fit(x, y,\n",
        "x = = 3\n",
        "print 'hello'\n",
        "path = 'C:\\Users\\me'\n",
        "for i in range(3)\n    print(i)\n",
        "def unfinished(a,\n",
        "class\n",
        "    indented = 1\n",
        "x = (1, 2\ny = 3\n",
        'text = """never closed\n',
        "if True:\n",
        "else:\n    pass\n",
        "  @decorated\n",
        "\x00\n",
        "x = 1\n\t y = 2\n    z = 3\n",
    ],
)
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_break_elsewhere_does_not_cost_the_target(wrong: str, where: str) -> None:
    text = wrong + TUNER if where == "before" else TUNER + wrong
    module = analysed(text)
    assert is_sound(module)
    (target,) = module.targets
    assert target.name == "build_model" and len(target.tuners) == 1
    assert target.slice is not None, target.reason


def test_only_the_broken_statement_is_blanked() -> None:
    module = analysed(
        dedent("""
        def helper(x):
            first = 1
            second = [1, 2
            third = 3
            if x:
                fourth = = 4
            else:
                fifth = 5
            return third
        """)
    )
    assert broken_lines(module) == [4, 7]
    assert module.clean.split("\n")[6].strip() == "0"
    assert is_sound(module)


def test_a_target_with_a_broken_statement_is_not_probed_without_it() -> None:
    module = analysed(TUNER.replace("units = hp", "units = = hp"))
    (target,) = module.targets
    assert target.slice is None
    assert target.reason == "Line 4 does not parse."


def test_a_broken_last_statement_of_a_target_counts_too() -> None:
    module = analysed(TUNER.replace("return keras.Sequential([", "return keras.Sequential(["[:-1] + "(["))
    (target,) = module.targets
    assert target.slice is None and target.reason == "Line 5 does not parse."


def test_a_target_whose_header_is_half_typed_is_remembered() -> None:
    before = analysed(TUNER)
    after = source.analyse(
        source.from_text("model.py", TUNER.replace("def build_model(hp):", "def build_model(hp")),
        previous=before,
    )
    (target,) = after.targets
    assert target.name == "build_model" and target.slice is None
    assert target.reason == "Its definition does not parse."


def test_a_target_that_was_deleted_is_not_remembered() -> None:
    before = analysed(TUNER)
    after = source.analyse(source.from_text("model.py", "import keras_tuner\n"), previous=before)
    assert after.targets == ()


def test_magics_and_shell_lines_are_blanked_and_their_neighbours_are_kept() -> None:
    module = notebook(
        """\
        %matplotlib inline
        !pip install keras-tuner \\
            --quiet
        import keras_tuner as kt
        files = !ls
        where = %pwd
        kt.RandomSearch?
        ?kt
        %time size = 3
        %timeit -n 10 other = 4
        100 % size
        """,
        "%%bash\necho def build_model(hp):\n",
        "%%time\nwidth = size\n",
        "%%writefile x.py\nimport this is not python\n",
    )
    assert is_sound(module)
    assert module.broken == ()
    tree = ast.parse(module.clean)
    bound = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert bound == {"size", "other", "width"}
    line = module.clean.split("\n")[8]
    assert line.index("size") == "%time size = 3".index("size")


@pytest.mark.parametrize(
    "second",
    [
        "  def build_model(hp):\n    return keras.Sequential([keras.layers.Dense(hp.Int('units', 1, 9))])\n  x = = 3\n",
        "\n\t# the model\n\tdef build_model(hp):\n\t\treturn keras.Sequential([keras.layers.Dense(hp.Int('units', 1, 9))])",
        " !ls\n def build_model(hp):\n     return keras.Sequential([keras.layers.Dense(hp.Int('units', 1, 9))])",
    ],
)
def test_a_cell_whose_first_line_is_indented_is_read_without_that_indentation(second: str) -> None:
    """IPython takes it from every line of the cell that has it."""
    cells = [" import keras\n import keras_tuner as kt\nlimit = 3", second, "kt.RandomSearch(build_model)"]
    module = source.analyse(source.from_notebook("model.ipynb", list(enumerate(cells))))
    (target,) = module.targets
    assert is_sound(module)
    assert target.name == "build_model" and target.slice is not None
    assert broken_lines(module) == ([6] if "= =" in second else [])
    (call,) = module.tuners
    assert call.call.span.line == len("\n".join(cells).split("\n"))


def test_a_broken_cell_does_not_reach_into_the_next() -> None:
    module = notebook("x = compute(1,\n", TUNER, "y = [1, 2\n")
    assert [target.name for target in module.targets] == ["build_model"]
    assert module.targets[0].slice is not None
    assert broken_lines(module) == [1, 10]


def test_a_name_of_a_broken_line_says_where_it_went() -> None:
    module = analysed("size = (3\n" + TUNER.replace("Dense(units)", "Dense(size)"))
    (target,) = module.targets
    assert target.slice is not None
    assert target.slice.stand_ins["size"] == "line 1 does not parse"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cut=st.integers(0, len(TUNER)),
    insert=st.text(alphabet="()[]{}:=\"'#\\\n\t %!?.,@abc0é🎲\r\x0c", max_size=12),
    notebook_cells=st.booleans(),
)
def test_no_text_stops_the_analysis(cut: int, insert: str, notebook_cells: bool) -> None:
    text = TUNER[:cut] + insert + TUNER[cut:]
    if notebook_cells:
        document = source.from_notebook("m.ipynb", [(0, TUNER[:cut]), (2, insert), (3, TUNER[cut:])])
    else:
        document = source.from_text("m.py", text)
    module = source.analyse(document)
    assert is_sound(module)
    for target in module.targets:
        if target.slice is not None:
            compile(target.slice.files[-1].text, "m.py", "exec")


def test_deep_nesting_does_not_stop_the_analysis() -> None:
    module = analysed("x = " + "(" * 5000 + TUNER)
    assert is_sound(module)
    assert is_sound(analysed("x = " + "-" * 100_000 + "1\n" + TUNER))


SCRIPT = "import keras, keras_tuner as kt\ndef build(hp):\n    return keras.Sequential([hp.Int('u', 1, 2)])\n"


@pytest.mark.parametrize("line", ["%%writefile tune.py", "%%file 'jobs/tune.py'", "%%writefile -a tune.py"])
def test_a_script_that_a_cell_writes_is_read_in_its_place(line: str) -> None:
    module = notebook("import os", f"{line}\n{SCRIPT}", "!python tune.py")
    (target,) = module.targets
    assert (target.name, target.span.line, target.slice is not None) == ("build", 4, True)


@pytest.mark.parametrize(
    "cell",
    [
        f"%%bash\n{SCRIPT}",
        "%%writefile notes.txt\nkeras_tuner: def build(hp): tbd",
        f"%%writefile tune.md\n{SCRIPT}",
        "%%writefile other.py\nimport keras\ndef build(hp):\n    return keras.Sequential([])\n",
    ],
)
def test_what_else_a_cell_writes_or_runs_is_not_read(cell: str) -> None:
    assert notebook(cell).targets == ()


def test_what_a_notebook_imports_from_a_script_that_it_writes_is_what_stands_there() -> None:
    module = notebook(
        f"%%writefile src/own.py\n{SCRIPT}",
        "from own import build\nfrom other import thing",
        "tuner = kt.RandomSearch(build, 'val_loss')",
    )
    (target,) = module.targets
    assert target.slice is not None and (target.name, len(target.tuners)) == ("build", 1)
    assert "from own" not in target.slice.files[-1].text and "from other" in module.clean


AWKWARD = (
    'x = """\nnot_a_statement = 1\n"""\n',
    "y = (\nname,\n)\n",
    "if x:\n    pass\nelse:\n    pass\n",
    "@decorated\n@twice\ndef f():\n    return 'é'\n",
    "z = 1 + \\\n2\n",
    "for each in x:\n  print(each)\n\n\n",
)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [5, 11, 30, 60])
def test_a_long_text_is_read_in_pieces_as_it_is_as_a_whole(
    newline: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recover, "PIECE", size)
    monkeypatch.setattr(recover, "_LONGER_PIECES", 8)
    for text in ("".join(AWKWARD * 3), "".join(reversed(AWKWARD)) * 2):
        whole = text.replace("\n", newline)
        found = recover._in_pieces(whole)
        assert found is not None
        assert ast.dump(found, include_attributes=True) == ast.dump(ast.parse(whole), include_attributes=True)


def test_a_long_text_that_does_not_parse_is_recovered_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(AWKWARD * 3) + "w = (\n\n" + "".join(AWKWARD)
    whole = source.analyse(source.from_text("a.py", text))
    monkeypatch.setattr(recover, "PIECE", 20)
    in_pieces = source.analyse(source.from_text("a.py", text))
    assert (in_pieces.clean, in_pieces.broken) == (whole.clean, whole.broken)
