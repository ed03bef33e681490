"""What kind of failure the words of each version mean, and which values are taken from them."""

import builtins

import pytest

from hypershape import rules
from hypershape.agent import kinds
from hypershape.agent.kinds import Refused, by_text, classify

SAID = [
    (
        "ValueError",
        "Computed output size would be zero or negative. Received `inputs shape=(None, 3, 3, 1)`, "
        "`kernel shape=(5, 5, 1, 4)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, `padding=valid`.",
        "convolution-too-large",
        {"shape": (None, 3, 3, 1), "gets": (3, 3), "needs": (5, 5)},
    ),
    (
        "ValueError",
        "Computed output size would be zero or negative. Received `inputs shape=(None, 9, 2)`, "
        "`kernel shape=(5, 2, 4)`, `dilation_rate=[3]`, `strides=(1,)`, `padding=valid`.",
        "convolution-too-large",
        {"gets": (9,), "needs": (13,)},
    ),
    (
        "ValueError",
        "Computed output size would be negative. Received `inputs shape=(None, 8, 8, 1)`, "
        "`kernel shape=(11, 11, 1, 4)`, `dilation_rate=[1 1]`.",
        "convolution-too-large",
        {"gets": (8, 8), "needs": (11, 11)},
    ),
    (
        "ValueError",
        "Exception encountered when calling MaxPooling2D.call().\n\nComputed output size would be zero or negative. "
        "Received: `inputs.shape=[None 1 1 4]`, `pool_size=[2 2]`, `strides=(2, 2)`, `padding=valid`.",
        "pooling-too-large",
        {"gets": (1, 1), "needs": (2, 2)},
    ),
    (
        "ValueError",
        "One of the dimensions in the output is <= 0 due to downsampling in conv2d_1. Consider increasing the input "
        "size. Received input shape [None, 2, 2, 3] which would produce output shape with a zero or negative value "
        "in a dimension.",
        "convolution-too-large",
        {"shape": (None, 2, 2, 3), "gets": (2, 2)},
    ),
    (
        "ValueError",
        "Negative dimension size caused by subtracting 2 from 1 for '{{node max_pooling2d/MaxPool}} = MaxPool[T=…",
        "pooling-too-large",
        {},
    ),
    (
        "ValueError",
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: "
        "input_shape=[(None, 26, 26, 4), (None, 24, 24, 4)]",
        "merge-mismatch",
        {"shapes": ((None, 26, 26, 4), (None, 24, 24, 4))},
    ),
    ("ValueError", "Inputs have incompatible shapes. Received shapes (4,) and (5,)", "merge-mismatch", {"shapes": ((4,), (5,))}),
    (
        "ValueError",
        "Cannot broadcast shape, the failure dim has value 4, which cannot be broadcasted to 5. Input shapes are: "
        "[None, 4] and [None, 5].",
        "merge-mismatch",
        {"shapes": ((None, 4), (None, 5))},
    ),
    (
        "ValueError",
        "Input 0 with name 'None' of layer 'lstm_1' is incompatible with the layer: expected ndim=3, found ndim=2. "
        "Full shape received: (None, 4)",
        "rank",
        {"wanted": 3, "found": 2, "at_least": False, "shape": (None, 4)},
    ),
    (
        "ValueError",
        'Input 0 of layer "conv2d" is incompatible with the layer: expected min_ndim=4, found ndim=3. Full shape '
        "received: (None, 28, 28)",
        "rank",
        {"wanted": 4, "at_least": True},
    ),
    (
        "ValueError",
        "Exception encountered when calling Sequential.call().\n\nInput 0 with name 'None' of layer 'dense' is "
        "incompatible with the layer: expected axis -1 of input shape to have value 9, but received input with shape "
        "(32, 8)\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor(shape=(32, 4, 2), dtype=float32)",
        "axis",
        {"axis": -1, "wanted": 9, "shape": (32, 8), "batch": (32, 4, 2)},
    ),
    (
        "ValueError",
        "Input 0 with name 'x' of layer 'functional' is incompatible with the layer: expected shape=(None, 9), found "
        "shape=(32, 8)",
        "input-shape",
        {"taken": (None, 9), "given": (32, 8)},
    ),
    (
        "ValueError",
        "Invalid input shape for input Tensor(\"data:0\", shape=(32, 8), dtype=float32) with name 'x' and path ''. "
        "Expected shape (None, 9), but input has incompatible shape (32, 8)",
        "input-shape",
        {"taken": (None, 9), "given": (32, 8)},
    ),
    ("ValueError", 'Layer "f" expects 2 input(s), but it received 1 input tensors.', "inputs-count", {"taken": 2, "given": 1}),
    (
        "ValueError",
        "Layer \"f\" expects 2 named input(s) with keys ['a', 'b'], but it received 1 input tensors. Pass inputs as a dict.",
        "inputs-count",
        {"taken": 2, "given": 1},
    ),
    (
        "ValueError",
        "Missing data for input \"age\". You passed a data dictionary with keys ['ages', 'fare']. Expected keys: ['age']",
        "input-name",
        {"missing": "age", "keys": ("ages", "fare")},
    ),
    ("ValueError", "The total size of the tensor must be unchanged. Received: …", "reshape", {}),
    ("ValueError", "total size of new array must be unchanged, input_shape = [8], output_shape = [3]", "reshape", {}),
    (
        "ValueError",
        "The number of filters must be evenly divisible by the number of groups. Received: groups=4, filters=6.",
        "groups",
        {"groups": 4, "filters": 6},
    ),
    ("ValueError", "Number of groups (4) must be a multiple of the number of channels (6).", "groups", {"groups": 4, "channels": 6}),
    (
        "ValueError",
        "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides=(2, 2) and …",
        "strides-with-dilation",
        {},
    ),
    (
        "ValueError",
        "Received an invalid value for `units`, expected a positive integer. Received: units=32.0",
        "argument-value",
        {"argument": "units", "value": 32.0},
    ),
    (
        "ValueError",
        "Received an invalid value for argument `units`, expected a positive integer, got 0.",
        "argument-value",
        {"argument": "units", "value": 0},
    ),
    (
        "ValueError",
        "Invalid value for argument `filters`. Expected a strictly positive value. Received filters=0.",
        "argument-value",
        {"argument": "filters", "value": 0},
    ),
    (
        "ValueError",
        "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=1.5",
        "argument-value",
        {"argument": "rate", "value": 1.5, "least": 0, "most": 1},
    ),
    (
        "ValueError",
        "Invalid value 1.5 received for `rate`, expected a value between 0 and 1.",
        "argument-value",
        {"argument": "rate", "value": 1.5, "least": 0, "most": 1},
    ),
    (
        "ValueError",
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a callable (that takes "
        "in the current iteration value and returns the corresponding learning rate value). Received instead: "
        "learning_rate=1",
        "argument-value",
        {"argument": "learning_rate", "value": 1},
    ),
    (
        "ValueError",
        "The argument `kernel_size` cannot contain 0. Received kernel_size=(0, 3).",
        "argument-value",
        {"argument": "kernel_size", "value": (0, 3)},
    ),
    (
        "ValueError",
        "The `kernel_size` argument must be a tuple of 1 integers. Received kernel_size=0, including values {0} that do "
        "not satisfy `value > 0`",
        "argument-value",
        {"argument": "kernel_size", "value": 0},
    ),
    (
        "ValueError",
        "The `strides` argument must be a tuple of 2 integers. Received strides=(1, 'a')including element a of type "
        "<class 'str'>",
        "argument-value",
        {"argument": "strides", "value": (1, "a")},
    ),
    (
        "ValueError",
        "The `pool_size` argument must be a tuple of 2 integers. Received pool_size=3.0",
        "argument-value",
        {"argument": "pool_size", "value": 3.0},
    ),
    (
        "ValueError",
        "The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=3",  # (a number of NumPy's)
        "other",
        {},
    ),
    (
        "ValueError",
        "Unknown activation function 'reul' cannot be deserialized.",
        "identifier",
        {"of": "activation", "identifier": "reul"},
    ),
    (
        "ValueError",
        "Shapes (32, 3) and (32, 4) are incompatible",
        "loss-mismatch",
        {"labels": (None, 3), "output": (None, 4)},
    ),
    ("ValueError", "Shapes (3, 4) and (5, 4) are incompatible", "other", {}),
    ("ValueError", "Could not interpret initializer identifier: 1", "identifier", {"of": "initializer", "identifier": "1"}),
    (
        "ValueError",
        "Could not interpret activation function identifier: LeakyReLU",
        "identifier",
        {"of": "activation", "identifier": "LeakyReLU"},
    ),
    (
        "ValueError",
        "Unknown optimizer: 'addam'. Please ensure you are using a `keras.utils.custom_object_scope`",
        "identifier",
        {"of": "optimizer", "identifier": "addam"},
    ),
    ("ValueError", "Argument(s) not recognized: {'lr': 0.1}", "argument-unknown", {"arguments": ("lr",)}),
    ("ValueError", "decay is deprecated in the new Keras optimizer, please check …", "argument-unknown", {"arguments": ("decay",)}),
    (
        "ValueError",
        "Unrecognized keyword arguments passed to LSTM: {'batch_input_shape': (1, 2)}",
        "argument-unknown",
        {"callee": "LSTM", "arguments": ("batch_input_shape",)},
    ),
    ("TypeError", "('Keyword argument not understood:', 'foo')", "argument-unknown", {"arguments": ("foo",)}),
    (
        "TypeError",
        "HyperParameters.Int() got an unexpected keyword argument 'values'",
        "argument-unknown",
        {"callee": "HyperParameters.Int", "arguments": ("values",)},
    ),
    ("ImportError", "`keras.optimizers.legacy` is not supported in Keras 3. When …", "removed", {"name": "keras.optimizers.legacy"}),
    (
        "TypeError",
        "AveragePooling2D.__init__() missing 2 required positional arguments: 'pool_size' and 'x'",
        "argument-missing",
        {"callee": "AveragePooling2D.__init__", "arguments": ("pool_size", "x")},
    ),
    ("TypeError", "__init__() missing 1 required positional argument: 'pool_size'", "argument-missing", {"arguments": ("pool_size",)}),
    ("TypeError", "HyperParameters.Choice() takes from 3 to 7 positional arguments but 9 were given", "arguments-too-many", {}),
    (
        "ValueError",
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, 4)",
        "unknown-dimension",
        {},
    ),
    ("ValueError", "The last dimension of the inputs to a Dense layer should be defined. Found None.", "unknown-dimension", {}),
    ("ValueError", "The channel dimension of the inputs should be defined. The input_shape received is …", "unknown-dimension", {}),
    (
        "FatalTypeError",
        "Expected the model-building function, or HyperModel.build() to return a valid Keras Model instance. "
        "Received: <object object at 0x7f> of type <class 'object'>.",
        "no-model",
        {"nothing": False},
    ),
    (
        "FatalTypeError",
        "Expected … return a valid Keras Model instance. Received: None of type <class 'NoneType'>.",
        "no-model",
        {"nothing": True},
    ),
    ("ValueError", "You must call `compile()` before using the model.", "not-compiled", {}),
    ("RuntimeError", "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`.", "not-compiled", {}),
    ("ValueError", "Cannot convert '8' to a shape.", "shape-is-number", {"given": 8}),
    ("ValueError", "Cannot convert 'None' to a shape.", "shape-no-tuple", {"given": "None"}),
    (
        "ValueError",
        "Input size must be at least 32x32; Received: input_shape=(28, 28, 3)",
        "application-input",
        {"height": 32, "width": 32, "given": (28, 28, 3)},
    ),
    (
        "ValueError",
        "All layers added to a Sequential model should have unique names. Name 'dense' is already the name of …",
        "layer-name-twice",
        {"name": "dense"},
    ),
    ("ValueError", 'should have unique names. Name "1" is already the name', "layer-name-twice", {"name": "1"}),
    ("ValueError", 'The name "a b" is used 2 times in the model. All …', "layer-name-twice", {"name": "a b"}),
    ("ValueError", "A KerasTensor cannot be used as input to a TensorFlow function. A …", "tensorflow-function", {}),
    ("ValueError", "You tried to call `count_params` on layer 'sequential', but the layer isn't built.", "model-not-built", {}),
    ("AttributeError", "The layer sequential has never been called and thus has no defined output_shape.", "model-not-built", {}),
    (
        "ValueError",
        "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape=(32,), "
        "output.shape=(32, 3)",
        "loss-mismatch",
        {"labels": (None,), "output": (None, 3)},
    ),
    (
        "ValueError",
        "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(None, 3), "
        "output.shape=(None, 3)",
        "loss-mismatch",
        {"labels": (None, 3), "output": (None, 3)},
    ),
    ("ValueError", "Dimensions must be equal, but are 3 and 2 for '{{node compile_loss/mse/sub}} = Sub", "loss-mismatch", {}),
    ("ValueError", "tuple arity mismatch; expected: 2, got: 1 … Invalid `metrics`. …", "metric", {}),
    ("TypeError", "A `Choice` can contain only one type of value, found values: [1, 'a'] with types …", "choice-types", {}),
    ("ValueError", "The default value should be one of the choices. You passed: …", "choice-default", {}),
    (
        "ValueError",
        "For HyperParameters.Int(name='u'), min_value 10 is greater than the max_value 3.",
        "range-inverted",
        {"minimum": 10, "maximum": 3},
    ),
    (
        "ValueError",
        "min_value must be an int, Received: 0.1 of type <class 'float'>.",
        "range-not-int",
        {"argument": "min_value", "value": 0.1},
    ),
    (
        "ValueError",
        "For HyperParameters.Float(name='lr'), sampling='log' does not support negative values, found min_value: 0.0.",
        "range-log-minimum",
        {"minimum": 0.0},
    ),
    (
        "ValueError",
        "For HyperParameters.Float(name='lr'), expected step > 1 with sampling='log'. Received: step=0.0001.",
        "range-log-step",
        {"step": 0.0001},
    ),
    ("ZeroDivisionError", "integer modulo by zero", "division-by-zero", {}),
    ("KeyError", "units does not exist.", "undeclared", {"name": "units"}),
    ("FileNotFoundError", "The folder does not exist.", "other", {}),
    ("ValueError", "units is currently inactive.", "inactive", {"name": "units"}),
    ("TypeError", "'set' object is not subscriptable", "not-iterable", {}),
    ("KeyError", "huge", "other", {}),
    ("ValueError", "Dimension size must be evenly divisible by 1323 but is 55296 for '{{node mix/Reshape}} = Reshape[T=…", "other", {}),
    ("ValueError", "input depth must be evenly divisible by filter depth: 3 vs 2", "groups", {}),
    ("ValueError", "dim must be evenly divisible by heads.", "other", {}),
    ("ValueError", "", "other", {}),
    ("NotImplementedError", "Cannot convert a symbolic tf.Tensor (dense_1/Add:0) to a numpy array. This error may …", "symbolic-as-array", {}),
    ("ValueError", "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any actual numerical value. You cannot convert it to a NumPy array.", "symbolic-as-array", {}),
]  # fmt: skip


