"""What the rehearsals of real searches measure, and what is made of it."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hypershape import analysis, source
from hypershape.model import Analysis, Options
from hypershape.probe import Agent

pytestmark = pytest.mark.tensorflow

MODEL = """
import keras
import keras_tuner as kt
import numpy as np
from keras import layers
{data}

def build_model(hp):
    model = keras.Sequential([keras.Input((20,)), layers.Dense(hp.Choice("units", [8]), "relu"), layers.Dense(1)])
    model.compile({optimizer}, "mse")
    return model


tuner = {tuner}
tuner.search({search})
"""
DATA = 'x, y = np.zeros((1000, 20), "float32"), np.zeros((1000, 1), "float32")\n'
RANDOM = 'kt.RandomSearch(build_model, "loss", max_trials=1, executions_per_trial=2, overwrite=True)'


@pytest.fixture(scope="module")
def analysed() -> Iterator[Callable[..., Analysis]]:
    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(search: str, data: str = DATA, optimizer: str = '"adam"', tuner: str = RANDOM) -> Analysis:
        text = MODEL.format(search=search, data=data, optimizer=optimizer, tuner=tuner)
        document = source.from_text("/project/model.py", text)
        return loop.run_until_complete(analysis.run(document, agent, Options(level="auto", on_top=True)))

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


def trained(done: Analysis) -> list[dict[str, Any]]:
    return [each for trial in done.rehearsals[0].facts["cost"]["trials"] for each in trial["trainings"]]


def test_a_search_is_measured_as_it_would_train(analysed: Callable[..., Analysis]) -> None:
    callbacks = "callbacks=[keras.callbacks.EarlyStopping(monitor='loss', patience=3)]"
    done = analysed(f"x, y, epochs=30, batch_size=50, validation_split=0.2, {callbacks}")
    once, again, *_ = trained(done)
    assert {name: once[name] for name in ("batch", "steps", "checks", "epochs", "least_epochs")} == {
        "batch": 50, "steps": 16, "checks": 4, "epochs": 30, "least_epochs": 4
    }  # fmt: skip
    assert once["parameters"] == again["parameters"] == 21 * 8 + 9
    assert once["weights"] == 4 * once["parameters"]
    # Adam's two moments of every weight, its counter and its learning rate.
    assert 8 * once["parameters"] <= once["slots"] <= 8 * once["parameters"] + 16
    assert once["step"] and min(once["step"]) > 0
    (target,) = done.targets
    assert target.cost is not None and target.cost.device == "CPU" and target.cost.trials == 1
    assert target.cost.search is not None and target.cost.search[0] < target.cost.search[1]
    assert target.cost.memory is None or target.cost.memory[1] > 0


def test_a_dataset_tells_its_batches_and_an_optimizer_what_it_keeps(
    analysed: Callable[..., Analysis],
) -> None:
    data = (
        DATA
        + "import tensorflow as tf\ntrain = tf.data.Dataset.from_tensor_slices((x, y)).batch(40).prefetch(1)\n"
    )
    once = trained(analysed("train, epochs=2", data, "keras.optimizers.SGD()"))[0]
    assert (once["batch"], once["steps"], once["checks"]) == (40, 25, 0)
    assert once["slots"] <= 16


def test_of_data_that_is_not_at_hand_no_search_is_told(analysed: Callable[..., Analysis]) -> None:
    done = analysed("x, y, epochs=2", "x, y = np.load('x.npy'), np.load('y.npy')\n")
    assert all(
        "steps" not in each
        for played in done.rehearsals[:1]
        if "cost" in played.facts
        for each in trained(done)
    )
    assert done.targets[0].cost is None or done.targets[0].cost.search is None


def test_hyperband_is_counted_by_its_brackets(analysed: Callable[..., Analysis]) -> None:
    space = 'keras.optimizers.SGD(hp.Float("rate", 1e-4, 1e-1))'
    tuner = 'kt.Hyperband(build_model, "loss", max_epochs=9, factor=3, overwrite=True)'
    (target,) = analysed("x, y", optimizer=space, tuner=tuner).targets
    assert target.cost is not None and target.cost.trials == 3 + 5 + 2 + 9 + 3 + 1
