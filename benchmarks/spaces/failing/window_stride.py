import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    window = hp.Int("window", 8, 48, step=8)
    horizon = hp.Choice("horizon", [4, 12, 24])
    inputs = keras.Input((window, 3))
    x = layers.Cropping1D((horizon, 0))(inputs)  # fails when (horizon == 12 and window <= 8) or (horizon == 24 and window <= 24)
    x = layers.Conv1D(8, 3)(x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 4))(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
