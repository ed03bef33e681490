import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return np.random.rand(8, 4), np.random.rand(8, 1)

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2), activation="relu"), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=["mae"])
    return model



tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(Batches(), validation_data=Batches(), epochs=1, verbose=0)
