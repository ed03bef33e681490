from tensorflow import keras
from tensorflow.keras import layers
import keras_tuner as kt


def build_ann(hp):
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(16, 16, 1)))
    model.add(layers.Dense(hp.Int("units", 32, 128, step=32), activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_cnn(hp):
    model = keras.Sequential()
    model.add(layers.InputLayer(input_shape=(16, 16, 1)))
    for i in range(hp.Int("blocks", 1, 4)):
        model.add(layers.Conv2D(hp.Int(f"filters_{i}", 16, 48, step=16), 3, activation="relu", padding="same"))
        model.add(layers.MaxPooling2D(pool_size=hp.Choice("pool", [2, 3])))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


ann_tuner = kt.Hyperband(build_ann, objective="val_accuracy", max_epochs=10, project_name="ann")
cnn_tuner = kt.Hyperband(build_cnn, objective="val_accuracy", max_epochs=10, project_name="cnn")
