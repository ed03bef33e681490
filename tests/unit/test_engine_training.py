"""What only a training step refuses is found without taking one for each configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.thinned import one_of

from .engine_child import PATH, in_child, load, probe, text

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(600)]

HEAD = """
import keras
from keras import layers

"""


def _probed(source: str, configurations: list[dict[str, Any]], data: Any = None) -> list[tuple[Any, bool]]:
    from hypershape.agent.engine import Engine

    engine, function, whole = Engine(data, [PATH]), load(source), []
    by_shapes = Engine._by_shapes
    Engine._by_shapes = lambda *given: (whole.append(1), by_shapes(*given))[1]  # type: ignore[assignment]
    found = []
    for configuration in configurations:
        whole.clear()
        found.append((engine.probe(function, configuration, "symbolic"), bool(whole)))
    return found


def probed(
    source: str, configurations: list[dict[str, Any]], data: Any = None
) -> list[tuple[dict[str, Any], bool]]:
    """The reports, and whether Keras itself had to run the target for each."""
    return in_child(_probed, source, configurations, data)


STATES = (
    HEAD
    + """
def build(hp):
    inputs = keras.Input((10, 3))
    state = layers.GRU(hp.Choice("encoder", [8, 9, 16, 33, 40]))(inputs)
    x = layers.RepeatVector(hp.Int("horizon", 5, 6))(state)
    x = layers.GRU(hp.Choice("decoder", [8, 9, 12, 16, 20, 33]), return_sequences=True)(x, initial_state=state)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
"""
)


@pytest.mark.parametrize("data", [None, {"x": [(10, 3)], "y": [(5, 1)]}], ids=["no data", "known data"])
def test_a_state_of_another_size_is_refused_by_a_step_and_the_next_one_from_memory(data: Any) -> None:
    sizes = [(8, 12), (8, 9), (16, 16), (40, 9), (33, 33)]
    configurations = [{"encoder": a, "decoder": b, "horizon": 5} for a, b in sizes]
    found = probed(STATES, configurations, data)
    assert [report["verdict"] for report, _ in found] == ["fail", "fail", "ok", "fail", "ok"]
    assert [whole for _, whole in found][3:] == [False, False] or data is not None
    first, later = found[0][0]["error"], found[3][0]["error"]
    assert later["stage"] == first["stage"] == "step"
    assert "9" in later["message"] and "40" in later["message"]
    assert [text(STATES, each["frames"][-1]["span"]) for each in (first, later)] == [
        'layers.GRU(hp.Choice("decoder", [8, 9, 12, 16, 20, 33]), return_sequences=True)'
    ] * 2
    for name in ("kind", "layer", "layer_class", "made", "frames"):
        assert first[name] == later[name]
    assert later["input_shapes"] == ((None, 5, 40), (None, 40))
    assert found[2][0]["log_names"] == ("loss",), "what the first failure left unknown is not remembered"
    assert found[3][0]["parameters"] and len(found[3][0]["layers"]) == len(found[0][0]["layers"]) == 4


def test_attention_over_single_vectors_is_remembered_as_a_failure_of_the_step() -> None:
    source = (
        HEAD
        + """
