"""sample_weight through a HyperModel.fit that passes everything on."""
import numpy as np
import keras
import keras_tuner as kt


class Weighted(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
        m.compile("adam", "mse", weighted_metrics=["mae"])
        return m

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, batch_size=hp.Choice("batch", [8, 16]), shuffle=hp.Boolean("shuffle"), **kwargs)


x, y, w = np.random.rand(24, 4), np.random.rand(24, 1), np.random.rand(24)
tuner = kt.RandomSearch(Weighted(), "val_loss", max_trials=4, directory="sw", overwrite=True)
tuner.search(x, y, sample_weight=w, validation_data=(x[:6] + 1, y[:6]), epochs=1, verbose=0)
model = tuner.hypermodel.build(tuner.get_best_hyperparameters()[0])
model.fit(x, y, epochs=1, verbose=0)
