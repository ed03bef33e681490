from tensorflow import keras
from tensorflow.keras import layers


def level(x, hp, i):
    return layers.Conv1D(
        filters=hp.Choice(f"filters_{i}", [16, 32]),
        kernel_size=hp.Int(f"kernel_{i}", 2, 8, step=3),
        dilation_rate=hp.Choice(f"dilation_{i}", [1, 2, 4]),
        padding=hp.Choice(f"padding_{i}", ["causal", "valid", "same"]),
        activation="relu",
    )(x)


def build_model(hp):
    # five dilated levels over sixty steps, each padded or not
    inputs = keras.Input(shape=(60, 3))
    x = inputs
    for i in range(5):
        x = level(x, hp, i)
    x = layers.LSTM(hp.Int("units", 8, 64, step=8))(x)
    outputs = layers.Dense(1)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), loss="mse")
    return model
