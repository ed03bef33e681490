import numpy as np
import keras
import keras_tuner as kt
from keras import layers


class MyHyperModel(kt.HyperModel):
    def build(self, hp):
        inputs = keras.Input((10,))
        h = layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu")(inputs)
        model = keras.Model(inputs, layers.Dense(3, activation="softmax")(h))
        model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def fit(self, hp, model, x, y, validation_data, epochs=1, callbacks=None, **kwargs):
        weights = {0: 1.0, 1: hp.Float("w1", 1.0, 5.0), 2: 1.0}
        return model.fit(
            x, y,
            batch_size=hp.Choice("batch_size", [16, 32]),
            epochs=epochs,
            class_weight=weights,
            callbacks=callbacks,
            **kwargs,
        )


X = np.random.rand(150, 10)
Y = np.random.randint(0, 3, 150)
tuner = kt.BayesianOptimization(MyHyperModel(), objective="val_accuracy", max_trials=4, overwrite=True, directory="b")
tuner.search(X[:100], Y[:100], validation_data=(X[100:], Y[100:]), epochs=2, verbose=0)