def build(hp):
    inputs = keras.Input((20, 6))
    x = layers.LSTM(hp.Int("units", 8, 9), return_sequences=hp.Boolean("sequences"))(inputs)
    x = layers.MultiHeadAttention(hp.Int("heads", 1, 8), 8)(x, x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", "mse")
    return model
"""
    )
    configurations = [
        {"units": units, "heads": heads, "sequences": sequences}
        for units, heads, sequences in [
            (8, 1, True),
            (8, 2, False),
            (8, 3, False),
            (8, 7, False),
            (8, 5, True),
        ]
    ]
    found = probed(source, configurations)
    assert [report["verdict"] for report, _ in found] == ["ok", "fail", "fail", "fail", "ok"]
    assert not found[3][1] and not found[4][1]
    assert found[3][0]["error"]["layer_class"] == "MultiHeadAttention"


def test_of_two_layers_that_a_step_refuses_the_first_one_is_named() -> None:
    source = STATES.replace(
        "    model = keras.Model(",
        "    x = layers.GRU(hp.Choice('last', [8, 9, 11, 21]), return_sequences=True)(x, initial_state=state)\n    model = keras.Model(",
    )
    values = [(8, 8, 9), (8, 9, 9), (8, 12, 11), (8, 20, 21), (9, 9, 8)]
    configurations = [{"encoder": a, "decoder": b, "last": c, "horizon": 5} for a, b, c in values]
    found = probed(source, configurations)
    assert [report["verdict"] for report, _ in found] == ["fail"] * 5
    assert [report["error"]["layer"] for report, _ in found] == ["gru_2", "gru_1", "gru_1", "gru_1", "gru_2"]
    assert not found[3][1]


def test_a_loss_that_does_not_exist_is_told_although_a_layer_fails_too() -> None:
    source = STATES.replace('"mse"', 'hp.Choice("loss", ["mse", "rmse"])')
    sizes = [(8, 12, "mse"), (8, 9, "mse"), (8, 9, "rmse")]
    configurations = [{"encoder": a, "decoder": b, "loss": loss, "horizon": 5} for a, b, loss in sizes]
    found = probed(source, configurations)
    assert found[1][0]["error"]["layer"] == "gru_1"
    assert "rmse" in found[2][0]["error"]["message"]


SEEN_THROUGH = {
    "cells": "x = layers.RNN(layers.LSTMCell(hp.Int('units', 4, 32)))(keras.Input((9, 4)))",
    "stacked cells": "x = layers.RNN([layers.GRUCell(hp.Int('units', 4, 32)), layers.GRUCell(5)])(keras.Input((9, 4)))",
    "convolutional memory": "x = layers.ConvLSTM2D(hp.Int('units', 1, 6), 3)(keras.Input((4, 9, 9, 2)))",
    "each step a convolution": (
        "x = layers.TimeDistributed(layers.Conv2D(hp.Int('units', 1, 6), 3))(keras.Input((4, 9, 9, 2)))"
    ),
    "both ways": "x = layers.Bidirectional(layers.LSTM(hp.Int('units', 4, 32)), 'sum')(keras.Input((9, 4)))",
    "cells both ways": "x = layers.Bidirectional(layers.RNN(layers.GRUCell(hp.Int('units', 4, 32))))(keras.Input((9, 4)))",
    "queries in groups": (
        "a = keras.Input((9, 16))\n"
        "    x = layers.GroupQueryAttention(hp.Int('units', 2, 32), 4, 2)(a, a)"
    ),
    "attention without weights": "a = keras.Input((9, 16))\n    x = layers.Attention()([layers.Dense(hp.Int('units', 4, 32))(a)] * 2)",
    "causal attention": (
        "a = keras.Input((9, 16))\n"
        "    x = layers.MultiHeadAttention(2, hp.Int('units', 4, 32))(a, a, use_causal_mask=True)"
    ),
    "attention to other data": (
        "a, b = keras.Input((9, 16)), keras.Input((7, 5))\n"
        "    x = layers.MultiHeadAttention(2, hp.Int('units', 4, 32))(a, b)"
    ),
    "words": "x = layers.GRU(8)(layers.Embedding(50, hp.Int('units', 4, 32))(keras.Input((9,), dtype='int32')))",
    "masked words": (
        "x = layers.Embedding(50, hp.Int('units', 4, 32), mask_zero=True)(keras.Input((9,), dtype='int32'))\n"
        "    x = layers.Bidirectional(layers.LSTM(8, return_sequences=True))(x)\n"
        "    x = layers.GRU(8)(layers.Dropout(0.2)(x))"
    ),
    "masked values": "x = layers.LSTM(hp.Int('units', 4, 32))(layers.Masking(0.0)(keras.Input((9, 4))))",
    "attention to masked words": (
        "a = layers.Embedding(50, hp.Int('units', 4, 32), mask_zero=True)(keras.Input((9,), dtype='int32'))\n"
        "    x = layers.GlobalAveragePooling1D()(layers.Add()([a, layers.MultiHeadAttention(2, 8)(a, a)]))"
    ),
    "normalized pictures": (
        "x = layers.Rescaling(1 / 255)(keras.Input((16, 16, 3)))\n"
        "    x = layers.Conv2D(hp.Int('units', 4, 32), 3)(layers.RandomFlip()(layers.RandomRotation(0.1)(x)))"
    ),
    "separable": "x = layers.SeparableConv1D(hp.Int('units', 4, 32), 3)(keras.Input((16, 3)))",
    "all kinds of norms": (
        "x = layers.Dense(4 * hp.Int('units', 1, 8))(keras.Input((6, 5)))\n"
        "    x = layers.GroupNormalization(2)(layers.RMSNormalization()(layers.UnitNormalization()(x)))"
    ),
    "a spectrum": "x = layers.Dense(hp.Int('units', 4, 32))(layers.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64)(keras.Input((256, 1))))",
    "padded in three": "x = layers.Cropping3D(1)(layers.ZeroPadding3D(hp.Int('units', 1, 4))(keras.Input((5, 6, 7, 2))))",
    "penalised": "x = layers.ActivityRegularization(0.1)(layers.PReLU()(layers.Dense(hp.Int('units', 4, 32))(keras.Input((6,)))))",
}  # fmt: skip
"""Models whose layers no list names, and that are answered from memory all the same."""


@pytest.mark.parametrize("name", one_of(2, sorted(SEEN_THROUGH)))
def test_layers_of_every_kind_are_answered_from_memory_as_keras_answers(name: str) -> None:
    source = with_inputs(SEEN_THROUGH[name])
    configurations = [{"units": units} for units in (4, 6, 5)]
    found = probed(source, configurations)
    assert [report["verdict"] for report, _ in found] == ["ok"] * 3, found[0][0]["error"]
    assert not found[2][1], "Keras itself had to run the target for the last configuration"


def with_inputs(body: str) -> str:
    """A target around a body whose inputs are made in place."""
    names = []
    while "keras.Input(" in body:
        start = body.index("keras.Input(")
        end, depth = start + len("keras.Input("), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(body[end], 0)
            end += 1
        names.append(f"i{len(names)} = {body[start:end].replace('keras.Input', 'keras.layers.Input')}")
        body = body[:start] + f"i{len(names) - 1}" + body[end:]
    inputs = ", ".join(f"i{index}" for index in range(len(names)))
    lines = [*names, body, "x = layers.Dense(2)(layers.Flatten()(x))", f"model = keras.Model([{inputs}], x)"]
    lines += ['model.compile("adam", "mse")', "return model"]
    return HEAD + "def build(hp):\n" + "".join(f"    {line}\n" for line in lines)


def test_metrics_given_in_the_place_of_loss_weights_fail_in_every_step() -> None:
    source = (
        HEAD
        + """
def build(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 5)), layers.Dense(3, activation="softmax")])
    model.compile("nadam", "sparse_categorical_crossentropy", %s)
    return model
