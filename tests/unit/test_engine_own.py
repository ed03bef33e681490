"""Models and layers of the user's own classes: probed from memory, with the verdict of a real build."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from .engine_child import PATH, in_child, load, probe

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

HEAD = """
import keras
import numpy as np
from keras import layers, ops
"""

NET = """
class Net(keras.Model):
    def __init__(self, blocks, kernel):
        super().__init__()
        self.blocks = [layers.Conv2D(4, kernel) for _ in range(blocks)]
        self.pool = layers.MaxPooling2D(2)
        self.head = layers.Dense(10, activation="softmax")

    def call(self, x):
        for block in self.blocks:
            x = self.pool(block(x))
        return self.head(layers.Flatten()(x))
"""


def _second(source: str, first: Any, second: Any, data: Any) -> tuple[Any, Any, bool]:
    """The second probe by an engine that met the first, the same by Keras itself, and whether the memory answered."""
    from hypershape.agent.engine import Engine

    function, engine, whole = load(HEAD + source), Engine(data, [PATH]), Engine(data, [PATH])
    whole._unknown = 10**9
    engine.probe(function, first, "symbolic")
    before = engine._unknown
    report = engine.probe(function, second, "symbolic")
    return report, whole.probe(function, second, "symbolic"), engine._unknown < before


def second(source: str, first: Any, other: Any, data: Any = None) -> dict[str, Any]:
    """What the memory says of a configuration, which Keras says, too."""
    report, whole, remembered = in_child(_second, textwrap.dedent(source), first, other, data)
    assert remembered, "Keras itself had to run"
    for name in ("verdict", "error", "parameters", "log_names", "compiled", "configuration"):
        assert report[name] == whole[name], name
    return report


def shapes(report: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(call["class_name"], call["output_shapes"][0]) for call in report["layers"]]


BUILT = (
    NET
    + """
def build(hp):
    model = Net(hp.Int("blocks", 1, 4), hp.Choice("kernel", [3, 9]))
    model.build((None, 32, 32, 3))
    model.compile(keras.optimizers.Adam(hp.Choice("rate", [0.1, 0.01])), "sparse_categorical_crossentropy")
    return model
