"""A loop that tells the oracle the loss, whose objective is the accuracy."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


class Loop(kt.Tuner):
    def run_trial(self, trial, x, y):
        model = self.hypermodel.build(trial.hyperparameters)
        optimizer, loss = keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy()
        for epoch in range(2):
            with tf.GradientTape() as tape:
                value = loss(y, model(x))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
            self.on_epoch_end(trial, model, epoch, logs={"loss": float(value)})


def build(hp):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4)), keras.layers.Dense(2, activation="softmax")])


oracle = kt.oracles.BayesianOptimizationOracle(objective=kt.Objective("accuracy", "max"), max_trials=3)
tuner = Loop(oracle=oracle, hypermodel=build, directory="loop", overwrite=True)
tuner.search(np.random.rand(16, 4).astype("float32"), np.random.randint(0, 2, 16))
