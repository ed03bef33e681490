import keras
import keras_tuner as kt
from keras import layers


def builder(hp):
    model = keras.Sequential([keras.Input((16, 16, 3))])
    for _ in range(hp.Int("blocks", 1, 6)):
        model.add(layers.Conv2D(8, hp.Choice("kernel", [3, 5]), activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(2, activation=hp.Choice("end", ["softmax", "softmx"])))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def shallow_tuner(name, most=2):
    space = kt.HyperParameters()
    space.Int("blocks", 1, most)
    return kt.RandomSearch(
        objective="val_loss", hyperparameters=space, max_trials=5, overwrite=True, project_name=name, hypermodel=builder
    )


if __name__ == "__main__":
    tuner = shallow_tuner("shallow", most=3)
