import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.Input((12, 12, 6, 1))])
    padding = hp.Choice("padding", ["same", "valid"])
    for i in range(hp.Int("blocks", 1, 3)):
        model.add(layers.Conv3D(2, hp.Choice("kernel", [2, 3]), padding=padding))  # fails when padding == 'valid' and blocks >= 2
        model.add(layers.MaxPooling3D(2, padding=padding))  # fails when padding == 'valid' and blocks >= 2
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
