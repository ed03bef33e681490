import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    latent = keras.Input((16,))
    side = hp.Choice("side", [4, 7, 8])
    channels = hp.Int("channels", 4, 16, step=4)
    x = layers.Dense(7 * 7 * channels)(latent)
    x = layers.Reshape((side, side, channels))(x)  # fails when side != 7
    for _ in range(hp.Int("ups", 1, 2)):
        x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same")(x)
    model = keras.Model(latent, x)
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
