import keras
import keras_tuner
from keras import layers


class Volumes(keras_tuner.HyperModel):
    """Blocks in scopes of their own, as many as the search chooses."""

    def build(self, hp):
        model = keras.Sequential([layers.Input((16, 16, 16, 1))])
        for number in range(hp.Int("blocks", 1, 3)):
            with hp.name_scope(f"block_{number}"):
                model.add(layers.Conv3D(hp.Choice("filters", [4, 8]), hp.Int("kernel", 1, 5, step=2), activation="relu"))
                model.add(layers.AveragePooling3D(hp.Choice("pool", [1, 2]), padding=hp.Choice("padding", ["same", "valid"])))
        model.add(layers.Flatten() if hp.Boolean("flat") else layers.GlobalMaxPooling3D())
        model.add(layers.Dense(hp.Int("units", 8, 64, step=8)))
        model.add(layers.Dense(1))
        model.compile(loss="mse", optimizer="sgd")
        return model


tuner = keras_tuner.RandomSearch(Volumes(), objective="val_loss", max_trials=20)
