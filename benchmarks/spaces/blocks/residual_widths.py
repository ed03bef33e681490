import keras
from keras import layers


def build(hp):
    # what is added must be as wide as the trunk, at each of six levels
    inputs = keras.Input((20,))
    width = hp.Choice("width", [32, 64, 128])
    x = layers.Dense(width)(inputs)
    for i in range(6):
        y = layers.Dense(hp.Choice(f"inner_{i}", [64, 128, 256, 512]), activation="relu")(x)
        y = layers.Dense(hp.Choice(f"outer_{i}", [32, 64, 128]))(y)
        y = layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1))(y)
        x = layers.add([x, y]) if hp.Boolean(f"residual_{i}") else y
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
