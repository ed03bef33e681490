import numpy as np
import keras
import keras_tuner as kt

features = np.load("features.npy")
labels = keras.utils.to_categorical(np.load("labels.npy"))


# hypershape: x=(40,) y=(6,)
def build_model(hp):
    model = keras.Sequential()
    for i in range(hp.Int("layers", 1, 3)):
        model.add(keras.layers.Dense(hp.Int(f"units_{i}", 32, 128, step=32), activation="relu"))
    model.add(keras.layers.Dense(6, activation="softmax"))
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3)
tuner.search(features, labels, validation_split=0.2, epochs=3)
