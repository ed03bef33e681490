"""Modules and names that Keras 3 and keras-tuner 1.4 no longer have, and where their contents are today.

Checked by importing each from Keras 3.15 and TensorFlow 2.21, under `keras` and under `tensorflow.keras`.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    "keras.experimental": None,
    "keras.estimator": None,
    "keras.objectives": None,
    "keras_tuner.engine.multi_execution_tuner": None,
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
