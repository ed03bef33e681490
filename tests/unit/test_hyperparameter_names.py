"""Names of hyperparameters: where they are declared and asked for, and what a rename touches."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from textwrap import dedent

import pytest

from hypershape import source
from hypershape.source.flow import flow
from hypershape.source.holders import Mention
from hypershape.source.hyperparameter_names import CannotRename, HyperparameterNames, symbols
from hypershape.source.neighbours import Neighbours
from hypershape.source.workspace import Limits, Workspace

HEAD = "import keras\nimport keras_tuner as kt\n\n"
BODY = """
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
    model.compile(loss="mse")
    return model
"""
ONE = (
    HEAD
    + """
def build_model(hp):
    units = hp.Int("units", 8, 64)
    with hp.conditional_scope("units", [8]):
        hp.Float("rate", 0, 0.5, parent_name="units", parent_values=[8])
    print({"units": 3}["units"])
"""
    + BODY
    + """

def other_model(hp):
    units = hp.Int("units", 1, 2)
"""
    + BODY
    + """

tuner = kt.RandomSearch(build_model, objective="loss")
best = tuner.get_best_hyperparameters(1)[0]
print(best.get("units"), best.values["units"], best["units"], "units")
"""
)


def names_in(folder: Path, main: str, **files: str) -> HyperparameterNames:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    document = source.read(folder / f"{main}.py")
    return HyperparameterNames(Neighbours.of(document, Workspace()))


def mention(names: HyperparameterNames, text: str, within: str) -> Mention:
    """The mention at the last character of `text` where `within` stands in the document."""
    whole = names.neighbours.document.text
    offset = whole.index(within) + within.index(text)
    line = whole.count("\n", 0, offset) + 1
    found = names.at(line, offset - whole.rfind("\n", 0, offset))
    assert found is not None
    return found


def lines(mentions: list[Mention]) -> list[tuple[str, int]]:
    return [(Path(each.span.path).stem, each.span.line) for each in mentions]


def renamed(names: HyperparameterNames, found: Mention, new: str) -> dict[str, str]:
    """The texts of the files after a rename."""
    texts: dict[str, str] = {}
    for edit in sorted(names.rename(found, new), key=lambda each: each.span, reverse=True):
        code = names.neighbours.flows[edit.span.path].code
        text = texts.get(edit.span.path, code.document.text)
        start, end = code.text.bounds(edit.span)
        texts[edit.span.path] = text[:start] + edit.text + text[end:]
    return {Path(path).stem: text for path, text in texts.items()}


def test_a_rename_touches_every_place_of_the_name_and_nothing_that_only_looks_like_it(tmp_path: Path) -> None:
    names = names_in(tmp_path, "m", m=ONE)
    after = renamed(names, mention(names, "units", 'best.get("units")'), "width")["m"]
    expected = (
        ONE.replace('hp.Int("units", 8', 'hp.Int("width", 8')
        .replace('scope("units"', 'scope("width"')
        .replace('parent_name="units"', 'parent_name="width"')
        .replace(
            'best.get("units"), best.values["units"], best["units"], "units"',
            'best.get("width"), best.values["width"], best["width"], "units"',
        )
    )
    assert after == expected


def test_another_build_function_has_names_of_its_own(tmp_path: Path) -> None:
    names = names_in(tmp_path, "m", m=ONE)
    after = renamed(names, mention(names, "units", 'hp.Int("units", 1, 2)'), "width")["m"]
    assert after == ONE.replace('hp.Int("units", 1, 2)', 'hp.Int("width", 1, 2)')


def test_a_helper_that_two_build_functions_share_ties_their_names_together(tmp_path: Path) -> None:
    text = HEAD + (
        'def dense(hp):\n    return keras.layers.Dense(hp.get("units"))\n\n'
        'def one(hp):\n    hp.Int("units", 1, 9)\n    return keras.Sequential([dense(hp)])\n\n'
        'def two(hp):\n    hp.Int("units", 2, 4)\n    return keras.Sequential([dense(hp)])\n\n'
        'def three(hp):\n    hp.Int("units", 2, 4)\n    return keras.Sequential()\n'
    )
    names = names_in(tmp_path, "m", m=text)
    found = mention(names, "units", 'hp.Int("units", 1, 9)')
    assert renamed(names, found, "width")["m"].count('"width"') == 3


ACROSS = {
    "blocks": """
        import keras

        def block(x, params):
            return keras.layers.Conv2D(4, params.Int("kernel", 3, 11, step=2))(x)
        """,
    "models": """
        import keras
        from blocks import block

        def make(h):
            inputs = keras.Input((8, 8, 1))
            return keras.Model(inputs, block(inputs, h))
        """,
    "train": """
        import keras_tuner as kt
        from models import make

        tuner = kt.RandomSearch(make, objective="loss", max_trials=7)
        best = tuner.get_best_hyperparameters()[0]

        def report(found):
            print(found.get("kernel"))

        report(best)
        """,
    "report": """
        from train import tuner

        print(tuner.get_best_hyperparameters()[0].values["kernel"])
        """,
    "apart": """
        def build_model(hp):
            return hp.Int("kernel", 1, 2)
        """,
}


@pytest.mark.parametrize(
    ("main", "text", "within"),
    [
        ("blocks", "kernel", '"kernel"'),
        ("train", "kernel", '"kernel"'),
        ("report", "kernel", '"kernel"'),
    ],
)
def test_a_name_is_the_same_in_every_file_of_its_space_whichever_is_open(
    tmp_path: Path, main: str, text: str, within: str
) -> None:
    names = names_in(tmp_path, main, **ACROSS)
    found = mention(names, text, within)
    assert sorted(lines(names.references(found))) == [("blocks", 5), ("report", 4), ("train", 9)]
    assert lines(names.declarations(found)) == [("blocks", 5)]
    assert set(renamed(names, found, "size")) == {"blocks", "report", "train"}


def test_a_method_that_a_base_class_in_another_file_calls_belongs_to_the_space(tmp_path: Path) -> None:
    names = names_in(
        tmp_path,
        "own",
        base="""
            import keras_tuner as kt

            class Base(kt.HyperModel):
                def build(self, hp):
                    return self.width(hp)
            """,
        own="""
            import keras_tuner as kt
            from base import Base

            class Mine(Base):
                def width(self, hp):
                    return hp.Int("width", 1, 4)

            tuner = kt.RandomSearch(Mine())
            tuner.get_best_hyperparameters()[0].get("width")
            """,
    )
    found = mention(names, "width", 'get("width")')
    assert lines(names.declarations(found)) == [("own", 7)]


def test_a_composed_name_is_one_declaration_for_its_family(tmp_path: Path) -> None:
    text = HEAD + (
        "def build_model(hp):\n"
        '    for i in range(hp.Int("depth", 1, 3)):\n        hp.Int(f"units_{i}", 8, 64)\n'
        '        hp.Float("rate_" + str(i), 0, 1)\n'
        '    return keras.Sequential([keras.layers.Dense(hp.get("units_0"))])\n'
    )
    names = names_in(tmp_path, "m", m=text)
    found = mention(names, "units_0", '"units_0"')
    assert lines(names.declarations(found)) == [("m", 6)]
    with pytest.raises(CannotRename, match=r"Line 6 of m\.py puts names together"):
        names.rename(found, "width_0")
    with pytest.raises(CannotRename, match="put together when the program runs"):
        names.rename(mention(names, "units_", 'f"units_{i}"'), "width")
    assert renamed(names, mention(names, "depth", '"depth"'), "blocks")["m"] == text.replace(
        "depth", "blocks"
    )


def refusal(folder: Path, body: str, new: str = "width") -> str:
    text = HEAD + "def build_model(hp):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    text += "    return keras.Sequential([keras.layers.Dense(hp.get('units'))])\n"
    names = names_in(folder, "m", m=text)
    with pytest.raises(CannotRename) as caught:
        names.rename(mention(names, "units", "hp.get('units')"), new)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "new", "sentence"),
    [
        ("hp.Int('units', 1, 2)\nhp.Int('width', 1, 2)", "width", "already names a hyperparameter 'width'"),
        ("hp.Int('units', 1, 2)\nhp.Int(f'width_{3}', 1, 2)", "width_3", "already names"),
        ("NAME = 'units'\nhp.Int(NAME, 1, 2)", "width", "in another way than as one plain string"),
        ("hp.Int('un' 'its', 1, 2)", "width", "in another way than as one plain string"),
        ("hp.Int('units', 1, 2)", " ", "a text that can be read"),
        ("hp.Int('units', 1, 2)\nx = (3", "width", "does not parse"),
    ],
)
def test_a_rename_that_could_go_wrong_is_refused_in_one_sentence(
    tmp_path: Path, body: str, new: str, sentence: str
) -> None:
    assert sentence in refusal(tmp_path, body, new)


def test_names_within_a_name_scope_have_its_prefix(tmp_path: Path) -> None:
    text = HEAD + (
        "def build_model(hp):\n"
        '    with hp.name_scope("conv"):\n        hp.Int("kernel", 1, 3)\n'
        '    hp.Int("kernel", 4, 5)\n'
        '    return keras.Sequential([keras.layers.Dense(hp.get("conv/kernel"))])\n'
    )
    names = names_in(tmp_path, "m", m=text)
    after = renamed(names, mention(names, "kernel", '"kernel", 1'), "size")["m"]
    assert after == text.replace('"kernel", 1', '"size", 1').replace("conv/kernel", "conv/size")


def test_a_helper_that_is_called_within_a_name_scope_is_not_renamed(tmp_path: Path) -> None:
    text = HEAD + (
        'def dense(hp):\n    return keras.layers.Dense(hp.Int("units", 1, 2))\n\n'
        'def build_model(hp):\n    with hp.name_scope("head"):\n        return keras.Sequential([dense(hp)])\n'
    )
    names = names_in(tmp_path, "m", m=text)
    with pytest.raises(CannotRename, match="called within a name scope"):
        names.rename(mention(names, "units", '"units"'), "width")


def test_nothing_is_renamed_when_not_every_file_was_looked_into(tmp_path: Path) -> None:
    for name, text in ACROSS.items():
        (tmp_path / f"{name}.py").write_text(dedent(text))
    document = source.read(tmp_path / "blocks.py")
    names = HyperparameterNames(Neighbours.of(document, Workspace(Limits(files=2))))
    with pytest.raises(
        CannotRename, match="Places that name it could be missed: The project has more than 2"
    ):
        names.rename(mention(names, "kernel", '"kernel"'), "size")


def test_a_new_name_with_quotes_and_backslashes_is_spelled_so_that_it_means_itself(tmp_path: Path) -> None:
    text = HEAD + (
        "def build_model(hp):\n    hp.Int(\"units\", 1, 3)\n    return keras.Sequential([keras.layers.Dense(hp.get('units'))])\n"
    )
    names = names_in(tmp_path, "m", m=text)
    new = "é\"'\\n 🧠"
    after = renamed(names, mention(names, "units", '"units"'), new)["m"]
    assert sorted(each.name.text or "" for each in names_in(tmp_path, "m", m=after).mentions) == [new, new]


def test_what_may_stand_in_place_of_a_name_comes_with_its_declaration(tmp_path: Path) -> None:
    names = names_in(tmp_path, "report", **ACROSS)
    found = mention(names, "kernel", '"kernel"')
    assert names.names_for(found) == [("kernel", 'params.Int("kernel", 3, 11, step=2)')]


def test_a_file_that_was_deleted_after_it_was_known_no_longer_counts(tmp_path: Path) -> None:
    for name, text in ACROSS.items():
        (tmp_path / f"{name}.py").write_text(dedent(text))
    workspace = Workspace()
    document = source.read(tmp_path / "blocks.py")
    assert len(Neighbours.of(document, workspace).flows) == 4
    (tmp_path / "report.py").unlink()
    (tmp_path / "train.py").rename(tmp_path / "search.py")
    files = {Path(each).name for each in Neighbours.of(document, workspace).flows}
    assert "report.py" not in files and "train.py" not in files


def test_the_text_in_the_editor_counts_and_not_the_older_one_on_the_disk(tmp_path: Path) -> None:
    for name, text in ACROSS.items():
        (tmp_path / f"{name}.py").write_text(dedent(text))
    document = source.read(tmp_path / "train.py")
    newer = source.from_text(
        str(tmp_path / "blocks.py"), dedent(ACROSS["blocks"]).replace('"kernel"', '"size"')
    )
    names = HyperparameterNames(Neighbours.of(document, Workspace(), {newer.path: newer}))
    assert [each.name.text for each in names.mentions if each.kind] == ["size"]


def test_symbols_are_targets_with_their_hyperparameters_below(tmp_path: Path) -> None:
    text = HEAD + (
        'def block(hp, i):\n    return hp.Choice(f"act_{i}", ["relu"])\n\n'
        'def build_model(hp):\n    hp.Int("units", 1, 2)\n    hp.Boolean("bias")\n    block(hp, 1)\n'
        "    return keras.Sequential()\n\n"
        "class Other:\n    def build(self, dictionary):\n        return dictionary.get('units')\n"
    )
    found = symbols(source.from_text("m.py", text))
    assert [(each.name, [(c.name, c.detail) for c in each.children]) for each in found] == [
        ("block", [('f"act_{i}"', "Choice")]),
        ("build_model", [("units", "Int"), ("bias", "Boolean")]),
    ]


def test_two_files_that_import_each_other_end(tmp_path: Path) -> None:
    names = names_in(
        tmp_path,
        "one",
        one="import two\ndef build(hp):\n    return two.more(hp)\ndef extra(hp):\n    return hp.Int('a', 1, 2)\n",
        two="import one\ndef more(hp):\n    return one.extra(hp)\n",
    )
    assert lines(list(names.mentions)) == [("one", 5)]
    assert len(names.neighbours.flows) == 2


def test_a_name_defined_twice_means_the_last_definition(tmp_path: Path) -> None:
    names = names_in(
        tmp_path,
        "train",
        models="def make(h):\n    return h.Int('a', 1, 2)\n\ndef make(h):\n    return h.Int('b', 1, 2)\n",
        train="""
            import keras_tuner as kt
            from models import make

            best = kt.RandomSearch(make).get_best_hyperparameters()[0]
            tuner = kt.RandomSearch(make)
            tuner.get_best_hyperparameters()[0].get("b")
            """,
    )
    found = mention(names, "b", '"b"')
    assert lines(names.declarations(found)) == [("models", 5)]


def test_of_a_file_that_is_edited_the_last_reading_alone_is_kept() -> None:
    edits = [source.from_text("/project/edited.py", f"{ONE}# {'a' * number}\n") for number in range(5)]
    read = [weakref.ref(flow(each).code) for each in edits]
    gc.collect()
    assert [each() is not None for each in read] == [False] * 4 + [True]
    assert flow(edits[-1]) is flow(edits[-1])


def test_a_file_that_was_edited_reads_as_it_would_without_its_past() -> None:
    path, other = "/project/edited.py", ONE.replace('"units", 8, 64', '"width", 8, 64')
    for text in (ONE, other, ONE):
        fresh = flow(source.from_text("/project/other.py", text))
        edited = flow(source.from_text(path, text))
        names = [
            [(str(each.name), each.span.line, each.span.column) for each in of.mentions]
            for of in (fresh, edited)
        ]
        assert names[0] == names[1] != []