"""
)


def test_model_of_a_class_of_its_own_is_remembered_on_the_shape_that_it_is_built_on() -> None:
    report = second(BUILT, {"blocks": 2, "kernel": 3}, {"blocks": 2, "kernel": 3, "rate": 0.01})
    assert report["verdict"] == "ok"
    assert shapes(report) == [
        ("Conv2D", (None, 30, 30, 4)),
        ("MaxPooling2D", (None, 15, 15, 4)),
        ("Conv2D", (None, 13, 13, 4)),
        ("MaxPooling2D", (None, 6, 6, 4)),
        ("Flatten", (None, 144)),
        ("Dense", (None, 10)),
    ]


def test_model_of_a_class_of_its_own_whose_layers_were_met_fails_where_keras_says() -> None:
    report = second(BUILT, {"blocks": 3, "kernel": 9}, {"blocks": 3, "kernel": 9, "rate": 0.01})
    assert report["verdict"] == "fail"
    assert report["error"]["layer_class"] == "Conv2D"


def test_model_of_a_class_of_its_own_is_run_on_known_data() -> None:
    source = BUILT.replace("    model.build((None, 32, 32, 3))\n", "")
    data = {"x": [(32, 32, 3)], "y": [()], "y_dtype": "int64", "knowledge": "known"}
    report = second(source, {"blocks": 1}, {"blocks": 1, "rate": 0.01}, data)
    assert (report["verdict"], report["log_names"]) == ("ok", ("loss",))


def test_model_of_a_class_of_its_own_without_data_or_shape_is_not_run() -> None:
    report = second(BUILT.replace("    model.build((None, 32, 32, 3))\n", ""), {}, {"rate": 0.01})
    assert (report["verdict"], report["layers"]) == ("ok", ())


@pytest.mark.parametrize("given", ["keras.Input((32, 32, 3))", 'np.zeros((1, 32, 32, 3), "float32")'])
def test_model_that_is_called_in_order_to_be_built_is_remembered(given: str) -> None:
    source = BUILT.replace("model.build((None, 32, 32, 3))", f"model({given})")
    assert second(source, {}, {"rate": 0.01})["verdict"] == "ok"
    assert (
        second(source, {"blocks": 3, "kernel": 9}, {"blocks": 3, "kernel": 9, "rate": 0.01})["verdict"]
        == "fail"
    )


def test_weight_that_a_call_makes_anew_is_left_to_keras() -> None:
    source = BUILT.replace("layers.Flatten()(x)", "layers.Dense(4)(layers.Flatten()(x))")
    report, whole, remembered = in_child(_second, source, {}, {"rate": 0.01}, None)
    assert not remembered
    assert report["verdict"] == whole["verdict"]


def test_layer_that_no_attribute_holds_is_left_to_keras() -> None:
    source = """
    class Net(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.layer = lambda: dense
            dense = layers.Dense(units)
        def call(self, x):
            return self.layer()(x)
    def build(hp):
        model = Net(hp.Int("units", 1, 4))
        model.build((None, 3))
        model.compile("sgd", "mse")
        return model
    """
    report, whole, remembered = in_child(_second, textwrap.dedent(source), {}, {"units": 2}, None)
    assert not remembered
    assert (report["verdict"], report["parameters"]) == (whole["verdict"], whole["parameters"])


GROUPED = """
class Grouped(layers.Layer):
    def __init__(self, groups, **kwargs):
        super().__init__(**kwargs)
        self.groups = groups

    def build(self, input_shape):
        if input_shape[-1] % self.groups:
            raise ValueError(f"{input_shape[-1]} features and {self.groups} groups")
        self.kernel = self.add_weight(shape=(input_shape[-1] // self.groups, 3), name="kernel")
        self.bias = self.add_weight(shape=(3,), initializer="zeros")
        super().build(input_shape)

    def call(self, x):
        x = ops.reshape(x, (-1, self.groups, x.shape[-1] // self.groups))
        return ops.matmul(x, self.kernel) + self.bias

def build(hp):
    inputs = keras.Input((hp.Choice("features", [12, 20]),))
    x = Grouped(hp.Choice("groups", [3, 4, 5]))(inputs)
    model = keras.Model(inputs, layers.Dense(hp.Choice("units", [1, 2]))(layers.Flatten()(x)))
    model.compile("sgd", "mse")
    return model
"""


def test_layer_with_weights_of_its_own_is_remembered() -> None:
    report = second(GROUPED, {"units": 1}, {"units": 2})
    assert shapes(report)[0] == ("Grouped", (None, 3, 3))
    assert report["layers"][0]["parameters"] == 4 * 3 + 3


def test_what_code_of_the_user_raises_is_remembered_with_its_words() -> None:
    report = second(GROUPED, {"groups": 5}, {"groups": 5, "units": 1})
    assert "12 features and 5 groups" in report["error"]["message"]
    other = second(GROUPED, {"groups": 5}, {"groups": 3, "features": 20})
    assert "20 features and 3 groups" in other["error"]["message"]


def test_what_the_target_itself_raises_is_remembered_with_its_words() -> None:
    source = GROUPED.replace(
        "    inputs =",
        '    if hp.Int("depth", 1, 4) > 2:\n        raise ValueError("too deep")\n    inputs =',
    )
    report = second(source, {"depth": 3}, {"depth": 4})
    assert (report["verdict"], report["error"]["message"]) == ("fail", "too deep")


def test_training_branch_of_a_call_is_run_as_a_step_runs_it() -> None:
    source = """
    class Noisy(layers.Layer):
        def call(self, x, training=None):
            if training:
                return ops.reshape(x, (-1, 5))
            return x
    def build(hp):
        inputs = keras.Input((hp.Choice("features", [10, 12]),))
        model = keras.Model(inputs, layers.Dense(2)(Noisy()(inputs)))
        model.compile("sgd", "mse")
        return model
    """
    assert second(source, {"features": 12}, {"features": 12})["verdict"] == "fail"


def test_tensors_of_two_types_are_not_converted_inside_of_a_call() -> None:
    source = """
    class Scaled(layers.Layer):
        def call(self, x):
            return x[0] * x[1]
    def build(hp):
        a, b = keras.Input((4,)), keras.Input((4,), dtype=hp.Choice("type", ["float32", "int32"]))
        model = keras.Model([a, b], layers.Dense(hp.Choice("units", [1, 2]))(Scaled()([a, b])))
        model.compile("sgd", "mse")
        return model
    """
    assert second(source, {}, {"units": 2})["verdict"] == "ok"
    report, whole, _ = in_child(_second, textwrap.dedent(source), {}, {"type": "int32"}, None)
    assert report["verdict"] == whole["verdict"]


def test_list_that_becomes_an_attribute_is_copied_as_keras_copies_it() -> None:
    source = """
    class Net(keras.Model):
        def __init__(self, count):
            super().__init__()
            stack = []
            self.stack = stack
            for _ in range(count):
                stack.append(layers.Dense(7))
            self.head = layers.Dense(2)
        def call(self, x):
            for layer in self.stack:
                x = layer(x)
            return self.head(x)
    def build(hp):
        model = Net(hp.Int("count", 1, 3))
        model.build((None, 3))
        model.compile("sgd", "mse")
        return model
    """
    assert second(source, {}, {"count": 2})["parameters"] == 8


def test_class_that_asks_what_stand_ins_do_not_know_is_made_for_real() -> None:
    source = """
    import tensorflow as tf
    class Halved(layers.Layer):
        def call(self, x):
            return tf.reshape(x, (-1, 2, x.shape[1] // 2))
    def build(hp):
        inputs = keras.Input((hp.Choice("features", [10, 12]),))
        model = keras.Model(inputs, layers.Dense(hp.Choice("units", [1, 2]))(Halved()(inputs)))
        model.compile("sgd", "mse")
        return model
    """
    assert shapes(second(source, {}, {"units": 2}))[0] == ("Halved", (None, 2, 5))


def test_model_between_the_ends_of_others_is_remembered() -> None:
    source = """
    def build(hp):
        a = keras.Input((8,))
        encoder = keras.Model(a, layers.Dense(hp.Int("size", 2, 4))(a))
        b = keras.Input(encoder.output.shape[1:])
        decoder = keras.Model(b, layers.Dense(8)(b))
        model = keras.Model(encoder.input, decoder(encoder.output))
        model.compile("sgd", "mse")
        return model
    """
    assert second(source, {}, {"size": 3})["output_shapes"] == ((None, 8),)


def test_outputs_in_a_dictionary_are_remembered_under_their_names() -> None:
    source = """
    def build(hp):
        inputs = keras.Input((8,))
        x = layers.Dense(hp.Int("units", 2, 4))(inputs)
        name = hp.Choice("name", ["right", "wrong"])
        model = keras.Model(inputs, {name: layers.Dense(1)(x), "other": layers.Dense(2)(x)})
        model.compile("sgd", {"right": "mse", "other": "mse"})
        return model
    """
    assert second(source, {}, {"units": 3})["verdict"] == "ok"
    assert second(source, {"name": "wrong"}, {"name": "wrong", "units": 3})["verdict"] == "fail"


def test_loss_of_the_users_own_is_remembered_if_it_reads_nothing_that_changes() -> None:
    source = """
    def half(y, p):
        return ops.mean(ops.square(y - p), axis=-1) / 2
    def build(hp):
        model = keras.Sequential([keras.Input((8,)), layers.Dense(hp.Int("units", 2, 4)), layers.Dense(1)])
        model.compile("sgd", half)
        return model
    """
    assert second(source, {}, {"units": 3})["verdict"] == "ok"


def test_number_on_the_left_and_a_constant_tensor_are_remembered() -> None:
    source = """
    def build(hp):
        inputs = keras.Input((8,))
        x = 0.5 * inputs + ops.ones((hp.Choice("size", [8, 7]),))
        model = keras.Model(inputs, layers.Dense(hp.Int("units", 2, 4))(x))
        model.compile("sgd", "mse")
        return model
    """
    assert second(source, {}, {"units": 3})["verdict"] == "ok"
    assert second(source, {"size": 7}, {"size": 7, "units": 2})["verdict"] == "fail"


REFUSING = """
def build(hp):
    units = hp.Choice("units", [0, 4, -3])
    x = inputs = keras.Input((8,))
    x = layers.Dense(4, name=hp.Choice("name", ["first", "other"]))(x)
    x = layers.Dense(units, activation=hp.Choice("activation", ["relu", "tanh"]))(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
"""


@pytest.mark.parametrize("other", [{"activation": "tanh", "name": "other"}, {"units": -3}])
def test_constructor_that_refuses_its_arguments_is_remembered_with_its_words(other: Any) -> None:
    report = second(REFUSING, {"units": 0}, {"units": 0, **other})
    assert report["verdict"] == "fail" and report["error"]["layer_class"] == "Dense"
    assert f"units={report['configuration']['units']}" in report["error"]["message"]


def test_constructor_that_refuses_inside_of_an_own_model_is_remembered() -> None:
    source = NET.replace("layers.Conv2D(4, kernel)", "layers.Conv2D(blocks - 2, kernel)") + BUILT[len(NET) :]
    report = second(source, {"blocks": 2}, {"blocks": 1, "kernel": 9})
    assert report["verdict"] == "fail" and "filters=-1" in report["error"]["message"]


CAUGHT = """
def build(hp):
    x = inputs = keras.Input((8, 8, 3))
    try:
        x = {first}
    except ValueError:
        x = layers.Conv2D(4, hp.Choice("kernel", [9, 3]))(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
"""


@pytest.mark.parametrize("first", ["layers.Conv2D(0, 3)(x)", "layers.Conv2D(4, 11)(x)"])
def test_what_fails_behind_an_except_is_not_remembered_of_what_was_caught(first: str) -> None:
    report, whole, _ = in_child(_second, CAUGHT.format(first=first), {"kernel": 9}, {"kernel": 3}, None)
    assert (report["verdict"], whole["verdict"]) == ("ok", "ok")


IN_TWO_PLACES = """
def convolved(x, kernel):
    return layers.Conv2D(4, kernel)(x)

def build(hp):
    x = inputs = keras.Input((8, 8, 3))
    try:
        x = convolved(x, hp.Choice("first", [3, 9]))
    except ValueError as error:
        if hp.Boolean("strict"):
            raise
    x = convolved(x, hp.Choice("second", [3, 9]))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
"""


@pytest.mark.parametrize("failing", [{"second": 9}, {"first": 9, "strict": True}])
def test_what_fails_in_one_place_is_not_foreseen_where_it_is_caught(failing: Any) -> None:
    report, whole, _ = in_child(_second, IN_TWO_PLACES, failing, {"first": 9}, None)
    assert (report["verdict"], whole["verdict"]) == ("ok", "ok")


SEEN_THROUGH = {
    "a layer on two inputs": """
def build(hp):
    inputs = keras.Input((hp.Choice("length", [12, 16]), 4))
    shared = layers.LSTM(hp.Int("units", 4, 8))
    x = layers.concatenate([shared(inputs), shared(inputs[:, 2:])])
    x = layers.Dense(hp.Int("width", 2, 4))(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    "a stack that is wrapped": """
def build(hp):
    inputs = keras.Input((5, 12, 12, 1))
    stack = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(hp.Int("filters", 2, 4), 3), layers.Flatten()])
    x = layers.TimeDistributed(stack)(inputs)
    x = layers.LSTM(4)(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    "an own regularizer": """
class Orthogonal(keras.regularizers.Regularizer):
    def __init__(self, size):
        self.size = size

    def __call__(self, x):
        x = ops.reshape(x, (-1, self.size, self.size))
        return ops.sum(ops.square(ops.matmul(x, ops.transpose(x, (0, 2, 1)))))

def build(hp):
    size = hp.Int("size", 2, 4)
    inputs = keras.Input((8,))
    x = layers.Dense(size * size, activity_regularizer=Orthogonal(size))(inputs)
    model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 3))(x))
    model.compile(loss="mse")
    return model
""",
    "an input's name": """
def build(hp):
    a, b = keras.Input((8,), name="a"), keras.Input((4,), name="b")
    x = layers.concatenate([layers.Dense(hp.Int("units", 1, 4))(a), b])
    model = keras.Model({each.name: each for each in (a, b)}, layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    "positions in an own layer": """
class Positions(layers.Layer):
    def __init__(self, length, width):
        super().__init__()
        self.position = layers.Embedding(length, width)

    def call(self, x):
        return x + self.position(ops.arange(0, ops.shape(x)[1], 1))

def build(hp):
    inputs = keras.Input((12, 4))
    x = Positions(12, 4)(inputs)
    x = layers.Dense(hp.Int("units", 1, 4))(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
}


@pytest.mark.parametrize("source", SEEN_THROUGH.values(), ids=SEEN_THROUGH)
def test_what_people_write_between_layers_is_probed_from_memory(source: str) -> None:
    first = {"units": 3, "filters": 3, "length": 12, "size": 3}
    second(source, first, {"units": 4, "filters": 4, "length": 16, "size": 4})


def test_a_shared_layer_refuses_an_input_that_is_none_like_its_first() -> None:
    source = """
def build(hp):
    inputs = keras.Input((8,))
    shared = layers.Dense(6)
    x = shared(layers.Dense(hp.Int("first", 4, 6))(inputs))
    x = shared(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
"""
    report, whole, _ = in_child(_second, source, {"first": 4}, {"first": 5}, None)
    assert report["verdict"] == "fail" and report["error"] == whole["error"]
    assert second(source, {"first": 6}, {"first": 6})["verdict"] == "ok"


def test_positions_beyond_an_embedding_fail_in_the_step() -> None:
    source = SEEN_THROUGH["positions in an own layer"].replace(
        "Positions(12, 4)", "Positions(hp.Int('length', 8, 12), 4)"
    )
    report, _, _ = in_child(_second, source, {"length": 12}, {"length": 8}, None)
    assert (report["verdict"], report["error"]["stage"]) == ("fail", "step")


def _real_runs(source: str, configurations: list[dict[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    """Each report, and how many real builds its probe took."""
    from hypershape.agent.engine import Engine

    function, engine = load(HEAD + source), Engine(None, [PATH])
    real, found = [], []
    run = engine._run

    def counted(*args: Any, lazy: bool, **kwargs: Any) -> Any:
        if not lazy:
            real.append(lazy)
        return run(*args, lazy=lazy, **kwargs)

    engine._run = counted  # type: ignore[method-assign]
    for configuration in configurations:
        del real[:]
        report = engine.probe(function, configuration, "symbolic")
        found.append(({name: report[name] for name in ("verdict", "error")}, len(real)))
    return found


POOLED = BUILT.replace('hp.Choice("kernel", [3, 9])', 'hp.Choice("kernel", [3, 5, 7])')


def test_failures_of_a_model_of_a_class_of_its_own_are_told_as_fit_tells_them_and_confirmed_once() -> None:
    first, second = in_child(_real_runs, POOLED, [{"blocks": 4, "kernel": 5}, {"blocks": 3, "kernel": 5}])
    (first, steps), (second, more) = first, second
    for report in (first, second):
        assert report["verdict"] == "fail"
        assert report["error"]["type"] == "ValueError", "TensorFlow's kernel refuses it in words of its own"
    assert (steps, more) == (1, 0)


MIXED = """
def build(hp):
    inputs = keras.Input((40, 6))
    x = inputs[:, hp.Int("skip", 0, 8):]
    window = hp.Choice("window", [4, 8])
    x = ops.reshape(x, (-1, x.shape[1] // window, window * x.shape[2]))
    x = layers.Dense(hp.Choice("units", [4, 8]))(ops.max(x, axis=1))
    outputs = [layers.Dense(1, name="a")(x)]
    if hp.Boolean("two"):
        outputs.append(layers.Dense(2, name="b")(layers.Flatten()(inputs)))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")
    return model
"""


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("data", [None, {"x": [(40, 6)], "y": [(1,)], "knowledge": "known"}])
def test_samples_that_are_mixed_in_other_sizes_fail_at_the_loss_as_keras_says(two: bool, data: Any) -> None:
    if two and data is not None:
        data = {**data, "y": [(1,), (2,)]}
    first = {"skip": 3, "window": 8, "two": two}
    report = second(MIXED, first, {"skip": 7, "window": 8, "units": 8, "two": two}, data)
    assert report["verdict"] == "fail"
    assert "33" in report["error"]["message"]


def test_mixed_samples_that_labels_may_go_with_are_not_foretold() -> None:
    report = second(MIXED, {"skip": 3, "window": 8}, {"skip": 8, "window": 8})
    assert report["verdict"] == "ok"


PROMISING = """
class Shuffle(layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x):
        _, height, width, channels = x.shape
        made = channels // self.scale**2
        x = ops.reshape(x, (-1, height, width, made, self.scale, self.scale))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
        return ops.reshape(x, (-1, height * self.scale, width * self.scale, made))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return batch, height * self.scale, width * self.scale, channels // self.scale**2

def build(hp):
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(hp.Choice("filters", [16, 32, 48]), 3)(inputs)
    x = Shuffle(hp.Choice("scale", [1, 2, 3, 4]))(x)
    model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 9))(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model
"""


def test_layer_that_tells_what_its_call_gives_runs_on_stand_ins() -> None:
    report = second(PROMISING, {"filters": 16, "scale": 2}, {"filters": 16, "scale": 2, "units": 7})
    assert report["verdict"] == "ok" and report["parameters"] == 3 * 9 * 16 + 16 + 12 * 12 * 4 * 7 + 7
    assert ("Shuffle", (None, 12, 12, 4)) in shapes(report)
    assert "filters" in report["free"]


def test_promise_that_the_call_does_not_keep_is_put_to_a_step() -> None:
    """48 channels over nine are no whole number: Keras builds what the promise says, and the step fails."""
    report = second(PROMISING, {"filters": 16, "scale": 3}, {"filters": 16, "scale": 3, "units": 7})
    assert report["verdict"] == "fail" and report["error"]["stage"] == "step"
    assert report["free"] == ()


def test_sizes_that_a_promise_makes_negative_are_refused_as_keras_refuses_them() -> None:
    source = """
class Crop(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size
    def call(self, x):
        return x[:, : x.shape[1] - self.size]
    def compute_output_shape(self, shape):
        return (shape[0], shape[1] - self.size)
def build(hp):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(1)(Crop(hp.Int("size", 0, 9))(inputs)))
    model.compile("adam", "mse")
    return model
"""
    found = probe(HEAD + source, *({"size": size} for size in (0, 3, 3, 9, 9)))
    assert [each["verdict"] for each in found] == ["ok", "ok", "ok", "fail", "fail"]
    assert found[1]["alike"]["size"] and 9 not in found[1]["alike"]["size"]


RESIDUAL = """
class Block(layers.Layer):
    def __init__(self, filters, stride):
        super().__init__()
        self.filters, self.stride = filters, stride
        self.conv = layers.Conv2D(filters, 3, strides=stride, padding="same")
        self.norm = layers.BatchNormalization()
        self.shortcut = None

    def build(self, input_shape):
        self.conv.build(input_shape)
        self.norm.build(self.conv.compute_output_shape(input_shape))
        if self.stride != 1 or input_shape[-1] != self.filters:
            self.shortcut = layers.Conv2D(self.filters, 1, strides=self.stride)
            self.shortcut.build(input_shape)
        super().build(input_shape)

    def call(self, x, training=False):
        y = self.norm(self.conv(x), training=training)
        return y + (x if self.shortcut is None else self.shortcut(x))

    def compute_output_shape(self, input_shape):
        return self.conv.compute_output_shape(input_shape)

def build(hp):
    x = inputs = keras.Input((8, 8, 3))
    for i in range(2):
        x = Block(hp.Choice(f"filters_{i}", [4, 8]), hp.Choice(f"stride_{i}", [1, 2]))(x)
    model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 9))(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model
"""


def test_layers_that_the_users_build_builds_and_asks_for_shapes() -> None:
    values = {"filters_0": 8, "stride_0": 1, "filters_1": 4, "stride_1": 2}
    report = second(RESIDUAL, values, dict(values, units=5))
    assert report["verdict"] == "ok" and ("Block", (None, 4, 4, 4)) in shapes(report)
    assert {"filters_0", "filters_1"} <= set(report["free"])


def test_build_that_a_layer_inside_refuses_fails_where_keras_fails() -> None:
    source = """
class Grouped(layers.Layer):
    def __init__(self, groups):
        super().__init__()
        self.conv = layers.Conv2D(12, 3, groups=groups)
    def build(self, input_shape):
        self.conv.build(input_shape)
    def call(self, x):
        return self.conv(x)
def build(hp):
    inputs = keras.Input((8, 8, 4))
    x = Grouped(hp.Choice("groups", [1, 2, 3, 4]))(inputs)
    model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 9))(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model
"""
    report = second(source, {"groups": 3}, {"groups": 3, "units": 5})
    assert report["verdict"] == "fail" and "groups" in report["error"]["message"]
    report = second(source, {"groups": 2}, {"groups": 4})
    assert report["verdict"] == "ok"


def test_layer_that_is_built_on_one_shape_and_called_on_another_is_left_to_keras() -> None:
    source = """
class Late(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.dense = layers.Dense(4)
        self.width = width
    def build(self, input_shape):
        self.dense.build((None, self.width))
    def call(self, x):
        return self.dense(x)
def build(hp):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(1)(Late(hp.Choice("width", [8, 6]))(inputs)))
    model.compile("adam", "mse")
    return model
"""
    found = probe(HEAD + source, {"width": 8}, {"width": 6}, {"width": 8}, {"width": 6})
    assert [each["verdict"] for each in found] == ["ok", "fail", "ok", "fail"]


BEST = """
class Best(layers.Layer):
    def __init__(self, k, units):
        super().__init__()
        self.k, self.project = k, layers.Dense(units)

    def call(self, x):
        values, _ = ops.top_k(self.project(x), self.k)
        return values

def build(hp):
    x = inputs = keras.Input((8,))
    x = Best(hp.Int("k", 1, 6), hp.Choice("units", [4, 8]))(x)
    if hp.Boolean("norm"):
        x = layers.BatchNormalization()(x)
    model = keras.Model(inputs, layers.Dense(hp.Choice("out", [1, 2]))(x))
    model.compile("adam", "mse")
    return model
"""


def test_what_only_the_backend_refuses_in_a_call_of_the_users_own_ends_the_build_there() -> None:
    failing = {"k": 6, "units": 4}
    report = second(BEST, failing, {**failing, "norm": True})
    assert (report["verdict"], report["error"]["stage"]) == ("fail", "build")
    assert (report["alike"], report["free"]) == ({"k": [5, 6]}, ())
    built = probe(HEAD + BEST, failing, {"k": 4, "units": 4})[-1]
    assert (built["alike"], built["free"]) == ({"k": [1, 2, 3, 4]}, ("units", "norm"))
