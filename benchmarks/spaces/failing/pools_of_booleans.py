import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    m = keras.Sequential([keras.Input((32, 32, 1))])
    for i in range(6):
        m.add(layers.Conv2D(4, 3, padding="same"))
        if hp.Boolean(f"down_{i}"):
            m.add(layers.MaxPooling2D(3))  # fails when down_0 + down_1 + down_2 + down_3 + down_4 + down_5 >= 4
    m.add(layers.Flatten())
    m.add(layers.Dense(1))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
