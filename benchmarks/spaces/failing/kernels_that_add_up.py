import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    m = keras.Sequential([keras.Input((20, 4))])
    for i in range(4):
        m.add(layers.Conv1D(8, hp.Choice(f"kernel_{i}", [3, 5, 7]), activation="relu"))  # fails when kernel_0 + kernel_1 + kernel_2 + kernel_3 >= 24
    m.add(layers.GlobalAveragePooling1D())
    m.add(layers.Dense(1))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
