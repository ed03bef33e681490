"""Names of packages that a file reads and never imports, and the import that each lacks."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from hypershape.source.code import Code, per_text
from hypershape.source.slices import Cut
from hypershape.text import Text

_KERAS = {
    "keras": "activations applications callbacks constraints datasets initializers layers losses metrics models ops "
    "optimizers regularizers utils",
    "keras.layers": """Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average
        AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization
        Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
        Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution2D Convolution3D Cropping1D Cropping2D
        Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Flatten
        GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
        GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
        GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization Hashing Input InputLayer
        IntegerLookup LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxPool1D MaxPool2D MaxPool3D
        MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute
        RNN RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU
        RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax
        SpatialDropout1D SpatialDropout2D SpatialDropout3D StackedRNNCells StringLookup Subtract TextVectorization
        TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
        ZeroPadding3D""",
    "keras.models": "Model Sequential clone_model load_model model_from_json save_model",
    "keras.optimizers": "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lion Nadam RMSprop SGD",
    "keras.optimizers.schedules": "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay "
    "PiecewiseConstantDecay PolynomialDecay",
    "keras.callbacks": "BackupAndRestore CSVLogger Callback EarlyStopping LambdaCallback LearningRateScheduler "
    "ModelCheckpoint ReduceLROnPlateau TensorBoard TerminateOnNaN",
    "keras.losses": "BinaryFocalCrossentropy CategoricalFocalCrossentropy Dice Huber LogCosh Tversky",
    "keras.metrics": "AUC BinaryAccuracy CategoricalAccuracy F1Score MeanIoU OneHotMeanIoU Precision PrecisionAtRecall "
    "Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy "
    "SpecificityAtSensitivity TopKCategoricalAccuracy",
    "keras.regularizers": "L1 L1L2 L2 l1 l1_l2 l2",
    "keras.initializers": "GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform RandomNormal "
    "RandomUniform TruncatedNormal",
    "keras.constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
    "keras.utils": "array_to_img image_dataset_from_directory img_to_array load_img pad_sequences plot_model "
    "set_random_seed text_dataset_from_directory timeseries_dataset_from_array to_categorical",
    "keras.applications": "DenseNet121 DenseNet169 DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 "
    "EfficientNetB3 InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetMobile "
    "ResNet101 ResNet101V2 ResNet152 ResNet50 ResNet50V2 VGG16 VGG19 Xception",
}
"""Public names of Keras 3.15 that are in one of its modules alone and that nobody would take for something else."""

_HOMES: Mapping[str, str] = {name: module for module, names in _KERAS.items() for name in names.split()}

_OTHERS: Mapping[str, str] = {
    **{
        name: f"from keras_tuner import {name}"
        for name in (
            "BayesianOptimization",
            "GridSearch",
            "HyperModel",
            "HyperParameters",
            "Hyperband",
            "RandomSearch",
        )
    },
    **{
        name: f"import {name}"
        for name in ("json", "keras_tuner", "math", "numpy", "os", "random", "sys", "tensorflow", "time")
    },
    "kt": "import keras_tuner as kt",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "tf": "import tensorflow as tf",
}


@per_text
def missing_imports(code: Code) -> Mapping[str, str]:
    """The names that a file reads and never binds, and that an import binds: with that import, as the file imports the
    rest.

    Who reads a module asks for something in it: in `metrics=metrics` it is none.
    """
    read: dict[str, list[ast.Name]] = {}
    for node in code.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in code.bindings:
            read.setdefault(node.id, []).append(node)
    found = {}
    for name, nodes in read.items():
        statement, module = _statement(name, code)
        if statement and (
            not module or all(isinstance(code.parents.get(node), ast.Attribute) for node in nodes)
        ):
            found[name] = statement
    return found


def surely_unimported(code: Code) -> Mapping[str, str]:
    """The same for a file of which it is certain that nothing else binds them; else none.

    A text without any import is a part of one. A star import, a line that does not parse, a magic, or a call that binds
    names may give anything.
    """
    whole = code.import_statements and not (code.star_imports or code.broken or code.binds_unseen)
    return missing_imports(code) if whole and all(_is_shell(code, each) for each in code.magics) else {}


def with_missing_imports(text: str, cut: Cut, code: Code) -> tuple[str, frozenset[str]]:
    """A slice's text with the imports that its file lacks, and the names that they bind: it is probed all the same.

    They stand on the last line of the file's first import, behind it, so that all else stays where it is. What a line
    that does not parse, or a magic, mentions may be bound there.
    """
    elsewhere = "".join(code.document.text[start:end] for start, end in (*code.broken, *code.magics))
    wanted = {
        name: statement
        for name, statement in missing_imports(code).items()
        if name in cut.missing and name not in elsewhere
    }
    first = next((node for node in code.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))), None)
    if not wanted or first is None or first.end_lineno is None:
        return text, frozenset()
    lines = Text.of(text)
    kept = lines.line(first.end_lineno).rstrip()
    end = lines.starts[first.end_lineno - 1] + len(kept)
    return f"{text[:end]}{'; ' if kept else ''}{'; '.join(wanted.values())}{text[end:]}", frozenset(wanted)


def _statement(name: str, code: Code) -> tuple[str | None, bool]:
    """The import that binds a name to what it stands for, and whether that is a module."""
    package = "tensorflow.keras" if _takes_it_from_tensorflow(code) else "keras"
    if name == "keras":
        return ("from tensorflow import keras" if package != "keras" else "import keras"), True
    if name == "K":
        return f"from {package} import backend as K", True
    if name in _HOMES:
        home = _HOMES[name]
        return f"from {home.replace('keras', package, 1)} import {name}", home == "keras"
    statement = _OTHERS.get(name)
    return statement, statement is not None and statement.startswith("import")


def _takes_it_from_tensorflow(code: Code) -> bool:
    """Whether a file imports Keras, or some of it, from TensorFlow's package."""
    for node in code.import_statements:
        names = [each.name for each in node.names]
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{each}" for each in names]
        if any(f"{each}.".startswith("tensorflow.keras.") for each in names):
            return True
    return False


def _is_shell(code: Code, magic: tuple[int, int]) -> bool:
    return code.document.text[slice(*magic)].lstrip().startswith("!")
