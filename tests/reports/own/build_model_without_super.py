import numpy as np
import keras
import keras_tuner as kt


class Autoencoder(keras.Model):
    def __init__(self, hp):
        self.encoder = keras.Sequential([keras.layers.Dense(hp.Int("hidden", 8, 16, step=4), activation="relu"), keras.layers.Dense(hp.Int("code", 2, 4))])
        self.decoder = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(12)])

    def call(self, x):
        return self.decoder(self.encoder(x))


def build_model(hp):
    model = Autoencoder(hp)
    model.compile(optimizer="adam", loss="mse")
    return model


rows = np.random.rand(60, 12).astype("float32")
tuner = kt.GridSearch(build_model, "val_loss", max_trials=3, directory="out", project_name="g28", overwrite=True)
tuner.search(rows, rows, validation_split=0.2, epochs=1, verbose=0)
