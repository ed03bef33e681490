"""Build functions in the manner of what people write, valid and invalid, as source text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

small = st.integers(1, 6)
units = st.sampled_from([*[1, 2, 3, 4, 5, 8, 16, 32] * 5, 0, -1, 2.0, None, "8"])
good_units = st.sampled_from([1, 2, 3, 4, 6, 8, 16])
sizes = st.sampled_from([*[1, 2, 3] * 6, 5, (2, 3), (3, 3), 7, 11, 0, (3,), 2.5])
strides = st.sampled_from([*[1] * 9, 2, 2, 3, (1, 2), (2, 2), 0])
padding = st.sampled_from([*["valid", "same"] * 6, "causal", "full"])
activations = st.sampled_from(
    [*["relu", "tanh", "softmax", None, "gelu", "linear"] * 4, "LeakyReLU", "leaky_relu", "reul"]
)
initializers = st.sampled_from(
    [
        *["glorot_uniform", "he_normal", "zeros", "lecun_uniform", "random_normal"] * 4,
        "orthogonal",
        "identity",
        1,
        "glorot",
    ]
)
regularizers = st.sampled_from([*[None, "l2", "l1"] * 6, "L1L2", 0.01, "l3"])
booleans = st.booleans()


def arguments(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Keyword arguments as text; each may be left out."""

    def text(drawn: dict[str, Any]) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in drawn.items())

    return st.fixed_dictionaries({}, optional=choices).map(text)


def layer(
    name: str, *positional: st.SearchStrategy[Any], **choices: st.SearchStrategy[Any]
) -> st.SearchStrategy[str]:
    """The expression that makes a layer, as text."""
    return st.tuples(st.tuples(*positional), arguments(**choices)).map(
        lambda drawn: f"layers.{name}({', '.join([*map(repr, drawn[0]), *filter(None, [drawn[1]])])})"
    )


