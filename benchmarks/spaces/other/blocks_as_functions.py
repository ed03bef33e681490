import keras
from keras.layers import *


def conv_block(tensor, n_filters, size=3, activation="relu", norm=True):
    tensor = Conv2D(n_filters, (size, size), kernel_initializer="he_normal", padding="same")(tensor)
    if norm:
        tensor = BatchNormalization()(tensor)
    return Activation(activation)(tensor)


def attention_gate(x, g, inter):
    theta = Conv2D(inter, 1, strides=2)(x)
    phi = Conv2D(inter, 1)(g)
    f = Activation("relu")(Add()([theta, phi]))
    alpha = Activation("sigmoid")(Conv2D(1, 1)(f))
    alpha = UpSampling2D(2, interpolation="bilinear")(alpha)
    return Multiply()([x, alpha])


def build(hp):
    height = hp.Choice("height", [40, 48, 56, 64])
    start = hp.Int("n_filters", 8, 32, step=8)
    act = hp.Choice("act", ["relu", "elu", "selu"])
    norm = hp.Boolean("norm")
    inp = Input((height, 64, 3))
    skips = []
    x = inp
    depth = hp.Int("depth", 2, 4)
    for d in range(depth):
        x = conv_block(x, start * 2**d, hp.Choice("size", [3, 5]), act, norm)
        skips.append(x)
        x = MaxPooling2D()(x)
        x = SpatialDropout2D(hp.Float("drop", 0.0, 0.4, step=0.1))(x)
    x = conv_block(x, start * 2**depth, 3, act, norm)
    for d in reversed(range(depth)):
        skip = attention_gate(skips[d], x, start)
        x = UpSampling2D()(x)
        x = concatenate([x, skip])
        x = conv_block(x, start * 2**d, 3, act, norm)
    out = Conv2D(2, 1, activation="softmax")(x)
    model = keras.Model(inp, out)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
