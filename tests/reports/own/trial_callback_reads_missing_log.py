"""A callback reads a value that training does not report."""
import numpy as np
import keras
import keras_tuner as kt


class Best(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best = 0.0

    def on_epoch_end(self, epoch, logs=None):
        self.best = max(self.best, logs["val_acc"])


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(2, activation="softmax")])
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


x, y = np.random.rand(20, 4), np.random.randint(0, 2, 20)
tuner = kt.RandomSearch(build, "val_accuracy", max_trials=5, directory="cm", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, callbacks=[Best()], verbose=0)