@pytest.mark.parametrize(("type_name", "message", "kind", "details"), SAID)
def test_a_message_of_any_version_tells_its_kind_and_its_values(
    type_name: str, message: str, kind: str, details: dict[str, object]
) -> None:
    found, values = by_text(type_name, message)
    assert found == kind
    for name, value in details.items():
        assert (type(values[name]), values[name]) == (type(value), value)


def test_every_kind_that_is_told_by_words_has_a_message_here() -> None:
    said = {kind for _, _, kind, _ in SAID}
    python = {"module-missing", "import-missing", "name-undefined", "no-such-method", "attribute-missing"}
    python |= {
        "keras-attribute-missing",
        "truth-of-array",
        "out-of-memory",
        "limit",
        "not-implemented",
        "loss-weight",
        "output-key",
    }
    tuners = {"choice-empty", "range-sampling", "fixed-value", "boolean-default", "no-gradients"}
    assert kinds.KINDS - python - tuners <= said


def test_every_kind_that_a_rule_explains_exists() -> None:
    named = {kind for rule in rules.all_rules() for kind in getattr(rule, "kinds", ())}
    assert named
    assert named <= kinds.KINDS


def test_a_method_that_says_only_that_it_is_not_implemented_is_named() -> None:
    class Model:
        def add_loss(self) -> None:
            raise NotImplementedError

    with pytest.raises(NotImplementedError) as raised:
        Model().add_loss()
    assert kinds.classify(raised.value, "") == ("not-implemented", {"method": "add_loss", "owner": "Model"})


