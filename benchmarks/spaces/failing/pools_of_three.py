import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.Input((64, 64, 1))])
    for i in range(hp.Int("blocks", 1, 5)):
        model.add(layers.Conv2D(4, 3, padding="same"))
        kind = hp.Choice(f"kind_{i}", ["max", "average", "none"])
        if kind == "max":
            model.add(layers.MaxPooling2D(3))  # fails when (kind_0 != 'none') + (kind_1 != 'none') + (kind_2 != 'none') + (kind_3 != 'none') + (kind_4 != 'none') >= 4
        elif kind == "average":
            model.add(layers.AveragePooling2D(3))  # fails when (kind_0 != 'none') + (kind_1 != 'none') + (kind_2 != 'none') + (kind_3 != 'none') + (kind_4 != 'none') >= 4
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
