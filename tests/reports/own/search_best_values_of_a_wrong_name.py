"""What a tutorial prints at its end, for a hyperparameter that has another name here."""
import keras
import keras_tuner as kt
import numpy as np

(img_train, label_train) = np.random.rand(40, 8, 8), np.random.randint(0, 10, 40)


def model_builder(hp):
    model = keras.Sequential()
    model.add(keras.layers.Flatten(input_shape=(8, 8)))
    hp_units = hp.Int("dense_units", min_value=8, max_value=32, step=8)
    model.add(keras.layers.Dense(units=hp_units, activation="relu"))
    model.add(keras.layers.Dense(10))
    hp_learning_rate = hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=hp_learning_rate), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


tuner = kt.Hyperband(model_builder, objective="val_accuracy", max_epochs=2, factor=3, directory="my_dir", project_name="intro_to_kt", overwrite=True)
stop_early = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5)
tuner.search(img_train, label_train, validation_split=0.2, callbacks=[stop_early], verbose=0)
best_hps = tuner.get_best_hyperparameters(num_trials=1)[0]
print(f"""
The hyperparameter search is complete. The optimal number of units in the first densely-connected
layer is {best_hps.values['units']} and the optimal learning rate for the optimizer
is {best_hps.values['learning_rate']}.
""")
