"""A search space in several files, of which an editor has some open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.conftest import Editor

pytestmark = pytest.mark.tensorflow

MODELS = """\
import keras
from keras import layers


def make(h):
    model = keras.Sequential([keras.Input((8, 8, 1))])
    model.add(layers.Conv2D(4, h.Int("kernel", 3, 11, step=2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile(loss="mse")
    return model
"""

TRAIN = """\
import keras_tuner as kt
from models import make

tuner = kt.RandomSearch(make, objective="val_acc", max_trials=7)
"""


async def test_each_open_file_of_a_space_shows_its_own_findings_and_follows_edits_of_the_other(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "train.py").write_text(TRAIN)
    await editor.start()
    models = editor.open(tmp_path / "models.py", MODELS)
    await editor.until(lambda: "HS201" in editor.codes(models))
    await editor.idle()
    assert "of your 7 trials" in editor.client.diagnostics[models][0].message
    assert editor.codes(models) == ["HS201"]
    assert any(each.is_preferred for each in await editor.actions(models, "layers.Conv2D(4"))

    train = editor.open(tmp_path / "train.py", TRAIN)
    await editor.until(lambda: "HS401" in editor.codes(train))
    assert editor.marked(train, "HS401") == '"val_acc"'
    assert "HS401" not in editor.codes(models)

    editor.replace(train, "max_trials=7", "max_trials=70")
    await editor.until(lambda: "of your 70 trials" in editor.client.diagnostics[models][0].message)
