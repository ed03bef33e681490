import keras
from keras import layers


def build(hp):
    # an autoencoder whose decoder need not arrive at the size that the encoder started from
    inputs = x = keras.Input((32, 32, 1))
    for i in range(4):
        x = layers.Conv2D(hp.Choice(f"down_filters_{i}", [8, 16, 32]), 3, strides=hp.Choice(f"down_{i}", [1, 2]), padding="same", activation="relu")(x)
    for i in range(4):
        x = layers.Conv2D(hp.Choice(f"up_filters_{i}", [8, 16, 32]), hp.Choice(f"up_kernel_{i}", [3, 5]), padding="same", activation="relu")(x)
        x = layers.UpSampling2D(hp.Choice(f"up_{i}", [1, 2]))(x)
    outputs = layers.Conv2D(1, 3, padding="same")(x)
    merged = layers.subtract([inputs, outputs])
    model = keras.Model(inputs, merged)
    model.compile("adam", "mse")
    return model
