import keras
from keras import layers


def build(hp):
    # five levels of kernel, stride and pooling: which combinations run out of pixels
    inputs = x = keras.Input((48, 48, 3))
    for i in range(5):
        x = layers.Conv2D(
            hp.Int(f"filters_{i}", 8, 64, step=8),
            hp.Choice(f"kernel_{i}", [1, 3, 5]),
            strides=hp.Choice(f"stride_{i}", [1, 2]),
            activation="relu",
        )(x)
        x = layers.MaxPooling2D(hp.Choice(f"pool_{i}", [1, 2]))(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
