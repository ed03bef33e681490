import keras
from keras import layers


def tower(x, hp, name):
    for i in range(3):
        x = layers.Conv2D(hp.Choice(f"{name}_filters_{i}", [8, 16]), hp.Choice(f"{name}_kernel_{i}", [1, 3]), padding="same")(x)
        x = layers.MaxPooling2D(hp.Choice(f"{name}_pool_{i}", [1, 2]), padding="same")(x)
    return x


def build(hp):
    # two towers over two inputs whose ends are added
    left, right = keras.Input((24, 24, 1), name="left"), keras.Input((12, 12, 1), name="right")
    x = tower(left, hp, "left") + tower(right, hp, "right")
    x = layers.GlobalMaxPooling2D()(x)
    model = keras.Model([left, right], layers.Dense(hp.Choice("classes", [3]), activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
