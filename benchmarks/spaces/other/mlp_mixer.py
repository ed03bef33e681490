import keras
from keras import layers, ops


def mlp(x, hidden, rate):
    y = layers.Dense(hidden, activation="gelu")(x)
    y = layers.Dropout(rate)(y)
    return layers.Dense(x.shape[-1])(y)


def build(hp):
    image, patch = hp.Choice("image", [32, 40, 48]), hp.Choice("patch", [4, 8, 12, 16])
    hidden = hp.Int("hidden", 32, 96, step=32)
    rate = hp.Choice("rate", [0.0, 0.1, 0.2])
    inputs = keras.Input((image, image, 3))
    side = image // patch
    x = layers.Reshape((side, patch, side, patch, 3))(inputs)
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    x = ops.reshape(x, (-1, side * side, patch * patch * 3))
    x = layers.Dense(hidden)(x)
    for _ in range(hp.Int("blocks", 1, 4)):
        y = layers.LayerNormalization()(x)
        y = ops.swapaxes(mlp(ops.swapaxes(y, 1, 2), hp.Choice("token_hidden", [32, 64]), rate), 1, 2)
        x = x + y
        x = x + mlp(layers.LayerNormalization()(x), hp.Choice("channel_hidden", [64, 128]), rate)
    x = ops.mean(x, axis=1)
    model = keras.Model(inputs, layers.Dense(10)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