def convolution(name: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return layer(
        name, units, sizes, strides=strides, padding=padding, activation=activations,
        dilation_rate=st.sampled_from([*[1] * 9, 2, (2, 2)]), use_bias=booleans,
        kernel_initializer=initializers, kernel_regularizer=regularizers, **more,
    )  # fmt: skip


def pooling(name: str) -> st.SearchStrategy[str]:
    return layer(name, pool_size=sizes, strides=st.sampled_from([None, 1, 2, 3]), padding=padding)


rate = st.sampled_from([*[0, 0.1, 0.5, 0.9] * 5, 1, 1.5, -0.1, None])
groups = st.sampled_from([*[1] * 9, 2, 3, 4])

anywhere = st.one_of(
    layer("Dense", units, activation=activations, kernel_initializer=initializers, kernel_regularizer=regularizers,
          use_bias=booleans),
    layer("Dropout", rate), layer("BatchNormalization", axis=st.sampled_from([-1, 1, 2, 5])),
    layer("LayerNormalization", axis=st.sampled_from([-1, 1, [1, 2], 4])),
    layer("GroupNormalization", groups=st.sampled_from([1, 2, 3, 4, 32, -1])),
    layer("Activation", activations), layer("ReLU"), layer("LeakyReLU"), layer("PReLU"), layer("ELU"),
    layer("Softmax"), layer("Flatten"), layer("GaussianNoise", rate), layer("GaussianDropout", rate),
    layer("AlphaDropout", rate), layer("ActivityRegularization", l1=st.sampled_from([0.0, 0.1, -1])),
    layer("Reshape", st.sampled_from([(4, 4), (-1,), (-1, 4), (2, -1), (28, 28), (-1, -1), (16,), 8])),
    layer("RepeatVector", st.sampled_from([1, 3, 0, 2.5])), layer("UnitNormalization"), layer("Identity"),
    layer("Permute", st.sampled_from([(2, 1), (1, 2, 3), (3, 1, 2), (1,), (0, 1), (2, 2)])),
    layer("Masking", mask_value=st.sampled_from([0.0, -1.0])), layer("Rescaling", st.sampled_from([0.5, 1 / 255])),
    layer("EinsumDense", st.sampled_from(["ab,bc->ac", "abc,cd->abd", "a,b"]), st.sampled_from([8, (None, 8), (4, 4)])),
    layer("SpectralNormalization", st.just(None)), layer("RMSNormalization"),
).filter(lambda text: "SpectralNormalization" not in text)  # fmt: skip

images = st.one_of(
    convolution("Conv2D", groups=groups), convolution("Conv2DTranspose"), convolution("SeparableConv2D"),
    layer("DepthwiseConv2D", sizes, strides=strides, padding=padding, depth_multiplier=st.sampled_from([1, 2, 0])),
    pooling("MaxPooling2D"), pooling("AveragePooling2D"), pooling("MaxPool2D"),
    layer("GlobalAveragePooling2D", keepdims=booleans), layer("GlobalMaxPooling2D", keepdims=booleans),
    layer("UpSampling2D", sizes, interpolation=st.sampled_from(["nearest", "bilinear", "cubic"])),
    layer("ZeroPadding2D", st.one_of(small, st.sampled_from([((1, 1), (2, 0)), (1, 2), 0]))),
    layer("Cropping2D", st.one_of(small, st.sampled_from([((1, 1), (2, 0)), (1, 2), 15]))),
    layer("Resizing", small, small), layer("CenterCrop", small, small), layer("RandomFlip"),
    layer("RandomRotation", st.sampled_from([0.1, 0.2])), layer("RandomZoom", st.sampled_from([0.1, 0.3])),
    layer("SpatialDropout2D", rate), layer("RandomContrast", st.sampled_from([0.1, 2.0])),
    layer("RandomTranslation", st.sampled_from([0.1]), st.sampled_from([0.2])), layer("RandomCrop", small, small),
)  # fmt: skip

recurrent = {
    "return_sequences": booleans, "dropout": st.sampled_from([0.0, 0.2, 1.5]), "activation": activations,
    "recurrent_dropout": st.sampled_from([0.0, 0.1]), "go_backwards": booleans, "recurrent_initializer": initializers,
}  # fmt: skip
sequences = st.one_of(
    layer("LSTM", units, **recurrent), layer("GRU", units, reset_after=booleans, **recurrent),
    layer("SimpleRNN", units, **recurrent), convolution("Conv1D", groups=groups), pooling("MaxPooling1D"),
    pooling("AveragePooling1D"), layer("GlobalAveragePooling1D"), layer("GlobalMaxPooling1D"),
    layer("LSTM", good_units, return_sequences=booleans).map(lambda text: f"layers.Bidirectional({text})"),
    st.tuples(layer("GRU", good_units, return_sequences=booleans), st.sampled_from(["sum", "concat", "mul", "avg", "x"]))
    .map(lambda drawn: f"layers.Bidirectional({drawn[0]}, merge_mode={drawn[1]!r})"),
    layer("Dense", units).map(lambda text: f"layers.TimeDistributed({text})"),
    layer("Conv1D", good_units, small).map(lambda text: f"layers.TimeDistributed({text})"),
    layer("ZeroPadding1D", small), layer("Cropping1D", small), layer("UpSampling1D", small),
    layer("SpatialDropout1D", rate), convolution("SeparableConv1D"), convolution("Conv1DTranspose"),
    layer("Conv1D", good_units, small, padding=st.just("causal"), dilation_rate=st.sampled_from([1, 2, 4])),
)  # fmt: skip

volumes = st.one_of(
    convolution("Conv3D", groups=groups), pooling("MaxPooling3D"), layer("GlobalAveragePooling3D"),
    layer("ZeroPadding3D", small), layer("UpSampling3D", small), layer("ConvLSTM2D", good_units, small,
    return_sequences=booleans, padding=padding), convolution("Conv3DTranspose"), layer("Cropping3D", small),
)  # fmt: skip

shapes = {
    1: st.tuples(st.sampled_from([*[1, 4, 8, 16] * 3, None])),
    2: st.tuples(st.sampled_from([1, 5, 12, 30, None]), st.sampled_from([1, 3, 8])),
    3: st.tuples(
        st.sampled_from([9, 16, 28, 28, None]), st.sampled_from([6, 16, 28]), st.sampled_from([1, 3, 4, 8])
    ),
    4: st.tuples(*[st.sampled_from([4, 8])] * 3, st.sampled_from([1, 3, 8])),
}
fitting = {1: anywhere, 2: sequences, 3: images, 4: volumes}

optimizers = st.sampled_from(
    [*["'adam'", "'sgd'", "'rmsprop'"] * 6, "keras.optimizers.Adam(1e-3)", "keras.optimizers.SGD(0.1, momentum=0.9)",
     "keras.optimizers.Adam(lr=0.1)", "keras.optimizers.Adam(1)", "'adamm'", "keras.optimizers.RMSprop(clipnorm=1.0)",
     "keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))",
     "keras.optimizers.SGD(momentum=2)", "'rmsprop'", "None"]
)  # fmt: skip
losses = st.sampled_from(
    ["'mse'", "'sparse_categorical_crossentropy'", "'categorical_crossentropy'", "'binary_crossentropy'", "'mse'", "'mae'", "'rmse'",
     "keras.losses.Huber()", "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", "'mae'"]
)  # fmt: skip
metrics = st.sampled_from(
    [*["None", "['accuracy']", "['mae']"] * 3, "['acc', 'mse']", "[keras.metrics.AUC()]", "['f1']", "'accuracy'",
     "[keras.metrics.MeanAbsoluteError(name='m')]"]
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A source that defines `build(hp)`, and the data it would be trained on (shapes of one sample), if known."""

    source: str
    x: tuple[int, ...] | None = None
    y: tuple[int, ...] | None = None


@st.composite
def programs(draw: st.DrawFn) -> Program:
    rank = draw(st.sampled_from([1, 2, 3, 3, 3, 4]))
    shape = draw(shapes[rank])
    some = st.one_of(fitting[rank], fitting[rank], fitting[rank], anywhere)
    made = draw(st.lists(some, min_size=1, max_size=4))
    form = draw(st.sampled_from(["add", "list", "functional", "branches", "nested", "subclass", "unbuilt"]))
    tail = draw(st.sampled_from([*[["layers.Flatten()", "layers.Dense(3)"]] * 5, ["layers.Dense(3)"], []]))
    lines = ["import keras", "from keras import layers", "", *FORMS[form](shape, [*made, *tail])]
    loss, metric = draw(losses), draw(metrics)
    if draw(st.integers(0, 2)):
        lines.append(f"    model.compile(optimizer={draw(optimizers)}, loss={loss}, metrics={metric})")
    else:
        loss = "'mse'"
        lines.append("    model.compile(loss='mse')")
    lines.append("    return model")
    if form != "unbuilt" and draw(st.booleans()):
        return Program("\n".join(lines) + "\n")
    fitting_labels = () if "parse" in loss else (3,)
    x = tuple(9 if length is None else length for length in shape)
    return Program("\n".join(lines) + "\n", x, draw(st.sampled_from([*[fitting_labels] * 6, (), (3,), (1,)])))


def add(shape: Any, made: list[str]) -> list[str]:
    return [
        "def build(hp):", "    model = keras.Sequential()", f"    model.add(keras.Input({shape!r}))",
        *[f"    model.add({each})" for each in made],
    ]  # fmt: skip


def in_list(shape: Any, made: list[str]) -> list[str]:
    return [
        "def build(hp):", "    model = keras.Sequential([", f"        keras.Input({shape!r}),",
        *[f"        {each}," for each in made], "    ])",
    ]  # fmt: skip


def functional(shape: Any, made: list[str]) -> list[str]:
    return [
        "def build(hp):", f"    x = inputs = keras.Input({shape!r})", *[f"    x = {each}(x)" for each in made],
        "    model = keras.Model(inputs, x)",
    ]  # fmt: skip


def branches(shape: Any, made: list[str]) -> list[str]:
    joins = ["layers.Concatenate()", "layers.Add()", "layers.Multiply()", "layers.Average()", "layers.Dot(axes=1)",
             "layers.Maximum()", "layers.Subtract()", "layers.Concatenate(axis=1)"]  # fmt: skip
    return [
        "def build(hp):", f"    inputs = keras.Input({shape!r})", "    a = b = inputs",
        *[f"    {'ab'[index % 2]} = {each}({'ab'[index % 2]})" for index, each in enumerate(made)],
        f"    x = {joins[sum(map(len, made)) % len(joins)]}([a, b])", "    model = keras.Model(inputs, x)",
    ]  # fmt: skip


def nested(shape: Any, made: list[str]) -> list[str]:
    middle = (len(made) + 1) // 2
    return [
        "def block():", "    return keras.Sequential([", *[f"        {each}," for each in made[:middle]], "    ])",
        "def build(hp):", f"    x = inputs = keras.Input({shape!r})", "    x = block()(x)",
        *[f"    x = {each}(x)" for each in made[middle:]], "    model = keras.Model(inputs, x)",
    ]  # fmt: skip


def subclass(shape: Any, made: list[str]) -> list[str]:
    return [
        "class Block(layers.Layer):", "    def __init__(self):", "        super().__init__()",
        *[f"        self.l{index} = {each}" for index, each in enumerate(made)],
        "    def call(self, x):", *[f"        x = self.l{index}(x)" for index in range(len(made))],
        "        return x",
        "def build(hp):", f"    inputs = keras.Input({shape!r})", "    x = Block()(inputs)",
        "    model = keras.Model(inputs, x)",
    ]  # fmt: skip


def unbuilt(shape: Any, made: list[str]) -> list[str]:
    return [
        "def build(hp):", "    model = keras.Sequential()", *[f"    model.add({each})" for each in made],
    ]  # fmt: skip


FORMS = {
    "add": add, "list": in_list, "functional": functional, "branches": branches, "nested": nested,
    "subclass": subclass, "unbuilt": unbuilt,
}  # fmt: skip
