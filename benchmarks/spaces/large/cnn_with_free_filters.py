import keras
from keras import layers


def build(hp):
    # kernel, pool and blocks decide
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for i in range(hp.Int("blocks", 1, 4)):
        model.add(layers.Conv2D(hp.Int(f"filters_{i}", 8, 128, step=8), hp.Choice("kernel", [3, 5, 7]), activation=hp.Choice(f"activation_{i}", ["relu", "elu", "tanh", "gelu"])))
        model.add(layers.MaxPooling2D(hp.Choice("pool", [2, 3])))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 32, 512, step=32), activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
