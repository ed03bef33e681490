import numpy as np
import keras
import keras_tuner as kt
from keras import layers


class F1(keras.callbacks.Callback):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y

    def on_epoch_end(self, epoch, logs=None):
        predicted = np.asarray(self.model.predict(self.x, verbose=0)).round()
        hits = float((predicted * self.y).sum())
        logs["val_f1"] = 2 * hits / (predicted.sum() + self.y.sum() + 1e-7)


def build_model(hp):
    model = keras.Sequential([keras.Input((9,)), layers.Dense(hp.Int("units", 4, 16, 4), activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


x, y = np.random.rand(80, 9), np.random.randint(0, 2, (80, 1))
tuner = kt.RandomSearch(build_model, objective=kt.Objective("val_f1", direction="max"), max_trials=3, directory="out", project_name="f1", overwrite=True)
tuner.search(x[:60], y[:60], validation_data=(x[60:], y[60:]), epochs=2, callbacks=[F1(x[60:], y[60:])], verbose=0)