"""
    )
    ((wrong, _),) = probed(source % '["accuracy"]', [{"units": 3}])
    assert (wrong["verdict"], wrong["error"]["stage"]) == ("fail", "step")
    for weights in ("[1.0]", "[2]", "None"):
        ((right, _),) = probed(source % weights, [{"units": 3}])
        assert right["verdict"] == "ok", weights


def test_a_sequential_that_is_asked_for_its_shapes_while_it_grows_is_remembered() -> None:
    source = (
        HEAD
        + """
def build(hp):
    model = keras.Sequential([keras.Input((16, 8, 1)), layers.Conv2D(4, hp.Choice("kernel", [3, 5]))])
    time, frequency, channels = model.output_shape[1:]
    assert model.input_shape == (None, 16, 8, 1) and model.outputs[0].shape == model.output.shape
    model.add(layers.Reshape((time, frequency * channels)))
    model.add(layers.GRU(hp.Int("units", 1, 8)))
    model.add(layers.Dense(2))
    model.compile("adam", "mse")
    return model
"""
    )
    (_, first), (again, whole) = probed(source, [{"kernel": 5, "units": 2}, {"kernel": 3, "units": 7}])
    assert first and not whole
    assert [call["output_shapes"] for call in again["layers"]][1] == ((None, 14, 24),)
    assert set(again["free"]) | set(again["alike"]) == {"kernel", "units"}


def test_a_model_without_call_whose_own_step_trains_its_parts_is_not_called() -> None:
    source = (
        HEAD
        + """
class Pair(keras.Model):
    def __init__(self, made, judged):
        super().__init__()
        self.made, self.judged = made, judged
    def train_step(self, data):
        return {"gap": keras.ops.mean(self.judged(self.made(data)))}
def build(hp):
    model = Pair(layers.Dense(hp.Int("width", 2, 4)), layers.Dense(1))
    model.compile("adam")
    return model
"""
    )
    ((report, _),) = probed(source, [{}], {"x": [(8,)]})
    assert (report["verdict"], report["error"]) == ("ok", None)


SHARED = """
import keras
from keras import layers

def build(hp):
    a, b = keras.Input((24, 16)), keras.Input((24, hp.Choice("width", [8, 16])))
    encode = layers.Bidirectional(layers.GRU(4))
    model = keras.Model([a, b], layers.Dense(1)(layers.concatenate([encode(a), encode(b)])))
    model.compile(loss="mse")
    return model