def test_a_layer_that_gets_other_features_than_it_was_made_for_refuses_its_input() -> None:
    said = "Dimensions must be equal, but are 1 and 12 for 'MatMul' with input shapes: [32,1], [12,16]."
    lstm = Refused("LSTM", [(32, 12, 1)], {}, [(3, None)], (None, 1, 12))
    kind, details = kinds.classify(ValueError(said), said, lstm)
    assert (kind, details["taken"], details["given"]) == ("input-shape", (None, 1, 12), (None, 12, 1))
    assert kinds.classify(ValueError(said), said, lstm._replace(built=(None, 5, 1)))[0] == "merge-mismatch"


def test_a_convolution_over_a_series_of_maps_gets_an_axis_too_many() -> None:
    said = "Kernel shape must have the same length as input"
    conv = Refused("Conv2D", [(None, 5, 16, 16, 1)], {"kernel_size": (3, 3)}, [(None, 4)])
    kind, details = kinds.classify(ValueError(said), said, conv)
    assert (kind, details["wanted"], details["found"]) == ("rank", 4, 5)


def test_channels_that_do_not_fit_come_before_a_window_that_is_too_large() -> None:
    said = "expected axis -1 of input shape to have value 3, but received input with shape (32, 3, 6, 6)"
    conv = Refused("Conv2D", [(32, 3, 6, 6)], {"kernel_size": (5, 5)}, [(None, 4)], (None, 6, 6, 3))
    assert kinds.classify(ValueError(said), said, conv)[0] == "axis"
    assert kinds.classify(ValueError(said), said, conv._replace(built=None))[0] == "convolution-too-large"


