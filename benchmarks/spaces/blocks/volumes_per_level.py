import keras
from keras import layers


def build(hp):
    # four levels over a scan, then a head that reshapes what is left
    model = keras.Sequential([keras.Input((24, 24, 24, 1))])
    for i in range(4):
        model.add(layers.Conv3D(hp.Choice(f"filters_{i}", [4, 8, 16]), hp.Choice(f"kernel_{i}", [1, 2, 3]), strides=hp.Choice(f"stride_{i}", [1, 2]), padding=hp.Choice(f"padding_{i}", ["same", "valid"])))
    model.add(layers.MaxPooling3D(hp.Choice("pool", [1, 2, 3])))
    model.add(layers.Flatten())
    model.add(layers.Reshape((-1, hp.Choice("chunk", [4, 8, 16]))))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model
