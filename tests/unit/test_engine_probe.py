"""What a symbolic and a device probe report."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .engine_child import PATH, in_child, load, probe, text

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

CNN = """
import keras
from keras import layers

def block(filters, kernel):
    return layers.Conv2D(filters, kernel)

def build(hp):
    kernel = hp.Int("kernel", 3, 29, step=2)
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(4, kernel),
        layers.MaxPooling2D(2),
        block(8, 3),
        *[layers.Dense(units) for units in (4, 5)],
        layers.Flatten(),
    ])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss=hp.Choice("loss", ["sparse_categorical_crossentropy", "rmse"]), metrics=["accuracy"])
    return model
"""


@pytest.fixture(scope="module")
def cnn():
    names = [
        {},
        {"kernel": 5},
        {"kernel": 29},
        {"kernel": 25},
        {"loss": "rmse"},
        {"kernel": 5},
        {"kernel": 25},
    ]
    return probe(CNN, *names)


def test_layers_are_placed_where_they_are_made(cnn) -> None:
    places = [(call["class_name"], text(CNN, call["span"])) for call in cnn[0]["layers"]]
    assert places == [
        ("Conv2D", "layers.Conv2D(4, kernel)"),
        ("MaxPooling2D", "layers.MaxPooling2D(2)"),
        ("Conv2D", "layers.Conv2D(filters, kernel)"),
        ("Dense", "layers.Dense(units)"),
        ("Dense", "layers.Dense(units)"),
        ("Flatten", "layers.Flatten()"),
        ("Dense", 'layers.Dense(10, activation="softmax")'),
    ]


def test_shapes_and_parameters_are_those_of_keras(cnn) -> None:
    assert [call["output_shapes"][0] for call in cnn[0]["layers"]][:3] == [
        (None, 26, 26, 4), (None, 13, 13, 4), (None, 11, 11, 8),
    ]  # fmt: skip
    assert [call["parameters"] for call in cnn[0]["layers"]] == [40, 0, 296, 36, 25, 0, 6060]
    assert cnn[0]["parameters"] == 40 + 296 + 36 + 25 + 6060
    assert cnn[0]["output_shapes"] == ((None, 10),)
    assert cnn[0]["log_names"] == ("loss", "accuracy")


def test_kernel_larger_than_the_image_is_blamed_on_its_layer(cnn) -> None:
    error = cnn[2]["error"]
    assert (cnn[2]["verdict"], error["type"], error["stage"]) == ("fail", "ValueError", "build")
    assert error["message"].startswith("Computed output size would be zero or negative.")
    assert text(CNN, error["frames"][-1]["span"]) == "layers.Conv2D(4, kernel)"
    assert (error["layer"], error["layer_class"], error["input_shapes"]) == (
        "conv2d",
        "Conv2D",
        ((None, 28, 28, 1),),
    )
    assert error["arguments"]["kernel_size"] == {"text": "(29, 29)", "value": (29, 29)}


def test_failing_layer_of_a_helper_is_placed_in_the_helper(cnn) -> None:
    frame = cnn[3]["error"]["frames"][-1]
    assert (text(CNN, frame["span"]), frame["function"]) == ("layers.Conv2D(filters, kernel)", "block")


def test_unknown_loss_fails_in_the_step_without_any_data(cnn) -> None:
    assert cnn[4]["error"]["stage"] == "step"
    assert cnn[4]["error"]["message"] == "Could not interpret loss identifier: rmse"


def test_repeated_trace_is_one_object(cnn) -> None:
    assert cnn[5]["same"][1]
    assert not cnn[5]["same"][0]


def test_remembered_failure_is_reported_like_the_first(cnn) -> None:
    assert cnn[6]["error"] == cnn[3]["error"]


FUNCTIONAL = """
import keras
from keras import layers

