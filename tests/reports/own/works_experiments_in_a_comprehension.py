import numpy as np
import keras
import keras_tuner as kt
from keras import layers

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    "cosine": lambda rate: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, 100)),
}


def rmse(y_true, y_pred):
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(y_true - y_pred)))


LOSSES = [keras.losses.MeanSquaredError(), rmse, "log_cosh"]


class Experiment:
    def build(self, hp):
        raise NotImplementedError

    def compiled(self, hp, model):
        rate = hp.Float("rate", 1e-4, 1e-2, sampling="log")
        optimizer = OPTIMIZERS[hp.Choice("optimizer", list(OPTIMIZERS))](rate)
        model.compile(optimizer, LOSSES[hp.Int("loss", 0, len(LOSSES) - 1)], metrics=["mae", rmse])
        return model

    def run(self, x, y):
        tuner = kt.RandomSearch(
            self.build, kt.Objective("val_rmse", "min"), max_trials=4, directory="all", project_name=type(self).__name__
        )
        tuner.search(x, y, epochs=2, validation_split=0.2, verbose=0)
        return tuner.get_best_hyperparameters()[0]


class DenseExperiment(Experiment):
    def build(self, hp):
        return self.compiled(hp, keras.Sequential([keras.Input((20, 1)), layers.Flatten(), layers.Dense(hp.Int("units", 8, 32, 8)), layers.Dense(1)]))


class ConvExperiment(Experiment):
    def build(self, hp):
        model = keras.Sequential([keras.Input((20, 1))])
        model.add(layers.Conv1D(8, hp.Choice("kernel", [3, 5])))
        model.add(layers.GlobalMaxPooling1D())
        model.add(layers.Dense(1))
        return self.compiled(hp, model)


x, y = np.random.rand(60, 20, 1), np.random.rand(60, 1)
found = [kind().run(x, y) for kind in (DenseExperiment, ConvExperiment)]
print([each.values for each in found])
