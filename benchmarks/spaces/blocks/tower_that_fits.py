import keras
from keras import layers


def build(hp):
    # eight levels of a 1D tower, none of which can run out of steps
    inputs = x = keras.Input((4096, 1))
    for i in range(8):
        x = layers.Conv1D(hp.Int(f"filters_{i}", 8, 64, step=8), hp.Int(f"kernel_{i}", 3, 7, step=2), activation="relu")(x)
        x = layers.AveragePooling1D(hp.Choice(f"pool_{i}", [1, 2]))(x)
    x = layers.GlobalMaxPooling1D()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