def build(hp):
    inputs = keras.Input((8,))
    a = layers.Dense(hp.Int("units", 4, 6))(inputs)
    b = layers.Dense(4)(inputs)
    x = layers.Add()([a, b])
    for _ in range(2):
        x = layers.Dense(3)(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
"""


def test_calls_of_a_functional_model_are_kept_in_order_with_their_loop() -> None:
    (report,) = probe(FUNCTIONAL)
    assert [text(FUNCTIONAL, call["span"]) for call in report["layers"]] == [
        'layers.Dense(hp.Int("units", 4, 6))(inputs)',
        "layers.Dense(4)(inputs)",
        "layers.Add()([a, b])",
        "layers.Dense(3)(x)",
        "layers.Dense(3)(x)",
    ]
    assert [call["name"] for call in report["layers"]] == ["dense", "dense_1", "add", "dense_2", "dense_3"]


def test_branches_that_do_not_fit_name_both_shapes() -> None:
    (report,) = probe(FUNCTIONAL, {"units": 5})
    assert report["error"]["input_shapes"] == ((None, 5), (None, 4))
    assert text(FUNCTIONAL, report["error"]["frames"][-1]["span"]) == "layers.Add()([a, b])"


UNBUILT = """
import keras
from keras import layers

def build(hp):
    model = keras.Sequential([layers.Conv2D(4, hp.Int("kernel", 3, 9)), layers.Flatten(), layers.Dense(3)])
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def test_model_without_input_shape_is_no_failure_when_the_data_are_unknown() -> None:
    first, second = probe(UNBUILT, {"kernel": 9}, {"kernel": 9})
    assert (first["verdict"], first["data"], first["layers"], first["parameters"]) == ("ok", "none", (), None)
    assert (second["verdict"], second["layers"]) == ("ok", ())


def test_model_without_input_shape_is_built_on_known_data() -> None:
    data = {"x": [[8, 8, 1]], "y": [[3]]}
    reports = probe(UNBUILT, {"kernel": 3}, {"kernel": 3}, {"kernel": 9}, {"kernel": 9}, data=data)
    assert [report["verdict"] for report in reports] == ["ok", "ok", "fail", "fail"]
    assert [call["output_shapes"] for call in reports[0]["layers"]] == [
        ((None, 6, 6, 4),), ((None, 144),), ((None, 3),),
    ]  # fmt: skip
    assert reports[1]["layers"] == reports[0]["layers"]
    assert reports[0]["log_names"] == ("loss", "accuracy")
    assert (reports[0]["data"], reports[2]["error"]["stage"]) == ("declared", "step")
    assert (
        text(UNBUILT, reports[2]["error"]["frames"][-1]["span"]) == 'layers.Conv2D(4, hp.Int("kernel", 3, 9))'
    )


def test_labels_that_do_not_fit_the_loss_fail_in_the_step() -> None:
    (report,) = probe(UNBUILT, data={"x": [[8, 8, 1]], "y": [[]]})
    assert (report["verdict"], report["error"]["stage"]) == ("fail", "step")
    assert report["error"]["message"].startswith("Arguments `target` and `output` must have the same rank")


SHORT = """
import keras
import keras_tuner
from keras import layers
def model(**options):
    m = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    if options:
        m.compile(**options)
    return m
class Own(keras_tuner.HyperModel):
    def build(self, hp):
        return model()
    def fit(self, hp, model, *args, **kwargs):
        return 1.0
"""


def test_what_the_builder_returns_must_be_a_model() -> None:
    (report,) = probe(SHORT, expression="lambda hp: (model(), 1)")
    error = report["error"]
    assert (error["type"], error["stage"]) == ("FatalTypeError", "return")
    assert error["message"].startswith(
        "Expected the model-building function, or HyperModel.build() to return"
    )


def test_model_must_be_compiled_unless_the_hypermodel_trains_itself() -> None:
    (plain,) = probe(SHORT, expression="lambda hp: model()")
    (own,) = probe(SHORT, expression="Own().build")
    assert (plain["verdict"], plain["compiled"], plain["error"]["stage"]) == ("fail", False, "compile")
    assert plain["error"]["message"] == "You must call `compile()` before using the model."
    assert (own["verdict"], own["compiled"]) == ("ok", False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("optimizer='adamm', loss='mse'", "Could not interpret optimizer identifier: adamm"),
        ("optimizer=keras.optimizers.Adam(lr=0.1), loss='mse'", "Argument(s) not recognized: {'lr': 0.1}"),
        ("optimizer=keras.optimizers.Adam(1), loss='mse'", "Argument `learning_rate` should be float"),
    ],
)
def test_optimizer_that_keras_refuses_fails_when_compiling(options: str, message: str) -> None:
    (report,) = probe(f"{SHORT}\ndef build(hp):\n    return model({options})\n")
    assert (report["verdict"], report["error"]["stage"]) == ("fail", "compile")
    assert report["error"]["message"].startswith(message)


def test_exit_in_the_builder_is_a_failure_of_the_probe_only() -> None:
    first, second = probe(
        SHORT + "def build(hp):\n    raise SystemExit(3) if hp.Boolean('x') else 0\n", {"x": True}, {}
    )
    assert first["error"]["type"] == "SystemExit"
    assert second["error"]["type"] == "TypeError"


