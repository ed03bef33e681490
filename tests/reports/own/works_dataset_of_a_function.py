"""Works: tf.data from a function, several inputs, weights of the classes, a plan in one dictionary."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
import keras_tuner as kt

tfk, tfkl = tf.keras, tf.keras.layers
PLAN = dict(epochs=1, verbose=0, class_weight={0: 1.0, 1: 2.5})


def dataset(n, shuffle=False):
    number, kind = np.random.rand(n, 3).astype("float32"), np.random.randint(0, 6, (n, 1))
    label = np.random.randint(0, 2, n)
    ds = tf.data.Dataset.from_tensor_slices(({"number": number, "kind": kind}, label))
    if shuffle:
        ds = ds.shuffle(n)
    return ds.batch(8).map(lambda x, y: ({**x, "number": tf.math.log1p(x["number"])}, y)).prefetch(tf.data.AUTOTUNE)


def model_fn(hp):
    number, kind = tfk.Input((3,), name="number"), tfk.Input((1,), name="kind", dtype="int32")
    embedded = tfkl.Flatten()(tfkl.Embedding(6, hp.Int("dim", 2, 6, step=2))(kind))
    h = tfkl.Concatenate()([number, embedded])
    for i, _ in enumerate(range(hp.Int("n", 1, 2)), start=1):
        h = tfkl.Dense(hp.Int(f"d{i}", 4, 12, 4), activation=tf.nn.relu)(h)
    model = tfk.Model({"number": number, "kind": kind}, tfkl.Dense(1)(h))
    model.compile("adam", tfk.losses.BinaryCrossentropy(from_logits=True), metrics=[tfk.metrics.BinaryAccuracy(threshold=0.0, name="acc")])
    return model


def main() -> None:
    tuner = kt.BayesianOptimization(hypermodel=model_fn, objective=kt.Objective(name="val_acc", direction="max"), max_trials=3, num_initial_points=2, directory="ds", overwrite=True)
    tuner.search(dataset(48, shuffle=True), validation_data=dataset(16), **PLAN)
    (best,) = tuner.get_best_models(1)
    loss, accuracy = best.evaluate(dataset(16), verbose=0)
    print(f"{loss:.3f} {accuracy:.3f}", *tuner.get_best_hyperparameters()[0].values.items(), sep="\n")


if __name__ == "__main__":
    main()
