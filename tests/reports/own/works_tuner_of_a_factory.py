import numpy as np
import keras
import keras_tuner as kt

def load():
    rng = np.random.default_rng(0)
    return rng.random((80, 8)), rng.integers(0, 2, 80)

def build_model(hp):
    model = keras.Sequential([keras.layers.Input((8,))])
    for i in range(hp.Int("layers", 1, 2)):
        model.add(keras.layers.Dense(hp.Int("units_%d" % i, 8, 24, 8), "relu"))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model

def make(kind, **kw):
    cls = {"random": kt.RandomSearch, "grid": kt.GridSearch}[kind]
    return cls(build_model, objective="val_accuracy", directory="o6", project_name=kind, overwrite=True, **kw)

def tune(kind):
    x, y = load()
    tuner = make(kind, max_trials=2)
    tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
    return tuner.get_best_hyperparameters()[0], tuner.get_best_models()[0]

if __name__ == "__main__":
    hps, model = tune("random")
    print(hps.values)
    model.save("final.keras")
    again = keras.models.load_model("final.keras")
    print(again.evaluate(*load(), verbose=0))
