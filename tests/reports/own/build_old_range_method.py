"""The first releases of Keras Tuner had hp.Range."""
import numpy as np
from tensorflow import keras
import kerastuner as kt


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.layers.Dense(hp.Range('units', 8, 32, 8), activation='relu', input_shape=(4,)))
    model.add(keras.layers.Dense(1))
    model.compile('adam', 'mse')
    return model


tuner = kt.RandomSearch(build_model, objective='val_loss', max_trials=3, directory='old')
tuner.search(np.random.rand(20, 4), np.random.rand(20), epochs=1, validation_split=0.2, verbose=0)
