import keras
from keras import layers


def build(hp):
    # width, inner, project and stride decide
    width, inner = hp.Choice("width", [16, 32, 64]), hp.Choice("inner", [16, 32, 64])
    inputs = keras.Input((64, 64, 3))
    x = layers.Conv2D(width, 3, padding="same")(inputs)
    for i in range(3):
        y = layers.Conv2D(hp.Int(f"bottleneck_{i}", 8, 64, step=8), 1, activation=hp.Choice(f"activation_{i}", ["relu", "gelu", "silu"]))(x)
        y = layers.Conv2D(inner, 3, padding="same", strides=hp.Choice("stride", [1, 2]))(y)
        x = layers.Conv2D(inner, 1, strides=y.shape[1] and x.shape[1] // y.shape[1])(x) if hp.Boolean("project") else x
        x = layers.ReLU()(x + y)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(hp.Int("units", 32, 512, step=32), activation=hp.Choice("last_activation", ["relu", "tanh"]))(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1))(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), "mse")
    return model
