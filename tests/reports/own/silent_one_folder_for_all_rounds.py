"""One search per column to predict."""
import numpy as np
import keras
import keras_tuner as kt

columns = {"pressure": np.random.rand(50, 1), "humidity": np.random.rand(50, 1), "wind": np.random.rand(50, 1)}
inputs = np.random.rand(50, 6)


def build_model(hp):
    model = keras.Sequential([keras.layers.Input((6,))])
    for i in range(hp.Int("depth", 1, 2)):
        model.add(keras.layers.Dense(hp.Int(f"dense_{i}", 8, 32, 8), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model


best = {}
for name, values in columns.items():
    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, directory="weather", project_name="regression")
    tuner.search(inputs, values, epochs=2, validation_split=0.2, verbose=0)
    best[name] = tuner.get_best_hyperparameters()[0].values
print(best)
