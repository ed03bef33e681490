"""Lambda, scheduler, NaN guard, backup, remote-less logging."""
import keras
import keras_tuner as kt
import numpy as np

seen = []


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4), "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "huber", metrics=[keras.metrics.RootMeanSquaredError(name="rmse")])
    return model


callbacks = [
    keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["val_rmse"])),
    keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.95),
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.ReduceLROnPlateau("val_rmse", mode="min", patience=1),
    keras.callbacks.EarlyStopping("val_rmse", mode="min", patience=2, restore_best_weights=True),
]
tuner = kt.RandomSearch(build, kt.Objective("val_rmse", "min"), max_trials=3, overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=2, validation_split=0.25, callbacks=callbacks, verbose=0)
