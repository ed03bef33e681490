"""Which text a process may go on with, and how many processes wait for one."""

from __future__ import annotations

import textwrap

import pytest

from hypershape.model import Slice, SliceFile
from hypershape.probe.parked import alike

BEFORE = """
import keras
from keras import layers

SIZE = (8, 8)

def block(filters, kernel=3):
    return layers.Conv2D(filters, kernel)

class Own(layers.Layer):
    scale = 2
    def call(self, x):
        return x * self.scale

class Other(Own):
    pass

@keras.saving.register_keras_serializable()
def build_model(hp):
    return keras.Sequential([keras.Input(SIZE), block(hp.Int("n", 1, 3))])
"""


def cut(text: str, **more: object) -> Slice:
    return Slice((SliceFile("/p/model.py", "__main__", textwrap.dedent(text)),), "build_model", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('hp.Int("n", 1, 3)', 'hp.Int("n", 1, 2)'),
        ("layers.Conv2D(filters, kernel)", 'layers.Conv2D(filters, kernel, padding="same")'),
        ("return x * self.scale", "return x + self.scale"),
        ("def block", "# a comment\n\ndef block"),
        ("import keras\n", "import keras\n\n\n"),
    ],
)
def test_an_edit_within_functions_goes_on_in_the_same_process(old: str, new: str) -> None:
    assert old in BEFORE and alike(cut(BEFORE), cut(BEFORE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SIZE = (8, 8)", "SIZE = (9, 9)"),
        ("SIZE = (8, 8)", "SIZE = (8, 8)\nkeras.config.set_floatx('float16')"),
        ("kernel=3", "kernel=5"),
        ("scale = 2", "scale = 3"),
        ("class Other(Own)", "class Other(layers.Dense)"),
        ("@keras.saving.register_keras_serializable()", "@keras.saving.register_keras_serializable('a')"),
        ("from keras import layers", "from keras import layers, ops"),
    ],
)
def test_an_edit_of_what_runs_when_a_file_is_run_needs_a_new_process(old: str, new: str) -> None:
    assert old in BEFORE and not alike(cut(BEFORE), cut(BEFORE.replace(old, new)))


@pytest.mark.parametrize(
    "line",
    [
        "block(3)",
        "SIZES = [each for each in map(block, [1])]",
        "keras.layers.Dense = Own",
        "def patch(): layers.Dense.call = None",
        "setattr(keras, 'x', 1)",
    ],
)
def test_a_text_whose_functions_run_at_once_or_change_other_modules_leaves_no_process(line: str) -> None:
    text = f"{BEFORE}\n{line}\n"
    assert alike(cut(text), cut(text))
    assert not alike(cut(text), cut(text.replace("1, 3", "1, 2")))


def test_other_stand_ins_and_other_files_need_a_new_process() -> None:
    assert not alike(cut(BEFORE), cut(BEFORE, stand_ins={"x_train": "not loaded"}))
    assert not alike(cut(BEFORE), cut(BEFORE, hyperparameters="hp"))
    moved = Slice((SliceFile("/q/model.py", "__main__", textwrap.dedent(BEFORE)),), "build_model")
    assert not alike(cut(BEFORE), moved)
    assert not alike(cut("def f(:"), cut("def f(:\n"))
