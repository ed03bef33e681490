import keras
from keras import layers


def build(hp):
    # six levels of kernel, stride and pooling, padded: everything fits
    model = keras.Sequential([keras.Input((64, 64, 3))])
    for i in range(6):
        model.add(
            layers.Conv2D(
                hp.Choice(f"filters_{i}", [16, 32, 64]),
                hp.Choice(f"kernel_{i}", [1, 3, 5]),
                strides=hp.Choice(f"stride_{i}", [1, 2]),
                padding="same",
                activation="relu",
            )
        )
        model.add(layers.MaxPooling2D(hp.Choice(f"pool_{i}", [2, 3]), padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
