import numpy as np
import tensorflow as tf
import keras
import keras_tuner as kt


class BatchTuner(kt.RandomSearch):
    def run_trial(self, trial, *args, **kwargs):
        kwargs["batch_size"] = trial.hyperparameters.Int("batch_size", 16, 64, step=16)
        return super().run_trial(trial, *args, **kwargs)


def build_model(hp):
    model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(hp.Int("units", 4, 16, 4)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


train = tf.data.Dataset.from_tensor_slices((np.random.rand(90, 9), np.random.rand(90, 1))).batch(8)
tuner = BatchTuner(build_model, "val_loss", max_trials=3, overwrite=True)
tuner.search(train, validation_data=train.take(3), epochs=2, verbose=0)