@pytest.mark.parametrize(
    ("refused", "kind", "details"),
    [
        (
            Refused("Conv2D", [(None, 4, 4, 1)], {"kernel_size": (3, 3), "dilation_rate": (2, 2)}, [(None, 4)]),
            "convolution-too-large",
            {"needs": (5, 5), "gets": (4, 4), "shape": (None, 4, 4, 1)},
        ),
        (
            Refused("MaxPooling2D", [(None, 3, 1, 4)], {"pool_size": (2, 2), "data_format": "channels_first"}),
            "pooling-too-large",
            {"needs": (2, 2), "gets": (1, 4)},
        ),
        (Refused("LSTM", [(None, 4)], {}, [(3, None)]), "rank", {"wanted": 3, "found": 2, "at_least": False}),
        (Refused("Dense", [(None,)], {}, [(None, 2)]), "rank", {"wanted": 2, "at_least": True}),
        (Refused("Conv1D", [(None, 9, None)], {}), "unknown-dimension", {"shape": (None, 9, None)}),
        (Refused("GroupNormalization", [(None, 8, 6)], {"groups": 4}), "groups", {"groups": 4, "channels": 6}),
        (Refused("Reshape", [(None, 5, 5)], {"target_shape": (4, 6)}), "reshape", {"target": (4, 6), "elements": 25}),
        (Refused("Add", [(None, 4), (None, 5)], {}), "merge-mismatch", {"shapes": ((None, 4), (None, 5))}),
    ],
)  # fmt: skip
def test_a_layer_that_refuses_what_it_cannot_take_needs_no_words(
    refused: Refused, kind: str, details: dict[str, object]
) -> None:
    found, values = classify(ValueError("words of a later version"), "words of a later version", refused)
    assert found == kind
    assert details.items() <= values.items()


