import keras
from keras import layers
import keras_tuner as kt


def build_model(hp):
    kind = hp.Choice("kind", ["mlp", "cnn"])
    inputs = keras.Input((28, 28, 1))
    with hp.conditional_scope("kind", ["cnn"]):
        if kind == "cnn":
            x = layers.Conv2D(hp.Int("filters", 8, 32, step=8), hp.Choice("kernel", [3, 5]), activation="relu")(inputs)
            x = layers.MaxPooling2D()(x)
            x = layers.Flatten()(x)
    with hp.conditional_scope("kind", ["mlp"]):
        if kind == "mlp":
            x = layers.Flatten()(inputs)
            x = layers.Dense(hp.Int("units", 32, 128, step=32), activation="relu")(x)
    rate = hp.Float("rate", 0.1, 0.5, step=0.2, parent_name="kind", parent_values=["mlp"])
    if rate:
        x = layers.Dropout(rate)(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=10, overwrite=True)
