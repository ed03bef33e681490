"""Tuner classes and build functions of other files of the project, however they are imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from hypershape import source

TUNER = "import keras_tuner as kt\nclass Mine(kt.Hyperband):\n    pass\n"
OWN = TUNER + "class Own(Mine):\n    def run_trial(self, trial):\n        pass\n"
BUILD = "def build(hp):\n    return hp.Int('u', 1, 9)\n"


def written(folder: Path, main: str, **files: str) -> Path:
    for name, text in {**files, "main": main}.items():
        file = folder / f"{name.replace('__init', '/__init__').replace('_in_', '/')}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return folder / "main.py"


@pytest.mark.parametrize(
    ("main", "files"),
    [
        ("from own import Mine\nMine(build, 'loss')", {"own": TUNER}),
        ("import own as o\no.Mine(build, 'loss')", {"own": TUNER}),
        ("from own import *\nMine(build, 'loss')", {"own": TUNER}),
        ("from pkg import M\nM(build, 'loss')", {"pkg__init": "from .a import Mine as M", "pkg_in_a": TUNER}),
        ("import pkg\npkg.Mine(build, 'loss')", {"pkg__init": "from .a import *", "pkg_in_a": TUNER}),
        ("def f():\n    from own import Mine\n    Mine(build, 'loss')", {"own": TUNER}),
        (
            "from deep import D\nD(build, 'loss')",
            {"own": TUNER, "deep": "from own import Mine\nclass D(Mine): pass"},
        ),
        ("from own import Mine\nclass D(Mine): pass\nD(build, 'loss')", {"own": TUNER}),
    ],
)
def test_a_tuner_of_a_class_that_another_file_derives_is_one(
    tmp_path: Path, main: str, files: dict[str, str]
) -> None:
    module = source.analyse(source.read(written(tmp_path, BUILD + main, **files)))
    assert [(each.class_name, each.own_trials) for each in module.tuners] == [("Hyperband", False)]
    (target,) = module.targets
    assert target.tuners == module.tuners


def test_a_class_of_another_file_that_runs_trials_in_its_own_way_is_known_as_one(tmp_path: Path) -> None:
    main = BUILD + "from own import Own\nOwn(build, 'loss')"
    (tuner,) = source.analyse(source.read(written(tmp_path, main, own=OWN))).tuners
    assert tuner.own_trials


def test_classes_that_are_no_tuners_and_files_that_import_each_other_are_passed_by(tmp_path: Path) -> None:
    main = BUILD + "from own import A, Other\nA(build)\nOther(build)\n# a tuner"
    files = {"own": "from back import A\nclass Other: pass", "back": "from own import A"}
    assert not source.analyse(source.read(written(tmp_path, main, **files))).tuners


@pytest.mark.parametrize(
    ("main", "files"),
    [
        ("from own import *\n{}(build, 'loss')", {"own": BUILD}),
        (
            "from pkg import *\n{}(build, 'loss')",
            {"pkg__init": "from .a import *", "pkg_in_a": BUILD},
        ),
        (
            "from own import *\n{}(Hyper(), 'loss')",
            {"own": "import keras_tuner as kt\nclass Hyper(kt.HyperModel):\n    def build(self, hp): pass\n"},
        ),
    ],
)
def test_a_builder_that_a_star_import_of_the_project_brings_is_a_target(
    tmp_path: Path, main: str, files: dict[str, str]
) -> None:
    text = "import keras_tuner as kt\n" + main.format("kt.RandomSearch")
    (target,) = source.analyse(source.read(written(tmp_path, text, **files))).targets
    assert target.slice is not None
    assert "import *" in target.slice.files[-1].text


def test_a_builder_that_no_star_import_brings_is_none(tmp_path: Path) -> None:
    main = "import keras_tuner as kt\nfrom own import *\nfrom keras.layers import *\nkt.RandomSearch(build, 'loss')"
    assert not source.analyse(source.read(written(tmp_path, main, own="x = 1\n"))).targets
