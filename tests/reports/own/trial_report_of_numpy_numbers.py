import json
import os
import numpy as np
import keras
import keras_tuner as kt

OUT = "results"

def build_model(hp):
    model = keras.Sequential([keras.layers.Input((5,))])
    model.add(keras.layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model

def evaluate(model, x, y):
    scores = model.evaluate(x, y, verbose=0, return_dict=True)
    preds = model.predict(x, verbose=0).ravel()
    scores["corr"] = preds.mean()
    return scores

def save_report(hps, scores, folder=OUT):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "report.json"), "w") as f:
        json.dump({"hps": hps.values, "scores": scores}, f)

x = np.random.rand(90, 5); y = x.sum(axis=1)
tuner = kt.RandomSearch(build_model, "val_mae", max_trials=2, directory="o12", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
hps = tuner.get_best_hyperparameters()[0]
model = build_model(hps)
model.fit(x, y, epochs=2, verbose=0)
save_report(hps, evaluate(model, x, y))
model.save(os.path.join(OUT, "model.keras"))
with open(os.path.join(OUT, "report.json")) as f:
    print(json.load(f)["scores"]["mae"])
