"""Works: everything is an attribute of one object, and methods hand the tuner on."""
import json

import keras
import keras_tuner as kt
import numpy as np
from keras import layers


class Pipeline:
    RATES = (1e-2, 1e-3)

    def __init__(self, tuner_class=kt.Hyperband, **tuner_options):
        self.tuner_class = tuner_class
        self.tuner_options = tuner_options
        self._load()

    def _load(self):
        rng = np.random.default_rng(7)
        self.x = rng.normal(size=(60, 12, 2)).astype("float32")
        self.y = (self.x.mean(axis=(1, 2)) > 0).astype("int32")
        cut = int(len(self.x) * 0.8)
        self.train, self.val = (self.x[:cut], self.y[:cut]), (self.x[cut:], self.y[cut:])

    def _model(self, hp):
        inputs = keras.Input(self.x.shape[1:])
        kind = hp.Choice("kind", ["conv", "recurrent"])
        if kind == "conv":
            h = layers.Conv1D(hp.Int("filters", 4, 12, 4), hp.Choice("kernel", [3, 5]), padding="same", activation="relu")(inputs)
            h = layers.GlobalMaxPooling1D()(h)
        else:
            h = layers.LSTM(hp.Int("cells", 4, 12, 4))(inputs)
        outputs = layers.Dense(1, activation="sigmoid")(h)
        model = keras.Model(inputs, outputs)
        model.compile(keras.optimizers.Adam(hp.Choice("rate", list(self.RATES))), "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
        return model

    def run(self):
        self.tuner = self.tuner_class(self._model, objective=kt.Objective("val_auc", "max"), directory="pipeline", overwrite=True, **self.tuner_options)
        self.tuner.search(*self.train, validation_data=self.val, callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=2)], verbose=0)
        return self

    def finish(self):
        best = self.tuner.get_best_hyperparameters(1)[0]
        self.model = self.tuner.hypermodel.build(best)
        history = self.model.fit(*self.train, validation_data=self.val, epochs=2, verbose=0).history
        self.best_epoch = int(np.argmax(history["val_auc"])) + 1
        return json.dumps({"best": best.values, "epoch": self.best_epoch})


print(Pipeline(max_epochs=4, factor=3, hyperband_iterations=1).run().finish())
