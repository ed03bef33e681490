import keras
from keras import layers
import keras_tuner


def build_generator(hp: keras_tuner.HyperParameters) -> keras.Model:
    latent_dim = hp.Int("latent_dim", 32, 128, step=32)
    base = hp.Choice("base", [4, 5, 7, 8])
    width = hp.Int("width", 64, 256, step=64)
    upsamplings = hp.Int("upsamplings", 1, 4)

    model = keras.Sequential(name="generator")
    model.add(layers.Input(shape=(latent_dim,)))
    model.add(layers.Dense(base * base * width, use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU())
    model.add(layers.Reshape((7, 7, width) if hp.Boolean("fixed_base", default=False) else (base, base, width)))
    for i in range(upsamplings):
        if hp.Choice("up", ["transpose", "nearest"]) == "transpose":
            model.add(layers.Conv2DTranspose(width // 2 ** (i + 1), hp.Choice("k", [3, 4, 5]), strides=2, padding="same"))
        else:
            model.add(layers.UpSampling2D(2))
            model.add(layers.Conv2D(width // 2 ** (i + 1), 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=hp.Choice("momentum", [0.8, 0.9, 0.99])))
        model.add(layers.LeakyReLU(0.2))
    model.add(layers.Conv2D(1, 3, padding="same", activation="tanh"))
    model.add(layers.Cropping2D(hp.Int("crop", 0, 6)))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.0002, beta_1=hp.Float("beta_1", 0.3, 0.9, step=0.1)))
    return model
