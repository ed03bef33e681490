import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    blocks = hp.Int("blocks", 1, 5)
    kinds = [hp.Choice(f"kind_{i}", ["same", "down"]) for i in range(5)]
    x = inputs = keras.Input((40, 3))
    for kind in kinds[:blocks]:
        x = layers.Conv1D(4, 3, padding="same")(x)
        if kind == "down":
            x = layers.MaxPooling1D(4)(x)  # fails when (kind_0 == 'down') + (kind_1 == 'down' and blocks >= 2) + (kind_2 == 'down' and blocks >= 3) + (kind_3 == 'down' and blocks >= 4) + (kind_4 == 'down' and blocks >= 5) >= 3
    m = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
