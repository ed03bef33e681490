import keras
from keras import layers, regularizers


def squeeze_excite(x, ratio):
    channels = x.shape[-1]
    s = layers.GlobalAveragePooling2D()(x)
    s = layers.Dense(channels // ratio, activation="relu")(s)
    s = layers.Dense(channels, activation="sigmoid")(s)
    return layers.Multiply()([x, layers.Reshape((1, 1, channels))(s)])


def build(hp):
    reg = regularizers.l2(hp.Choice("l2", [1e-3, 1e-4, 1e-5]))
    inputs = keras.Input(shape=(40, 40, 3))
    x = inputs
    units = hp.Choice("units", [8, 16, 24, 32, 64])
    ratio = hp.Choice("ratio", [4, 8, 16, 32])
    for i in range(hp.Int("num_blocks", 1, 4)):
        x = layers.SeparableConv2D(units, hp.Choice("kernel_size", [3, 5, 7]), depthwise_regularizer=reg)(x)
        x = squeeze_excite(x, ratio)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(hp.Int("dense", 32, 256, step=32), kernel_regularizer=reg)(x)
    x = layers.LeakyReLU(negative_slope=hp.Choice("alpha", [0.01, 0.1, 0.3]))(x)
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
    model.compile(keras.optimizers.SGD(hp.Choice("lr", [0.1, 0.01]), momentum=hp.Float("momentum", 0.0, 0.9, step=0.3)), "categorical_crossentropy")
    return model
