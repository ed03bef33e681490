import keras
from keras import layers


class TooSmall(Exception):
    pass


def block(x, filters, kernel, pool):
    try:
        x = layers.Conv2D(filters, kernel)(x)
        return layers.MaxPooling2D(pool)(x)
    except ValueError as error:
        raise TooSmall("the block does not fit") from error


def build(hp):
    inputs = x = keras.Input((32, 32, 1))
    for i in range(hp.Int("depth", 1, 5)):
        try:
            x = block(x, hp.Choice(f"filters_{i}", [8, 16]), hp.Choice("kernel", [3, 5]), hp.Choice("pool", [2, 3]))
        except TooSmall:
            if hp.Boolean("strict"):
                raise
            break
    model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
