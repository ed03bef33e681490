"""Modules and names that Keras 3 and keras-tuner 1.4 no longer have, and where their contents are today.

Checked by importing each from Keras 3.15 and TensorFlow 2.21, under `keras` and under `tensorflow.keras`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from hypershape.source.names import canonical

LAYERS = frozenset(
    [
        "Activation",
        "Add",
        "AlphaDropout",
        "Average",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "BatchNormalization",
        "Bidirectional",
        "CategoryEncoding",
        "CenterCrop",
        "Concatenate",
        "Conv1D",
        "Conv1DTranspose",
        "Conv2D",
        "Conv2DTranspose",
        "Conv3D",
        "Conv3DTranspose",
        "ConvLSTM2D",
        "Convolution1D",
        "Convolution2D",
        "Convolution3D",
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "Dense",
        "DepthwiseConv2D",
        "Discretization",
        "Dot",
        "Dropout",
        "ELU",
        "Embedding",
        "Flatten",
        "GRU",
        "GRUCell",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "Hashing",
        "InputLayer",
        "IntegerLookup",
        "LSTM",
        "LSTMCell",
        "Lambda",
        "Layer",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "Maximum",
        "Minimum",
        "MultiHeadAttention",
        "Multiply",
        "Normalization",
        "PReLU",
        "Permute",
        "RNN",
        "RandomBrightness",
        "RandomContrast",
        "RandomCrop",
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "ReLU",
        "RepeatVector",
        "Rescaling",
        "Reshape",
        "Resizing",
        "SeparableConv1D",
        "SeparableConv2D",
        "SimpleRNN",
        "SimpleRNNCell",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "StackedRNNCells",
        "StringLookup",
        "Subtract",
        "TextVectorization",
        "TimeDistributed",
        "UpSampling1D",
        "UpSampling2D",
        "UpSampling3D",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "ZeroPadding3D",
        "add",
        "average",
        "concatenate",
        "dot",
        "maximum",
        "minimum",
        "multiply",
        "subtract",
    ]
)
"""What the old submodules of `keras.layers` held and `keras.layers` holds today."""

_OLD_LAYERS = [
    "experimental.preprocessing",
    "advanced_activations",
    "convolutional",
    "convolutional_recurrent",
    "core",
    "embeddings",
    "local",
    "merge",
    "noise",
    "normalization",
    "pooling",
    "recurrent",
    "wrappers",
]

_OPTIMIZERS = {
    "adadelta": "Adadelta", "adagrad": "Adagrad", "adam": "Adam", "adamax": "Adamax", "ftrl": "Ftrl",
    "gradient_descent": "SGD", "nadam": "Nadam", "rmsprop": "RMSprop",
}  # fmt: skip

MODULES: Mapping[str, tuple[str, frozenset[str]] | None] = {
    **{f"keras.layers.{each}": ("keras.layers", LAYERS) for each in _OLD_LAYERS},
    "keras.layers.experimental": None,
    "keras.layers.cudnn_recurrent": None,
    "keras.utils.np_utils": ("keras.utils", frozenset({"to_categorical", "normalize"})),
    "keras.utils.vis_utils": ("keras.utils", frozenset({"plot_model", "model_to_dot"})),
    "keras.utils.data_utils": ("keras.utils", frozenset({"get_file", "Sequence"})),
    "keras.utils.generic_utils": (
        "keras.utils",
        frozenset({"Progbar", "CustomObjectScope", "custom_object_scope", "get_custom_objects"}),
    ),
    "keras.utils.training_utils": None,
    "keras.utils.multi_gpu_utils": None,
    "keras.wrappers.scikit_learn": None,
    "keras.engine": None,
    "keras.backend.tensorflow_backend": None,
    "keras.callbacks.callbacks": ("keras.callbacks", frozenset({"EarlyStopping", "ModelCheckpoint"})),
    "keras.optimizers.experimental": None,
    "keras.optimizers.legacy": (
        "keras.optimizers",
        frozenset({"Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop", "SGD"}),
    ),
    **{
        f"keras.{place}": ("keras.optimizers", frozenset({name}))
        for module, name in _OPTIMIZERS.items()
        for place in (
            f"optimizers.{module}_v2",
            f"optimizer_v2.{module}",
            f"optimizers.optimizer_v2.{module}",
        )
    },
    "keras.mixed_precision.experimental": None,
    "keras.experimental": None,
    "keras.estimator": None,
    "keras.objectives": None,
    "keras_tuner.config": None,
    "keras_tuner.engine.multi_execution_tuner": None,
    "keras_tuner.engine.tuner_utils": None,
    "keras_tuner.tuners.randomsearch": ("keras_tuner.tuners", frozenset({"RandomSearch"})),
    "keras_tuner.tuners.bayesian": ("keras_tuner.tuners", frozenset({"BayesianOptimization"})),
    "keras_tuner.tuners.hyperband": ("keras_tuner.tuners", frozenset({"Hyperband"})),
}
"""Each module that is gone, with the module that holds these names of it today, where there is one."""

NAMES: Mapping[str, str | None] = {
    "keras.layers.CuDNNLSTM": "keras.layers.LSTM",
    "keras.layers.CuDNNGRU": "keras.layers.GRU",
    "keras.layers.LocallyConnected1D": None,
    "keras.layers.LocallyConnected2D": None,
    "keras.layers.Merge": None,
    "keras.utils.multi_gpu_model": None,
    "keras.backend.set_session": None,
    "keras.backend.get_session": None,
    "keras.constraints.maxnorm": "keras.constraints.max_norm",
    "keras_tuner.tuners.Sklearn": "keras_tuner.tuners.SklearnTuner",
    "keras_tuner.oracles.BayesianOptimization": "keras_tuner.oracles.BayesianOptimizationOracle",
    "keras_tuner.oracles.RandomSearch": "keras_tuner.oracles.RandomSearchOracle",
    "keras_tuner.oracles.Hyperband": "keras_tuner.oracles.HyperbandOracle",
}
"""Each name that is gone, with its successor, where there is one with the same arguments."""

METHODS: Mapping[str, str] = {
    "predict_proba": "{model}.predict({given})",
    "predict_classes": "{model}.predict({given}).argmax(axis=-1)",
}
"""Each method of models that is gone, with what gives the same of one with several outputs for each sample."""

ONLY_IN_TENSORFLOW: Mapping[str, str | None] = {
    "keras.preprocessing.image.ImageDataGenerator": "tensorflow.keras.preprocessing.image.ImageDataGenerator",
    "keras.preprocessing.text": "tensorflow.keras.preprocessing.text",
    "keras.preprocessing.text.Tokenizer": "tensorflow.keras.preprocessing.text.Tokenizer",
    "keras.preprocessing.sequence.TimeseriesGenerator": (
        "tensorflow.keras.preprocessing.sequence.TimeseriesGenerator"
    ),
}
"""What is gone from `keras` but still lives under `tensorflow.keras`."""


def module_of(name: str) -> str | None:
    """The module that is gone and that is `name` or holds it; the longest one."""
    found = [each for each in MODULES if name == each or name.startswith(each + ".")]
    return max(found, key=len, default=None)


_REFUSED_WHEN_CALLED = ("keras.optimizers.legacy",)
"""What can be imported still, and fails where it is called."""


def todays(node: ast.Import | ast.ImportFrom) -> str | None:
    """An import statement that takes what is gone from where it is today; None where nothing or not all can be had."""
    parts = list(_of_modules(node) if isinstance(node, ast.Import) else _of_names(node))
    if None in parts or all(part == old for part, old in zip(parts, _each(node), strict=True)):
        return None
    return "; ".join(filter(None, parts))


def nowhere(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The names that an import statement takes from Keras or Keras Tuner and that are in neither today."""
    if isinstance(node, ast.ImportFrom) and not node.level:
        for each in node.names:
            if each.name != "*" and _place(f"{node.module}.{each.name}") == "":
                yield each.asname or each.name