def test_hundred_gigabytes_are_reported_and_not_allocated() -> None:
    source = (
        "import keras\ndef build(hp):\n    m = keras.Sequential([keras.Input((150_000,)), "
        "keras.layers.Dense(170_000)])\n    m.compile(optimizer='adam', loss='mse')\n    return m\n"
    )
    (symbolic,) = probe(source)
    (device,) = probe(source, level="device")
    assert (symbolic["verdict"], symbolic["parameters"]) == ("ok", 150_001 * 170_000)
    assert (device["verdict"], device["error"]["stage"]) == ("unknown", "limit")
    assert "408.0 GB" in device["error"]["message"]


@pytest.mark.parametrize(
    "loss", ["sparse_categorical_crossentropy", "categorical_crossentropy", "mse", "binary_crossentropy"]
)
def test_device_probe_trains_one_step(loss: str) -> None:
    source = f"{SHORT}\ndef build(hp):\n    return model(loss={loss!r}, metrics=['accuracy'])\n"
    (report,) = probe(source, level="device")
    assert (report["verdict"], report["level"], report["log_names"]) == ("ok", "device", ("loss", "accuracy"))


def test_pretrained_weights_are_neither_downloaded_nor_missed() -> None:
    source = (
        "import keras\ndef build(hp):\n"
        "    m = keras.applications.MobileNetV2(weights='imagenet', classes=hp.Int('classes', 10, 1000, step=990))\n"
        "    m.compile(loss='mse')\n    return m\n"
    )
    wrong, right = probe(source, {"classes": 10}, {"classes": 1000})
    assert wrong["verdict"] == "fail"
    assert "should be 1000" in wrong["error"]["message"] or "`classes`" in wrong["error"]["message"]
    assert (right["verdict"], right["parameters"]) == ("ok", 3_538_984)


def test_description_of_the_environment_starts_no_runtime() -> None:
    def describe() -> tuple:
        from tensorflow.python.eager import context

        from hypershape.agent.engine import describe

        return describe(), context.context()._context_handle is None

    environment, asleep = in_child(describe)
    assert asleep
    assert (
        environment["backend"] == "tensorflow" and environment["symbolic"] and environment["problem"] is None
    )
    assert {"tensorboard", "scikit-learn", "kt-legacy"} <= set(environment["packages"])


def test_error_of_our_own_is_never_reported_as_a_failure() -> None:
    def broken() -> dict:
        from hypershape.agent import symbolic
        from hypershape.agent.engine import Engine

        engine = Engine(None, [])
        own = {"__name__": symbolic.__name__}
        exec("def fail(*_):\n    raise AttributeError('not the fault of the user')", own)
        import keras

        keras.Variable._initialize_with_initializer = own["fail"]
        return engine.probe(
            lambda hp: keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]), {}, "symbolic"
        )

    assert in_child(broken)["verdict"] == "unknown"


def test_device_probe_does_not_blame_labels_that_it_invented() -> None:
    source = (
        f"{SHORT}\nfrom keras import ops\ndef own(y, p):\n    return ops.matmul(y, p)\n"
        "def build(hp):\n    return model(loss=own)\n"
    )
    (invented,) = probe(source, level="device")
    (known,) = probe(source, level="device", data={"x": [[4]], "y": [[2]]})
    assert (invented["verdict"], known["verdict"]) == ("unknown", "fail")


TRAINED = """
    import keras
    from keras import layers
    def build(hp):
        model = keras.Sequential([keras.Input((8,))])
        model.add(layers.Dense(4))
        model.add(layers.AlphaDropout(hp.Choice("rate", [0.5, 1.0])))
        model.add(layers.Dense(3))
        model.compile(loss="mse")
        return model
"""


@pytest.mark.parametrize("data", [None, {"x": [(8,)], "y": [(3,)]}])
def test_layer_that_fails_only_in_training_is_a_failure_of_the_step(data) -> None:
    fine, failing, again = probe(TRAINED, {"rate": 0.5}, {"rate": 1.0}, {"rate": 1.0}, data=data)
    assert fine["verdict"] == "ok"
    for report in (failing, again):
        assert (report["verdict"], report["error"]["stage"]) == ("fail", "step")
        assert (report["error"]["type"], report["error"]["layer_class"]) == (
            "ZeroDivisionError",
            "AlphaDropout",
        )
        assert [frame["span"]["line"] for frame in report["error"]["frames"]] == [7]


