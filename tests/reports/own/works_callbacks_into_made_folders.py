"""Callbacks that write into folders which the script makes."""
import datetime
import os
import numpy as np
import keras
import keras_tuner as kt
from keras.callbacks import CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler, ModelCheckpoint, TensorBoard

log_dir = "logs/" + datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
os.makedirs("ck", exist_ok=True)

def schedule(epoch, lr):
    return lr * 0.9 if epoch > 0 else lr

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 8, 2)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-2])), "mse")
    return model

callbacks = [
    TensorBoard(log_dir),
    EarlyStopping("val_loss", patience=2, restore_best_weights=True),
    ModelCheckpoint("ck/model-{epoch:02d}-{val_loss:.2f}.keras", save_best_only=True),
    LearningRateScheduler(schedule),
    CSVLogger("ck/log.csv", append=True),
    LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["val_loss"])),
]
x, y = np.random.rand(40, 4), np.random.rand(40)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.25, callbacks=callbacks)
