import keras
from keras import layers


def conv_norm(x, filters, kernel, norm, activation):
    x = layers.Conv2D(filters, kernel, padding="same")(x)
    if norm:
        x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x)


def build_model(hp):
    # each block has its own kind of pooling, norm, dropout and extra layer: whichever it is, the shape is the same
    inputs = x = keras.Input((24, 24, 3))
    activation = hp.Choice("activation", ["relu", "elu"])
    for i in range(hp.Int("blocks", 2, 5)):
        x = conv_norm(x, hp.Int(f"filters_{i}", 16, 64, step=16), hp.Choice(f"kernel_{i}", [3, 5]), hp.Boolean(f"norm_{i}"), activation)
        if hp.Choice(f"pooling_{i}", ["max", "avg"]) == "max":
            x = layers.MaxPooling2D(2)(x)
        else:
            x = layers.AveragePooling2D(2)(x)
        rate = hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1)
        if rate > 0:
            x = layers.Dropout(rate)(x)
        if hp.Boolean(f"extra_{i}"):
            x = layers.Conv2D(x.shape[-1], 1)(x)
            x = layers.ReLU()(x)
    x = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3])), "sparse_categorical_crossentropy")
    return model