def test_training_step_of_the_users_own_is_really_taken() -> None:
    source = """
        import keras
        class Mine(keras.Model):
            def train_step(self, data):
                x, y = data
                return {"loss": keras.ops.mean(keras.ops.matmul(x, y))}
        def build(hp):
            inputs = keras.Input((8,))
            model = Mine(inputs, keras.layers.Dense(3)(inputs))
            model.compile(loss="mse")
            return model
    """
    (report,) = probe(source, data={"x": [(8,)], "y": [(3,)]})
    assert (report["verdict"], report["error"]["stage"]) == ("fail", "step")
    (report,) = probe(source.replace("matmul(x, y)", "sum(y)"), data={"x": [(8,)], "y": [(3,)]})
    assert report["verdict"] == "ok"


def test_loss_for_an_output_that_does_not_exist_needs_no_labels_to_be_found() -> None:
    source = """
        import keras
        from keras import layers
        def build(hp):
            inputs = keras.Input((8,))
            outputs = [layers.Dense(3, name="a")(inputs), layers.Dense(2, name="b")(inputs)]
            model = keras.Model(inputs, outputs)
            model.compile(loss={"a": "mse", hp.Choice("second", ["b", "c"]): "mse"})
            return model
    """
    fine, failing = probe(source, {"second": "b"}, {"second": "c"})
    assert (fine["verdict"], failing["verdict"]) == ("ok", "fail")
    assert "['a', 'c']" in failing["error"]["message"]


def test_a_job_on_another_backend_does_not_load_tensorflow() -> None:
    pytest.importorskip("jax")
    script = """
import sys
import keras
import keras_tuner
from hypershape.agent.engine import Engine

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 3))])
    model.compile(loss="mse")
    return model

assert Engine(None, []).probe(build, {}, "symbolic")["verdict"] == "ok"
assert "tensorflow" not in sys.modules
"""
    environment = dict(os.environ, KERAS_BACKEND="jax")
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


PLACES = {
    "nested in a call of another": (
        "x = layers.Conv2D(2, 3)(inputs)\n    x = layers.Conv2D(2, 9)(layers.Conv2D(2, 3)(x))",
        "layers.Conv2D(2, 9)",
    ),
    "the argument of another": (
        "x = layers.Conv2D(2, 1)(layers.Conv2D(2, 13)(inputs))",
        "layers.Conv2D(2, 13)",
    ),
    "behind another on its line": (
        "x = layers.Conv2D(2, 3)(inputs); x = layers.Conv2D(2, 11)(x)",
        "layers.Conv2D(2, 11)",
    ),
    "made in a loop over numbers": (
        "x = inputs\n    for size in (3, 5, 9): x = layers.Conv2D(2, size)(x)",
        "layers.Conv2D(2, size)",
    ),
    "made on one line and called on another": (
        "first, second = layers.Conv2D(2, 3), layers.Conv2D(2, 11)\n    x = second(first(inputs))",
        "layers.Conv2D(2, 11)",
    ),
    "in a list that is looped over": (
        "x = inputs\n    for layer in [layers.Conv2D(2, 3), layers.Conv2D(4, 11)]: x = layer(x)",
        "layers.Conv2D(4, 11)",
    ),
    "made in a comprehension": (
        "x = inputs\n    for layer in [layers.Conv2D(2, size) for size in (3, 11)]: x = layer(x)",
        "layers.Conv2D(2, size)",
    ),
    "in a list given to Sequential": (
        "x = keras.Sequential([layers.Conv2D(2, 3), layers.Conv2D(2, 11)])(inputs)",
        "layers.Conv2D(2, 11)",
    ),
    "made by a helper": ("x = block(11)(layers.Conv2D(2, 3)(inputs))", "layers.Conv2D(1, size)"),
    "made under another name": (
        "make = layers.Conv2D\n    x = make(2, 11)(make(2, 3)(inputs))",
        "make(2, 11)",
    ),
    "behind layers of an earlier model": (
        "keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(2, 3), layers.Conv2D(2, 3)])\n"
        "    x = layers.Conv2D(2, 3)(inputs)\n    x = layers.Conv2D(2, 7)(layers.Conv2D(2, 5)(x))",
        "layers.Conv2D(2, 7)",
    ),
}


def placed(statements: str) -> str:
    return (
        "import keras\nfrom keras import layers\n\ndef block(size):\n    return layers.Conv2D(1, size)\n\n"
        f"def build(hp):\n    inputs = keras.Input((12, 12, 1))\n    {statements}\n"
        "    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))\n"
        '    model.compile(loss="mse")\n    return model\n'
    )


