import keras
from keras import layers
import keras_tuner as kt


def make_builder(input_shape, classes, use_pool=True):
    def build(hp):
        inputs = keras.Input(input_shape)
        x = layers.Conv2D(hp.Int("filters", 8, 32, step=8), 3, padding="same")(inputs)
        if use_pool:
            x = layers.MaxPooling2D(hp.Choice("pool", [2, 4]))(x)
        x = layers.Flatten()(x)
        model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        return model
    return build


small = kt.RandomSearch(make_builder((28, 28, 1), 10), objective="val_accuracy", max_trials=3, project_name="a")
tiny = kt.RandomSearch(make_builder((3, 3, 8), 2), objective="val_accuracy", max_trials=3, project_name="b")
