import keras
from keras import layers, regularizers


def conv_bn(x, filters, kernel, strides=1, reg=1e-4, act="relu"):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, kernel_regularizer=regularizers.l2(reg))(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(act)(x)


def se(x, ratio):
    s = layers.GlobalAveragePooling2D()(x)
    s = layers.Dense(x.shape[-1] // ratio, activation="relu")(s)
    s = layers.Dense(x.shape[-1], activation="sigmoid")(s)
    return layers.Multiply()([x, layers.Reshape((1, 1, x.shape[-1]))(s)])


def stage(x, filters, n, hp, tag):
    for j in range(n):
        shortcut = x
        y = conv_bn(x, filters, hp.Choice(f"k_{tag}", [3, 5]), act=hp.Choice("act", ["relu", "swish"]))
        y = conv_bn(y, filters, 3)
        if hp.Boolean("use_se"):
            y = se(y, hp.Choice("ratio", [4, 8, 16, 64]))
        if shortcut.shape[-1] == filters:
            y = layers.add([shortcut, y])
        x = y
    return layers.MaxPooling2D(hp.Choice(f"pool_{tag}", [2, 3]))(x)


def make(hp):
    inp = layers.Input((32, 32, 3))
    x = conv_bn(inp, hp.Choice("stem", [16, 32]), 3)
    for t, tag in enumerate("abc"[: hp.Int("stages", 1, 3)]):
        x = stage(x, hp.Choice("stem", [16, 32]) * 2 ** t, hp.Int(f"depth_{tag}", 1, 3), hp, tag)
    x = layers.Flatten()(x) if hp.Choice("head", ["flat", "gap"]) == "flat" else layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.6, step=0.2))(x)
    out = layers.Dense(10, activation="softmax")(x)
    m = keras.Model(inp, out, name="resnetish")
    m.compile(keras.optimizers.SGD(hp.Float("lr", 1e-4, 1e-1, sampling="log"), momentum=hp.Choice("mom", [0.0, 0.9])), "categorical_crossentropy", metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=5)])
    return m
