import keras
from keras.layers import Dense, Dropout, Input, AlphaDropout, BatchNormalization


def build_model(hp):
    """Each layer has half of the units of the one before."""
    inputs = Input(shape=(64,))
    n = hp.Int("first", 16, 128, step=16)
    x = inputs
    for i in range(hp.Int("depth", 2, 6)):
        x = Dense(n, kernel_initializer="lecun_normal", activation=hp.Choice(f"activation_{i}", ["selu", "relu", "gelu"]))(x)
        if n > 64:
            x = AlphaDropout(hp.Float("alpha", 0.0, 0.3, step=0.1))(x)
        elif hp.Boolean(f"norm_{i}"):
            x = BatchNormalization()(x)
        n = n // hp.Choice("divisor", [2, 3])
    model = keras.Model(inputs, Dense(1)(x))
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-5, 1e-1, sampling="log")), "mse", metrics=["mae"])
    return model
