import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.optimizers import Adam
from keras_tuner.tuners import RandomSearch

X_train = np.random.rand(80, 7)
y_train = np.random.rand(80)


def build_model(hp):
    model = Sequential()
    model.add(Dense(units=hp.Int('units_in', min_value=16, max_value=64, step=16), input_shape=(7,)))
    for i in range(hp.Int('num_layers', 1, 3)):
        model.add(Dense(units=hp.Int('units_' + str(i), min_value=16, max_value=64, step=16)), activation='relu')
        model.add(Dropout(hp.Float('drop_' + str(i), 0.0, 0.4, step=0.1)))
    model.add(Dense(1, activation='linear'))
    model.compile(optimizer=Adam(hp.Choice('learning_rate', [1e-2, 1e-3, 1e-4])), loss='mean_absolute_error', metrics=['mean_absolute_error'])
    return model


tuner = RandomSearch(build_model, objective='val_mean_absolute_error', max_trials=5, executions_per_trial=2, directory='project', project_name='Air Quality Index')
tuner.search(X_train, y_train, epochs=2, validation_split=0.25)
