import numpy as np
import keras
import keras_tuner as kt


def build_model(hp):
    inputs = keras.layers.Input(shape=(10,))
    x = keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu")(inputs)
    if hp.Boolean("norm"):
        x = keras.layers.BatchNormalization()(x)
    outputs = keras.layers.Dense(3, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer="adam", metrics=[keras.metrics.Accuracy()])
    return model


x, y = np.random.rand(60, 10), np.random.randint(0, 3, 60)
tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3, directory="out", project_name="g29", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
print(tuner.get_best_hyperparameters()[0].values)
