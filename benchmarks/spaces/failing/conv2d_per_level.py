import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((20, 20, 3))
    x = inputs
    for level in range(hp.Int("levels", 1, 3)):
        x = layers.Conv2D(4, hp.Choice(f"kernel_{level}", [3, 5]), activation="relu")(x)  # fails when pool_0 and (kernel_2 == 5 or (kernel_1 == 5 and kernel_2 == 3)) and (pool_1 or (kernel_0 == 5 and kernel_1 == 5 and kernel_2 == 5))
        if hp.Boolean(f"pool_{level}"):
            x = layers.MaxPooling2D(2)(x)  # fails when pool_0 and pool_2 and (pool_1 or (kernel_1 == 5 and kernel_2 == 5))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
