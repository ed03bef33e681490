import numpy as np
import keras
import keras_tuner as kt

def builder(hp):
    m = keras.Sequential()
    m.add(keras.Input((4,)))
    m.add(keras.layers.Dense(hp.Int("units", 4, 16, 4), activation="relu"))
    m.add(keras.layers.Dense(3, activation="softmax"))
    m.compile(optimizer=hp.Choice("opt", ["adam", "sgd"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return m

def run_search(x, y, max_trials=3):
    tuner = kt.RandomSearch(builder, objective="val_accuracy", max_trials=max_trials, directory="o15", overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.3, verbose=0)
    return tuner

def main():
    x = np.random.rand(60, 4); y = np.random.randint(0, 3, 60)
    tuner = run_search(x, y)
    for trial in tuner.oracle.get_best_trials(2):
        print(trial.hyperparameters.values, trial.score)
    best_trial = tuner.oracle.get_best_trials(1)[0]
    print("best accuracy", best_trial.metrics["val_accuracy"])

main()
