import keras
from keras import layers, ops


def build(hp):
    # skip and window decide
    inputs = keras.Input((40, 6))
    x = inputs[:, hp.Int("skip", 0, 8) :]
    window = hp.Choice("window", [4, 5, 6, 8])
    x = ops.reshape(x, (-1, x.shape[1] // window, window * x.shape[2]))
    for i in range(3):
        gate = layers.Dense(units := hp.Int(f"units_{i}", 16, 128, step=16), activation="sigmoid")(x)
        x = gate * layers.Dense(units, activation=hp.Choice(f"activation_{i}", ["relu", "tanh", "gelu"]))(x)
        x = layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.4, step=0.1))(x)
    x = ops.max(x, axis=1)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), "mse")
    return model
