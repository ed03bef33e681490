"""What is found on a machine that is busy with other work, where one build takes longer than the budget."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hypershape import analysis, source
from hypershape.model import Options
from hypershape.probe import Agent
from tests.busy import busy

pytestmark = pytest.mark.tensorflow

MOBILENET = """\
import keras
import keras_tuner
from keras import layers


# hypershape: x=(32, 32, 3) y=(1,)
def build_model(hp):
    base = keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None)
    base.trainable = hp.Boolean("finetune")
    x = base.output
    if hp.Boolean("convolution"):
        x = layers.Conv2D(hp.Int("filters", 16, 128, step=16), hp.Choice("kernel", [1, 3]))(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(hp.Int("units", 32, 256, step=32), activation="relu")(x)
    model = keras.Model(base.input, layers.Dense(10, activation="softmax")(x))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="val_acc", max_trials=20, overwrite=True)
"""


@pytest.mark.timeout(400)
async def test_three_mistakes_in_a_model_that_is_slow_to_build_are_found_on_a_busy_machine(
    tmp_path: Path,
) -> None:
    document = source.from_text(str(tmp_path / "mobilenet.py"), MOBILENET)
    agent = Agent([sys.executable])
    try:
        with busy():
            done = await analysis.run(document, agent, Options(verify_fixes=False))
    finally:
        await agent.close()
    assert {"HS201", "HS301", "HS401"} <= {finding.code for finding in done.findings}
