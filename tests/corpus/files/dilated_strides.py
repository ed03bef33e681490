import keras
from keras import layers
import keras_tuner as kt

SAMPLES = 16000


def build_model(hp):
    inputs = keras.Input((SAMPLES, 1))
    x = inputs
    for i in range(3):
        x = layers.Conv1D(16, 9, strides=hp.Choice("strides", [1, 2, 4]), dilation_rate=hp.Choice("dilation", [1, 2]),
                          activation="relu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(35, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.Hyperband(build_model, objective="val_accuracy", max_epochs=10, overwrite=True)
