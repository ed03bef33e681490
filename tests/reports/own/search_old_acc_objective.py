"""metrics=['acc'] as in older code, and the objective of newer."""
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
from keras_tuner import RandomSearch


def build(hp):
    model = Sequential()
    model.add(Dense(hp.Int('units', 8, 16, step=8), activation='relu', input_dim=5))
    if hp.Boolean('dropout'):
        model.add(Dropout(0.2))
    model.add(Dense(1, activation='sigmoid'))
    model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['acc'])
    return model


X, Y = np.random.rand(30, 5), np.random.randint(0, 2, 30)
tuner = RandomSearch(build, objective='val_accuracy', max_trials=4, overwrite=True)
tuner.search(X, Y, epochs=1, validation_split=0.2, verbose=0)
