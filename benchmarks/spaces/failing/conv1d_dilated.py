import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.Input((24, 4))])
    for i in range(hp.Int("depth", 1, 4)):
        model.add(layers.Conv1D(8, hp.Choice("kernel", [2, 3, 5]), dilation_rate=2**i, activation="relu"))  # fails when (kernel == 3 and depth >= 4) or (kernel == 5 and depth >= 3)
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
