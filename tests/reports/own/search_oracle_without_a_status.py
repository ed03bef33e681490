import random
import numpy as np
import keras
import keras_tuner as kt
from keras_tuner.engine import oracle as oracle_module
from keras_tuner.engine import trial as trial_module


class Evolution(oracle_module.Oracle):
    """Mutates the best trial so far."""

    def __init__(self, mutation=0.3, **kwargs):
        super().__init__(**kwargs)
        self.mutation = mutation

    def populate_space(self, trial_id):
        done = self.get_best_trials(1)
        values = {}
        for hp in self.get_space().space:
            if done and random.random() > self.mutation:
                values[hp.name] = done[0].hyperparameters.values[hp.name]
            else:
                values[hp.name] = hp.random_sample()
        return {"values": values}


def model_fn(hp):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(hp.Int("a", 4, 40), "relu"), keras.layers.Dense(hp.Int("b", 4, 40), "relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.Tuner(oracle=Evolution(objective=kt.Objective("val_loss", "min"), max_trials=8), hypermodel=model_fn, directory="evo", project_name="e", overwrite=True)
tuner.search(np.random.rand(50, 4), np.random.rand(50), validation_split=0.2, epochs=1, verbose=0)
