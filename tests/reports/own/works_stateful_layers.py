import numpy as np
import keras
import keras_tuner as kt
from keras import layers

BATCH, STEPS = 20, 6


class ResetStates(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        for layer in self.model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states()


x = np.random.rand(200, STEPS, 2)
y = np.random.rand(200, 1)


def build(hp):
    inputs = keras.Input(batch_shape=(BATCH, STEPS, 2))
    h = layers.GRU(hp.Int("units", 4, 12, 4), stateful=True, return_sequences=hp.Boolean("two"))(inputs)
    if hp.get("two"):
        h = layers.LSTM(4, stateful=True)(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, overwrite=True)
tuner.search(x[:160], y[:160], batch_size=BATCH, shuffle=False, epochs=2, validation_data=(x[160:], y[160:]), callbacks=[ResetStates()], verbose=0)
