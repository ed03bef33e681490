"""A tutorial of 2020: kerastuner, Adam(lr=...), a list of sizes."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from kerastuner.tuners import RandomSearch


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(8, 8)))
    for i in range(hp.Int('num_layers', 2, 4)):
        model.add(layers.Dense(units=hp.Int('units_' + str(i), min_value=32, max_value=64, step=32), activation='relu'))
    model.add(layers.Dense(10, activation='softmax'))
    model.compile(
        optimizer=keras.optimizers.Adam(lr=hp.Choice('learning_rate', values=[1e-2, 1e-3, 1e-4])),
        loss='sparse_categorical_crossentropy',
        metrics=['accuracy'])
    return model


x_train = np.random.rand(40, 8, 8)
y_train = np.random.randint(0, 10, 40)

tuner = RandomSearch(build_model, objective='val_accuracy', max_trials=5, executions_per_trial=1, directory='my_dir', project_name='helloworld')
tuner.search_space_summary()
tuner.search(x_train, y_train, epochs=1, validation_data=(x_train, y_train))
models = tuner.get_best_models(num_models=2)
tuner.results_summary()
