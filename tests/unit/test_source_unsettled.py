"""What code outside of a slice sets is known with it, and run with it where it stands at the level that runs."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from hypershape import source
from hypershape.model import Module, Target, Unsettled
from hypershape.source.code import Code
from hypershape.source.unsettled import settings


def found(text: str) -> set[Unsettled]:
    code = Code(source.from_text("own.py", dedent(text)))
    return {each for each, _ in settings(code)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import settings\nsettings.width = 3", ("settings", "width", "")),
        ("import a.settings as s\ndef f():\n    s.width = 3", ("settings", "width", "f")),
        ("from . import settings\nsettings.width += 3", ("settings", "width", "")),
        ("from settings import cfg\ncfg.width: int = 3", ("cfg", "width", "")),
        ("import settings\nsettings.cfg['width'] = 3", ("cfg", "width", "")),
        ("import settings\nsetattr(settings, 'width', 3)", ("settings", "width", "")),
        ("import settings\nfor n, v in x:\n    setattr(settings, n, v)", ("settings", "*", "")),
        ("import settings\nvars(settings).update(x)", ("settings", "*", "")),
        ("WIDTH = None\ndef f():\n    global WIDTH\n    WIDTH = 3", ("own", "WIDTH", "f")),
        ("W = 0\ndef f():\n    global W\n    for W in range(3):\n        pass", ("own", "W", "f")),
        ("def f():\n    globals()['WIDTH'] = 3", ("own", "WIDTH", "f")),
        ("class C:\n    pass\ndef f():\n    C.width = 3", ("C", "width", "f")),
        ("class C:\n    @classmethod\n    def f(cls):\n        cls.width = 3", ("C", "width", "f")),
        ("class C:\n    def f(self):\n        self.width = 3", ("C()", "width", "f")),
        ("class C:\n    def f(self):\n        type(self).width = 3", ("C", "width", "f")),
        ("def f(cfg):\n    cfg.width, cfg.depth = 3, 4", ("", "width", "f")),
    ],
)
def test_what_a_file_sets_is_found_with_its_owner(text: str, expected: tuple[str, str, str]) -> None:
    assert Unsettled(*expected) in found(text)


def test_what_is_only_added_to_a_list_or_dictionary_is_told_as_that() -> None:
    text = "T = {}\nL = []\ndef f():\n    T['a'] = 1\n    L.append(2)"
    assert found(text) == {
        Unsettled("T", "a", "f"),
        Unsettled("own", "T", "f", fills=True),
        Unsettled("own", "L", "f", fills=True),
    }


@pytest.mark.parametrize(
    "text",
    [
        "class C:\n    def __init__(self):\n        self.width = 3",
        "import settings\nsettings.width = None",
        "class C:\n    pass\nC.width = 3",
        "T = {}\nT['a'] = 1",
    ],
)
def test_what_an_object_begins_with_and_what_a_slice_runs_is_not_unsettled(text: str) -> None:
    assert not found(text)


FILES = {
    "settings": "width = None\n",
    "model": """
        import keras
        import settings
        def build_model(hp):
            return keras.Sequential([keras.Input((settings.width,)), keras.layers.Dense(hp.Int("u", 1, 9))])
        def tune():
            tuner = kt.RandomSearch(build_model, "loss")
            tuner.search()
        """,
    "main": """
        import keras_tuner as kt
        import settings
        from model import build_model
        columns = ["a", "b"]
        settings.width = len(columns)
        tuner = kt.RandomSearch(build_model, "loss")
        """,
}


def read(folder: Path, name: str, **texts: str) -> Module:
    for each, text in {**FILES, **texts}.items():
        (folder / f"{each}.py").write_text(dedent(text))
    return source.across(source.analyse(source.read(folder / f"{name}.py")), source.Workspace())


def only(module: Module) -> Target:
    (target,) = module.targets
    return target


@pytest.mark.parametrize("name", ["main", "model"])
def test_an_assignment_to_what_a_module_holds_runs_in_its_place(tmp_path: Path, name: str) -> None:
    slice_ = only(read(tmp_path, name, model=FILES["model"].partition("        def tune")[0])).slice
    assert slice_ is not None
    assert "settings.width = len(columns)" in slice_.files[-1].text
    assert "tuner" not in slice_.files[-1].text.replace("keras_tuner", "")


def test_an_assignment_before_the_tuner_of_a_function_runs_where_that_is_run(tmp_path: Path) -> None:
    main = """
        import keras_tuner as kt
        import settings
        from model import build_model
        def main(width):
            settings.width = width
            def build(hp):
                return build_model(hp)
            tuner = kt.RandomSearch(build, "loss")
        """
    slice_ = only(read(tmp_path, "main", main=main)).slice
    assert slice_ is not None
    assert "settings.width = width" in slice_.files[-1].text


@pytest.mark.parametrize(
    "main",
    [
        "import model, settings\nsettings.width = 3\nmodel.tune()\n",
        "import model, settings\ndef main():\n    settings.width = 3\n    model.tune()\n",
        "from model import settings, tune\nsetattr(settings, 'width', 3)\ntune()\n",
    ],
)
def test_a_slice_knows_what_files_that_it_holds_nothing_of_set(tmp_path: Path, main: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    text = "import keras_tuner as kt\n" + dedent(FILES["model"])
    target = next(each for each in read(tmp_path, "model", main=main, model=text).targets)
    assert target.slice is not None
    assert [(each.owner, each.name) for each in target.slice.unsettled] == [("settings", "width")]
    assert read(tmp_path, "model", main="import model, settings\n", model=text).targets[0].slice == replace_(
        target
    )


def test_reading_a_property_does_not_run_its_setter(tmp_path: Path) -> None:
    model = """
import keras, keras_tuner as kt
class Tuned(kt.HyperModel):
    _width = None
    @property
    def width(self):
        return self._width
    @width.setter
    def width(self, value):
        self._width = value
    def build(self, hp):
        return keras.Sequential([keras.layers.Dense(self.width * hp.Int("units", 1, 2))])
"""
    slice_ = only(read(tmp_path, "model", model=model)).slice
    assert slice_ is not None
    assert [(each.owner, each.name, each.within) for each in slice_.unsettled] == [
        ("Tuned()", "_width", "width=")
    ]


def replace_(target: Target) -> object:
    """The slice of a target of which no other file sets anything."""
    from dataclasses import replace

    assert target.slice is not None
    return replace(target.slice, unsettled=())