@pytest.mark.parametrize(
    "refused",
    [
        Refused("Conv2D", [(None, 4, 4, 1)], {"kernel_size": (5, 5), "padding": "same"}, [(None, 4)]),
        Refused("Conv2DTranspose", [(None, 4, 4, 1)], {"kernel_size": (5, 5)}),
        Refused("GlobalMaxPooling2D", [(None, None, None, 1)], {}),
        Refused("Add", [(None, 4), (None, 4)], {}),
        Refused("Dense", [(None, 4)], {"units": 3}, [(None, 2)]),
        Refused("Mine", [], {}),
    ],
)
def test_a_layer_that_had_no_reason_to_refuse_is_not_blamed_for_one(refused: Refused) -> None:
    assert classify(ValueError("no"), "no", refused) == ("other", {})


def raised(text: str) -> BaseException:
    try:
        exec(text, {})
    except Exception as error:
        return error
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("import keraz", "module-missing", "keraz"),
        ("missing_name", "name-undefined", "missing_name"),
        ("class HyperParameters: pass\nHyperParameters().choice", "no-such-method", "choice"),
        (
            "import types\ntypes.ModuleType('keras.layers').experimental",
            "keras-attribute-missing",
            "experimental",
        ),
        ("(3).size", "attribute-missing", "size"),
    ],
)
@pytest.mark.parametrize("old", [False, True], ids=["attributes", "words"])
def test_what_python_refuses_is_told_by_attributes_and_by_words_where_it_has_none(
    text: str, kind: str, name: str, old: bool
) -> None:
    error = raised(text)
    found, details = by_text(type(error).__name__, str(error)) if old else classify(error, str(error))
    assert (found, details["name"]) == (kind, name)


def test_a_property_that_raises_is_not_a_missing_attribute() -> None:
    error = raised(
        "class Model:\n    @property\n    def output(self): raise AttributeError('not now')\nModel().output"
    )
    assert classify(error, str(error)) == ("other", {})


def test_the_table_needs_nothing_but_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib
    import sys

    real = builtins.__import__

    def only_standard(name: str, *more: object) -> object:
        top = name.partition(".")[0]
        assert not top or top in sys.stdlib_module_names or top == "hypershape", name
        return real(name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", only_standard)
    importlib.reload(kinds)
