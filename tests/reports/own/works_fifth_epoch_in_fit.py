import keras
import keras_tuner as kt
import numpy as np

EPOCHS = 5


class Stable(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "mse")
        return model

    def fit(self, hp, model, *args, **kwargs):
        history = model.fit(*args, **kwargs).history
        slope = history["val_loss"][EPOCHS - 1] - history["val_loss"][2]
        return {"val_loss": history["val_loss"][-1], "slope": slope}


x, y = np.random.rand(64, 8), np.random.rand(64, 1)
tuner = kt.RandomSearch(Stable(), objective=kt.Objective("slope", "min"), max_trials=3, directory="out", project_name="slope", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=EPOCHS, verbose=0)
best = tuner.oracle.get_best_trials(1)[0]
print(best.score, best.metrics.get_best_value("val_loss"))
