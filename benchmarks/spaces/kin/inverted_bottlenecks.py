import keras
from keras import layers


def squeeze(x, ratio):
    channels = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True)(x)
    s = layers.Conv2D(channels // ratio, 1, activation="relu")(s)
    return layers.Multiply()([x, layers.Conv2D(channels, 1, activation="hard_sigmoid")(s)])


def block(x, out, expand, kernel, stride, ratio):
    inner = int(x.shape[-1] * expand)
    y = layers.Conv2D(inner, 1, activation="relu6")(x)
    y = layers.DepthwiseConv2D(kernel, strides=stride, padding="valid", activation="relu6")(y)
    y = squeeze(y, ratio) if ratio else y
    y = layers.BatchNormalization()(layers.Conv2D(out, 1)(y))
    if stride == 1 and x.shape[1:] == y.shape[1:]:
        y = layers.Add()([x, y])
    return y


def build(hp):
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(image)
    ratio = hp.Choice("ratio", [0, 4, 16, 32])
    for i in range(hp.Int("blocks", 1, 4)):
        x = block(x, hp.Choice(f"out_{i}", [8, 16]), hp.Choice("expand", [1.0, 1.5, 2.0]), hp.Choice(f"kernel_{i}", [1, 3, 5]), hp.Int(f"stride_{i}", 1, 2), ratio)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
