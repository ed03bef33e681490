"""TensorFlow's introduction to the tuner, with other pictures."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
import keras_tuner as kt

img_train, label_train = np.random.rand(60, 8, 8).astype("float32"), np.random.randint(0, 10, 60)
img_test, label_test = np.random.rand(20, 8, 8).astype("float32"), np.random.randint(0, 10, 20)


def model_builder(hp):
    model = keras.Sequential()
    model.add(keras.layers.Flatten(input_shape=(8, 8)))
    hp_units = hp.Int("units", min_value=8, max_value=128, step=8)
    model.add(keras.layers.Dense(units=hp_units, activation="relu"))
    model.add(keras.layers.Dense(10))
    hp_learning_rate = hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=hp_learning_rate), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


tuner = kt.Hyperband(model_builder, objective="val_accuracy", max_epochs=3, factor=3, directory="my_dir", project_name="intro_to_kt", overwrite=True)
stop_early = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=5)
tuner.search(img_train, label_train, validation_split=0.2, callbacks=[stop_early], verbose=0)

best_hps = tuner.get_best_hyperparameters(num_trials=1)[0]
print(best_hps.get("units"), best_hps.get("learning_rate"))

model = tuner.hypermodel.build(best_hps)
history = model.fit(img_train, label_train, epochs=3, validation_split=0.2, verbose=0)
val_acc_per_epoch = history.history["val_accuracy"]
best_epoch = val_acc_per_epoch.index(max(val_acc_per_epoch)) + 1

hypermodel = tuner.hypermodel.build(best_hps)
hypermodel.fit(img_train, label_train, epochs=best_epoch, validation_split=0.2, verbose=0)
print("[test loss, test accuracy]:", hypermodel.evaluate(img_test, label_test, verbose=0))
