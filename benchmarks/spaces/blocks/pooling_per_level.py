import keras
from keras import layers


def build(hp):
    # six levels of unpadded kernels and poolings on a small image: most combinations run out of pixels
    model = keras.Sequential([keras.Input((40, 40, 1))])
    for i in range(6):
        model.add(layers.Conv2D(hp.Choice(f"filters_{i}", [8, 16]), hp.Int(f"kernel_{i}", 2, 5), activation="relu"))
        if hp.Boolean(f"pooled_{i}"):
            model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 32, 256, step=32), activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
