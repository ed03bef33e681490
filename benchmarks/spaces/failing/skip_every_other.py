import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((16,))
    x = inputs
    for i in range(hp.Int("depth", 1, 4)):
        y = layers.Dense(hp.Choice(f"width_{i}", [8, 16]), activation="relu")(x)
        x = layers.Add()([x, y]) if hp.Boolean("skip") else y  # fails when skip and (width_0 == 8 or width_1 == 8 or width_2 == 8 or width_3 == 8)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
