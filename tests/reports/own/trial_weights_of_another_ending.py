import numpy as np
import tensorflow as tf
import keras_tuner as kt

def make_dataset(n, batch=16):
    x = tf.random.uniform((n, 9)); y = tf.cast(tf.random.uniform((n,)) > 0.5, tf.int32)
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(n).batch(batch)

def build(hp):
    inp = tf.keras.Input((9,))
    h = tf.keras.layers.Dense(hp.Int("h", 8, 32, step=8), activation="relu")(inp)
    h = tf.keras.layers.Dropout(hp.Float("drop", 0.1, 0.5, step=0.2))(h)
    model = tf.keras.Model(inp, tf.keras.layers.Dense(2)(h))
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model

class Experiment:
    def __init__(self, out):
        self.out = out
        self.train = make_dataset(96)
        self.val = make_dataset(32)

    def tune(self):
        self.tuner = kt.Hyperband(build, objective="val_accuracy", max_epochs=3, directory=self.out, project_name="hb", overwrite=True)
        self.tuner.search(self.train, validation_data=self.val, verbose=0)
        hps = self.tuner.get_best_hyperparameters(1)[0]
        self.model = self.tuner.hypermodel.build(hps)
        self.model.fit(self.train, epochs=2, validation_data=self.val, verbose=0)
        self.model.save_weights("best_weights.h5")

exp = Experiment("o14")
exp.tune()