def is_nowhere(name: str) -> bool:
    """Whether what goes by a dotted name of Keras's or Keras Tuner's is in neither today."""
    return _place(name) == ""


def _each(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The statement as one for each of its names."""
    for each in node.names:
        bound = each.name if each.asname is None else f"{each.name} as {each.asname}"
        yield f"from {node.module} import {bound}" if isinstance(node, ast.ImportFrom) else f"import {bound}"


def _of_modules(node: ast.Import) -> Iterator[str | None]:
    for each, written in zip(node.names, _each(node), strict=True):
        place = _place(each.name)
        if place is None:
            yield written
        elif not place or each.asname is None:
            yield None
        else:
            package, _, last = place.rpartition(".")
            yield f"from {package} import {last} as {each.asname}"


def _of_names(node: ast.ImportFrom) -> Iterator[str | None]:
    for each, written in zip(node.names, _each(node), strict=True):
        place = None if node.level or each.name == "*" else _place(f"{node.module}.{each.name}")
        if place is None:
            yield written
        elif not place:
            yield None
        else:
            package, _, last = place.rpartition(".")
            yield f"from {package} import {last} as {each.asname or each.name}"


def _place(name: str) -> str | None:
    """Where what goes by a dotted name is today: None where it is where it was, empty where it is nowhere."""
    plain = canonical(name)
    if not name.startswith(("keras.", "keras_tuner.", "tensorflow.keras.")):
        # Private copies and older packages have what they had.
        return None
    module = module_of(plain)
    if module in _REFUSED_WHEN_CALLED:
        return None
    if module is None:
        found = (
            ONLY_IN_TENSORFLOW.get(name, NAMES.get(plain))
            if name in ONLY_IN_TENSORFLOW or plain in NAMES
            else name
        )
        return None if found == name else (found or "")
    place, inner = MODULES[module], plain[len(module) + 1 :]
    if place is None or (inner and inner.split(".")[0] not in place[1]):
        return ""
    today = f"{place[0]}.{inner}".rstrip(".")
    return today if plain == name or not name.startswith("tensorflow") else f"tensorflow.{today}"