"""


def test_a_recurrent_layer_on_two_widths_fails_in_the_step() -> None:
    found = [each["verdict"] for each in probe(SHARED, {"width": 8}, {"width": 16})]
    assert found == ["fail", "ok"]


def test_other_sizes_of_a_wrapped_layer_that_a_step_refuses_are_refused_from_memory() -> None:
    source = SHARED.replace("layers.GRU(4)", 'layers.GRU(hp.Choice("units", [4, 8, 12]))')
    configurations = [{"width": 8, "units": units} for units in (4, 8, 12)]
    found = probed(source, configurations)
    assert [whole for _, whole in found] == [True, False, False]
    assert {report["verdict"] for report, _ in found} == {"fail"}
    assert len({(report["error"]["type"], report["error"]["layer"]) for report, _ in found}) == 1


def _forward_passes(source: str) -> tuple[Any, int]:
    import keras

    from hypershape.agent.engine import Engine

    passes, call = [], keras.Sequential.call
    keras.Sequential.call = lambda *args, **kwargs: (passes.append(1), call(*args, **kwargs))[1]
    report = Engine(None, [PATH]).probe(load(source), {}, "symbolic")
    return sorted(report["log_names"]), len(passes)


NAMED = (
    HEAD
    + """
def build(hp):
    model = keras.Sequential([keras.Input((12, 4)), layers.LSTM(8), layers.Dense(3, activity_regularizer=PENALTY)])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
)


def test_the_names_that_a_step_reports_are_known_without_another_run_of_the_model() -> None:
    assert in_child(_forward_passes, NAMED.replace("PENALTY", "None")) == (["accuracy", "loss"], 0)


def test_a_model_whose_layers_add_to_the_loss_is_run_for_what_a_step_reports() -> None:
    names, passes = in_child(_forward_passes, NAMED.replace("PENALTY", "'l2'"))
    assert names == ["accuracy", "loss"] and passes


CLASSES = (
    HEAD
    + """
def build(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Choice("units", [3, 5]))])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model
"""
)


@pytest.mark.parametrize("batch", [None, 8, 32])
def test_a_loss_that_refuses_the_labels_is_told_whatever_the_size_of_a_batch(batch: int | None) -> None:
    data = {"x": [(4,)], "y": [()], "y_dtype": "int64", "batch": batch}
    for report, _ in probed(CLASSES, [{"units": 3}, {"units": 5}], data):
        assert report["verdict"] == "fail"
        assert report["error"]["kind"] == "loss-mismatch"


REFUSED = {
    "a loss of labels without the axis": ('"mse"', '["mae"]', (24,), "layers.Dense(24)(x)", 0),
    "a loss of classes": ('"sparse_categorical_crossentropy"', "None", (), "layers.Dense(24)(x)", 0),
    "a loss object": ("keras.losses.CategoricalCrossentropy()", '["accuracy"]', (), "layers.Dense(24)(x)", 0),
    "a loss that is weighted": ('["mse"]', '["mae"], loss_weights=[0.5]', (24,), "layers.Dense(24)(x)", 0),
    "a metric": ('"mse"', "[keras.metrics.F1Score()]", (24,), "layers.Dense(24)(x)", 0),
    "the width": ('"mse"', '["mae"]', (7,), "layers.Flatten()(x)", 0),
    "two outputs": ('["mse", "mse"]', "None", (24,), "[layers.Dense(24)(x), layers.Flatten()(x)]", 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_losses_and_metrics_refuse_of_other_sizes_is_told_as_a_step_tells_it(name: str) -> None:
    loss, metrics, labels, outputs, more = REFUSED[name]
    source = (
        HEAD
        + f"""
def build(hp):
    inputs = keras.Input((60, 3))
    x = layers.Conv1D(4, hp.Int("kernel", 2, 30))(inputs)
    model = keras.Model(inputs, {outputs})
    model.compile("adam", {loss}, metrics={metrics})
    return model
"""
    )
    data = {"x": [(60, 3)], "y": [labels] * (1 + more)}
    configurations = [{"kernel": size} for size in (2, 9, 28)]
    *_, (report, whole) = probed(source, configurations, data)
    ((alone, _),) = probed(source, configurations[-1:], data)
    assert alone["verdict"] == "fail" and not whole
    for field in ("verdict", "error", "layers", "parameters", "output_shapes", "log_names"):
        assert report[field] == alone[field], field


def test_outputs_of_another_size_that_a_loss_takes_are_not_refused_as_others_were() -> None:
    source = (
        HEAD
        + """
def build(hp):
    inputs = keras.Input((60, 3))
    x = layers.Conv1D(4, hp.Int("kernel", 2, 60))(inputs)
    model = keras.Model(inputs, layers.Dense(24)(x))
    model.compile("adam", "mse")
    return model
"""
    )
    configurations = [{"kernel": size} for size in (2, 3, 5, 60, 29, 9)]
    found = probed(source, configurations, {"x": [(60, 3)], "y": [(24,)]})
    # Numbers of 24 labels for each of 32 samples are taken where there is one step, or 32 of them.
    assert [report["verdict"] for report, _ in found] == ["fail", "fail", "fail", "ok", "ok", "fail"]
