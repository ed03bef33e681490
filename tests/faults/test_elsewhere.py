"""A search space that is probed from another folder, in another environment, says what it says here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

MODEL = """import keras
from helper import units

with open("classes.txt") as file:
    CLASSES = int(file.read())


def build_model(hp):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    model.add(keras.layers.Conv2D(8, hp.Int("kernel", 3, 31, step=4)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(units(hp, CLASSES)))
    model.compile(loss="mse")
    return model
"""
HELPER = "def units(hp, most):\n    return hp.Int('units', 1, most)\n"
ELSEWHERE = """sh -c 'cd / && exec env -i PATH="$PATH" "$@"' sh """


def checked(folder: Path, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "hypershape", "check", "model.py", "--format", "json", *more]
    done = subprocess.run(
        [*command, "--level", "symbolic"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        timeout=160,
    )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    for target in found["files"][0]["targets"]:
        target.pop("elapsed_ms")
    return found


def alike(found: dict[str, Any]) -> dict[str, Any]:
    """What was found, without what depends on how fast it was."""
    (target,) = found["files"][0]["targets"]
    # How many probes a proof takes depends on how fast they come; shapes and numbers of parameters are those that they saw.
    target["coverage"] = {
        key: target["coverage"][key] for key in target["coverage"].keys() - {"probed", "failed"}
    }
    assert all(layer.pop("shapes") and layer.pop("parameters") for layer in target["layers"])
    assert target.pop("parameters")
    return found


def says_the_same(words: str, folder: Path) -> None:
    """Holds a check by an interpreter that some words reach, in another folder, against one here."""
    here, there = folder / "here", folder / "there"
    for each in (here, there):
        each.mkdir()
        (each / "classes.txt").write_text("4")
    (here / "model.py").write_text(MODEL)
    (here / "helper.py").write_text(HELPER)
    own = checked(here, "--python", sys.executable)
    assert own["files"][0]["findings"][0]["condition"] == "kernel >= 31"
    (here / "classes.txt").unlink()
    other = checked(here, "--python", words, "--map", f".={there}")
    assert alike(other) == alike(own)
    assert sorted(each.name for each in there.iterdir()) == ["classes.txt"]


def test_a_check_from_elsewhere_says_the_same(tmp_path: Path) -> None:
    says_the_same(ELSEWHERE + sys.executable, tmp_path)
