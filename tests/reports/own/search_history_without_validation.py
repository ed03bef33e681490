import keras
import keras_tuner as kt
import numpy as np
from keras import layers


def model_builder(hp):
    model = keras.Sequential()
    model.add(layers.Input(shape=(28, 28)))
    model.add(layers.Flatten())
    model.add(layers.Dense(units=hp.Int("units", min_value=32, max_value=96, step=32), activation="relu"))
    model.add(layers.Dense(10))
    hp_learning_rate = hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=hp_learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


img_train = np.random.rand(160, 28, 28)
label_train = np.random.randint(0, 10, 160)
tuner = kt.Hyperband(model_builder, objective="val_accuracy", max_epochs=4, factor=3, directory="my_dir", project_name="intro", overwrite=True)
stop_early = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5)
tuner.search(img_train, label_train, epochs=4, validation_split=0.2, callbacks=[stop_early], verbose=0)
best_hps = tuner.get_best_hyperparameters(num_trials=1)[0]
print(f"The optimal number of units is {best_hps.get('units')}, the rate {best_hps.get('learning_rate')}.")

model = tuner.hypermodel.build(best_hps)
history = model.fit(img_train, label_train, epochs=3, verbose=0)
val_acc_per_epoch = history.history["val_accuracy"]
best_epoch = val_acc_per_epoch.index(max(val_acc_per_epoch)) + 1
print("Best epoch: %d" % (best_epoch,))
