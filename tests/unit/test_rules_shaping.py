"""Repairs that bring a model and its data together, over targets that were probed on paper."""

from __future__ import annotations

from dataclasses import replace

from hypershape import source
from hypershape.analysis.results import unprobed
from hypershape.model import DeclaredData, LayerCall, Report, Shape, TargetAnalysis
from hypershape.rules.common.shaping import sample_shaped
from hypershape.source import Code

TEXT = """\
import keras
import keras_tuner
import numpy as np

x = np.load("signals.npy")
steps, leads = x.shape[1:]


def build_model(hp):
    model = keras.Sequential([keras.Input((steps, leads)), keras.layers.Conv1D(4, hp.Int("kernel", 3, 99))])
    model.compile(loss="mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="loss")
tuner.search(x, x)
"""


def probed(taken: Shape) -> tuple[TargetAnalysis, Code]:
    """A target whose first layer met inputs of a shape, with data of 64 steps and 3 leads."""
    module = source.analyse(source.from_text("model.py", TEXT))
    (target,) = module.targets
    first = LayerCall(None, "conv1d", "Conv1D", (taken,), ((None, 62, 4),), "float32", 40)
    report = Report({"kernel": 3}, "ok", "symbolic", layers=(first,))
    data = DeclaredData(x=((64, 3),), y=((64, 3),))
    return replace(unprobed(target), reports=(report,), searched=data), module.code


def titles(taken: Shape) -> list[str]:
    return [fix.title for fix in sample_shaped(*probed(taken))]


def test_the_shape_that_a_model_takes_already_is_no_repair() -> None:
    assert titles((None, 64, 3)) == ["Take inputs of shape (64, 3, 1)"]


def test_the_shape_of_the_data_is_a_repair_where_a_model_takes_another() -> None:
    assert titles((None, 3, 64)) == ["Take inputs of shape (64, 3)", "Take inputs of shape (64, 3, 1)"]
