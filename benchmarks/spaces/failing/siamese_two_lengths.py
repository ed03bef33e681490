import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    a, b = keras.Input((30, 2)), keras.Input((20, 2))

    def tower(x, name):
        for i in range(hp.Int(f"{name}_depth", 1, 3)):
            x = layers.Conv1D(4, hp.Choice(f"{name}_kernel", [3, 5]), strides=2)(x)  # fails when right_kernel == 5 and right_depth >= 3
        return x

    x, y = tower(a, "left"), tower(b, "right")
    x, y = layers.GlobalAveragePooling1D()(x), layers.Flatten()(y)
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([x, y])))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
