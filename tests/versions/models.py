"""Build functions in the part of Keras that its versions 2 and 3 have in common, right ones and wrong ones."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

from tests.accuracy.programs import Program


def _sequential(body: str, loss: str = '"mse"', x: Any = None, y: Any = None) -> Program:
    layers = indent(dedent(body).strip(), " " * 8)
    return Program(
        "import keras\nfrom keras import layers\n\ndef build(hp):\n    model = keras.Sequential([\n"
        f"{layers}\n    ])\n    model.compile(optimizer='adam', loss={loss})\n    return model\n",
        x,
        y,
    )


def _functional(body: str) -> Program:
    return Program(
        "import keras\nfrom keras import layers\n\ndef build(hp):\n"
        + indent(dedent(body).strip(), "    ")
        + "\n"
    )


IMAGE = "keras.Input((12, 12, 1)), layers.Conv2D(4, 5), layers.MaxPooling2D(2)"
HEAD = "layers.Flatten(), layers.Dense(3, activation='softmax')"
SPARSE = '"sparse_categorical_crossentropy"'

PROGRAMS = {
    "a small network": _sequential(f"{IMAGE}, {HEAD}", SPARSE),
    "a convolution that is too large": _sequential(f"{IMAGE}, layers.Conv2D(4, 5), {HEAD}", SPARSE),
    "pooling that is too large": _sequential(f"{IMAGE}, layers.MaxPooling2D(5), {HEAD}", SPARSE),
    "pooling that just fits": _sequential(f"{IMAGE}, layers.MaxPooling2D(4), {HEAD}", SPARSE),
    "a dilated convolution of steps": _sequential(
        "keras.Input((16, 3)), layers.Conv1D(4, 5, dilation_rate=4), layers.Flatten(), layers.Dense(1)"
    ),
    "a convolution of voxels": _sequential(
        "keras.Input((6, 6, 6, 1)), layers.Conv3D(2, 7), layers.Flatten(), layers.Dense(1)"
    ),
    "a depthwise convolution": _sequential(
        "keras.Input((6, 6, 1)), layers.DepthwiseConv2D(7), layers.Flatten(), layers.Dense(1)"
    ),
    "a separable convolution": _sequential(
        "keras.Input((6, 6, 1)), layers.SeparableConv2D(2, 7), layers.Flatten(), layers.Dense(1)"
    ),
    "pooling of steps": _sequential(
        "keras.Input((6, 1)), layers.AveragePooling1D(7), layers.Flatten(), layers.Dense(1)"
    ),
    "a window after strides that leave one pixel": _sequential(
        "keras.Input((3, 3, 1)), layers.Conv2D(4, 3), layers.Conv2D(4, 2), layers.Flatten(), layers.Dense(1)"
    ),
    "strides and dilation together": _sequential(
        f"keras.Input((12, 12, 1)), layers.Conv2D(4, 3, strides=2, dilation_rate=2), {HEAD}", SPARSE
    ),
    "groups that do not divide": _sequential(f"{IMAGE}, layers.Conv2D(6, 1, groups=3), {HEAD}", SPARSE),
    "dropout and normalization": _sequential(
        "keras.Input((8,)), layers.Dense(4), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)"
    ),
    "a rate above one": _sequential("keras.Input((8,)), layers.Dropout(1.5), layers.Dense(1)"),
    "no units": _sequential("keras.Input((8,)), layers.Dense(-1), layers.Dense(1)"),
    "an activation that is none": _sequential("keras.Input((8,)), layers.Dense(4, activation='reul')"),
    "an initializer that is none": _sequential(
        "keras.Input((8,)), layers.Dense(4, kernel_initializer='glorot')"
    ),
    "a loss that is none": _sequential("keras.Input((8,)), layers.Dense(4)", '"rmse"'),
    "recurrent layers without sequences": _sequential(
        "keras.Input((6, 3)), layers.LSTM(4), layers.LSTM(4), layers.Dense(1)"
    ),
    "recurrent layers with sequences": _sequential(
        "keras.Input((6, 3)), layers.LSTM(4, return_sequences=True), layers.GRU(4), layers.Dense(1)"
    ),
    "a reshape that loses numbers": _sequential(
        "keras.Input((8,)), layers.Reshape((3, 3)), layers.Flatten(), layers.Dense(1)"
    ),
    "a reshape": _sequential("keras.Input((8,)), layers.Reshape((2, 4)), layers.Flatten(), layers.Dense(1)"),
    "a kernel on vectors": _sequential(
        "keras.Input((8,)), layers.Conv1D(4, 3), layers.Flatten(), layers.Dense(1)"
    ),
    "labels of another length": _sequential(
        "keras.Input((8,)), layers.Dense(4, activation='softmax')", '"categorical_crossentropy"', (8,), (3,)
    ),
    "labels that fit": _sequential(
        "keras.Input((8,)), layers.Dense(3, activation='softmax')", '"categorical_crossentropy"', (8,), (3,)
    ),
    "data of another size": _sequential("keras.Input((8,)), layers.Dense(3)", '"mse"', (9,), (3,)),
    "no input shape and data that fit": _sequential("layers.Dense(4), layers.Dense(3)", '"mse"', (9,), (3,)),
    "no input shape and data that do not": _sequential(
        "layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)", '"mse"', (9,), (3,)
    ),
    "a sum of two shapes": _functional(
        """
        inputs = keras.Input((8,))
        outputs = layers.Add()([layers.Dense(4)(inputs), layers.Dense(5)(inputs)])
        model = keras.Model(inputs, outputs)
        model.compile(optimizer='adam', loss='mse')
        return model
        """
    ),
    "branches that are joined": _functional(
        """
        inputs = keras.Input((8, 8, 1))
        branches = [layers.Conv2D(2, size, padding='same')(inputs) for size in (1, 3)]
        outputs = layers.Dense(2)(layers.GlobalAveragePooling2D()(layers.Concatenate()(branches)))
        model = keras.Model(inputs, outputs)
        model.compile(optimizer='adam', loss='mse')
        return model
        """
    ),
    "branches of two sizes": _functional(
        """
        inputs = keras.Input((8, 8, 1))
        branches = [layers.Conv2D(2, size)(inputs) for size in (1, 3)]
        outputs = layers.Dense(2)(layers.GlobalAveragePooling2D()(layers.Concatenate()(branches)))
        model = keras.Model(inputs, outputs)
        model.compile(optimizer='adam', loss='mse')
        return model
        """
    ),
    "an input that the model does not name": _functional(
        """
        first, second = keras.Input((8,)), keras.Input((8,))
        model = keras.Model(first, layers.Add()([first, second]))
        model.compile(optimizer='adam', loss='mse')
        return model
        """
    ),
    "a product of two shapes": _functional(
        """
        inputs = keras.Input((8, 3))
        outputs = layers.Dot(axes=1)([inputs, layers.Conv1D(3, 2)(inputs)])
        model = keras.Model(inputs, outputs)
        model.compile(optimizer='adam', loss='mse')
        return model
        """
    ),
    "no compile": _functional(
        """
        return keras.Sequential([keras.Input((8,)), layers.Dense(1)])
        """
    ),
}

KINDS = {
    "a convolution that is too large": "convolution-too-large",
    "a dilated convolution of steps": "convolution-too-large",
    "a convolution of voxels": "convolution-too-large",
    "a depthwise convolution": "convolution-too-large",
    "a separable convolution": "convolution-too-large",
    "a window after strides that leave one pixel": "convolution-too-large",
    "pooling that is too large": "pooling-too-large",
    "pooling of steps": "pooling-too-large",
    "strides and dilation together": "strides-with-dilation",
    "groups that do not divide": "groups",
    "a rate above one": "argument-value",
    "no units": "argument-value",
    "an activation that is none": "identifier",
    "an initializer that is none": "identifier",
    "a loss that is none": "identifier",
    "recurrent layers without sequences": "rank",
    "a reshape that loses numbers": "reshape",
    "a kernel on vectors": "rank",
    "labels of another length": "loss-mismatch",
    "no input shape and data that do not": "rank",
    "a sum of two shapes": "merge-mismatch",
    "branches of two sizes": "merge-mismatch",
    "a product of two shapes": "merge-mismatch",
    "no compile": "not-compiled",
}
"""What kind of failure each version of Keras has there, whatever it says."""
