# %% [markdown]
# A notebook that was exported: recurrent layers, whose last one should give one vector.

# %%
import numpy as np
import keras
import keras_tuner as kt

series = np.sin(np.linspace(0, 60, 240)).astype("float32")
window = 10
X = np.stack([series[i : i + window] for i in range(200)])[..., None]
Y = series[window : window + 200]

# %%
def model_builder(hp):
    model = keras.Sequential()
    model.add(keras.Input((window, 1)))
    depth = hp.Int("depth", 1, 3)
    for i in range(depth):
        model.add(keras.layers.GRU(hp.Int(f"units_{i}", 4, 8, step=4), return_sequences=i < depth - 2))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model

# %%
tuner = kt.GridSearch(model_builder, objective="val_loss", max_trials=8, max_consecutive_failed_trials=20, directory="cells", overwrite=True)
tuner.search(X, Y, epochs=1, validation_split=0.2, verbose=0)
# %%
print(tuner.get_best_hyperparameters()[0].values)
