import keras


class Autoencoder(keras.Model):
    def __init__(self, code, filters, kernel, depth, **kwargs):
        super().__init__(**kwargs)
        self.encoder = keras.Sequential(
            [keras.layers.Conv2D(filters * 2**i, kernel, strides=2, padding="same", activation="relu") for i in range(depth)]
            + [keras.layers.Flatten(), keras.layers.Dense(code)]
        )
        side = 28 // 2**depth
        self.decoder = keras.Sequential(
            [keras.layers.Dense(side * side * filters), keras.layers.Reshape((side, side, filters))]
            + [keras.layers.Conv2DTranspose(filters // 2**i, kernel, strides=2, padding="same", activation="relu") for i in range(depth)]
            + [keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid")]
        )
        self.subtract = keras.layers.Subtract()

    def call(self, inputs):
        decoded = self.decoder(self.encoder(inputs))
        return self.subtract([inputs, decoded])


def build_model(hp):
    model = Autoencoder(
        code=hp.Int("code", 4, 64, step=4),
        filters=hp.Choice("filters", [2, 4, 8, 16]),
        kernel=hp.Choice("kernel", [3, 5]),
        depth=hp.Int("depth", 1, 4),
        name="autoencoder",
    )
    model.build((None, 28, 28, 1))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), loss="mse")
    return model
