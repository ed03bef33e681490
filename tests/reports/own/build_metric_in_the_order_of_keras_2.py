import numpy as np
import tensorflow as tf
import keras_tuner as kt


class TruePositives(tf.keras.metrics.Metric):
    def __init__(self, name="tp", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight("hits", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = tf.cast(y_pred > 0.5, tf.float32)
        self.hits.assign_add(tf.reduce_sum(tf.cast(tf.reshape(y_true, [-1, 1]), tf.float32) * y_pred))

    def result(self):
        return self.hits

    def reset_state(self):
        self.hits.assign(0.0)


def build_model(hp):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Dense(hp.Int("units", 4, 16, 4), activation="relu", input_shape=(6,)))
    model.add(tf.keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[TruePositives()])
    return model


x = np.random.rand(50, 6)
y = np.random.randint(0, 2, 50)
tuner = kt.RandomSearch(build_model, objective=kt.Objective("val_tp", "max"), max_trials=3, directory="out", project_name="g06", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
