"""fit takes the callbacks out before it trains, and with them the one that keeps the best weights."""
import keras
import keras_tuner as kt
import numpy as np


class Quiet(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 16, step=4)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, *args, **kwargs):
        kwargs.pop("callbacks", None)
        return model.fit(*args, batch_size=hp.Choice("batch_size", [4, 8]), **kwargs)


tuner = kt.RandomSearch(Quiet(), objective="val_loss", max_trials=3, directory="quiet", overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=1, validation_split=0.25, verbose=0)
best = tuner.get_best_models(num_models=1)[0]
best.summary()
