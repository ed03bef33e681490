import numpy as np, keras
import keras_tuner as kt


def build_model(hp):
    size = 32
    inputs = keras.Input((size, size, 3))
    x = inputs
    for i in range(hp.Int("convs", 1, 6)):
        if size < 3:
            raise kt.FailedTrialError("The picture is too small by now.")
        x = keras.layers.Conv2D(8, 3, activation="relu")(x)
        x = keras.layers.MaxPooling2D(2)(x)
        size = (size - 2) // 2
    x = keras.layers.GlobalMaxPooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=6, max_consecutive_failed_trials=10, seed=4, directory="out", project_name="f08", overwrite=True)
tuner.search(np.random.rand(40, 32, 32, 3), np.random.randint(0, 5, 40), validation_split=0.2, epochs=1, verbose=0)
