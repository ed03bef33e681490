import keras
from keras import layers


def module(x, hp, number):
    prefix = "mixed" + str(number)
    one = layers.Conv2D(hp.Int(prefix + ".1x1", 8, 24, step=8), 1, padding="same", name=prefix + "_1x1")(x)
    three = layers.Conv2D(hp.Int(prefix + ".3x3", 8, 24, step=8), 3, padding="same", strides=hp.Choice(prefix + ".stride", [1, 2]), name=prefix + "_3x3")(x)
    pool = layers.AveragePooling2D(3, strides=1, padding="same", name=prefix + "_pool")(x)
    return layers.concatenate([one, three, pool], axis=-1, name=prefix)


def build(hp):
    image = keras.Input((36, 36, 3), name="image")
    x = layers.ZeroPadding2D(hp.Int("pad", 0, 2))(image)
    for number in range(hp.Int("modules", 1, 3)):
        x = module(x, hp, number)
    x = layers.GlobalMaxPool2D(name="gmp")(x)
    out = layers.Dense(7, activation="softmax", name="predictions")(x)
    model = keras.Model(image, out)
    model.compile(hp.Choice("optimizer", ["adam", "sgd"]), "categorical_crossentropy")
    return model
