from keras.models import Model
from keras.layers import Input, Dense, Dropout, concatenate
from keras.optimizers import Adam
import keras_tuner
import numpy as np


def wide_and_deep(hp):
    a = Input(shape=(5,), name='wide')
    b = Input(shape=(8,), name='deep')
    h = b
    for i in range(hp.Int('depth', 1, 3)):
        h = Dense(hp.Int('n%d' % i, 8, 32, step=8), activation='relu')(h)
    h = Dropout(hp.Float('drop', 0, 0.4, step=0.2))(h)
    out = Dense(1, activation='sigmoid')(concatenate([a, h]))
    model = Model(input=[a, b], output=out)
    model.compile(optimizer=Adam(learning_rate=hp.Choice('lr', [0.01, 0.001])), loss='binary_crossentropy', metrics=['accuracy'])
    return model


wide, deep = np.random.rand(64, 5), np.random.rand(64, 8)
target = np.random.randint(0, 2, 64)
tuner = keras_tuner.RandomSearch(wide_and_deep, objective='val_accuracy', max_trials=3, directory='out', project_name='f15', overwrite=True)
tuner.search([wide, deep], target, epochs=1, validation_split=0.2, verbose=0)
