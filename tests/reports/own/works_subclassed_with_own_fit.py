"""Works: a subclassed model, and a fit that tunes batches, epochs and what it stops at."""
import keras
import keras_tuner as kt
import numpy as np


class Mixer(keras.Model):
    def __init__(self, width, blocks, rate, **kwargs):
        super().__init__(**kwargs)
        self.project = keras.layers.Dense(width)
        self.blocks = [keras.Sequential([keras.layers.LayerNormalization(), keras.layers.Dense(width * 2, activation="gelu"), keras.layers.Dense(width)]) for _ in range(blocks)]
        self.drop = keras.layers.Dropout(rate)
        self.head = keras.layers.Dense(1)

    def call(self, inputs, training=False):
        h = self.project(inputs)
        for block in self.blocks:
            h = h + self.drop(block(h), training=training)
        return self.head(h)


class Space(kt.HyperModel):
    def build(self, hp):
        model = Mixer(hp.Int("width", 4, 12, step=4), hp.Int("blocks", 1, 2), hp.Float("rate", 0, 0.4, step=0.2))
        model.compile(keras.optimizers.AdamW(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "mse")
        return model

    def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
        stop = keras.callbacks.EarlyStopping(patience=hp.Int("patience", 1, 3), restore_best_weights=True)
        history = model.fit(x, y, validation_data=validation_data, batch_size=hp.Choice("batch", [8, 16]), callbacks=[*(callbacks or []), stop], **kwargs)
        return {"val_loss": min(history.history["val_loss"]), "epochs": float(len(history.history["loss"]))}


x, y = np.random.rand(48, 5), np.random.rand(48, 1)
tuner = kt.RandomSearch(Space(name="mixer"), objective="val_loss", max_trials=2, directory="mixer", overwrite=True)
tuner.search(x[:36], y[:36], validation_data=(x[36:], y[36:]), epochs=2, verbose=0)
best = tuner.get_best_trials(1)[0] if hasattr(tuner, "get_best_trials") else tuner.oracle.get_best_trials(1)[0]
print(best.score, best.hyperparameters.values)
