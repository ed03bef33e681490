# %% [markdown]
# ## Tuning a small classifier
# %%
import numpy as np
import keras
import keras_tuner as kt

# %%
rng = np.random.default_rng(0)
X_train, X_val = rng.random((48, 6)), rng.random((16, 6))
y_train, y_val = rng.integers(0, 3, 48), rng.integers(0, 3, 16)

# %%
def build_model(hp):
    inputs = keras.Input(shape=(X_train.shape[-1],))
    x = inputs
    for i in range(hp.Int("layers", 1, 3)):
        x = keras.layers.Dense(hp.Int(f"units_{i}", 4, 16, step=4), activation=hp.Choice(f"act_{i}", ["relu", "tanh"]))(x)
        if hp.Boolean(f"dropout_{i}"):
            x = keras.layers.Dropout(0.25)(x)
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %%
tuner = kt.BayesianOptimization(build_model, objective="val_accuracy", max_trials=4, overwrite=True, directory="nb")
tuner.search(X_train, y_train, epochs=1, validation_data=(X_val, y_val), verbose=0)
# %%
tuner.results_summary(2)
best = tuner.get_best_models()[0]
best.evaluate(X_val, y_val, verbose=0)
