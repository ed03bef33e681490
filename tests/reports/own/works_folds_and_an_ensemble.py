"""Works: a tuner for each fold in a folder of its own, then an ensemble of the best."""
import statistics

import keras
import keras_tuner as kt
import numpy as np

X = np.random.rand(60, 4)
Y = np.random.randint(0, 3, 60)
FOLDS = 3


def split(k):
    order = np.arange(len(X))
    held = order % FOLDS == k
    return (X[~held], Y[~held]), (X[held], Y[held])


def build_model(hp):
    l2 = hp.Float("l2", 1e-6, 1e-2, sampling="log")
    net = keras.Sequential(name="fold")
    net.add(keras.Input(shape=(4,)))
    net.add(keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation=hp.Choice("act", ["relu", "elu", "swish"]), kernel_regularizer=keras.regularizers.L2(l2)))
    net.add(keras.layers.Dense(3))
    net.compile(optimizer=hp.Choice("opt", ["adam", "nadam"]), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")])
    return net


scores, members = [], []
for k in range(FOLDS):
    train, held = split(k)
    tuner = kt.RandomSearch(build_model, objective=kt.Objective("val_acc", direction="max"), max_trials=2, directory="folds", project_name=f"fold{k}", overwrite=True)
    tuner.search(*train, validation_data=held, epochs=1, verbose=0)
    member = tuner.get_best_models()[0]
    scores.append(dict(zip(member.metrics_names, member.evaluate(*held, verbose=0))))
    members.append(member)
print(statistics.mean(list(each.values())[0] for each in scores))
print(np.mean([keras.ops.softmax(m.predict(X, verbose=0)) for m in members], axis=0).argmax(1)[:5])