@pytest.mark.parametrize(("statements", "guilty"), PLACES.values(), ids=PLACES)
def test_the_layer_that_refuses_is_found_where_it_was_made(statements: str, guilty: str) -> None:
    source = placed(statements)
    (report,) = probe(source)
    error = report["error"]
    assert (error["kind"], error["made"]["line"]) == ("convolution-too-large", None)
    assert text(source, error["made"]["span"]) == guilty


def statements_only(source: str) -> list[dict[str, object]]:
    from hypershape.agent import positions

    positions.EXACT = False
    from .engine_child import _probe

    return _probe(source, ({},), None, "symbolic", "build")


def test_where_python_tells_no_columns_the_statement_and_its_line_are_known() -> None:
    source = placed(PLACES["nested in a call of another"][0])
    (report,) = in_child(statements_only, source)
    made = report["error"]["made"]
    assert text(source, made["span"]) == "x = layers.Conv2D(2, 9)(layers.Conv2D(2, 3)(x))"
    assert made["line"] == made["span"]["line"]


def test_what_a_layer_of_the_users_own_refuses_is_seen_inside_of_it() -> None:
    source = """
    import keras
    from keras import layers

    class Mine(layers.Layer):
        def call(self, x):
            raise ValueError("not today")

    def build(hp):
        inputs = keras.Input((4,))
        model = keras.Model(inputs, Mine()(inputs))
        model.compile(loss="mse")
        return model
    """
    (report,) = probe(source)
    error = report["error"]
    assert (error["layer_class"], error["made"]) == ("Mine", None)
    assert error["frames"][-1]["function"] == "call"


def test_a_model_that_raises_when_asked_for_its_ends_has_none() -> None:
    from hypershape.agent import step

    class Sequential:
        @property
        def inputs(self) -> None:
            raise ValueError("Sequential model 'sequential' has no defined inputs yet.")

        outputs = inputs

    assert step.has_inputs(Sequential()) is False and step.outputs(Sequential()) == ()
    assert step.has_inputs(None) is False and step.outputs(None) == ()


def test_a_refusal_that_the_user_caught_is_not_blamed_for_a_later_failure() -> None:
    source = """
    import keras
    from keras import layers

    def build(hp):
        inputs = keras.Input((4, 4, 1))
        try:
            x = layers.Conv2D(2, 9)(inputs)
        except ValueError:
            x = layers.Conv2D(2, 3)(inputs)
        raise RuntimeError("something else")
    """
    (report,) = probe(source)
    error = report["error"]
    assert (error["type"], error["layer"], error["made"], error["kind"]) == (
        "RuntimeError",
        None,
        None,
        "other",
    )


WIDE = """
import keras
from keras import layers

def build(hp):
    kernel = hp.Choice("kernel", [3, 9, 10, 11])
    x = inputs = keras.Input((4, 8, 8, 3))
    # Its weights are built before it looks at the size of its input.
    model = keras.Model(inputs, layers.Flatten()(layers.ConvLSTM2D(4, kernel)(x)))
    model.compile(loss="mse")
    return model
"""


def _values_made(configurations: list[dict[str, int]]) -> list[tuple[str, int]]:
    """The verdict of each probe, and how many weights got values for it."""
    import keras

    from hypershape.agent.engine import Engine

    function, engine = load(WIDE), Engine(None, [PATH])
    made = [0]
    draw = keras.initializers.GlorotUniform.__call__

    def counted(*args, **kwargs):
        made[0] += 1
        return draw(*args, **kwargs)

    keras.initializers.GlorotUniform.__call__ = counted
    found = []
    for configuration in configurations:
        made[0] = 0
        found.append((engine.probe(function, configuration, "symbolic")["verdict"], made[0]))
    return found


def test_a_failure_of_a_kind_that_was_confirmed_gives_no_weights_their_values() -> None:
    found = in_child(_values_made, [{}, {"kernel": 9}, {"kernel": 10}, {"kernel": 11}])
    assert [verdict for verdict, _ in found] == ["ok", "fail", "fail", "fail"]
    assert found[1][1] > 0, "the first failure of a kind is built for real"
    assert [made for _, made in found[2:]] == [0, 0]


def test_a_step_that_fails_tells_the_names_that_it_would_report() -> None:
    source = """
        import keras
        def build(hp):
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 3, 9))])
            model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
            return model
    """
    data = {"x": ((4,),), "y": ((1,),), "knowledge": "declared"}
    for report in probe(source, {}, {"units": 5}, {"units": 5}, {"units": 7}, data=data):
        assert report["verdict"] == "fail" and report["error"]["stage"] == "step"
        assert set(report["log_names"]) == {"loss", "accuracy"}
