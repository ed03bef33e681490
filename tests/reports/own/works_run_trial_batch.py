"""A tuner that draws the batch size before Keras Tuner's own run_trial."""
import keras
import keras_tuner as kt
import numpy as np


class BatchTuner(kt.BayesianOptimization):
    def run_trial(self, trial, *args, **kwargs):
        kwargs['batch_size'] = trial.hyperparameters.Int('batch_size', 4, 12, step=4)
        kwargs['epochs'] = trial.hyperparameters.Int('epochs', 1, 2)
        return super().run_trial(trial, *args, **kwargs)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.layers.Input((4,)))
    model.add(keras.layers.Dense(hp.Int('units', 4, 16, 4), activation='relu'))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer=hp.Choice('optimizer', ['adam', 'sgd', 'rmsprop']), loss='mse')
    return model


tuner = BatchTuner(build_model, objective='val_loss', max_trials=4, num_initial_points=2, overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), validation_split=0.25, verbose=0)
print(tuner.get_best_hyperparameters(1)[0].get('batch_size'))
