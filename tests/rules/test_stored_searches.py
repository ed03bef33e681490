"""Real searches whose folders are explained afterwards, with the file that made them and after it was changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tensorflow

SEARCH = """\
import keras
import keras_tuner
import numpy as np
from keras import layers


def build_model(hp):
    model = keras.Sequential([keras.Input((12, 12, 1))])
    for i in range(hp.Int("blocks", 1, 3)):
        model.add(layers.Conv2D(2, hp.Int("kernel", 3, 7, step=2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile(loss="mse")
    return model


if __name__ == "__main__":
    tuner = keras_tuner.GridSearch(
        build_model, "val_loss", max_trials=8, directory="out", project_name="p", max_consecutive_failed_trials=9
    )
    x, y = np.random.rand(4, 12, 12, 1), np.random.rand(4, 1)
    tuner.search(x, y, epochs=1, validation_data=(x, y), verbose=0)
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a script that has searched: eight of nine configurations, of which two fail."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "build.py").write_text(SEARCH)
    subprocess.run([sys.executable, "build.py"], cwd=folder, check=True, capture_output=True, timeout=150)
    return folder


def explained(folder: Path, *more: str) -> str:
    command = [sys.executable, "-m", "hypershape", "explain", "out/p", "--python", sys.executable, *more]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=150)
    return done.stdout


def test_each_failed_trial_has_its_cause_with_line_and_condition_of_the_file(searched: Path) -> None:
    text = explained(searched)
    assert "8 trials: 6 completed, 2 failed." in text
    assert "Trials 5, 7: ValueError at build.py:10: Computed output size would be zero or negative" in text
    assert "the file says so of its whole space" in text
    assert "1 configuration not tried yet: 1 of them fail" in text
    assert "The stored space is that of build.py." in text


def test_the_json_holds_for_the_trials_that_failed_and_no_other(searched: Path) -> None:
    found = json.loads(explained(searched, "--format", "json"))
    (cause,) = found["causes"]
    for trial in found["trials"]:
        assert (trial["status"] == "FAILED") == (trial["id"] in cause["trials"])
        assert eval(cause["condition"], dict(trial["values"])) == (trial["status"] == "FAILED")
    assert found["left"] == {"configurations": 1, "failing": 1, "trials": 0}


def test_a_file_that_was_changed_since_is_told_apart_from_what_is_stored(searched: Path) -> None:
    other = searched / "changed.py"
    other.write_text(SEARCH.replace('hp.Int("kernel", 3, 7, step=2)', 'hp.Int("kernel", 3, 5, step=2)'))
    text = explained(searched, "--file", "changed.py")
    assert "kernel was 3 to 7 by 2 and is 3 to 5 by 2 now" in text
