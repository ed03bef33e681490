"""What a file's targets learn from the files around it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest

from hypershape import source
from hypershape.analysis import run
from hypershape.model import Analysis, Document, Module, Options, Target
from hypershape.source.workspace import Limits, Workspace

FILES = {
    "base": """
        import keras
        import keras_tuner as kt

        class Base(kt.HyperModel):
            def build(self, hp):
                return keras.Sequential([keras.layers.Dense(self.width(hp))])
        """,
    "own": """
        import keras_tuner as kt
        from base import Base

        class Mine(Base):
            def width(self, hp):
                return hp.Int("width", 1, 4)
        """,
    "blocks": """
        import keras

        def block(x, params):
            return deeper(x, params)

        def deeper(x, it):
            return keras.layers.Conv2D(4, it.Int("kernel", 3, 12, step=2))(x)

        def asks(x, which):
            return which.get("kernel")
        """,
    "models": """
        import keras
        from blocks import asks, block

        def make(h):
            asks(1, h)
            return keras.Sequential([block(keras.Input((8, 8, 1)), h)])
        """,
    "train": """
        import keras_tuner as kt
        from models import make
        from numpy import ones

        x, y = ones((9, 8, 8, 1)), ones((9, 1))
        known = kt.HyperParameters()
        known.Int("kernel", 3, 5)
        tuner = kt.RandomSearch(make, objective="loss", max_trials=7, hyperparameters=known, tune_new_entries=False)
        tuner.search(x, y)
        """,
}


def write(folder: Path, **files: str) -> None:
    for name, text in {**FILES, **files}.items():
        (folder / f"{name}.py").write_text(dedent(text))


def read(path: Path, **opened: Document) -> Module:
    texts = {each.path: each for each in opened.values()}
    return source.across(source.analyse(source.read(path)), source.Workspace(), texts)


def only(module: Module) -> Target:
    (target,) = module.targets
    return target


def test_a_build_function_alone_knows_the_tuner_of_another_file_its_trials_data_and_hyperparameters(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    target = only(read(tmp_path / "models.py"))
    assert (target.name, target.span.line, target.span.path) == ("make", 5, str(tmp_path / "models.py"))
    (tuner,) = target.tuners
    assert tuner.call.arguments["max_trials"].literal == 7
    assert target.slice is not None and target.fed is not None
    assert target.slice.hyperparameters == "known" and not target.slice.tunes_new_entries
    assert target.fed.expression == "((x), (y))"
    assert {Path(each.path).stem for each in target.slice.files} == {"blocks", "models", "train"}


def test_both_files_ask_the_same_question(tmp_path: Path) -> None:
    write(tmp_path)
    models, train = only(read(tmp_path / "models.py")), only(read(tmp_path / "train.py"))
    assert (models.slice, models.fed, models.tuners) == (train.slice, train.fed, train.tuners)


def test_what_a_comment_declares_above_the_function_wins_over_the_search_of_another_file(
    tmp_path: Path,
) -> None:
    declared = FILES["models"].replace("def make", "# hypershape: x=(8, 8, 1) y=(3,)\n        def make")
    write(tmp_path, models=declared)
    target = only(read(tmp_path / "models.py"))
    assert target.data is not None and target.data.y == ((3,),) and target.fed is None


def test_the_text_in_the_editor_is_run_and_not_the_older_one_on_the_disk(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "models.py"
    newer = source.from_text(str(path), path.read_text().replace("8, 8, 1", "9, 9, 1"))
    module = source.across(source.analyse(newer), source.Workspace())
    target = only(module)
    assert target.slice is not None
    (text,) = [each.text for each in target.slice.files if each.path == str(path)]
    assert "9, 9, 1" in text

    train = source.from_text(
        str(tmp_path / "train.py"),
        (tmp_path / "train.py").read_text().replace("max_trials=7", "max_trials=8"),
    )
    known = only(read(path, train=train))
    assert known.tuners[0].call.arguments["max_trials"].literal == 8


def test_what_another_file_on_the_disk_says_now_counts(tmp_path: Path) -> None:
    write(tmp_path)
    module, workspace = source.analyse(source.read(tmp_path / "models.py")), source.Workspace()
    assert "4, it.Int" in str(only(source.across(module, workspace)).slice)
    write(tmp_path, blocks=FILES["blocks"].replace("4, it.Int", "5, it.Int"))
    assert "5, it.Int" in str(only(source.across(module, workspace)).slice)


def test_a_function_that_is_being_typed_is_not_run_without_the_line_that_does_not_parse(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    path = tmp_path / "models.py"
    newer = source.from_text(str(path), path.read_text().replace("asks(1, h)", "asks(1, "))
    before = read(path)
    moved = source.from_text(str(path), "\n" + newer.text)
    target = only(source.across(source.analyse(moved, previous=before), source.Workspace()))
    assert target.slice is None and target.reason == "Line 7 does not parse."


def test_a_build_that_another_file_defines_makes_a_target_of_the_class(tmp_path: Path) -> None:
    write(tmp_path)
    target = only(read(tmp_path / "own.py"))
    assert (target.name, target.span.line, target.kind) == ("Mine.build", 5, "hypermodel")
    assert target.slice is not None and target.slice.expression == "Mine().build"


def test_the_base_class_is_built_as_the_tuner_of_another_file_does(tmp_path: Path) -> None:
    tuner = FILES["own"] + '\n        tuner = kt.RandomSearch(Mine(), objective="loss", max_trials=3)\n'
    write(tmp_path, own=tuner)
    target = only(read(tmp_path / "base.py"))
    assert (target.name, target.span.line) == ("Base.build", 6)
    assert target.slice is not None and target.slice.expression == "Mine().build"
    assert only(read(tmp_path / "own.py")).tuners == target.tuners


async def checked(path: Path) -> Analysis:
    widen = partial(source.across, workspace=source.Workspace())
    return await run(source.read(path), None, Options(level="static"), widen)


async def test_helpers_that_get_the_object_from_another_file_have_the_rules_and_are_no_targets(
    tmp_path: Path,
) -> None:
    write(tmp_path, blocks=FILES["blocks"].replace('get("kernel")', "Int(x, 3, 10, step=2)"))
    analysis = await checked(tmp_path / "blocks.py")
    assert not analysis.targets
    assert [(each.code, each.span.line) for each in analysis.findings] == [("HS103", 8), ("HS103", 11)]
    assert all(each.fixes for each in analysis.findings)
    (tmp_path / "models.py").unlink()
    alone = await checked(tmp_path / "blocks.py")
    assert [each.span.line for each in alone.findings] == [8]


async def test_a_wrong_argument_of_the_tuner_is_told_in_the_file_that_makes_it(tmp_path: Path) -> None:
    write(tmp_path, train=FILES["train"].replace("max_trials=7", "max_trial=7"))
    codes = {
        name: [each.code for each in (await checked(tmp_path / f"{name}.py")).findings]
        for name in ("models", "train")
    }
    assert "HS406" in codes["train"] and "HS406" not in codes["models"]


@pytest.mark.parametrize(
    "train",
    [
        "import keras_tuner as kt\nfrom models import make\ntuner = kt.RandomSearch(make, objective=\n",
        "from models import make as model\nmodel(None)\n",
        "import keras_tuner as kt\nfrom elsewhere import make\ntuner = kt.RandomSearch(make)\n",
    ],
    ids=["half typed", "no tuner", "another make"],
)
def test_a_file_that_hands_nothing_to_a_tuner_changes_nothing(tmp_path: Path, train: str) -> None:
    write(tmp_path, models=FILES["models"].replace("(h)", "(hp)").replace(", h)", ", hp)"))
    (tmp_path / "train.py").write_text(train)
    (tmp_path / "elsewhere.py").write_text("def make(hp):\n    return hp\n")
    target = only(read(tmp_path / "models.py"))
    assert target.tuners == () and target.slice is not None
    assert [Path(each.path).stem for each in target.slice.files] == ["blocks", "models"]


def test_a_notebook_can_be_the_file_that_searches(tmp_path: Path) -> None:
    write(tmp_path)
    cells = [
        {"cell_type": "code", "source": text}
        for text in ("%pip install x\nimport keras_tuner as kt", "from models import make\n" + "tuner = kt.RandomSearch(make, max_trials=7)")
    ]  # fmt: skip
    (tmp_path / "train.py").unlink()
    (tmp_path / "train.ipynb").write_text(json.dumps({"cells": cells}))
    (tuner,) = only(read(tmp_path / "models.py")).tuners
    assert tuner.call.span.path == str(tmp_path / "train.ipynb")


def test_files_that_import_each_other_end_in_one_target(tmp_path: Path) -> None:
    write(tmp_path, models=FILES["models"] + "\n        import train\n")
    assert len(only(read(tmp_path / "models.py")).tuners) == 1


def test_paths_are_given_back_as_they_were_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    target = only(read(Path("models.py")))
    assert target.slice is not None
    assert [each.path for each in target.slice.files] == ["blocks.py", "models.py", "train.py"]
    assert target.span.path == "models.py"


def test_a_tuner_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    write(tmp_path)
    module, workspace = source.analyse(source.read(tmp_path / "models.py")), source.Workspace()
    assert only(source.across(module, workspace)).tuners
    (tmp_path / "train.py").rename(tmp_path / "train.txt")
    assert source.across(module, workspace).targets == module.targets


def test_targets_of_one_definition_stay_apart_where_not_all_files_were_looked_at(tmp_path: Path) -> None:
    """On a busy machine the look at a project's files stops early; a target with a failure was lost by that."""
    path = tmp_path / "model.py"
    path.write_text(
        dedent("""
        import keras_tuner as kt
        from blocks import block

        def made(size):
            def build(hp):
                return block(size, hp)
            return build

        kt.RandomSearch(made(28), "val_loss")
        kt.RandomSearch(made(3), "val_loss")
        """)
    )
    (tmp_path / "blocks.py").write_text("def block(x, hp):\n    return hp.Int('units', 1, x)\n")
    module = source.analyse(source.read(path))
    there = source.across(module, workspace=Workspace(Limits(seconds=-1.0)))
    assert there.unsearched is not None
    assert [each.name for each in there.targets] == [each.name for each in module.targets] == ["build"] * 2
