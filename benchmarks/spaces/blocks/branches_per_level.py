import keras
from keras import layers


def build(hp):
    # two branches of three levels each that must meet at one length
    inputs = keras.Input((96, 4))
    ends = []
    for branch in ("left", "right"):
        x = inputs
        for i in range(3):
            x = layers.Conv1D(hp.Choice(f"{branch}_filters_{i}", [8, 16, 32]), hp.Choice(f"{branch}_kernel_{i}", [3, 5]), strides=hp.Choice(f"{branch}_stride_{i}", [1, 2]), padding="same")(x)
            x = layers.MaxPooling1D(hp.Choice(f"{branch}_pool_{i}", [1, 2]))(x)
        ends.append(x)
    x = layers.concatenate(ends)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
