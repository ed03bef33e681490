"""Names that a file never imports: what an import binds them to, and when that is certain."""

from importlib import import_module

import pytest

from hypershape.source.unimported import _HOMES, missing_imports, surely_unimported

from .handmade import module

TEXT = """
import keras_tuner as kt
{before}

def build_model(hp):
    model = keras.Sequential([Dense(hp.Int("units", 1, 3))])
    model.compile("adam", "mse", metrics=metrics)
    return model

tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3)
"""


def test_every_name_is_where_the_table_says() -> None:
    assert [
        name for name, home in _HOMES.items() if home != "keras" and not hasattr(import_module(home), name)
    ] == []
    assert [
        name for name, home in _HOMES.items() if home == "keras" and not import_module(f"keras.{name}")
    ] == []


def test_an_import_is_written_as_the_file_writes_the_others() -> None:
    assert missing_imports(module(TEXT.format(before="")).code) == {
        "keras": "import keras",
        "Dense": "from keras.layers import Dense",
    }
    other = "from tensorflow.keras.optimizers import Adam"
    assert missing_imports(module(TEXT.format(before=other)).code) == {
        "keras": "from tensorflow import keras",
        "Dense": "from tensorflow.keras.layers import Dense",
    }


@pytest.mark.parametrize(
    ("before", "sure"),
    [
        ("", True),
        ("from helpers import *", False),
        ("exec(open('helpers.py').read())", False),
        ("x = (", False),
    ],
)
def test_what_may_bind_names_unseen_leaves_nothing_certain(before: str, sure: bool) -> None:
    assert bool(surely_unimported(module(TEXT.format(before=before)).code)) == sure


@pytest.mark.parametrize(
    "first", ["import keras_tuner as kt  # tuned", "from keras_tuner import (\n    RandomSearch,\n)"]
)
def test_a_slice_has_the_import_and_every_line_where_it_was(first: str) -> None:
    read = module(TEXT.format(before="").replace("import keras_tuner as kt", first))
    slice_ = read.targets[0].slice
    assert slice_ is not None and slice_.stand_ins.keys() == {"metrics"}
    made = slice_.files[-1].text
    assert "import keras; from keras.layers import Dense" in made
    assert [line for line, text in enumerate(made.split("\n")) if "def build_model" in text] == [
        line for line, text in enumerate(read.document.text.split("\n")) if "def build_model" in text
    ]
